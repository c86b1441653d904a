package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Values;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Texts to times by a pattern, and between time zones. Allocates per row. */
final class TimeParsing {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ENGLISH);

  private TimeParsing() {}

  /** (text, pattern) -> TIMESTAMP; NULL for a text that does not fit, as in Flink. */
  static Kernel toTimestamp(List<Node> arguments) {
    Optional<Optional<DateTimeFormatter>> constant =
        arguments.get(1) instanceof ConstantNode pattern && !pattern.value().isNull(0)
            ? Optional.of(formatter(((BytesVector) pattern.value()).text(0)))
            : Optional.empty();
    return x -> {
      int count = x.count();
      long[] result = new long[count];
      boolean[] nulls = new boolean[count];
      String last = "";
      Optional<DateTimeFormatter> formatter = constant.orElse(Optional.empty());
      for (int i = 0; i < count; i++) {
        nulls[i] = x.isNull(i);
        if (nulls[i]) {
          continue;
        }
        if (constant.isEmpty()) {
          String pattern = x.bytes(1).text(i & x.mask(1));
          formatter = pattern.equals(last) ? formatter : formatter(pattern);
          last = pattern;
        }
        if (formatter.isEmpty()) {
          x.fail(i, FailureKind.INVALID_PATTERN);
          continue;
        }
        Optional<LocalDateTime> time = parse(x.bytes(0).text(i & x.mask(0)), formatter.get());
        nulls[i] = time.isEmpty();
        result[i] = time.map(t -> Values.micros(t.toInstant(ZoneOffset.UTC))).orElse(0L);
      }
      return new LongVector(result, Masks.compact(nulls, count), count);
    };
  }

  private static Optional<DateTimeFormatter> formatter(String pattern) {
    try {
      return Optional.of(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** What the pattern does not ask for is taken from 1970-01-01 00:00:00. */
  private static Optional<LocalDateTime> parse(String text, DateTimeFormatter formatter) {
    try {
      TemporalAccessor parsed = formatter.parse(text);
      LocalDate date =
          parsed.isSupported(ChronoField.EPOCH_DAY)
              ? LocalDate.from(parsed)
              : LocalDate.of(
                  field(parsed, ChronoField.YEAR, 1970),
                  field(parsed, ChronoField.MONTH_OF_YEAR, 1),
                  field(parsed, ChronoField.DAY_OF_MONTH, 1));
      LocalTime time =
          parsed.isSupported(ChronoField.NANO_OF_DAY)
              ? LocalTime.from(parsed)
              : LocalTime.of(
                  field(parsed, ChronoField.HOUR_OF_DAY, 0),
                  field(parsed, ChronoField.MINUTE_OF_HOUR, 0),
                  field(parsed, ChronoField.SECOND_OF_MINUTE, 0));
      return Optional.of(date.atTime(time));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static int field(TemporalAccessor parsed, ChronoField field, int otherwise) {
    return parsed.isSupported(field) ? parsed.get(field) : otherwise;
  }

  /**
   * (text, zone from, zone to): a time of one zone as the time of another, both as yyyy-MM-dd
   * HH:mm:ss; NULL for a text in another form. A zone that is not known fails.
   */
  static boolean convertZone(Arguments x, int row, BytesOutput out) {
    Optional<ZoneId> from = zone(x, row, 1);
    Optional<ZoneId> to = zone(x, row, 2);
    if (from.isEmpty() || to.isEmpty()) {
      return true;
    }
    Optional<LocalDateTime> time = parse(x.bytes(0).text(row & x.mask(0)), SECONDS);
    if (time.isEmpty()) {
      return false;
    }
    LocalDateTime converted =
        time.get().atZone(from.get()).withZoneSameInstant(to.get()).toLocalDateTime();
    out.appendAscii(SECONDS.format(converted));
    return true;
  }

  private static Optional<ZoneId> zone(Arguments x, int row, int argument) {
    try {
      return Optional.of(ZoneId.of(x.bytes(argument).text(row & x.mask(argument))));
    } catch (DateTimeException _) {
      x.fail(row, FailureKind.INVALID_ARGUMENT);
      return Optional.empty();
    }
  }
}
