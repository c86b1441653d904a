package dev.freshet.engine.table;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.row.RowText;
import dev.freshet.engine.workers.Workers;
import java.util.List;

/** Collects the changes of one table in one step. One thread owns it. */
public sealed interface TableInput permits KeyedInput, BagInput, StreamInput {
  /**
   * Looks up at once what the next calls of {@link #apply}, with these changes in this order, would
   * look up one by one. Changes nothing.
   */
  default void foresee(List<TableChanges> next, RunList content) {}

  /**
   * Takes changes in, in order.
   *
   * @param content the table's rows before this step
   * @return the changes that could not be applied, with their reasons
   */
  List<RejectedRow> apply(TableChanges changes, RunList content);

  /**
   * The change of everything applied since the last call: -1 for old rows, +1 for new ones, nothing
   * for rows that ended as they began.
   */
  Batch takeChange();

  /**
   * Everything applied since {@link #takeChange} was called last, one change after the other. Empty
   * unless the input keeps {@link Detail#ARRIVALS}; called before {@link #takeChange}.
   */
  Arrivals takeArrivals();

  /** What of the changes is kept until the step. */
  enum Detail {
    /** What they change in all. */
    CHANGE,
    /** Each of them too. */
    ARRIVALS
  }

  /**
   * An input for a table with this key; a bag when the key has no columns.
   *
   * @param workers share the search for the rows of many keys
   */
  static TableInput of(
      String table, Schema schema, int[] keyColumns, Keep keep, Detail detail, Workers workers) {
    if (keep == Keep.NONE) {
      return new StreamInput(table, schema, detail);
    }
    return keyColumns.length == 0
        ? new BagInput(table, schema, detail)
        : new KeyedInput(table, schema, keyColumns, detail, workers);
  }

  /** Fails unless the rows have the table's types. */
  static void checkTypes(String table, Schema schema, Schema rows) {
    boolean same = schema.columnCount() == rows.columnCount();
    for (int c = 0; same && c < schema.columnCount(); c++) {
      same = schema.type(c).equals(rows.type(c));
    }
    if (!same) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot apply changes to table "
              + table
              + ": the rows have columns "
              + rows.columns()
              + ", the table has "
              + schema.columns()
              + ".");
    }
  }

  /** Whether all changes are inserts of whole rows. */
  static boolean onlyInserts(TableChanges changes) {
    for (int row = 0; row < changes.rowCount(); row++) {
      switch (changes.operation(row)) {
        case INSERT, SNAPSHOT -> {}
        case UPDATE, DELETE, TRUNCATE -> {
          return false;
        }
      }
    }
    for (boolean[] missing : changes.missing()) {
      for (boolean cell : missing) {
        if (cell) {
          return false;
        }
      }
    }
    return true;
  }

  /** The first column whose cell the source did not send; empty when it sent all. */
  static String missing(Schema schema, TableChanges changes, int row) {
    for (int c = 0; c < schema.columnCount(); c++) {
      if (changes.isMissing(c, row)) {
        return schema.column(c).name();
      }
    }
    return "";
  }

  static RejectedRow unresolved(TableChanges changes, int row, String reason) {
    return new RejectedRow(changes.operation(row), RowText.json(changes.rows(), row), reason);
  }
}
