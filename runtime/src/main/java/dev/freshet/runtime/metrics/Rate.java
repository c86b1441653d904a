package dev.freshet.runtime.metrics;

import dev.freshet.core.port.Clock;

/**
 * Counts events, and tells how many came a second over the last five seconds. Safe for all threads.
 */
public final class Rate {
  private static final int BUCKETS = 5;
  private static final long BUCKET_NANOS = 1_000_000_000;

  private final Clock clock;
  private final long startNanos;
  private final long[] counts = new long[BUCKETS + 1];
  private long bucket;
  private long total;

  public Rate(Clock clock) {
    this.clock = clock;
    this.startNanos = clock.nanos();
  }

  public synchronized void add(long count) {
    moveOn();
    counts[(int) (bucket % counts.length)] += count;
    total += count;
  }

  public synchronized long total() {
    return total;
  }

  /** Events a second over the last whole seconds, five at most. */
  public synchronized double perSecond() {
    moveOn();
    long sum = 0;
    for (long i = Math.max(0, bucket - BUCKETS); i < bucket; i++) {
      sum += counts[(int) (i % counts.length)];
    }
    long seconds = Math.min(bucket, BUCKETS);
    return seconds == 0 ? total : (double) sum / seconds;
  }

  private void moveOn() {
    long now = (clock.nanos() - startNanos) / BUCKET_NANOS;
    for (long i = Math.max(bucket + 1, now - BUCKETS); i <= now; i++) {
      counts[(int) (i % counts.length)] = 0;
    }
    bucket = Math.max(bucket, now);
  }
}
