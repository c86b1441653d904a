package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChangePlacesTest {
  private final ChangePlaces places = new ChangePlaces();

  private void add(long offset, long... rows) {
    for (long row : rows) {
      places.add(offset, row);
    }
  }

  @Test
  void takesWholeRecordsInAnyOrder() {
    add(5_000, 2, 0, 1);
    add(7, 0);
    assertThat(places.firstWrong()).isEmpty();
  }

  @Test
  void findsAChangeThatCameTwice() {
    add(7, 0, 1, 1);
    assertThat(places.firstWrong()).hasValue(7);
  }

  @Test
  void findsARecordThatLacksAChange() {
    add(3, 0);
    add(7, 1);
    assertThat(places.firstWrong()).hasValue(7);
  }

  @Test
  void findsAChangeInThePlaceOfAnother() {
    add(7, 0, 0, 2);
    assertThat(places.firstWrong()).hasValue(7);
  }
}
