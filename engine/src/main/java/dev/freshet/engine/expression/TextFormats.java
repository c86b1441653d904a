package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Casts to text, in the forms that Flink prints. Dates and times are in {@link TimeText}. */
final class TextFormats {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private TextFormats() {}

  static Vector integer(Arguments x) {
    long[] from = x.longs(0);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 8 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        writeLong(from[i], out);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  private static void writeLong(long value, BytesOutput out) {
    if (value == Long.MIN_VALUE) {
      out.appendAscii("-9223372036854775808");
      return;
    }
    if (value < 0) {
      out.appendByte('-');
    }
    out.appendPadded(Math.abs(value), 1);
  }

  /** All digits of the scale, no exponent. */
  static Kernel decimal(DataType.Decimal type) {
    int scale = type.scale();
    return x -> {
      DecimalColumn from = DecimalColumn.of(x, 0);
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 12 * count);
      Int128 value = new Int128();
      for (int i = 0; i < count; i++) {
        if (!x.isNull(i)) {
          from.load(i, value);
          if (value.isLong() && scale <= Int128.MAX_LONG_POWER) {
            writeSmall(value.low(), scale, out);
          } else {
            out.appendAscii(new BigDecimal(value.toBigInteger(), scale).toPlainString());
          }
        }
        out.endRow();
      }
      return out.build(x.nulls());
    };
  }

  private static void writeSmall(long unscaled, int scale, BytesOutput out) {
    long unit = Int128.pow10(scale);
    long whole = unscaled / unit;
    if (unscaled < 0 && whole == 0) {
      out.appendByte('-');
    }
    writeLong(whole, out);
    if (scale > 0) {
      out.appendByte('.');
      out.appendPadded(Math.abs(unscaled % unit), scale);
    }
  }

  static Kernel floating(DataType type) {
    boolean real = type == DataType.Simple.REAL;
    return x -> {
      double[] from = x.doubles(0);
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 12 * count);
      for (int i = 0; i < count; i++) {
        if (!x.isNull(i)) {
          out.appendAscii(real ? Float.toString((float) from[i]) : Double.toString(from[i]));
        }
        out.endRow();
      }
      return out.build(x.nulls());
    };
  }

  static Vector bool(Arguments x) {
    boolean[] from = x.booleans(0);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 5 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        out.appendAscii(from[i] ? "TRUE" : "FALSE");
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  static Vector uuid(Arguments x) {
    BytesVector from = x.bytes(0);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 36 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        int start = from.start(i);
        for (int k = 0; k < 16; k++) {
          if (k == 4 || k == 6 || k == 8 || k == 10) {
            out.appendByte('-');
          }
          int value = from.data()[start + k];
          out.appendByte(HEX[value >> 4 & 15]);
          out.appendByte(HEX[value & 15]);
        }
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  static Vector parseUuid(Arguments x) {
    BytesVector text = x.bytes(0);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i) && !parseUuid(text, i, out)) {
        out.clearRow();
        x.fail(i, FailureKind.NOT_CONVERTIBLE);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  private static boolean parseUuid(BytesVector text, int row, BytesOutput out) {
    byte[] data = text.data();
    int end = TextNumbers.trimEnd(data, text.start(row), text.end(row));
    int start = TextNumbers.trimStart(data, text.start(row), end);
    if (end - start != 36) {
      return false;
    }
    int position = start;
    for (int k = 0; k < 16; k++) {
      if (k == 4 || k == 6 || k == 8 || k == 10) {
        if (data[position++] != '-') {
          return false;
        }
      }
      int high = Character.digit(data[position++], 16);
      int low = Character.digit(data[position++], 16);
      if (high < 0 || low < 0) {
        return false;
      }
      out.appendByte(high << 4 | low);
    }
    return true;
  }

  /** {@code [1, 2, NULL]}, the elements as the cast of their type gives them. */
  static Kernel array(Kernel elementToText, DataType element) {
    return x -> {
      BytesVector from = x.bytes(0);
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 16 * count);
      for (int i = 0; i < count; i++) {
        if (!x.isNull(i)) {
          BytesVector texts = (BytesVector) converted(elementToText, element, from.copyOf(i));
          out.appendByte('[');
          for (int k = 0; k < texts.length(); k++) {
            out.appendAscii(k == 0 ? "" : ", ");
            if (texts.isNull(k)) {
              out.appendAscii("NULL");
            } else {
              out.append(texts.data(), texts.start(k), texts.end(k));
            }
          }
          out.appendByte(']');
        }
        out.endRow();
      }
      return out.build(x.nulls());
    };
  }

  /** The elements of an array after a conversion that cannot fail. */
  static Vector converted(Kernel kernel, DataType element, byte[] array) {
    return converted(kernel, ArrayCodec.elements(element, array));
  }

  /** Values after a conversion that cannot fail. */
  static Vector converted(Kernel kernel, Vector elements) {
    Operand[] operands = {Operand.rows(elements)};
    return kernel.apply(new Arguments(operands, elements.nulls(), elements.length(), 0));
  }

  /** Bytes become text only if they are UTF-8. */
  static Vector utf8(Arguments x) {
    BytesVector from = x.bytes(0);
    for (int i = 0; i < x.count(); i++) {
      if (!x.isNull(i) && !Utf8.isValid(from.data(), from.start(i), from.end(i))) {
        x.fail(i, FailureKind.NOT_CONVERTIBLE);
      }
    }
    return from;
  }
}
