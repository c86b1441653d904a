package dev.freshet.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToldTest {
  @Test
  void readsFiguresAndNotes() {
    assertThat(Told.read("figure events_per_s 2530.5").orElseThrow().value()).isEqualTo(2530.5);
    assertThat(Told.read("note unsupported for a reason"))
        .contains(new Told(Told.Kind.NOTE, "unsupported", "for a reason"));
    assertThat(Told.read("WARNING: something else")).isEmpty();
  }
}
