package dev.freshet.engine.table;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Gather;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RunList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table without a key: equal rows add up, and a DELETE takes one of them away. As long as a step
 * only inserts, nothing is looked up.
 */
final class BagInput implements TableInput {
  private final String table;
  private final Schema schema;
  private final int[] allColumns;
  private KeySlots slots;
  private int[] firstRows = new int[16];
  private int[] firstBatches = new int[16];
  private long[] oldCounts = new long[16];
  private long[] counts = new long[16];
  private int known;

  /** Inserts of this step, before its first other change. */
  private final List<Batch> inserts = new ArrayList<>();

  private final Detail detail;
  private final ArrivalLog arrivals = new ArrivalLog();

  BagInput(String table, Schema schema, Detail detail) {
    this.detail = detail;
    this.table = table;
    this.schema = schema;
    this.allColumns = new int[schema.columnCount()];
    Arrays.setAll(allColumns, c -> c);
    this.slots = new KeySlots(allColumns);
  }

  @Override
  public List<RejectedRow> apply(TableChanges changes, RunList content) {
    TableInput.checkTypes(table, schema, changes.rows().schema());
    if (slots.count() == 0 && TableInput.onlyInserts(changes)) {
      inserts.add(changes.rows().withSchema(schema));
      return List.of();
    }
    countInserts(content);
    List<RejectedRow> unresolved = new ArrayList<>();
    int[] slotOfRow = slotsOf(changes.rows(), content);
    int[] slotOfBefore = slotsOf(changes.before(), content);
    for (int row = 0; row < changes.rowCount(); row++) {
      String problem = problem(changes, row);
      if (!problem.isEmpty()) {
        unresolved.add(TableInput.unresolved(changes, row, problem));
        continue;
      }
      switch (changes.operation(row)) {
        case INSERT, SNAPSHOT -> add(row, slotOfRow[row], 1);
        case UPDATE -> {
          remove(row, slotOfBefore[changes.beforeRow()[row]]);
          add(row, slotOfRow[row], 1);
        }
        case DELETE -> remove(row, slotOfRow[row]);
        case TRUNCATE -> {
          slotsOf(content.scan(), content);
          for (int slot = 0; slot < known; slot++) {
            add(row, slot, -counts[slot]);
          }
        }
      }
    }
    arrivals.endChanges(changes.rowCount());
    return unresolved;
  }

  /** What came so far may be deleted by what comes now. */
  private void countInserts(RunList content) {
    for (Batch rows : inserts) {
      int[] slotOfRow = slotsOf(rows, content);
      for (int row = 0; row < slotOfRow.length; row++) {
        add(row, slotOfRow[row], 1);
      }
      arrivals.endChanges(rows.rowCount());
    }
    inserts.clear();
  }

  private String problem(TableChanges changes, int row) {
    return switch (changes.operation(row)) {
      case TRUNCATE -> "";
      case UPDATE ->
          changes.beforeRow()[row] < 0
              ? "Cannot update table " + table + " without a key: the old row is not known."
              : missing(changes, row);
      case INSERT, SNAPSHOT, DELETE -> missing(changes, row);
    };
  }

  private String missing(TableChanges changes, int row) {
    String column = TableInput.missing(schema, changes, row);
    return column.isEmpty()
        ? ""
        : "Cannot change table " + table + " without a key: column " + column + " is missing.";
  }

  private void remove(int change, int slot) {
    add(change, slot, counts[slot] > 0 ? -1 : 0);
  }

  private void add(int change, int slot, long weight) {
    counts[slot] += weight;
    if (detail == Detail.ARRIVALS && weight != 0) {
      arrivals.add(change, firstBatches[slot], firstRows[slot], weight);
    }
  }

  private int[] slotsOf(Batch batch, RunList content) {
    int batchNumber = slots.addBatch(batch);
    long[] hashes = Hashing.hashRows(batch, allColumns);
    int[] found = new int[batch.rowCount()];
    for (int row = 0; row < found.length; row++) {
      int before = slots.count();
      found[row] = slots.slot(batchNumber, row, hashes[row]);
      if (slots.count() > before) {
        ensure(slots.count());
        firstBatches[before] = batchNumber;
        firstRows[before] = row;
      }
    }
    lookUp(content);
    return found;
  }

  private void lookUp(RunList content) {
    int first = known;
    known = slots.count();
    if (first == known) {
      return;
    }
    Probe probe = Probe.of(slots.keysFrom(first), allColumns);
    long[] weights = content.sums(probe).weights();
    for (int i = 0; i < probe.count(); i++) {
      oldCounts[first + probe.row(i)] = weights[i];
      counts[first + probe.row(i)] = weights[i];
    }
  }

  private void ensure(int count) {
    if (count > counts.length) {
      int capacity = Math.max(count, counts.length * 2);
      firstRows = Arrays.copyOf(firstRows, capacity);
      firstBatches = Arrays.copyOf(firstBatches, capacity);
      oldCounts = Arrays.copyOf(oldCounts, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public Arrivals takeArrivals() {
    if (slots.count() == 0 && detail == Detail.ARRIVALS) {
      Batch rows = inserted();
      int[] numbers = new int[rows.rowCount()];
      Arrays.setAll(numbers, row -> row);
      return new Arrivals(rows, numbers);
    }
    return arrivals.take(schema, slots.batches());
  }

  @Override
  public Batch takeChange() {
    if (slots.count() == 0) {
      return takeInserts();
    }
    int count = slots.count();
    int[] sources = new int[count];
    int[] rows = new int[count];
    long[] weights = new long[count];
    int size = 0;
    for (int slot = 0; slot < count; slot++) {
      if (counts[slot] != oldCounts[slot]) {
        sources[size] = firstBatches[slot];
        rows[size] = firstRows[slot];
        weights[size++] = counts[slot] - oldCounts[slot];
      }
    }
    Batch change =
        size == 0
            ? Batch.empty(schema)
            : Gather.rows(
                schema, slots.batches(), sources, rows, Arrays.copyOf(weights, size), size);
    slots = new KeySlots(allColumns);
    known = 0;
    return change;
  }

  private Batch takeInserts() {
    Batch change = inserted();
    inserts.clear();
    return change;
  }

  private Batch inserted() {
    return switch (inserts.size()) {
      case 0 -> Batch.empty(schema);
      case 1 -> inserts.getFirst();
      default -> Rows.concat(schema, inserts);
    };
  }
}
