package dev.freshet.bench.fuzz;

import dev.freshet.database.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that is put in place of the one with its key, or a key whose row is deleted.
 *
 * @param values literals of all columns but the key; empty for a delete
 */
record FuzzChange(FuzzTable table, int key, List<String> values) {
  /** For DuckDB, and to read. */
  String sql() {
    return values.isEmpty()
        ? "DELETE FROM " + table.name() + " WHERE k = " + key
        : "INSERT OR REPLACE INTO "
            + table.name()
            + " VALUES ("
            + key
            + ", "
            + String.join(", ", values)
            + ")";
  }

  void applyTo(Transaction transaction) {
    if (values.isEmpty()) {
      transaction.delete(table.name(), key);
      return;
    }
    @Nullable Object[] row = new @Nullable Object[values.size() + 1];
    row[0] = key;
    for (int i = 0; i < values.size(); i++) {
      row[i + 1] = table.columns().get(i).kind().value(values.get(i));
    }
    transaction.upsert(table.name(), row);
  }
}
