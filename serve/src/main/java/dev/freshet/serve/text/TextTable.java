package dev.freshet.serve.text;

import java.util.ArrayList;
import java.util.List;

/** Lays texts out in columns; a column whose cells all look like numbers is aligned right. */
public final class TextTable {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... header) {
    this.header = List.of(header);
  }

  public TextTable row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** One line per row, the header first, without line ends. */
  public List<String> lines() {
    int[] widths = new int[header.size()];
    boolean[] right = new boolean[header.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] = header.get(i).length();
      right[i] = !rows.isEmpty() && rows.stream().allMatch(row -> isNumeric(row.get(column)));
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(header, widths, right));
    for (List<String> row : rows) {
      lines.add(line(row, widths, right));
    }
    return lines;
  }

  private static boolean isNumeric(String cell) {
    return cell.isEmpty()
        || cell.equals("-")
        || Character.isDigit(cell.charAt(cell.startsWith("-") ? 1 : 0));
  }

  private static String line(List<String> cells, int[] widths, boolean[] right) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - cells.get(i).length());
      if (i > 0) {
        out.append("  ");
      }
      out.append(right[i] ? padding + cells.get(i) : cells.get(i) + padding);
    }
    return out.toString().stripTrailing();
  }
}
