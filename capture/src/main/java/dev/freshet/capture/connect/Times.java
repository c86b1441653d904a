package dev.freshet.capture.connect;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.Optional;

/** Times that come as numbers. */
public final class Times {
  private Times() {}

  /** What a number counts. */
  public enum Unit {
    /** Days since 1970-01-01. */
    DAYS,
    MILLIS,
    MICROS,
    NANOS;

    /** As a source's {@code times} has it, where days are no choice. */
    public static Optional<Unit> parse(String text) {
      return switch (text) {
        case "millis" -> Optional.of(MILLIS);
        case "micros" -> Optional.of(MICROS);
        case "nanos" -> Optional.of(NANOS);
        default -> Optional.empty();
      };
    }
  }

  /** Whether the type holds dates or times. */
  public static boolean isTime(DataType type) {
    return type == Simple.DATE
        || type == Simple.TIME
        || type == Simple.TIMESTAMP
        || type == Simple.TIMESTAMP_LTZ;
  }

  /**
   * Appends a number that counts from the epoch, or from midnight.
   *
   * @throws CellProblem when it is none of the type's values
   */
  public static void append(VectorBuilder out, DataType type, Unit unit, long value) {
    if (type == Simple.DATE) {
      if (unit == Unit.DAYS) {
        out.appendLong(value);
        return;
      }
      throw CellProblem.value(value + " counts " + name(unit) + ", and a date counts days");
    }
    long micros = micros(unit, value);
    if (type == Simple.TIME && (micros < 0 || micros >= TextCells.MICROS_PER_DAY)) {
      throw CellProblem.value(value + " " + name(unit) + " is no time of a day");
    }
    out.appendLong(micros);
  }

  private static String name(Unit unit) {
    return switch (unit) {
      case DAYS -> "days";
      case MILLIS -> "milliseconds";
      case MICROS -> "microseconds";
      case NANOS -> "nanoseconds";
    };
  }

  private static long micros(Unit unit, long value) {
    try {
      return switch (unit) {
        case DAYS -> Math.multiplyExact(value, TextCells.MICROS_PER_DAY);
        case MILLIS -> Math.multiplyExact(value, 1_000);
        case MICROS -> value;
        case NANOS -> wholeMicros(value);
      };
    } catch (ArithmeticException e) {
      throw CellProblem.value(value + " " + name(unit) + " is beyond the type's range");
    }
  }

  private static long wholeMicros(long nanos) {
    if (nanos % 1_000 != 0) {
      throw CellProblem.value(nanos + " nanoseconds is finer than a microsecond");
    }
    return nanos / 1_000;
  }
}
