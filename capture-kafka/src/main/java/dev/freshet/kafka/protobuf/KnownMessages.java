package dev.freshet.kafka.protobuf;

import dev.freshet.capture.connect.Decimals;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;

/** Messages that stand for a value which SQL has a type for. */
enum KnownMessages {
  /** None of them. */
  NONE,
  /** A point in time: seconds since 1970 and nanoseconds. */
  TIMESTAMP,
  /** A span of time: seconds and nanoseconds. */
  DURATION,
  /** A value that may be missing, such as Int64Value. */
  WRAPPER,
  /** Any JSON. */
  VALUE,
  /** An object of JSON. */
  STRUCT,
  /** An array of JSON. */
  LIST,
  DATE,
  TIME_OF_DAY,
  /** Confluent's, of Connect's decimals: an unscaled number. */
  DECIMAL;

  /** Of the text of any: a Duration has a sign, 20 digits, 9 behind the point, and its unit. */
  static final int TEXT_BYTES_MAX = 32;

  private static final int NANOS_PER_SECOND = 1_000_000_000;

  static KnownMessages of(ProtoMessage message) {
    return switch (message.name()) {
      case "google.protobuf.Timestamp" -> TIMESTAMP;
      case "google.protobuf.Duration" -> DURATION;
      case "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int64Value",
          "google.protobuf.UInt64Value",
          "google.protobuf.Int32Value",
          "google.protobuf.UInt32Value",
          "google.protobuf.BoolValue",
          "google.protobuf.StringValue",
          "google.protobuf.BytesValue" ->
          WRAPPER;
      case "google.protobuf.Value" -> VALUE;
      case "google.protobuf.Struct" -> STRUCT;
      case "google.protobuf.ListValue" -> LIST;
      case "google.type.Date" -> DATE;
      case "google.type.TimeOfDay" -> TIME_OF_DAY;
      case "confluent.type.Decimal" -> DECIMAL;
      default -> NONE;
    };
  }

  /** How it is put into a column that is no JSON; null when that is none for it. */
  @Nullable ProtoCell cell(DataType column) {
    return switch (this) {
      case TIMESTAMP ->
          switch (column) {
            case Simple.TIMESTAMP, Simple.TIMESTAMP_LTZ ->
                (out, in) -> out.appendLong(Values.micros(wholeMicros(instant(in))));
            case Simple.VARCHAR -> (out, in) -> Values.appendText(out, instant(in).toString());
            case Simple _, DataType.Decimal _, DataType.Array _, DataType.Map _, DataType.Row _ ->
                null;
          };
      case DURATION ->
          switch (column) {
            case DataType.Decimal decimal ->
                (out, in) -> Decimals.append(out, decimal, seconds(in));
            case Simple.DOUBLE -> (out, in) -> out.appendDouble(seconds(in).doubleValue());
            case Simple.VARCHAR -> (out, in) -> Values.appendText(out, durationText(in));
            case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ -> null;
          };
      case DATE ->
          column == Simple.DATE ? (out, in) -> out.appendLong(date(in).toEpochDay()) : null;
      case TIME_OF_DAY ->
          column == Simple.TIME
              ? (out, in) -> out.appendLong(wholeMicros(time(in)).toNanoOfDay() / 1_000)
              : null;
      case DECIMAL ->
          column instanceof DataType.Decimal decimal
              ? (out, in) -> decimal(decimal).append(out, in)
              : null;
      case NONE, WRAPPER, VALUE, STRUCT, LIST -> null;
    };
  }

  private static ProtoCell decimal(DataType.Decimal type) {
    return (out, in) -> {
      int start = in.at();
      int end = start;
      int scale = 0;
      while (in.next()) {
        if (in.number() == 1) {
          start = in.valueStart();
          end = in.valueEnd();
        } else if (in.number() == 3) {
          scale = (int) number(in);
        }
      }
      Decimals.append(out, type, in.bytes(), start, end - start, scale);
    };
  }

  /** The field that was passed, a varint. */
  private static long number(ProtoCursor in) {
    if (in.wire() != ProtoType.Wire.VARINT) {
      throw ProtoCursor.malformed("field " + in.number() + " is no number");
    }
    return new ProtoCursor().reset(in.bytes(), in.valueStart(), in.valueEnd()).readVarint();
  }

  /** The first numbers of a message. */
  private static long[] numbers(ProtoCursor in, int count) {
    long[] values = new long[count];
    while (in.next()) {
      if (in.number() <= count) {
        values[in.number() - 1] = number(in);
      }
    }
    return values;
  }

  static Instant instant(ProtoCursor in) {
    long[] parts = numbers(in, 2);
    int nanos = (int) parts[1];
    Instant earliest = Instant.parse("0001-01-01T00:00:00Z");
    Instant latest = Instant.parse("9999-12-31T23:59:59Z");
    if (nanos < 0
        || nanos >= NANOS_PER_SECOND
        || parts[0] < earliest.getEpochSecond()
        || parts[0] > latest.getEpochSecond()) {
      throw CellProblem.value(parts[0] + " seconds and " + nanos + " nanoseconds is no Timestamp");
    }
    return Instant.ofEpochSecond(parts[0], nanos);
  }

  private static Instant wholeMicros(Instant instant) {
    requireWholeMicros(instant.getNano(), instant);
    return instant;
  }

  private static LocalTime wholeMicros(LocalTime time) {
    requireWholeMicros(time.getNano(), time);
    return time;
  }

  private static void requireWholeMicros(int nanos, Object value) {
    if (nanos % 1_000 != 0) {
      throw CellProblem.value(
          value + " is finer than a microsecond; a column VARCHAR or JSON takes all of it");
    }
  }

  private static BigDecimal seconds(ProtoCursor in) {
    long[] parts = numbers(in, 2);
    int nanos = (int) parts[1];
    if (Math.abs((long) nanos) >= NANOS_PER_SECOND
        || (nanos != 0 && parts[0] != 0 && nanos < 0 != parts[0] < 0)) {
      throw CellProblem.value(parts[0] + " seconds and " + nanos + " nanoseconds is no Duration");
    }
    return BigDecimal.valueOf(parts[0]).add(BigDecimal.valueOf(nanos, 9));
  }

  /** Such as {@code 1.5s}. */
  static String durationText(ProtoCursor in) {
    BigDecimal seconds = seconds(in);
    return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
  }

  static LocalDate date(ProtoCursor in) {
    long[] parts = numbers(in, 3);
    try {
      return LocalDate.of((int) parts[0], (int) parts[1], (int) parts[2]);
    } catch (DateTimeException e) {
      throw CellProblem.value(
          "year " + parts[0] + ", month " + parts[1] + ", day " + parts[2] + " is no date");
    }
  }

  static LocalTime time(ProtoCursor in) {
    long[] parts = numbers(in, 4);
    try {
      return LocalTime.of((int) parts[0], (int) parts[1], (int) parts[2], (int) parts[3]);
    } catch (DateTimeException e) {
      throw CellProblem.value(parts[0] + ":" + parts[1] + ":" + parts[2] + " is no time of a day");
    }
  }
}
