package dev.freshet.capture.postgres;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Cells in the server's text form, under the settings that {@link PgConnection} makes: ISO dates,
 * UTC, hex bytea. As in {@link BinaryCells}, returned text says what is wrong and nothing was
 * appended.
 */
final class TextCells {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private TextCells() {}

  static @Nullable String append(
      VectorBuilder out, ColumnType column, byte[] bytes, int start, int length) {
    switch (column.kind()) {
      case TEXT, TEXT_ONLY, JSONB -> {
        out.appendBytes(bytes, start, length);
        return null;
      }
      case BLANK_PADDED -> {
        out.appendBytes(bytes, start, BinaryCells.trimmed(bytes, start, length));
        return null;
      }
      case BOOL -> {
        out.appendBoolean(bytes[start] == 't');
        return null;
      }
      case INT2, INT4, INT8, OID -> {
        out.appendLong(integer(bytes, start, start + length));
        return null;
      }
      case FLOAT4, FLOAT8, NUMERIC, UUID, BYTEA, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ -> {
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        return appendParsed(out, column, text);
      }
      case ARRAY, TEXT_ONLY_ARRAY -> {
        return appendArray(out, column.elementType(), bytes, start, length);
      }
    }
    return null;
  }

  private static @Nullable String appendParsed(VectorBuilder out, ColumnType column, String text) {
    try {
      return switch (column.kind()) {
        case NUMERIC -> NumericCells.appendText(out, (DataType.Decimal) column.type(), text);
        case DATE -> appendDate(out, text);
        case TIMESTAMP, TIMESTAMP_TZ -> appendTimestamp(out, text);
        case TIME -> appendTime(out, text);
        case FLOAT4 -> {
          out.appendDouble(Float.parseFloat(text));
          yield null;
        }
        case FLOAT8 -> {
          out.appendDouble(Double.parseDouble(text));
          yield null;
        }
        case UUID -> appendHex(out, text.replace("-", ""));
        case BYTEA -> appendHex(out, text.substring(2));
        case BOOL,
            INT2,
            INT4,
            INT8,
            OID,
            TEXT,
            BLANK_PADDED,
            JSONB,
            ARRAY,
            TEXT_ONLY,
            TEXT_ONLY_ARRAY ->
            throw new IllegalStateException("decoded without parsing");
      };
    } catch (ArithmeticException e) {
      return BinaryCells.TOO_LATE;
    } catch (IllegalArgumentException | DateTimeException | StringIndexOutOfBoundsException e) {
      return "is " + text + ", which is no " + column.type().sql();
    }
  }

  private static long integer(byte[] bytes, int start, int end) {
    boolean negative = bytes[start] == '-';
    long value = 0;
    for (int i = negative ? start + 1 : start; i < end; i++) {
      // Summed up as a negative number, which reaches one further.
      value = value * 10 - (bytes[i] - '0');
    }
    return negative ? value : -value;
  }

  private static @Nullable String appendHex(VectorBuilder out, String hex) {
    byte[] decoded = HexFormat.of().parseHex(hex);
    out.appendBytes(decoded, 0, decoded.length);
    return null;
  }

  private static @Nullable String appendDate(VectorBuilder out, String text) {
    if (text.endsWith("infinity")) {
      return BinaryCells.infinite(!text.startsWith("-"));
    }
    boolean beforeChrist = text.endsWith(" BC");
    out.appendLong(
        epochDay(beforeChrist ? text.substring(0, text.length() - 3) : text, beforeChrist));
    return null;
  }

  /** Years go from 4713 BC to 5874897; year n BC is the proleptic year 1 - n. */
  private static long epochDay(String text, boolean beforeChrist) {
    int month = text.indexOf('-', 1);
    int year = Integer.parseInt(text.substring(0, month));
    return LocalDate.of(
            beforeChrist ? 1 - year : year,
            Integer.parseInt(text.substring(month + 1, month + 3)),
            Integer.parseInt(text.substring(month + 4, month + 6)))
        .toEpochDay();
  }

  private static @Nullable String appendTime(VectorBuilder out, String text) {
    long micros = microsOfDay(text);
    if (micros >= MICROS_PER_DAY) {
      return "is 24:00:00, which a TIME cannot hold";
    }
    out.appendLong(micros);
    return null;
  }

  /** {@code HH:MM:SS}, perhaps with up to six digits after a point. */
  private static long microsOfDay(String text) {
    long seconds =
        Integer.parseInt(text.substring(0, 2)) * 3600L
            + Integer.parseInt(text.substring(3, 5)) * 60L
            + Integer.parseInt(text.substring(6, 8));
    long fraction = 0;
    if (text.length() > 9) {
      String digits = (text.substring(9) + "000000").substring(0, 6);
      fraction = Integer.parseInt(digits);
    }
    return seconds * 1_000_000 + fraction;
  }

  /** {@code YYYY-MM-DD HH:MM:SS[.ffffff][+00][ BC]}; the session's zone is UTC. */
  private static @Nullable String appendTimestamp(VectorBuilder out, String text) {
    if (text.endsWith("infinity")) {
      return BinaryCells.infinite(!text.startsWith("-"));
    }
    boolean beforeChrist = text.endsWith(" BC");
    String rest = beforeChrist ? text.substring(0, text.length() - 3) : text;
    int space = rest.indexOf(' ');
    String time = rest.substring(space + 1);
    int zone = time.indexOf('+');
    if (time.indexOf('-') >= 0 || (zone >= 0 && !time.endsWith("+00"))) {
      return "is " + text + ", which is not in UTC";
    }
    out.appendLong(
        Math.addExact(
            Math.multiplyExact(epochDay(rest.substring(0, space), beforeChrist), MICROS_PER_DAY),
            microsOfDay(zone < 0 ? time : time.substring(0, zone))));
    return null;
  }

  private static @Nullable String appendArray(
      VectorBuilder out, ColumnType element, byte[] bytes, int start, int length) {
    ArrayLiteral literal = new ArrayLiteral(bytes, start, start + length);
    if (literal.isNested()) {
      return "is an array of more than one dimension; only one is supported";
    }
    VectorBuilder elements = new VectorBuilder(element.type().layout(), 0);
    while (literal.next()) {
      if (literal.isNull()) {
        elements.appendNull();
        continue;
      }
      String trouble = append(elements, element, literal.element(), 0, literal.elementLength());
      if (trouble != null) {
        return "has an element that " + trouble;
      }
    }
    byte[] encoded = ArrayCodec.encode(elements.build());
    out.appendBytes(encoded, 0, encoded.length);
    return null;
  }
}
