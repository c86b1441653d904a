package dev.freshet.engine.table;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Gather;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.workers.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Upserts by primary key. For each key that the step touches it holds where the old row and the
 * current row lie (batch and row number); the difference is taken once, at the end.
 */
final class KeyedInput implements TableInput {
  private static final int NONE = -1;
  private static final int[] NO_SLOTS = {};

  private final String table;
  private final Schema schema;
  private final int[] key;
  private final int[] allColumns;
  private final Batch nothing;
  private KeySlots slots;
  private int[] oldBatches = new int[16];
  private int[] oldRows = new int[16];
  private int[] batches = new int[16];
  private int[] rows = new int[16];

  /** How many slots have been looked up. */
  private int known;

  /** Rows with filled-in cells, not yet a batch; they will be batch {@link #patchedBatch}. */
  private final BatchBuilder patched;

  private int patchedBatch = NONE;

  private final Detail detail;
  private final Workers workers;
  private final ArrivalLog arrivals = new ArrivalLog();

  /** What comes next and has been looked up. */
  private final ArrayDeque<Located> foreseen = new ArrayDeque<>();

  KeyedInput(String table, Schema schema, int[] key, Detail detail, Workers workers) {
    this.detail = detail;
    this.workers = workers;
    this.table = table;
    this.schema = schema;
    this.key = key;
    this.allColumns = new int[schema.columnCount()];
    Arrays.setAll(allColumns, c -> c);
    this.nothing = Batch.empty(schema);
    this.slots = new KeySlots(key);
    this.patched = new BatchBuilder(schema, 0);
  }

  /**
   * Changes and the slots of their keys.
   *
   * @param rowBatch the number of the batch of rows
   * @param slotOfBefore empty when there are no before-rows
   */
  @SuppressWarnings("ArrayRecordComponent") // read-only
  private record Located(TableChanges changes, int rowBatch, int[] slotOfRow, int[] slotOfBefore) {
    @SuppressWarnings("ReferenceEquality") // other changes may hold equal rows
    boolean isOf(TableChanges other) {
      return changes == other;
    }
  }

  @Override
  public void foresee(List<TableChanges> next, RunList content) {
    List<Located> located = new ArrayList<>(next.size());
    for (TableChanges changes : next) {
      located.add(locate(changes));
    }
    lookUp(content);
    foreseen.addAll(located);
  }

  private Located locate(TableChanges changes) {
    TableInput.checkTypes(table, schema, changes.rows().schema());
    int rowBatch = slots.addBatch(changes.rows());
    int[] slotOfRow = slotsOf(rowBatch);
    int[] slotOfBefore =
        changes.before().isEmpty() ? NO_SLOTS : slotsOf(slots.addBatch(changes.before()));
    return new Located(changes, rowBatch, slotOfRow, slotOfBefore);
  }

  /** Takes foreseen changes in their order; others than the next one are located anew. */
  private Located located(TableChanges changes, RunList content) {
    Located next = foreseen.poll();
    if (next != null && next.isOf(changes)) {
      return next;
    }
    foreseen.clear();
    Located located = locate(changes);
    lookUp(content);
    return located;
  }

  @Override
  public List<RejectedRow> apply(TableChanges changes, RunList content) {
    Located located = located(changes, content);
    int rowBatch = located.rowBatch();
    int[] slotOfRow = located.slotOfRow();
    int[] slotOfBefore = located.slotOfBefore();
    List<RejectedRow> unresolved = new ArrayList<>();
    for (int row = 0; row < changes.rowCount(); row++) {
      int before = changes.beforeRow()[row];
      int slotBefore = before >= 0 ? slotOfBefore[before] : slotOfRow[row];
      switch (changes.operation(row)) {
        case INSERT, SNAPSHOT, UPDATE ->
            put(changes, row, rowBatch, slotOfRow[row], slotBefore, unresolved);
        case DELETE -> remove(row, slotOfRow[row]);
        case TRUNCATE -> truncate(row, content);
      }
    }
    arrivals.endChanges(changes.rowCount());
    flushPatched();
    return unresolved;
  }

  private int[] slotsOf(int batchNumber) {
    Batch batch = slots.batch(batchNumber);
    long[] hashes = Hashing.hashRows(batch, key);
    int[] found = new int[batch.rowCount()];
    for (int row = 0; row < found.length; row++) {
      found[row] = slots.slot(batchNumber, row, hashes[row]);
    }
    return found;
  }

  /** Finds the old rows of keys that the step had not touched before. */
  private void lookUp(RunList content) {
    int first = known;
    int count = slots.count();
    if (first == count) {
      return;
    }
    ensure(count);
    Arrays.fill(oldBatches, first, count, NONE);
    Arrays.fill(batches, first, count, NONE);
    List<Probe> parts = content.shared(Probe.of(slots.keysFrom(first), key), workers);
    List<KeyGroups> found = workers.map(parts.size(), i -> content.groups(parts.get(i)));
    for (int p = 0; p < parts.size(); p++) {
      begin(first, parts.get(p), found.get(p));
    }
    known = count;
  }

  private void begin(int first, Probe probe, KeyGroups found) {
    if (found.rows().isEmpty()) {
      return;
    }
    int batchNumber = slots.addBatch(found.rows());
    for (int i = 0; i < probe.count(); i++) {
      int at = found.offsets()[i];
      if (found.offsets()[i + 1] > at) {
        begin(first + probe.row(i), batchNumber, at);
      }
    }
  }

  private void remove(int change, int slot) {
    if (detail == Detail.ARRIVALS && batches[slot] != NONE) {
      arrivals.add(change, batches[slot], rows[slot], -1);
    }
    batches[slot] = NONE;
  }

  private void set(int change, int slot, int batch, int row) {
    remove(change, slot);
    batches[slot] = batch;
    rows[slot] = row;
    if (detail == Detail.ARRIVALS) {
      arrivals.add(change, batch, row, 1);
    }
  }

  private void begin(int slot, int batchNumber, int row) {
    oldBatches[slot] = batchNumber;
    oldRows[slot] = row;
    batches[slot] = batchNumber;
    rows[slot] = row;
  }

  private void put(
      TableChanges changes,
      int row,
      int rowBatch,
      int slot,
      int slotBefore,
      List<RejectedRow> unresolved) {
    if (!hasMissing(changes, row)) {
      remove(row, slotBefore);
      set(row, slot, rowBatch, row);
      return;
    }
    String problem = patch(changes, row, slotBefore);
    if (!problem.isEmpty()) {
      unresolved.add(TableInput.unresolved(changes, row, problem));
      return;
    }
    remove(row, slotBefore);
    set(row, slot, patchedBatch, patched.rowCount() - 1);
  }

  private static boolean hasMissing(TableChanges changes, int row) {
    for (boolean[] mask : changes.missing()) {
      if (mask.length > 0 && mask[row]) {
        return true;
      }
    }
    return false;
  }

  /** Appends the row with its missing cells from the row before; returns why that cannot be. */
  private String patch(TableChanges changes, int row, int slotBefore) {
    for (int column : key) {
      if (changes.isMissing(column, row)) {
        return "Cannot apply the change: key column "
            + schema.column(column).name()
            + " is missing.";
      }
    }
    if (batches[slotBefore] == NONE) {
      return "Cannot fill the missing column "
          + firstMissing(changes, row)
          + ": the row before the change is not known. Take a new snapshot of table "
          + table
          + ", or set its replica identity to FULL.";
    }
    if (batches[slotBefore] == patchedBatch) {
      flushPatched();
    }
    if (patchedBatch == NONE) {
      patchedBatch = slots.addBatch(Batch.empty(schema));
    }
    Batch base = slots.batch(batches[slotBefore]);
    for (int c = 0; c < schema.columnCount(); c++) {
      if (changes.isMissing(c, row)) {
        patched.column(c).append(base.column(c), rows[slotBefore]);
      } else {
        patched.column(c).append(changes.rows().column(c), row);
      }
    }
    patched.endRow(1);
    return "";
  }

  private String firstMissing(TableChanges changes, int row) {
    for (int c = 0; c < schema.columnCount(); c++) {
      if (changes.isMissing(c, row)) {
        return schema.column(c).name();
      }
    }
    return "";
  }

  private void flushPatched() {
    if (patchedBatch != NONE) {
      slots.setBatch(patchedBatch, patched.build());
      patchedBatch = NONE;
    }
  }

  private void truncate(int change, RunList content) {
    flushPatched();
    Batch all = content.scan();
    int batchNumber = slots.addBatch(all);
    int[] slotOf = slotsOf(batchNumber);
    ensure(slots.count());
    for (int row = 0; row < slotOf.length; row++) {
      if (slotOf[row] >= known) {
        begin(slotOf[row], batchNumber, row);
      }
    }
    known = slots.count();
    for (int slot = 0; slot < known; slot++) {
      remove(change, slot);
    }
  }

  private void ensure(int count) {
    if (count > batches.length) {
      int capacity = Math.max(count, batches.length * 2);
      oldBatches = Arrays.copyOf(oldBatches, capacity);
      oldRows = Arrays.copyOf(oldRows, capacity);
      batches = Arrays.copyOf(batches, capacity);
      rows = Arrays.copyOf(rows, capacity);
    }
  }

  @Override
  public Arrivals takeArrivals() {
    return arrivals.take(schema, slots.batches());
  }

  @Override
  public Batch takeChange() {
    int count = slots.count();
    if (count == 0) {
      return nothing;
    }
    int[] sources = new int[2 * count];
    int[] sourceRows = new int[2 * count];
    long[] weights = new long[2 * count];
    int size = 0;
    for (int slot = 0; slot < count; slot++) {
      boolean was = oldBatches[slot] != NONE;
      boolean is = batches[slot] != NONE;
      if (was && is && isUnchanged(slot)) {
        continue;
      }
      if (was) {
        sources[size] = oldBatches[slot];
        sourceRows[size] = oldRows[slot];
        weights[size++] = -1;
      }
      if (is) {
        sources[size] = batches[slot];
        sourceRows[size] = rows[slot];
        weights[size++] = 1;
      }
    }
    Batch change =
        Gather.rows(
            schema, slots.batches(), sources, sourceRows, Arrays.copyOf(weights, size), size);
    slots = new KeySlots(key);
    known = 0;
    foreseen.clear();
    return change;
  }

  private boolean isUnchanged(int slot) {
    return Rows.equal(
        slots.batch(oldBatches[slot]),
        oldRows[slot],
        allColumns,
        slots.batch(batches[slot]),
        rows[slot],
        allColumns);
  }
}
