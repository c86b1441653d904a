package dev.freshet.database.write;

import dev.freshet.contracts.Gate;
import dev.freshet.contracts.QuarantinedRow;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.database.definition.TableDefinition;
import dev.freshet.engine.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The changes of one transaction to one table, in their order. One thread owns it. */
public final class TableWrites {
  /** What a change does. */
  private enum Kind {
    /** Fails when the key is there. */
    INSERT,
    UPSERT,
    /** Does nothing when the key is not there. */
    DELETE,
    /** The first half of an update that changes the key; its INSERT is what counts. */
    MOVE_AWAY;

    static final Kind[] ALL = values();
  }

  private final TableDefinition table;
  private final Schema schema;
  private final int[] key;
  private final BatchBuilder builder;
  private final List<Batch> built = new ArrayList<>();
  private byte[] kinds = new byte[16];
  private int count;

  /** Keys of the first {@link #touchedBatches} batches; only statements need them. */
  private final Set<Object> touched = new HashSet<>();

  private int touchedBatches;

  /** Whether some DELETE has only its key. */
  private boolean deletesByKey;

  public TableWrites(TableDefinition table) {
    this.table = table;
    this.schema = table.schema();
    this.key = table.keyColumns();
    this.builder = new BatchBuilder(schema, 0);
  }

  /** Changes that keep every rule, and how many rows they change. */
  public record Checked(TableChanges changes, int affected) {}

  /**
   * Adds a row.
   *
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} with the column, when a value does not
   *     fit its type
   */
  public void insert(@Nullable Object... values) {
    row(values);
    add(Kind.INSERT);
  }

  /** Adds a row, or replaces the one with its key; errors as {@link #insert(Object...)}. */
  public void upsert(@Nullable Object... values) {
    requireKept();
    row(values);
    add(Kind.UPSERT);
  }

  /** Deletes the row with this key, if there is one. */
  public void delete(@Nullable Object... keyValues) {
    requireKept();
    requireCount(keyValues, key.length, "of its key " + table.key());
    @Nullable Object[] values = new Object[schema.columnCount()];
    for (int i = 0; i < key.length; i++) {
      values[key[i]] = keyValues[i];
    }
    append(values);
    add(Kind.DELETE);
    deletesByKey = true;
  }

  /** Adds rows that a statement gives; equal ones count each. */
  public void insertAll(Batch rows) {
    for (int row = 0; row < rows.rowCount(); row++) {
      for (long i = 0; i < rows.weight(row); i++) {
        builder.append(rows, row, 1);
        add(Kind.INSERT);
      }
    }
  }

  /** Deletes rows that a statement found. */
  public void deleteAll(Batch rows) {
    refuseTouched(rows);
    for (int row = 0; row < rows.rowCount(); row++) {
      builder.append(rows, row, 1);
      add(Kind.DELETE);
    }
  }

  /**
   * Changes rows that a statement found.
   *
   * @param before the rows as they are
   * @param after the rows as they shall be, in the same order
   */
  public void updateAll(Batch before, Batch after) {
    refuseTouched(before);
    boolean[] moves = new boolean[before.rowCount()];
    for (int row = 0; row < moves.length; row++) {
      moves[row] = !Rows.equal(before, row, key, after, row, key);
      if (moves[row]) {
        builder.append(before, row, 1);
        add(Kind.MOVE_AWAY);
      }
    }
    for (int row = 0; row < moves.length; row++) {
      builder.append(after, row, 1);
      add(moves[row] ? Kind.INSERT : Kind.UPSERT);
    }
  }

  /**
   * Refuses what would need the table's rows.
   *
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID}
   */
  public void requireKept() {
    if (table.keep() == Keep.NONE) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot change rows of table "
              + table.name()
              + ": it keeps no rows (keep: none) and takes inserts only.");
    }
  }

  private void row(@Nullable Object... values) {
    requireCount(values, schema.columnCount(), schema.names().toString());
    append(values);
  }

  private void requireCount(@Nullable Object[] values, int wanted, String columns) {
    if (values.length != wanted) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot change table "
              + table.name()
              + ": "
              + values.length
              + " values came for the "
              + wanted
              + " columns "
              + columns
              + ".");
    }
  }

  private void append(@Nullable Object[] values) {
    for (int i = 0; i < values.length; i++) {
      Column column = schema.column(i);
      try {
        Values.append(builder.column(i), column.type(), values[i]);
      } catch (FreshetException e) {
        builder.abandonRow();
        String rule = e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage());
        throw new FreshetException(
            e.code(),
            "Invalid value for column "
                + column.name()
                + " of table "
                + table.name()
                + ", which is "
                + column.type().sql()
                + ": "
                + values[i]
                + (rule.isEmpty() ? "." : " (" + rule + ")."),
            e);
      }
    }
    builder.endRow(1);
  }

  private void add(Kind kind) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, count * 2);
    }
    kinds[count++] = (byte) kind.ordinal();
  }

  /**
   * Statements see the rows as they were before the transaction, so a second change would lose the
   * first.
   */
  private void refuseTouched(Batch rows) {
    finishBatch();
    while (touchedBatches < built.size()) {
      Batch batch = built.get(touchedBatches++);
      for (int row = 0; row < batch.rowCount(); row++) {
        touched.add(RowKey.of(batch, key, row));
      }
    }
    for (int row = 0; row < rows.rowCount() && !touched.isEmpty(); row++) {
      if (touched.contains(RowKey.of(rows, key, row))) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot change the row of table "
                + table.name()
                + " with "
                + RowKey.text(rows, key, row)
                + " by a statement: this transaction has changed it already, and a statement sees"
                + " the rows as they were before the transaction. Make it one statement, or use two"
                + " transactions.");
      }
    }
  }

  private void finishBatch() {
    if (builder.rowCount() > 0) {
      built.add(builder.build());
    }
  }

  /**
   * Holds the changes to the table's rules as of a snapshot.
   *
   * @throws FreshetException {@link ErrorCode#ALREADY_EXISTS} for an INSERT of a key that is there,
   *     {@link ErrorCode#CONTRACT_VIOLATED} with column and rule
   */
  public Checked check(Snapshot snapshot, Gate gate) {
    finishBatch();
    if (built.isEmpty()) {
      return new Checked(changes(Batch.empty(schema), new byte[0]), 0);
    }
    Batch rows = Rows.concat(schema, built);
    if (table.keep() == Keep.NONE) {
      TableChanges inserts = TableChanges.inserts(table.name(), rows, key);
      holdTo(gate, inserts);
      return new Checked(inserts, count);
    }
    requireKeys(rows);
    Set<Object> present = present(snapshot, rows);
    byte[] operations = new byte[count];
    int[] kept = new int[count];
    int keptCount = 0;
    int affected = 0;
    for (int row = 0; row < count; row++) {
      Object rowKey = RowKey.of(rows, key, row);
      Kind kind = Kind.ALL[kinds[row]];
      boolean isThere = present.contains(rowKey);
      switch (kind) {
        case INSERT -> {
          if (isThere) {
            throw duplicate(rows, row);
          }
          present.add(rowKey);
          operations[keptCount] = Operation.INSERT.code();
        }
        case UPSERT -> {
          present.add(rowKey);
          operations[keptCount] = (isThere ? Operation.UPDATE : Operation.INSERT).code();
        }
        case DELETE, MOVE_AWAY -> {
          present.remove(rowKey);
          operations[keptCount] = Operation.DELETE.code();
        }
      }
      if (isThere || kind == Kind.INSERT || kind == Kind.UPSERT) {
        kept[keptCount++] = row;
        affected += kind == Kind.MOVE_AWAY ? 0 : 1;
      }
    }
    Batch changed = keptCount == count ? rows : Rows.gather(rows, kept, keptCount);
    TableChanges changes = changes(changed, Arrays.copyOf(operations, keptCount));
    holdTo(gate, changes);
    return new Checked(changes, affected);
  }

  private void requireKeys(Batch rows) {
    for (int column : key) {
      for (int row = 0; row < rows.rowCount() && rows.column(column).mayHaveNulls(); row++) {
        if (rows.column(column).isNull(row)) {
          throw violation(
              "column " + schema.column(column).name() + " is NULL, and part of the key");
        }
      }
    }
  }

  private Set<Object> present(Snapshot snapshot, Batch rows) {
    Batch found = snapshot.lookup(table.name(), rows.select(key));
    Set<Object> present = new HashSet<>();
    for (int row = 0; row < found.rowCount(); row++) {
      present.add(RowKey.of(found, key, row));
    }
    return present;
  }

  private TableChanges changes(Batch rows, byte[] operations) {
    int[] beforeRow = new int[operations.length];
    Arrays.fill(beforeRow, -1);
    return new TableChanges(
        table.name(),
        1,
        key,
        operations,
        rows,
        missing(operations),
        beforeRow,
        Batch.empty(schema),
        List.of());
  }

  private boolean[][] missing(byte[] operations) {
    boolean[][] missing = new boolean[schema.columnCount()][];
    Arrays.fill(missing, Vector.NO_NULLS);
    if (deletesByKey) {
      boolean[] mask = new boolean[operations.length];
      for (int row = 0; row < mask.length; row++) {
        mask[row] = operations[row] == Operation.DELETE.code();
      }
      Arrays.fill(missing, mask);
      for (int column : key) {
        missing[column] = Vector.NO_NULLS;
      }
    }
    return missing;
  }

  private void holdTo(Gate gate, TableChanges changes) {
    List<QuarantinedRow> refused = gate.check(changes, table.fromOffset()).quarantined();
    if (!refused.isEmpty()) {
      throw violation(refused.getFirst().reason() + " (row " + refused.getFirst().original() + ")");
    }
  }

  private FreshetException violation(String reason) {
    return new FreshetException(
        ErrorCode.CONTRACT_VIOLATED,
        "Cannot change table " + table.name() + ": " + reason + ". Nothing was applied.");
  }

  private FreshetException duplicate(Batch rows, int row) {
    return new FreshetException(
        ErrorCode.ALREADY_EXISTS,
        "Cannot insert into table "
            + table.name()
            + ": there is a row with "
            + RowKey.text(rows, key, row)
            + " already. Nothing was applied. Update that row, or upsert.");
  }
}
