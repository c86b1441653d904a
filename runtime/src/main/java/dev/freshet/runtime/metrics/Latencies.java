package dev.freshet.runtime.metrics;

import dev.freshet.core.port.Clock;
import org.HdrHistogram.Histogram;

/** Percentiles of durations over the last five to ten seconds. Safe for all threads. */
public final class Latencies {
  private static final long WINDOW_NANOS = 5_000_000_000L;
  private static final long MICROS_MAX = 3_600_000_000L;

  private final Clock clock;
  private Histogram current = new Histogram(MICROS_MAX, 2);
  private Histogram previous = new Histogram(MICROS_MAX, 2);
  private long windowStart;

  public Latencies(Clock clock) {
    this.clock = clock;
    this.windowStart = clock.nanos();
  }

  /** Adds a duration; negative ones (clocks differ) count as 0, more than an hour as an hour. */
  public synchronized void addMicros(long micros, long count) {
    moveOn();
    current.recordValueWithCount(Math.clamp(micros, 0, MICROS_MAX), count);
  }

  /** The percentile in milliseconds, or -1 when nothing was added lately. */
  public synchronized double millisAt(double percentile) {
    moveOn();
    if (current.getTotalCount() + previous.getTotalCount() == 0) {
      return -1;
    }
    Histogram both = previous.copy();
    both.add(current);
    return both.getValueAtPercentile(percentile) / 1000.0;
  }

  private void moveOn() {
    long now = clock.nanos();
    if (now - windowStart < WINDOW_NANOS) {
      return;
    }
    Histogram old = previous;
    previous = current;
    current = old;
    current.reset();
    if (now - windowStart >= 2 * WINDOW_NANOS) {
      previous.reset();
    }
    windowStart = now;
  }
}
