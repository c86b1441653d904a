package dev.freshet.serve.text;

import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Comparison;
import dev.freshet.serve.backend.Reconciled.Outcome;
import dev.freshet.serve.backend.Reconciled.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What came of comparing sources, as lines of text. */
public final class ReconciledText {
  /** How the last line ends when nothing differs any more. */
  public static final String EQUAL = "all equal";

  /** Of a table whose key is its whole row it may be any number. */
  private static final int KEY_LENGTH = 200;

  private static final int NOTE_LENGTH = 400;

  private ReconciledText() {}

  /** The last line says how all of it is. */
  public static List<String> lines(List<Reconciled> all) {
    List<String> lines = new ArrayList<>();
    for (Reconciled each : all) {
      add(lines, each.source() + " as of", each.first());
      each.repair()
          .ifPresent(repair -> {
            lines.add(line("corrected %,d rows", repair.corrected()));
            add(lines, each.source() + " once more, as of", repair.after());
          });
    }
    lines.add(sum(all));
    return lines;
  }

  private static void add(List<String> lines, String head, Comparison comparison) {
    lines.add(
        line(
            "%s %s, step %,d; its changes waited %,d ms",
            head, comparison.position(), comparison.step(), comparison.heldMillis()));
    for (Table table : comparison.tables()) {
      if (!table.isCompared()) {
        lines.add(line("not compared  %s: %s", table.name(), cut(table.note(), NOTE_LENGTH)));
        continue;
      }
      lines.add(
          line(
              "%-9s  %,12d rows  %s%s%s",
              answer(table),
              table.sourceRows(),
              table.name(),
              table.keptOut() == 0 ? "" : line(" (%,d kept out by its contract)", table.keptOut()),
              table.isEqual() ? "" : ": " + differences(table)));
      table
          .shown()
          .forEach(row ->
              lines.add(
                  line(
                      "  %-9s  %s",
                      row.kind().name().toLowerCase(Locale.ROOT), cut(row.key(), KEY_LENGTH))));
      long more = table.differences() - table.shown().size();
      if (more > 0) {
        lines.add(line("  and %,d more", more));
      }
    }
  }

  private static String answer(Table table) {
    if (table.isEqual()) {
      return "equal";
    }
    return table.differences() > 0 ? "DIFFERENT" : "UNKNOWN";
  }

  private static String differences(Table table) {
    String text =
        line(
            "%,d missing, %,d extra, %,d different",
            table.missing(), table.extra(), table.different());
    return table.notMatched() == 0
        ? text
        : text
            + line(
                "; of %,d rows more it is unknown, there was no room to look", table.notMatched());
  }

  private static String sum(List<Reconciled> all) {
    long tables = 0;
    long rows = 0;
    long differences = 0;
    long unreadable = 0;
    for (Reconciled each : all) {
      tables += each.last().comparedTables();
      unreadable +=
          each.last().tables().stream()
              .filter(table -> table.outcome() == Outcome.UNREADABLE)
              .count();
      rows += each.last().rows();
      differences += each.last().differences();
    }
    boolean isEqual = all.stream().allMatch(each -> each.last().isEqual());
    String answer = isEqual ? EQUAL : line("%,d rows differ", differences);
    if (unreadable > 0) {
      answer += line("; %,d tables could not be compared", unreadable);
    } else if (tables == 0) {
      answer = "nothing compared";
    }
    return line("%,d tables, %,d rows: %s", tables, rows, answer);
  }

  /** One line, not longer. */
  private static String cut(String text, int length) {
    String line = text.replace('\n', ' ');
    return line.length() <= length ? line : line.substring(0, length) + "...";
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
