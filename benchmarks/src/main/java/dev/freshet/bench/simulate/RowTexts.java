package dev.freshet.bench.simulate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows as texts that are equal when the rows are. */
final class RowTexts {
  private static final int SHOWN_MAX = 4;

  private RowTexts() {}

  static String of(List<@Nullable Object> row) {
    StringBuilder text = new StringBuilder();
    for (Object cell : row) {
      text.append(cell instanceof BigDecimal number ? plain(number) : String.valueOf(cell));
      text.append('|');
    }
    return text.toString();
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }

  /**
   * Adds each row as often as its weight says. A weight below 1 is no content: it shows as such.
   */
  static void add(Batch batch, List<String> texts) {
    for (int row = 0; row < batch.rowCount(); row++) {
      String text = of(Arrays.asList(Values.readRow(batch, row)));
      if (batch.weight(row) < 1) {
        texts.add(text + " with weight " + batch.weight(row));
      }
      for (long i = 0; i < batch.weight(row); i++) {
        texts.add(text);
      }
    }
  }

  /** What differs between two contents, in few words; empty when nothing does. */
  static String difference(List<String> expected, List<String> found) {
    Map<String, Integer> counts = new TreeMap<>();
    expected.forEach(text -> counts.merge(text, -1, Integer::sum));
    found.forEach(text -> counts.merge(text, 1, Integer::sum));
    List<String> shown = new ArrayList<>();
    counts.forEach((text, count) -> {
      if (count != 0 && shown.size() < SHOWN_MAX) {
        shown.add((count > 0 ? "+" : "") + count + " " + text);
      }
    });
    return String.join(", ", shown);
  }
}
