package dev.freshet.engine.expression;

/**
 * Failures of rows as one {@code int} a row: 0 for none, else the call that failed and why. Cheap
 * to carry; the message is built only for a row that fails in the end.
 */
final class Failures {
  /** The failures of a vector in which no row fails. */
  static final int[] NONE = {};

  private static final int KIND_BITS = 4;
  private static final FailureKind[] KINDS = FailureKind.values();

  private Failures() {}

  static int code(int site, FailureKind kind) {
    return ((site + 1) << KIND_BITS) | kind.ordinal();
  }

  static int site(int code) {
    return (code >> KIND_BITS) - 1;
  }

  static FailureKind kind(int code) {
    return KINDS[code & ((1 << KIND_BITS) - 1)];
  }

  /**
   * The failures of a strict call: those of {@code first}, and where it has none of {@code second}.
   */
  static int[] merge(int[] first, int[] second, int count) {
    if (first.length == 0) {
      return second;
    }
    if (second.length == 0) {
      return first;
    }
    int[] merged = new int[count];
    for (int i = 0; i < count; i++) {
      merged[i] = first[i] != 0 ? first[i] : second[i];
    }
    return merged;
  }

  static boolean any(int[] codes, int count) {
    int seen = 0;
    for (int i = 0; i < Math.min(count, codes.length); i++) {
      seen |= codes[i];
    }
    return seen != 0;
  }
}
