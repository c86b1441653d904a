package dev.freshet.bench.sourceload;

import dev.freshet.bench.sourceload.Subject.Sees;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.sourcetest.WholeTransactions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a log says, and whether it can be: each change once, those of a row in their order, each
 * transaction whole. One thread owns it.
 */
final class Replay {
  private final Map<String, Map<Long, String>> rows = new TreeMap<>();
  private final Map<String, Map<Long, Version>> newestOfRow = new HashMap<>();
  private final Set<Long> streamed = new TreeSet<>();
  private final Map<Operation, Integer> operations = new EnumMap<>(Operation.class);
  private final List<String> problems = new ArrayList<>();
  private final Sees sees;
  private final Reading reading;
  private final List<String> refused = new ArrayList<>();
  private int parts;

  /** How the rows of a table are told apart, and which change each is of. */
  @FunctionalInterface
  interface Reading {
    /** The rows of {@code changes}, in their order. */
    List<Row> of(TableChanges changes);
  }

  /**
   * A row as a change left it.
   *
   * @param n of the change; negative for one that must not come
   * @param text as {@link Subject#rows()} has it
   */
  record Row(long id, long n, String text) {}

  /** Of tables with the columns {@code id}, {@code n} and {@code note}. */
  static final Reading COLUMNS = Replay::read;

  /**
   * @param n of the row's last change
   * @param columns that its table had then
   */
  private record Version(long n, int columns) {
    /** A row that is looked at is another one when its table has got a column. */
    boolean mayFollow(Version before, Sees sees) {
      return n > before.n
          || (sees == Sees.ROWS_THAT_ARE && n == before.n && columns > before.columns);
    }
  }

  private Replay(Sees sees, Reading reading) {
    this.sees = sees;
    this.reading = reading;
  }

  /** Of all change sets of a log, in their order. */
  static Replay of(List<ChangeSet> log, Subject subject) {
    Replay replay = new Replay(subject.sees(), subject.reading());
    subject
        .tables()
        .forEach(table -> {
          replay.rows.put(table, new TreeMap<>());
          replay.newestOfRow.put(table, new HashMap<>());
        });
    for (ChangeSet changes : log) {
      if (changes.part() == Part.MORE) {
        replay.parts++;
      }
    }
    for (ChangeSet changes : WholeTransactions.of(log)) {
      changes.tables().forEach(replay::apply);
    }
    return replay;
  }

  private void apply(TableChanges changes) {
    Map<Long, String> content = rows.get(changes.table());
    Map<Long, Version> newest = newestOfRow.get(changes.table());
    if (content == null || newest == null) {
      problems.add("a table that was not asked for: " + changes.table());
      return;
    }
    int columns = changes.rows().schema().columnCount();
    changes.rejected().forEach(row -> refused.add(row.original() + ": " + row.reason()));
    List<Row> read = reading.of(changes);
    for (int row = 0; row < changes.rowCount(); row++) {
      Operation operation = changes.operation(row);
      operations.merge(operation, 1, Integer::sum);
      Row of = read.get(row);
      switch (operation) {
        case DELETE -> content.remove(of.id());
        case TRUNCATE -> content.clear();
        case INSERT, UPDATE, SNAPSHOT -> {
          content.put(of.id(), of.text());
          if (of.n() < 0) {
            problems.add("a row that must not come: " + of + " of " + changes.table());
          }
          Version now = new Version(of.n(), columns);
          Version before = newest.put(of.id(), now);
          if (before != null && !now.mayFollow(before, sees)) {
            problems.add(
                "row %d of %s: change %d came behind change %d"
                    .formatted(of.id(), changes.table(), now.n(), before.n()));
          }
          if (operation != Operation.SNAPSHOT) {
            streamed.add(of.n());
          }
        }
      }
    }
  }

  private static List<Row> read(TableChanges changes) {
    long[] ids = longs(changes, "id");
    long[] versions = longs(changes, "n");
    BytesVector notes =
        (BytesVector) changes.rows().column(changes.rows().schema().indexOf("note"));
    List<Row> rows = new ArrayList<>(changes.rowCount());
    for (int row = 0; row < changes.rowCount(); row++) {
      String text = versions[row] + " " + (notes.end(row) - notes.start(row));
      rows.add(new Row(ids[row], versions[row], text));
    }
    return rows;
  }

  private static long[] longs(TableChanges changes, String column) {
    return ((LongVector) changes.rows().column(changes.rows().schema().indexOf(column))).values();
  }

  Map<String, Map<Long, String>> rows() {
    return rows;
  }

  /** What cannot be; empty when all is well. */
  List<String> problems() {
    return problems;
  }

  /**
   * Changes between the first that is to come and the newest that did not come: of a source that
   * reads rows as they are first, the first one is the one behind them.
   */
  List<Long> missing(long newest) {
    List<Long> missing = new ArrayList<>();
    if (sees == Sees.EVERY_CHANGE && streamed.isEmpty()) {
      return missing;
    }
    long first = sees == Sees.EVERY_CHANGE ? streamed.iterator().next() : 1;
    for (long n = first; n <= newest; n++) {
      if (!streamed.contains(n)) {
        missing.add(n);
      }
    }
    return missing;
  }

  /** Which bad rows did not come once, or were not bad; each is told by a text that it holds. */
  List<String> wrongRefusals(Set<String> marks) {
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (String row : refused) {
      List<String> found = marks.stream().filter(row::contains).toList();
      if (found.isEmpty()) {
        wrong.add("a row was refused: " + row);
      }
      found.forEach(mark -> counts.merge(mark, 1, Integer::sum));
    }
    for (String mark : marks) {
      int count = counts.getOrDefault(mark, 0);
      if (count != 1) {
        wrong.add("bad row " + mark + " was refused " + count + " times");
      }
    }
    return wrong;
  }

  Map<Operation, Integer> operations() {
    return operations;
  }

  /** Whether these rows came, as {@link Subject#rows()} has them. */
  boolean has(Map<String, List<String>> last) {
    return last.entrySet().stream()
        .allMatch(
            of -> rows.getOrDefault(of.getKey(), Map.of()).values().containsAll(of.getValue()));
  }

  /** Change sets that are not the end of their transaction. */
  int parts() {
    return parts;
  }
}
