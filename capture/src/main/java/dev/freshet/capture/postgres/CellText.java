package dev.freshet.capture.postgres;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.StringJoiner;

/**
 * Cells as text, for rejected rows: what the server would print, near enough for a person and a
 * later repair.
 */
final class CellText {
  private CellText() {}

  static String ofText(byte[] bytes, int start, int length) {
    return new String(bytes, start, length, StandardCharsets.UTF_8);
  }

  static String ofBinary(ColumnType column, byte[] bytes, int start, int length) {
    return switch (column.kind()) {
      case BOOL -> bytes[start] != 0 ? "t" : "f";
      case INT2 -> String.valueOf(Cells.int2(bytes, start));
      case INT4 -> String.valueOf(Cells.int4(bytes, start));
      case INT8 -> String.valueOf(Cells.int8(bytes, start));
      case OID -> String.valueOf(Cells.int4(bytes, start) & 0xFFFF_FFFFL);
      case FLOAT4 -> String.valueOf(Float.intBitsToFloat(Cells.int4(bytes, start)));
      case FLOAT8 -> String.valueOf(Double.longBitsToDouble(Cells.int8(bytes, start)));
      case NUMERIC -> NumericCells.text(bytes, start);
      case TEXT, TEXT_ONLY, BLANK_PADDED -> ofText(bytes, start, length);
      case JSONB -> ofText(bytes, start + 1, Math.max(length - 1, 0));
      case UUID, BYTEA -> "\\x" + HexFormat.of().formatHex(bytes, start, start + length);
      case DATE -> date(Cells.int4(bytes, start));
      case TIME -> time(Cells.int8(bytes, start));
      case TIMESTAMP -> timestamp(Cells.int8(bytes, start), "");
      case TIMESTAMP_TZ -> timestamp(Cells.int8(bytes, start), "+00");
      case ARRAY, TEXT_ONLY_ARRAY -> array(column.elementType(), bytes, start);
    };
  }

  private static String date(int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return days > 0 ? "infinity" : "-infinity";
    }
    return LocalDate.ofEpochDay(days + BinaryCells.EPOCH_DAYS).toString();
  }

  private static String time(long micros) {
    long seconds = micros / 1_000_000;
    return String.format(
        java.util.Locale.ROOT,
        "%02d:%02d:%02d.%06d",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        micros % 1_000_000);
  }

  private static String timestamp(long micros, String zone) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? "infinity" : "-infinity";
    }
    long unix = micros + BinaryCells.EPOCH_MICROS;
    LocalDateTime at =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(unix, 1_000_000L),
            (int) Math.floorMod(unix, 1_000_000L) * 1000,
            ZoneOffset.UTC);
    return at.toString().replace('T', ' ') + zone;
  }

  /** Elements in order; the dimensions stand before them when there are several. */
  private static String array(ColumnType element, byte[] bytes, int start) {
    int dimensions = Cells.int4(bytes, start);
    long count = dimensions == 0 ? 0 : 1;
    StringBuilder shape = new StringBuilder();
    for (int i = 0; i < dimensions; i++) {
      int size = Cells.int4(bytes, start + 12 + 8 * i);
      count *= size;
      shape.append('[').append(size).append(']');
    }
    StringJoiner all = new StringJoiner(",", "{", "}");
    int at = start + 12 + 8 * dimensions;
    for (long i = 0; i < count; i++) {
      int length = Cells.int4(bytes, at);
      at += 4;
      all.add(length < 0 ? "NULL" : ofBinary(element, bytes, at, length));
      at += Math.max(length, 0);
    }
    return dimensions > 1 ? shape + "=" + all : all.toString();
  }
}
