package dev.freshet.capture.postgres;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Cells in the server's binary form, straight from the message into column builders. A method that
 * returns text has appended nothing: the text says what is wrong with the value.
 */
final class BinaryCells {
  static final long EPOCH_DAYS = 10_957;
  static final long EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000L;

  /** The server's last years, from where microseconds since 1970 do not fit 64 bits. */
  static final String TOO_LATE = "is after the year 294246, which the column's type cannot hold";

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private BinaryCells() {}

  static @Nullable String append(
      VectorBuilder out, ColumnType column, byte[] bytes, int start, int length) {
    switch (column.kind()) {
      case BOOL -> out.appendBoolean(bytes[start] != 0);
      case INT2 -> out.appendLong(Cells.int2(bytes, start));
      case INT4 -> out.appendLong(Cells.int4(bytes, start));
      case INT8 -> out.appendLong(Cells.int8(bytes, start));
      case OID -> out.appendLong(Cells.int4(bytes, start) & 0xFFFF_FFFFL);
      case FLOAT4 -> out.appendDouble(Float.intBitsToFloat(Cells.int4(bytes, start)));
      case FLOAT8 -> out.appendDouble(Double.longBitsToDouble(Cells.int8(bytes, start)));
      case TEXT, TEXT_ONLY, UUID, BYTEA -> out.appendBytes(bytes, start, length);
      case BLANK_PADDED -> out.appendBytes(bytes, start, trimmed(bytes, start, length));
      case JSONB -> {
        return appendJsonb(out, bytes, start, length);
      }
      case NUMERIC -> {
        return NumericCells.append(out, (DataType.Decimal) column.type(), bytes, start, length);
      }
      case DATE -> {
        return appendDate(out, Cells.int4(bytes, start));
      }
      case TIME -> {
        return appendTime(out, Cells.int8(bytes, start));
      }
      case TIMESTAMP, TIMESTAMP_TZ -> {
        return appendTimestamp(out, Cells.int8(bytes, start));
      }
      case ARRAY, TEXT_ONLY_ARRAY -> {
        return appendArray(out, column.elementType(), bytes, start);
      }
    }
    return null;
  }

  static int trimmed(byte[] bytes, int start, int length) {
    int end = start + length;
    while (end > start && bytes[end - 1] == ' ') {
      end--;
    }
    return end - start;
  }

  private static @Nullable String appendJsonb(
      VectorBuilder out, byte[] bytes, int start, int length) {
    if (length < 1 || bytes[start] != 1) {
      return "is jsonb of an unknown version";
    }
    out.appendBytes(bytes, start + 1, length - 1);
    return null;
  }

  private static @Nullable String appendDate(VectorBuilder out, int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return infinite(days > 0);
    }
    out.appendLong(days + EPOCH_DAYS);
    return null;
  }

  private static @Nullable String appendTime(VectorBuilder out, long micros) {
    if (micros >= MICROS_PER_DAY) {
      return "is 24:00:00, which a TIME cannot hold";
    }
    out.appendLong(micros);
    return null;
  }

  private static @Nullable String appendTimestamp(VectorBuilder out, long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return infinite(micros > 0);
    }
    if (micros > Long.MAX_VALUE - EPOCH_MICROS) {
      return TOO_LATE;
    }
    out.appendLong(micros + EPOCH_MICROS);
    return null;
  }

  /** What {@code infinity} and {@code -infinity} are refused with. */
  @SuppressWarnings("InlineMeSuggester") // one wording for both forms
  static String infinite(boolean positive) {
    return "is " + (positive ? "infinity" : "-infinity") + ", which the column's type cannot hold";
  }

  /**
   * <pre>
   * | dimensions | has nulls | element type | per dimension: size, lower bound | per element: length or -1, bytes |
   * </pre>
   */
  private static @Nullable String appendArray(
      VectorBuilder out, ColumnType element, byte[] bytes, int start) {
    int dimensions = Cells.int4(bytes, start);
    if (dimensions > 1) {
      return "is an array of " + dimensions + " dimensions; only one is supported";
    }
    int count = dimensions == 0 ? 0 : Cells.int4(bytes, start + 12);
    VectorBuilder elements = new VectorBuilder(element.type().layout(), count);
    int at = start + 12 + 8 * dimensions;
    for (int i = 0; i < count; i++) {
      int length = Cells.int4(bytes, at);
      at += 4;
      if (length < 0) {
        elements.appendNull();
        continue;
      }
      String trouble = append(elements, element, bytes, at, length);
      if (trouble != null) {
        return "has an element that " + trouble;
      }
      at += length;
    }
    byte[] encoded = ArrayCodec.encode(elements.build());
    out.appendBytes(encoded, 0, encoded.length);
    return null;
  }
}
