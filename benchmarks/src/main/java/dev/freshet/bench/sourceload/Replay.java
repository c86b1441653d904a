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
  private int parts;

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

  private Replay(Sees sees) {
    this.sees = sees;
  }

  /** Of all change sets of a log, in their order. */
  static Replay of(List<ChangeSet> log, Sees sees) {
    Replay replay = new Replay(sees);
    Tables.NAMES.forEach(table -> {
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
    changes.rejected().forEach(row -> problems.add("a row was refused: " + row.reason()));
    long[] ids = longs(changes, "id");
    long[] versions = longs(changes, "n");
    BytesVector notes =
        (BytesVector) changes.rows().column(changes.rows().schema().indexOf("note"));
    for (int row = 0; row < changes.rowCount(); row++) {
      Operation operation = changes.operation(row);
      operations.merge(operation, 1, Integer::sum);
      switch (operation) {
        case DELETE -> content.remove(ids[row]);
        case TRUNCATE -> content.clear();
        case INSERT, UPDATE, SNAPSHOT -> {
          content.put(ids[row], versions[row] + " " + (notes.end(row) - notes.start(row)));
          Version now = new Version(versions[row], columns);
          Version before = newest.put(ids[row], now);
          if (before != null && !now.mayFollow(before, sees)) {
            problems.add(
                "row %d of %s: change %d came behind change %d"
                    .formatted(ids[row], changes.table(), now.n(), before.n()));
          }
          if (operation != Operation.SNAPSHOT) {
            streamed.add(versions[row]);
          }
        }
      }
    }
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

  /** Changes between the first that was streamed and the newest that did not come. */
  List<Long> missing(long newest) {
    List<Long> missing = new ArrayList<>();
    if (!streamed.isEmpty()) {
      for (long n = streamed.iterator().next(); n <= newest; n++) {
        if (!streamed.contains(n)) {
          missing.add(n);
        }
      }
    }
    return missing;
  }

  Map<Operation, Integer> operations() {
    return operations;
  }

  /** Whether these rows came, as {@link Subject#rows()} has them. */
  boolean has(Map<String, String> last) {
    return last.entrySet().stream()
        .allMatch(row -> rows.getOrDefault(row.getKey(), Map.of()).containsValue(row.getValue()));
  }

  /** Change sets that are not the end of their transaction. */
  int parts() {
    return parts;
  }
}
