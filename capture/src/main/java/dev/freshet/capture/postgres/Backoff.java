package dev.freshet.capture.postgres;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next try: doubled each time, up to a bound, less a random part. One
 * thread uses it.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 200;
  private static final long LAST_MILLIS = 30_000;
  private static final int MAX_DOUBLINGS = 8;

  private int tries;

  long nextMillis() {
    long bound = Math.min(LAST_MILLIS, FIRST_MILLIS << Math.min(tries, MAX_DOUBLINGS));
    tries++;
    return ThreadLocalRandom.current().nextLong(bound / 2, bound + 1);
  }

  void reset() {
    tries = 0;
  }
}
