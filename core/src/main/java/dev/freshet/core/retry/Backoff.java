package dev.freshet.core.retry;

import dev.freshet.core.error.Check;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongBinaryOperator;

/**
 * How long to wait before the next try: doubled each time, up to a bound, less a random part of up
 * to a half, so that many that failed together do not try together. One thread uses it.
 */
public final class Backoff {
  private static final int DOUBLINGS_MAX = 30;

  private final long firstMillis;
  private final long lastMillis;
  private final LongBinaryOperator random;
  private int tries;

  /**
   * @param first the longest wait before the first new try, at least a millisecond
   * @param last the longest wait of all
   */
  public Backoff(Duration first, Duration last) {
    this(first, last, (low, high) -> ThreadLocalRandom.current().nextLong(low, high));
  }

  /**
   * As above, with other random numbers.
   *
   * @param random a number from the first on, below the second
   */
  public Backoff(Duration first, Duration last, LongBinaryOperator random) {
    this.random = random;
    this.firstMillis = first.toMillis();
    this.lastMillis = last.toMillis();
    Check.that(firstMillis > 0 && lastMillis >= firstMillis, "waits grow", firstMillis, lastMillis);
  }

  /** Milliseconds to wait now; longer the next time. */
  public long nextMillis() {
    long bound = Math.min(lastMillis, firstMillis << Math.min(tries, DOUBLINGS_MAX));
    tries++;
    return random.applyAsLong(Math.max(1, bound / 2), bound + 1);
  }

  /** Begins anew, after a success. */
  public void reset() {
    tries = 0;
  }
}
