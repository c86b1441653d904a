package dev.freshet.capture.rows;

import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Values from their text, as JSON's numbers and texts and the fields of CSV give it. Nothing is
 * guessed and nothing lost: a value is of its type exactly, or refused.
 */
public final class TextCells {
  public static final long MICROS_PER_DAY = TimeText.MICROS_PER_DAY;

  private static final int FRAGMENT_MAX = 40;
  private static final int LONG_DIGITS = 18;
  private static final int DECIMAL_BYTES_MAX = 200;
  private static final int EXPONENT_MAX = 100;
  private static final int UUID_LENGTH = 36;
  private static final long[] TEN = new long[LONG_DIGITS + 1];

  static {
    TEN[0] = 1;
    for (int i = 1; i < TEN.length; i++) {
      TEN[i] = TEN[i - 1] * 10;
    }
  }

  private TextCells() {}

  /**
   * Ten to a power.
   *
   * @param digits 0 to 18
   */
  public static long powerOfTen(int digits) {
    return TEN[digits];
  }

  /** Appends a number of this text, which has the form of JSON's numbers. */
  static void appendNumber(
      VectorBuilder out, DataType type, byte[] text, int start, int end, boolean isWhole) {
    switch (type) {
      case DataType.Decimal decimal -> appendDecimal(out, decimal, text, start, end);
      case Simple.TINYINT -> out.appendLong(integer(text, start, end, isWhole, Byte.MAX_VALUE));
      case Simple.SMALLINT -> out.appendLong(integer(text, start, end, isWhole, Short.MAX_VALUE));
      case Simple.INTEGER -> out.appendLong(integer(text, start, end, isWhole, Integer.MAX_VALUE));
      case Simple.BIGINT -> out.appendLong(integer(text, start, end, isWhole, Long.MAX_VALUE));
      case Simple.REAL -> {
        float value = Float.parseFloat(string(text, start, end));
        out.appendDouble(finite(value, text, start, end));
      }
      case Simple.DOUBLE -> {
        double value = Double.parseDouble(string(text, start, end));
        out.appendDouble(finite(value, text, start, end));
      }
      case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ ->
          throw CellProblem.value(fragment(text, start, end) + " is a number; " + wanted(type));
    }
  }

  private static double finite(double value, byte[] text, int start, int end) {
    if (Double.isInfinite(value)) {
      throw CellProblem.value(fragment(text, start, end) + " is beyond the type's range");
    }
    return value;
  }

  /**
   * @param max the type's greatest value; its least is {@code -max - 1}
   */
  private static long integer(byte[] text, int start, int end, boolean isWhole, long max) {
    if (!isWhole) {
      throw CellProblem.value(
          fragment(text, start, end) + " has a fraction or exponent; send a whole number");
    }
    boolean isNegative = text[start] == '-';
    int digits = start + (isNegative ? 1 : 0);
    long value;
    if (end - digits <= LONG_DIGITS) {
      value = 0;
      for (int i = digits; i < end; i++) {
        value = value * 10 + text[i] - '0';
      }
      value = isNegative ? -value : value;
    } else {
      try {
        value = Long.parseLong(string(text, start, end));
      } catch (NumberFormatException e) {
        throw outOfRange(text, start, end, max);
      }
    }
    if (value > max || value < -max - 1) {
      throw outOfRange(text, start, end, max);
    }
    return value;
  }

  private static CellProblem outOfRange(byte[] text, int start, int end, long max) {
    return CellProblem.value(
        fragment(text, start, end) + " is not within " + (-max - 1) + " to " + max);
  }

  private static void appendDecimal(
      VectorBuilder out, DataType.Decimal type, byte[] text, int start, int end) {
    if (type.precision() <= DataType.Decimal.MAX_LONG_PRECISION
        && appendShortDecimal(out, type, text, start, end)) {
      return;
    }
    String string = string(text, start, end);
    BigDecimal value;
    try {
      value = end - start > DECIMAL_BYTES_MAX ? BigDecimal.ZERO : new BigDecimal(string);
    } catch (NumberFormatException e) {
      throw CellProblem.value(fragment(text, start, end) + " is no number");
    }
    if (end - start > DECIMAL_BYTES_MAX || Math.abs((long) value.scale()) > EXPONENT_MAX) {
      throw CellProblem.value(fragment(text, start, end) + " has too many digits");
    }
    if (value.stripTrailingZeros().scale() > type.scale()) {
      throw CellProblem.value(
          fragment(text, start, end)
              + " has more than "
              + type.scale()
              + " digits behind the point");
    }
    int integerDigits = value.precision() - value.scale();
    if (value.signum() != 0 && integerDigits > type.precision() - type.scale()) {
      throw CellProblem.value(
          fragment(text, start, end)
              + " has more than "
              + (type.precision() - type.scale())
              + " digits before the point");
    }
    Values.append(out, type, value);
  }

  /** The usual case: few digits, no exponent. Returns whether it was that and fits. */
  private static boolean appendShortDecimal(
      VectorBuilder out, DataType.Decimal type, byte[] text, int start, int end) {
    if (end - start > LONG_DIGITS) {
      return false;
    }
    boolean isNegative = text[start] == '-';
    long unscaled = 0;
    int point = -1;
    for (int i = start + (isNegative ? 1 : 0); i < end; i++) {
      if (text[i] == '.') {
        point = i;
      } else if (text[i] >= '0' && text[i] <= '9') {
        unscaled = unscaled * 10 + text[i] - '0';
      } else {
        return false;
      }
    }
    int scale = point < 0 ? 0 : end - point - 1;
    int missing = type.scale() - scale;
    if (missing < 0 || unscaled >= TEN[type.precision() - missing]) {
      return false;
    }
    long value = unscaled * TEN[missing];
    out.appendLong(isNegative ? -value : value);
    return true;
  }

  /** Appends the value that a text of JSON stands for. */
  public static void appendText(VectorBuilder out, DataType type, byte[] text, int start, int end) {
    switch (type) {
      case Simple.VARCHAR -> out.appendBytes(text, start, end - start);
      case Simple.BIGINT -> {
        requireNumber(type, text, start, end);
        appendNumber(out, type, text, start, end, JsonCursor.isWhole(text, start, end));
      }
      case DataType.Decimal _ -> {
        requireNumber(type, text, start, end);
        appendNumber(out, type, text, start, end, JsonCursor.isWhole(text, start, end));
      }
      case Simple.REAL, Simple.DOUBLE -> out.appendDouble(notANumber(type, text, start, end));
      case Simple.BINARY -> {
        byte[] bytes = base64(text, start, end);
        out.appendBytes(bytes, 0, bytes.length);
      }
      case Simple.DATE -> out.appendLong(TimeText.days(text, start, end));
      case Simple.TIME -> out.appendLong(TimeText.microsOfDay(text, start, end));
      case Simple.TIMESTAMP -> out.appendLong(TimeText.localMicros(text, start, end));
      case Simple.TIMESTAMP_LTZ -> out.appendLong(TimeText.instantMicros(text, start, end));
      case Simple.UUID -> appendUuid(out, text, start, end);
      case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ ->
          throw CellProblem.value(quoted(text, start, end) + " is a text; " + wanted(type));
    }
  }

  /**
   * Appends the value that a field of CSV stands for.
   *
   * @param budget of the text or message that it is part of
   */
  public static void appendField(
      VectorBuilder out, DataType type, byte[] text, int start, int end, ByteBudget budget) {
    switch (type) {
      case Simple.BOOLEAN -> out.appendBoolean(flag(text, start, end));
      case Simple.TINYINT, Simple.SMALLINT, Simple.INTEGER -> {
        requireNumber(type, text, start, end);
        appendNumber(out, type, text, start, end, JsonCursor.isWhole(text, start, end));
      }
      case Simple.REAL, Simple.DOUBLE -> {
        if (JsonCursor.numberEnd(text, start, end) == end) {
          appendNumber(out, type, text, start, end, false);
        } else {
          appendText(out, type, text, start, end);
        }
      }
      case Simple.JSON -> appendJson(out, type, text, start, end, budget);
      case DataType.Array _, DataType.Map _, DataType.Row _ ->
          appendJson(out, type, text, start, end, budget);
      case Simple _, DataType.Decimal _ -> appendText(out, type, text, start, end);
    }
  }

  private static void appendJson(
      VectorBuilder out, DataType type, byte[] text, int start, int end, ByteBudget budget) {
    JsonCursor json = new JsonCursor(text, start, end);
    try {
      JsonCells.append(out, type, json, budget);
      json.requireEnd("the value");
    } catch (SyntaxProblem e) {
      throw CellProblem.value(quoted(text, start, end) + " is no JSON: " + e.what());
    }
  }

  private static boolean flag(byte[] text, int start, int end) {
    return switch (string(text, start, end)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw CellProblem.value(quoted(text, start, end) + " is neither true nor false");
    };
  }

  private static void requireNumber(DataType type, byte[] text, int start, int end) {
    if (JsonCursor.numberEnd(text, start, end) != end) {
      throw CellProblem.value(quoted(text, start, end) + " is no number; " + wanted(type));
    }
  }

  private static double notANumber(DataType type, byte[] text, int start, int end) {
    return switch (string(text, start, end)) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw CellProblem.value(quoted(text, start, end) + " is a text; " + wanted(type));
    };
  }

  private static byte[] base64(byte[] text, int start, int end) {
    try {
      return Base64.getDecoder().decode(Arrays.copyOfRange(text, start, end));
    } catch (IllegalArgumentException e) {
      throw CellProblem.value(quoted(text, start, end) + " is no Base64");
    }
  }

  private static void appendUuid(VectorBuilder out, byte[] text, int start, int end) {
    byte[] uuid = new byte[16];
    int digits = 0;
    boolean isUuid = end - start == UUID_LENGTH;
    for (int i = 0; i < UUID_LENGTH && isUuid; i++) {
      byte b = text[start + i];
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        isUuid = b == '-';
        continue;
      }
      int digit = b >= 0 ? Character.digit(b, 16) : -1;
      isUuid = digit >= 0;
      uuid[digits >> 1] = (byte) (uuid[digits >> 1] << 4 | (digit & 15));
      digits++;
    }
    if (!isUuid) {
      throw CellProblem.value(
          quoted(text, start, end) + " is no UUID such as 123e4567-e89b-12d3-a456-426614174000");
    }
    out.appendBytes(uuid, 0, uuid.length);
  }

  /** What to send instead. */
  public static String wanted(DataType type) {
    return "send "
        + switch (type) {
          case DataType.Decimal _ -> "a number, or its digits as a text";
          case DataType.Array _ -> "an array";
          case DataType.Map _, DataType.Row _ -> "an object";
          case Simple simple ->
              switch (simple) {
                case BOOLEAN -> "true or false";
                case TINYINT, SMALLINT, INTEGER -> "a whole number";
                case BIGINT -> "a whole number, or its digits as a text";
                case REAL, DOUBLE -> "a number, or \"NaN\", \"Infinity\" or \"-Infinity\"";
                case VARCHAR -> "a text";
                case BINARY -> "Base64 as a text";
                case DATE -> "a text such as \"2026-01-31\"";
                case TIME -> "a text such as \"10:30:00\"";
                case TIMESTAMP -> "a text without zone such as \"2026-01-31T10:30:00\"";
                case TIMESTAMP_LTZ -> "a text with its zone such as \"2026-01-31T10:30:00Z\"";
                case UUID -> "a text such as \"123e4567-e89b-12d3-a456-426614174000\"";
                case JSON -> "any JSON";
              };
        };
  }

  static String string(byte[] text, int start, int end) {
    return new String(text, start, end - start, StandardCharsets.UTF_8);
  }

  /** At most the beginning of a value. */
  static String fragment(byte[] text, int start, int end) {
    return fragment(string(text, start, Math.min(end, start + 4 * FRAGMENT_MAX + 1)));
  }

  /** At most the beginning of a text. */
  public static String fragment(String text) {
    return text.codePointCount(0, text.length()) <= FRAGMENT_MAX
        ? text
        : text.substring(0, text.offsetByCodePoints(0, FRAGMENT_MAX)) + "...";
  }

  static String quoted(byte[] text, int start, int end) {
    return '"' + fragment(text, start, end) + '"';
  }

  static @Nullable Object box(DataType type, byte[] text, int start, int end, ByteBudget budget) {
    VectorBuilder single = new VectorBuilder(type.layout(), 1);
    appendField(single, type, text, start, end, budget);
    return Values.read(type, single.build(), 0);
  }
}
