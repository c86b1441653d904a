package dev.freshet.core.error;

/**
 * Guards invariants in production too. A failed check is a defect in Freshet, never bad input of a
 * user.
 */
public final class Check {
  private Check() {}

  /**
   * @throws FreshetException with {@link ErrorCode#INVARIANT_BROKEN} unless {@code condition} holds
   */
  public static void that(boolean condition, String whatMustHold) {
    if (!condition) {
      throw new FreshetException(ErrorCode.INVARIANT_BROKEN, "Broken invariant: " + whatMustHold);
    }
  }

  /**
   * As {@link #that(boolean, String)}; the two values are put into the message only when the check
   * fails.
   */
  public static void that(boolean condition, String whatMustHold, long a, long b) {
    if (!condition) {
      throw new FreshetException(
          ErrorCode.INVARIANT_BROKEN,
          "Broken invariant: " + whatMustHold + " (" + a + ", " + b + ")");
    }
  }
}
