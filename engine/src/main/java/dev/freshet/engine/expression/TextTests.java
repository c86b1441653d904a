package dev.freshet.engine.expression;

import java.util.function.IntPredicate;

/** What a text consists of, as Flink tells it. */
final class TextTests {
  private TextTests() {}

  static boolean isAlpha(Arguments x, int row) {
    return all(x, row, Character::isLetter);
  }

  static boolean isDigit(Arguments x, int row) {
    return all(x, row, Character::isDigit);
  }

  private static boolean all(Arguments x, int row, IntPredicate test) {
    String text = text(x, row);
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  static boolean isDecimal(Arguments x, int row) {
    try {
      Double.parseDouble(text(x, row));
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static String text(Arguments x, int row) {
    return x.bytes(0).text(row & x.mask(0));
  }
}
