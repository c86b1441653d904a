package dev.freshet.demo.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The outcome of a {@link Verification}. */
public record VerificationReport(List<Comparison> comparisons) {
  /** Of a checksum's 16; all are compared. So a line fits into 80 columns. */
  private static final int SHOWN_DIGITS = 10;

  public VerificationReport {
    comparisons = List.copyOf(comparisons);
  }

  /** Whether something was compared and all of it is equal. */
  public boolean allEqual() {
    return !comparisons.isEmpty() && comparisons.stream().allMatch(Comparison::isEqual);
  }

  /** An aligned table, a line per comparison, and below it the first differing rows. */
  public String text() {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"", "", "rows in", "rows in", "checksum", "checksum", ""});
    lines.add(new String[] {"", "name", "Freshet", "PostgreSQL", "Freshet", "PostgreSQL", "equal"});
    for (Comparison comparison : comparisons) {
      lines.add(
          new String[] {
            comparison.kind().name().toLowerCase(Locale.ROOT),
            comparison.name(),
            count(comparison.freshet()),
            count(comparison.postgres()),
            checksum(comparison.freshet()),
            checksum(comparison.postgres()),
            comparison.isEqual() ? "yes" : "NO"
          });
    }
    StringBuilder text = new StringBuilder();
    int[] widths = widths(lines);
    lines.forEach(line -> appendLine(text, line, widths));
    comparisons.forEach(comparison -> appendDifferences(text, comparison));
    return text.toString();
  }

  private static String count(Side side) {
    return String.format(Locale.ROOT, "%,d", side.rows());
  }

  private static String checksum(Side side) {
    return String.format("%016x", side.checksum()).substring(0, SHOWN_DIGITS);
  }

  private static int[] widths(List<String[]> lines) {
    int[] widths = new int[lines.getFirst().length];
    for (String[] line : lines) {
      for (int i = 0; i < line.length; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    return widths;
  }

  /** Numbers stand at the right of their column, names at the left. */
  private static void appendLine(StringBuilder text, String[] line, int[] widths) {
    StringBuilder padded = new StringBuilder();
    for (int i = 0; i < line.length; i++) {
      String gap = " ".repeat(widths[i] - line[i].length());
      boolean number = i >= 2 && i < line.length - 1;
      padded.append(i == 0 ? "" : "  ").append(number ? gap + line[i] : line[i] + gap);
    }
    text.append(padded.toString().stripTrailing()).append('\n');
  }

  private static void appendDifferences(StringBuilder text, Comparison comparison) {
    if (!comparison.isEqual()) {
      text.append('\n').append(comparison.name()).append(" differs:\n");
      comparison.differences().forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }
}
