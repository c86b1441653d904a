package dev.freshet.engine.expression;

import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Casts from text to numbers and BOOLEAN. Blanks around are dropped. Integers may have a fraction,
 * which is cut off, as in Flink; decimals may have an exponent.
 */
final class TextNumbers {
  private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "1");
  private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "0");
  private static final int MAX_EXPONENT = 1_000;

  private TextNumbers() {}

  static Kernel toInteger(Integers.Range range) {
    return x -> {
      BytesVector text = x.bytes(0);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (!x.isNull(i)) {
          parseInteger(x, i, text, result);
        }
      }
      return Integers.inRange(x, result, range);
    };
  }

  /** Gathers the number negated, because the negative range is the larger one. */
  private static void parseInteger(Arguments x, int row, BytesVector text, long[] result) {
    byte[] data = text.data();
    int end = trimEnd(data, text.start(row), text.end(row));
    int i = trimStart(data, text.start(row), end);
    boolean negative = i < end && data[i] == '-';
    if (i < end && (data[i] == '-' || data[i] == '+')) {
      i++;
    }
    int first = i;
    long negated = 0;
    boolean overflow = false;
    for (; i < end && isDigit(data[i]); i++) {
      int digit = data[i] - '0';
      overflow |= negated < (Long.MIN_VALUE + digit) / 10;
      negated = negated * 10 - digit;
    }
    boolean digits = i > first;
    if (i < end && data[i] == '.') {
      i++;
      int fraction = i;
      while (i < end && isDigit(data[i])) {
        i++;
      }
      digits |= i > fraction;
    }
    if (i < end || !digits) {
      x.fail(row, FailureKind.NOT_CONVERTIBLE);
    } else if (overflow || (!negative && negated == Long.MIN_VALUE)) {
      x.fail(row, FailureKind.OUT_OF_RANGE);
    } else {
      result[row] = negative ? negated : -negated;
    }
  }

  static Kernel toDecimal(DataType.Decimal type) {
    return x -> {
      BytesVector text = x.bytes(0);
      DecimalResult result = new DecimalResult(x, type);
      Int128 value = new Int128();
      for (int i = 0; i < x.count(); i++) {
        if (!x.isNull(i)) {
          parseDecimal(x, i, text, type.scale(), value, result);
        }
      }
      return result.build();
    };
  }

  private static void parseDecimal(
      Arguments x, int row, BytesVector text, int scale, Int128 value, DecimalResult result) {
    byte[] data = text.data();
    int end = trimEnd(data, text.start(row), text.end(row));
    int i = trimStart(data, text.start(row), end);
    boolean negative = i < end && data[i] == '-';
    if (i < end && (data[i] == '-' || data[i] == '+')) {
      i++;
    }
    long small = 0;
    int significant = 0;
    int digits = 0;
    int fraction = 0;
    boolean point = false;
    int first = i;
    for (; i < end; i++) {
      if (data[i] == '.' && !point) {
        point = true;
      } else if (isDigit(data[i])) {
        digits++;
        fraction += point ? 1 : 0;
        significant += significant > 0 || data[i] != '0' ? 1 : 0;
        small = small * 10 + (data[i] - '0');
      } else {
        break;
      }
    }
    if (digits == 0 || (i < end && data[i] != 'e' && data[i] != 'E')) {
      x.fail(row, FailureKind.NOT_CONVERTIBLE);
    } else if (i == end && significant <= Int128.MAX_LONG_POWER && fraction <= Int128.MAX_POWER) {
      value.set(negative ? -small : small);
      if (Decimals.rescale(value, fraction, scale)) {
        result.store(row, value);
      } else {
        x.fail(row, FailureKind.OUT_OF_RANGE);
      }
    } else {
      parseLongDecimal(
          x,
          row,
          new String(data, first, end - first, StandardCharsets.US_ASCII),
          negative,
          scale,
          value,
          result);
    }
  }

  private static void parseLongDecimal(
      Arguments x,
      int row,
      String magnitude,
      boolean negative,
      int scale,
      Int128 value,
      DecimalResult result) {
    BigDecimal number;
    try {
      number = new BigDecimal(magnitude);
    } catch (NumberFormatException _) {
      x.fail(row, FailureKind.NOT_CONVERTIBLE);
      return;
    }
    long top = (long) number.precision() - number.scale();
    if (number.signum() == 0 || top < -MAX_EXPONENT) {
      value.set(0);
      result.store(row, value);
    } else if (top > Int128.MAX_POWER
        || !value.set(
            (negative ? number.negate() : number)
                .setScale(scale, RoundingMode.HALF_UP)
                .unscaledValue())) {
      x.fail(row, FailureKind.OUT_OF_RANGE);
    } else {
      result.store(row, value);
    }
  }

  static Kernel toDouble(DataType type) {
    boolean real = type == DataType.Simple.REAL;
    return x -> {
      BytesVector text = x.bytes(0);
      double[] result = new double[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (x.isNull(i)) {
          continue;
        }
        int end = trimEnd(text.data(), text.start(i), text.end(i));
        int start = trimStart(text.data(), text.start(i), end);
        String number = new String(text.data(), start, end - start, StandardCharsets.UTF_8);
        if (isNumber(number)) {
          result[i] = real ? Float.parseFloat(number) : Double.parseDouble(number);
        } else {
          x.fail(i, FailureKind.NOT_CONVERTIBLE);
        }
      }
      return x.result(result);
    };
  }

  /** Java's own parser also takes hexadecimal numbers and type suffixes; this does not. */
  private static boolean isNumber(String text) {
    if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
      return true;
    }
    int length = text.length();
    int i = sign(text, 0);
    int digits = 0;
    boolean point = false;
    for (; i < length; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (digits > 0 && i < length && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i = sign(text, i + 1);
      digits = 0;
      while (i < length && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
        digits++;
        i++;
      }
    }
    return digits > 0 && i == length;
  }

  private static int sign(String text, int at) {
    return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? at + 1 : at;
  }

  static Vector toBoolean(Arguments x) {
    BytesVector text = x.bytes(0);
    boolean[] result = new boolean[x.count()];
    for (int i = 0; i < result.length; i++) {
      if (x.isNull(i)) {
        continue;
      }
      int end = trimEnd(text.data(), text.start(i), text.end(i));
      int start = trimStart(text.data(), text.start(i), end);
      String word =
          new String(text.data(), start, Math.min(end - start, 8), StandardCharsets.UTF_8)
              .toLowerCase(Locale.ROOT);
      if (TRUE.contains(word)) {
        result[i] = true;
      } else if (!FALSE.contains(word)) {
        x.fail(i, FailureKind.NOT_CONVERTIBLE);
      }
    }
    return new BooleanVector(result, x.nulls(), x.count());
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static int trimStart(byte[] data, int start, int end) {
    int i = start;
    while (i < end && data[i] >= 0 && data[i] <= ' ') {
      i++;
    }
    return i;
  }

  static int trimEnd(byte[] data, int start, int end) {
    int i = end;
    while (i > start && data[i - 1] >= 0 && data[i - 1] <= ' ') {
      i--;
    }
    return i;
  }
}
