package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceSnapshotTest {
  @Test
  void seesWhatHadEnded() {
    SourceSnapshot snapshot = SourceSnapshot.parse("10:20:10,14", 0);
    assertThat(snapshot.sees(9)).isTrue();
    assertThat(snapshot.sees(10)).isFalse();
    assertThat(snapshot.sees(13)).isTrue();
    assertThat(snapshot.sees(14)).isFalse();
    assertThat(snapshot.sees(19)).isTrue();
    assertThat(snapshot.sees(20)).isFalse();
    assertThat(SourceSnapshot.parse("10:10:", 0).sees(9)).isTrue();
  }

  @Test
  void takesIdsOfTheStreamForTheNearestWhenTheirCountBeginsAnew() {
    long epoch = 1L << 32;
    SourceSnapshot snapshot =
        SourceSnapshot.parse((epoch - 2) + ":" + (epoch + 5) + ":" + (epoch - 2), 0);
    assertThat(snapshot.sees((int) (epoch - 3))).isTrue();
    assertThat(snapshot.sees((int) (epoch - 2))).isFalse();
    assertThat(snapshot.sees(4)).isTrue();
    assertThat(snapshot.sees(5)).isFalse();
    SourceSnapshot before = SourceSnapshot.parse((epoch - 2) + ":" + (epoch - 1) + ":", 0);
    assertThat(before.sees((int) (epoch - 2))).isTrue();
    assertThat(before.sees(3)).isFalse();
  }
}
