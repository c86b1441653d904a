package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * DATE_FORMAT, in English and UTC whatever the machine's settings. Allocates per row, save for the
 * patterns of {@link FixedDateFormat}.
 */
final class DateFormats {
  private DateFormats() {}

  static Kernel kernel(DataType type, List<Node> arguments) {
    if (arguments.get(1) instanceof ConstantNode pattern && !pattern.value().isNull(0)) {
      String text = ((BytesVector) pattern.value()).text(0);
      Optional<FixedDateFormat> fixed = FixedDateFormat.of(text, type);
      Optional<DateTimeFormatter> formatter = formatter(text);
      return x -> format(x, type, fixed, formatter);
    }
    return x -> formatByColumn(x, type);
  }

  private static Optional<DateTimeFormatter> formatter(String pattern) {
    try {
      return Optional.of(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Vector format(
      Arguments x,
      DataType type,
      Optional<FixedDateFormat> fixed,
      Optional<DateTimeFormatter> formatter) {
    BytesOutput out = new BytesOutput(x.count(), 20 * x.count());
    long[] values = x.longs(0);
    for (int i = 0; i < x.count(); i++) {
      boolean done =
          x.isNull(i) || (fixed.isPresent() && fixed.get().append(values[i & x.mask(0)], out));
      if (!done) {
        format(x, i, type, formatter, out);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  private static Vector formatByColumn(Arguments x, DataType type) {
    BytesVector patterns = x.bytes(1);
    BytesOutput out = new BytesOutput(x.count(), 20 * x.count());
    String last = "";
    Optional<DateTimeFormatter> formatter = formatter(last);
    for (int i = 0; i < x.count(); i++) {
      if (!x.isNull(i)) {
        String pattern = patterns.text(i & x.mask(1));
        if (!pattern.equals(last)) {
          formatter = formatter(pattern);
          last = pattern;
        }
        format(x, i, type, formatter, out);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  private static void format(
      Arguments x, int row, DataType type, Optional<DateTimeFormatter> formatter, BytesOutput out) {
    if (formatter.isEmpty()) {
      x.fail(row, FailureKind.INVALID_PATTERN);
      return;
    }
    try {
      String text = formatter.get().format(time(type, x.longs(0)[row & x.mask(0)]));
      out.append(text.getBytes(StandardCharsets.UTF_8));
    } catch (DateTimeException _) {
      x.fail(row, FailureKind.INVALID_PATTERN);
    }
  }

  private static TemporalAccessor time(DataType type, long value) {
    if (type == Simple.DATE) {
      return LocalDate.ofEpochDay(value).atStartOfDay();
    }
    if (type == Simple.TIME) {
      return LocalTime.ofNanoOfDay(value * 1_000);
    }
    LocalDateTime time = LocalDateTime.ofInstant(Values.instant(value), ZoneOffset.UTC);
    return type == Simple.TIMESTAMP_LTZ ? time.atOffset(ZoneOffset.UTC) : time;
  }
}
