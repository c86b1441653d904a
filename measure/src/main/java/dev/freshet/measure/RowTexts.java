package dev.freshet.measure;

import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bag of rows as texts, the same for equal rows whichever engine they come from: numbers without
 * trailing zeros, times in UTC to the microsecond. For use by one thread.
 */
public final class RowTexts {
  private final TreeMap<String, Long> counts = new TreeMap<>();

  /** Adds a row {@code weight} times, or takes it away for a weight below 0. */
  public void add(@Nullable Object[] values, long weight) {
    StringBuilder text = new StringBuilder();
    for (@Nullable Object value : values) {
      text.append(text.isEmpty() ? "" : "\t").append(text(value));
    }
    counts.merge(text.toString(), weight, RowTexts::sum);
  }

  /** Each row with how often it is there; negative when more was taken away than had come. */
  public Map<String, Long> counts() {
    return counts;
  }

  /** Writes a line a row: the count, then the columns, with tabs between. */
  public void write(Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (Map.Entry<String, Long> row : counts.entrySet()) {
        out.write(row.getValue() + "\t" + row.getKey() + "\n");
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public static RowTexts read(Path file) throws IOException {
    RowTexts rows = new RowTexts();
    for (String line : Files.readAllLines(file)) {
      int tab = line.indexOf('\t');
      rows.counts.put(line.substring(tab + 1), Long.parseLong(line.substring(0, tab)));
    }
    return rows;
  }

  private static @Nullable Long sum(Long before, Long added) {
    long sum = before + added;
    return sum == 0 ? null : sum;
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "\\N";
      case BigDecimal number -> plain(number);
      case Double number -> plain(BigDecimal.valueOf(number));
      case Number number -> plain(new BigDecimal(number.toString()));
      case LocalDateTime time -> time.truncatedTo(ChronoUnit.MICROS).toString();
      case Instant time ->
          LocalDateTime.ofInstant(time, ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS).toString();
      default -> escaped(value.toString());
    };
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}
