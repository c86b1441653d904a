package dev.freshet.bench.simulate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one transaction does to one row, as the simulated source knows it. */
sealed interface RowChange {
  String table();

  /** A new row. */
  record Insert(String table, List<@Nullable Object> row) implements RowChange {}

  /**
   * A row gets other values, and perhaps another key.
   *
   * @param row complete, also the cells that are not sent
   * @param unsent positions of the columns that the source leaves out because they did not change
   */
  record Update(String table, long oldKey, List<@Nullable Object> row, List<Integer> unsent)
      implements RowChange {
    public Update {
      unsent = List.copyOf(unsent);
    }

    boolean movesKey() {
      return !Long.valueOf(oldKey).equals(row.get(0));
    }
  }

  /** A row goes. */
  record Delete(String table, long key) implements RowChange {}

  /** All rows go. */
  record Truncate(String table) implements RowChange {}
}
