package dev.freshet.engine.hash;

import dev.freshet.core.error.Check;

/**
 * A part of a relation's rows: those whose hash leaves a rest when it is divided. To find the few
 * rows that differ among many, parts are compared first, and rows only of a part.
 *
 * @param index from 0 to {@code count - 1}
 * @param count how many parts there are
 */
public record Part(int index, int count) {
  /** All rows. */
  public static final Part ALL = new Part(0, 1);

  public Part {
    Check.that(index >= 0 && index < count, "a part is one of its number", index, count);
  }

  boolean has(long rowHash) {
    return of(rowHash, count) == index;
  }

  static int of(long rowHash, int count) {
    return (int) Long.remainderUnsigned(rowHash, count);
  }
}
