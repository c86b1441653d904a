package dev.freshet.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.testing.simulation.SimulatedClock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FreeSpaceTest {
  private final SimulatedClock clock = new SimulatedClock();
  private final AtomicLong free = new AtomicLong(100);

  @Test
  void isShortBelowWhatIsToStayFreeAndGoesOnByItself() {
    FreeSpace space = new FreeSpace(free::get, 100, clock);
    assertThat(space.isShort()).isFalse();
    free.set(99);
    clock.advance(1_000_000_001);
    assertThat(space.isShort()).isTrue();
    free.set(100);
    clock.advance(1_000_000_001);
    assertThat(space.isShort()).isFalse();
  }

  @Test
  void looksAtTheDiskOnceASecond() {
    FreeSpace space = new FreeSpace(() -> free.getAndAdd(-1), 1, clock);
    assertThat(space.bytes()).isEqualTo(100);
    clock.advance(1_000_000_000);
    assertThat(space.bytes()).isEqualTo(100);
    clock.advance(1);
    assertThat(space.bytes()).isEqualTo(99);
  }

  @Test
  void neverAsksWhenNothingIsToStayFree() {
    free.set(0);
    assertThat(new FreeSpace(free::get, 0, clock).isShort()).isFalse();
  }
}
