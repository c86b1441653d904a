package dev.freshet.engine.oracle;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** Date and time functions with java.time. */
final class NaiveTime {
  private static final BigInteger DAY = BigInteger.valueOf(86_400_000_000L);

  private NaiveTime() {}

  static Object call(Expression.Call call, Object[] a) {
    DataType type = call.arguments().get(0).type();
    return switch (call.function()) {
      case PLUS_MICROS -> plusMicros(a[0], (Long) a[1], type, call.type());
      case PLUS_MONTHS ->
          a[0] instanceof LocalDate date
              ? date.plusMonths((Long) a[1])
              : timestamp(micros(wall(a[0]).plusMonths((Long) a[1])), type);
      case MICROS_BETWEEN -> micros(a[0]).subtract(micros(a[1])).longValueExact();
      case MONTHS_BETWEEN -> months(wall(a[0]), wall(a[1]));
      case TUMBLE_START -> {
        BigInteger size = BigInteger.valueOf((Long) a[1]);
        BigInteger into = micros(a[0]).subtract(BigInteger.valueOf((Long) a[2])).mod(size);
        yield timestamp(micros(a[0]).subtract(into), type);
      }
      case DATE_FORMAT -> {
        DateTimeFormatter formatter = DateTimeFormatter.ofPattern((String) a[1], Locale.ENGLISH);
        yield switch (a[0]) {
          case LocalDate date -> date.atStartOfDay().format(formatter);
          case Instant instant -> instant.atOffset(ZoneOffset.UTC).format(formatter);
          case LocalTime time -> time.format(formatter);
          default -> wall(a[0]).format(formatter);
        };
      }
      default ->
          call.function().name().startsWith("EXTRACT")
              ? extract(call.function(), a[0])
              : floor(call.function(), a[0], type);
    };
  }

  static BigInteger micros(Object time) {
    if (time instanceof LocalTime ofDay) {
      return BigInteger.valueOf(ofDay.toNanoOfDay() / 1_000);
    }
    if (time instanceof LocalDate date) {
      return BigInteger.valueOf(date.toEpochDay()).multiply(DAY);
    }
    LocalDateTime wall = wall(time);
    return BigInteger.valueOf(wall.toLocalDate().toEpochDay())
        .multiply(DAY)
        .add(micros(wall.toLocalTime()));
  }

  private static LocalDateTime wall(Object time) {
    return switch (time) {
      case LocalDateTime wall -> wall;
      case LocalDate date -> date.atStartOfDay();
      case Instant instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      case LocalTime ofDay -> ofDay.atDate(LocalDate.EPOCH);
      default -> throw new IllegalStateException("not a time: " + time);
    };
  }

  static Object timestamp(BigInteger micros, DataType type) {
    long value = micros.longValueExact();
    LocalDateTime wall =
        LocalDate.EPOCH
            .plusDays(Math.floorDiv(value, DAY.longValue()))
            .atStartOfDay()
            .plus(Math.floorMod(value, DAY.longValue()), ChronoUnit.MICROS);
    return type == Simple.TIMESTAMP_LTZ ? wall.toInstant(ZoneOffset.UTC) : wall;
  }

  private static Object plusMicros(Object time, long micros, DataType from, DataType to) {
    if (to == Simple.DATE) {
      return ((LocalDate) time).plusDays(Math.floorDiv(micros, DAY.longValue()));
    }
    BigInteger sum = micros(time).add(BigInteger.valueOf(micros));
    if (from == Simple.TIME) {
      return LocalTime.ofNanoOfDay(sum.mod(DAY).longValueExact() * 1_000);
    }
    return timestamp(sum, to);
  }

  private static long months(LocalDateTime to, LocalDateTime from) {
    if (to.isBefore(from)) {
      return -months(from, to);
    }
    long months = ChronoUnit.MONTHS.between(from, to) + 2;
    while (from.plusMonths(months).isAfter(to)) {
      months--;
    }
    return months;
  }

  private static Object extract(Function function, Object time) {
    LocalDateTime wall = wall(time);
    return switch (function) {
      case EXTRACT_YEAR -> (long) wall.getYear();
      case EXTRACT_QUARTER -> wall.getLong(IsoFields.QUARTER_OF_YEAR);
      case EXTRACT_MONTH -> (long) wall.getMonthValue();
      case EXTRACT_WEEK -> wall.getLong(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case EXTRACT_DAY -> (long) wall.getDayOfMonth();
      case EXTRACT_DOW ->
          wall.getDayOfWeek() == DayOfWeek.SUNDAY ? 1L : wall.getDayOfWeek().getValue() + 1L;
      case EXTRACT_DOY -> (long) wall.getDayOfYear();
      case EXTRACT_HOUR -> (long) wall.getHour();
      case EXTRACT_MINUTE -> (long) wall.getMinute();
      case EXTRACT_SECOND -> (long) wall.getSecond();
      case EXTRACT_MILLISECOND -> wall.getLong(ChronoField.MILLI_OF_SECOND);
      case EXTRACT_EPOCH -> wall.toEpochSecond(ZoneOffset.UTC);
      default -> throw new IllegalStateException(function.name());
    };
  }

  private static Object floor(Function function, Object time, DataType type) {
    LocalDateTime wall = wall(time);
    LocalDateTime day = wall.truncatedTo(ChronoUnit.DAYS);
    LocalDateTime floored =
        switch (function) {
          case FLOOR_TO_YEAR -> day.withDayOfYear(1);
          case FLOOR_TO_QUARTER -> day.withDayOfMonth(1).minusMonths((day.getMonthValue() - 1) % 3);
          case FLOOR_TO_MONTH -> day.withDayOfMonth(1);
          case FLOOR_TO_WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
          case FLOOR_TO_DAY -> day;
          case FLOOR_TO_HOUR -> wall.truncatedTo(ChronoUnit.HOURS);
          case FLOOR_TO_MINUTE -> wall.truncatedTo(ChronoUnit.MINUTES);
          case FLOOR_TO_SECOND -> wall.truncatedTo(ChronoUnit.SECONDS);
          default -> throw new IllegalStateException(function.name());
        };
    if (type == Simple.DATE) {
      return floored.toLocalDate();
    }
    return type == Simple.TIME ? floored.toLocalTime() : timestamp(micros(floored), type);
  }
}
