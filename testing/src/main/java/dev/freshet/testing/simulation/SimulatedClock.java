package dev.freshet.testing.simulation;

import dev.freshet.core.error.Check;
import dev.freshet.core.port.Clock;

/** A clock that stands still until it is advanced. Starts at 2026-01-01T00:00Z. Thread-safe. */
public final class SimulatedClock implements Clock {
  private static final long START_MICROS = 1_767_225_600_000_000L;

  private long nanos;
  private long wallShiftMicros = START_MICROS;

  @Override
  public synchronized long wallMicros() {
    return wallShiftMicros + nanos / 1000;
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  /** Lets time pass. */
  public synchronized void advance(long byNanos) {
    Check.that(byNanos >= 0, "time goes forward");
    nanos += byNanos;
  }

  /** Sets the wall clock forward or back, as an operator or NTP does. */
  public synchronized void shiftWall(long micros) {
    wallShiftMicros += micros;
  }
}
