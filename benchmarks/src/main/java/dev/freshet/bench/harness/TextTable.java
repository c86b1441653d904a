package dev.freshet.bench.harness;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table of figures for a reader: the first column to the left, all others to the right. */
public final class TextTable {
  private final List<String[]> rows = new ArrayList<>();

  public TextTable(String... header) {
    rows.add(header);
  }

  public void row(String... cells) {
    rows.add(cells);
  }

  /** Whole from 100 on, else with two digits; a dash where there is none. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
  }

  /** As {@code 3.25x}. */
  public static String times(double ratio) {
    return Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2fx", ratio);
  }

  public void print(PrintStream out) {
    int[] widths = new int[rows.stream().mapToInt(row -> row.length).max().orElse(0)];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        char[] space = new char[widths[i] - row[i].length()];
        Arrays.fill(space, ' ');
        line.append(i == 0 ? "" : "  ");
        line.append(i == 0 ? row[i] + new String(space) : new String(space) + row[i]);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
