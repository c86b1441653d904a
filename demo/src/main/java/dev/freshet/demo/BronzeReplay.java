package dev.freshet.demo;

import dev.freshet.core.error.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rows a table has after the changes of its bronze table, which may come in any order. Of
 * each key that ever was it keeps only the changes that may still matter. One thread owns it.
 */
final class BronzeReplay {
  /** A change of a log record has a number below this. */
  private static final int ROW_BITS = 23;

  /** A change that says all about its key: the row, or, without cells, that there is none. */
  private record Change(long place, @Nullable Object @Nullable [] cells, List<?> unchanged) {}

  private final List<String> names;
  private final int[] key;
  private final Map<String, List<Change>> byKey = new HashMap<>();
  private long truncated = -1;

  /**
   * @param key positions in {@code names}; none for a table to which rows are only added
   */
  BronzeReplay(List<String> names, int... key) {
    this.names = List.copyOf(names);
    this.key = key.clone();
  }

  /**
   * @param cells in the order of the names
   * @param unchanged names of those columns whose value is that of the row before
   */
  void add(long offset, long row, String operation, @Nullable Object[] cells, List<?> unchanged) {
    Check.that(row >= 0 && row < 1L << ROW_BITS, "a record's changes can be told apart", row, 0);
    long place = offset << ROW_BITS | row;
    switch (operation) {
      case "truncate" -> truncated = Math.max(truncated, place);
      case "delete" -> add(cells, new Change(place, null, List.of()));
      default -> add(cells, new Change(place, cells, unchanged));
    }
  }

  private void add(@Nullable Object[] cells, Change change) {
    StringBuilder text = new StringBuilder();
    if (key.length == 0) {
      Check.that(change.cells() != null, "rows are only added", change.place(), 0);
      text.append(change.place());
    }
    for (int column : key) {
      text.append(cells[column]).append('/');
    }
    List<Change> known = byKey.computeIfAbsent(text.toString(), _ -> new ArrayList<>(1));
    for (Change each : known) {
      if (each.place() > change.place() && each.unchanged().isEmpty()) {
        return; // what came later says all
      }
    }
    if (change.unchanged().isEmpty()) {
      known.removeIf(each -> each.place() < change.place());
    }
    known.add(change);
  }

  /** The rows after all changes. A value that no earlier change gave reads {@code missing}. */
  List<@Nullable Object[]> rows() {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (List<Change> changes : byKey.values()) {
      @Nullable Object @Nullable [] row = null;
      changes.sort(Comparator.comparingLong(Change::place));
      for (Change change : changes) {
        if (change.place() > truncated) {
          row = after(row, change);
        }
      }
      if (row != null) {
        rows.add(row);
      }
    }
    return rows;
  }

  private @Nullable Object @Nullable [] after(@Nullable Object @Nullable [] before, Change change) {
    @Nullable Object[] cells = change.cells();
    if (cells == null || change.unchanged().isEmpty()) {
      return cells;
    }
    @Nullable Object[] row = cells.clone();
    for (Object name : change.unchanged()) {
      int column = names.indexOf(String.valueOf(name));
      row[column] = before == null ? "missing" : before[column];
    }
    return row;
  }
}
