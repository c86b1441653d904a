package dev.freshet.files.format;

import dev.freshet.capture.rows.RowFormat;
import dev.freshet.core.batch.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of typed values as lines of JSON, in the text that the decoder of rows takes for each
 * type, exactly. One thread owns it.
 */
final class JsonWriter {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'")
          .append(TIME)
          .toFormatter(Locale.ROOT);

  private final StringBuilder out = new StringBuilder();
  private long[] places = new long[64];
  private int rows;

  /** Names a value: a row is some of them. */
  interface Fields {
    int count();

    String name(int index);

    /** A value, or {@code null}. */
    @Nullable Object value(int index);
  }

  /** About how many bytes were written. */
  int bytes() {
    return out.length();
  }

  int rows() {
    return rows;
  }

  /**
   * @param number of the row in the file, from 1
   */
  void row(Fields fields, long number) {
    out.append('{');
    for (int i = 0; i < fields.count(); i++) {
      out.append(i == 0 ? "" : ",");
      JsonText.appendText(out, fields.name(i));
      out.append(':');
      append(fields.value(i));
    }
    out.append("}\n");
    places = rows == places.length ? Arrays.copyOf(places, rows * 2) : places;
    places[rows++] = number;
  }

  /**
   * The rows that were written; empty when there are none.
   *
   * @param last number of the last of them
   */
  Optional<RowBatch> batch(long last) {
    if (rows == 0) {
      return Optional.empty();
    }
    byte[] text = out.toString().getBytes(StandardCharsets.UTF_8);
    return Optional.of(
        new RowBatch(
            RowFormat.JSON_LINES,
            Optional.empty(),
            text,
            Arrays.copyOf(places, rows),
            "row",
            new Place(last, 0, 0)));
  }

  private void append(@Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Boolean flag -> out.append(flag.booleanValue());
      case Double number -> appendDouble(number, number.toString());
      case Float number -> appendDouble(number, number.toString());
      case BigDecimal number -> out.append(number.toPlainString());
      case Number number -> out.append(number);
      case byte[] bytes -> appendQuoted(Base64.getEncoder().encodeToString(bytes));
      case Instant time -> appendQuoted(DATE_TIME.format(time.atOffset(ZoneOffset.UTC)) + "Z");
      case LocalDateTime time -> appendQuoted(DATE_TIME.format(time));
      case LocalTime time -> appendQuoted(TIME.format(time));
      case List<?> list -> appendList(list);
      case Map<?, ?> map -> appendMap(map);
      default -> JsonText.appendText(out, value.toString());
    }
  }

  private void appendDouble(double value, String text) {
    if (Double.isFinite(value)) {
      out.append(text);
    } else {
      appendQuoted(text);
    }
  }

  private void appendQuoted(String text) {
    out.append('"').append(text).append('"');
  }

  private void appendList(List<?> list) {
    out.append('[');
    String separator = "";
    for (Object element : list) {
      out.append(separator);
      append(element);
      separator = ",";
    }
    out.append(']');
  }

  private void appendMap(Map<?, ?> map) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator);
      JsonText.appendText(out, String.valueOf(entry.getKey()));
      out.append(':');
      append(entry.getValue());
      separator = ",";
    }
    out.append('}');
  }
}
