package dev.freshet.log.embedded;

import dev.freshet.core.error.Check;

/**
 * How long records that nobody needs any more are kept for replay. A segment goes when it has
 * passed either bound.
 *
 * @param keepMicros age in microseconds
 * @param keepBytes bytes of the whole log
 */
public record RetentionPolicy(long keepMicros, long keepBytes) {
  /** Forget at once. */
  public static final RetentionPolicy NOTHING = new RetentionPolicy(0, 0);

  /** A week, 16 GiB. */
  public static final RetentionPolicy DEFAULT =
      new RetentionPolicy(7L * 24 * 3600 * 1_000_000, 16L << 30);

  public RetentionPolicy {
    Check.that(keepMicros >= 0 && keepBytes >= 0, "retention is not negative");
  }
}
