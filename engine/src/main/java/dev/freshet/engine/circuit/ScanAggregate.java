package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.AggregateLayout;
import dev.freshet.engine.aggregate.CallResult;
import dev.freshet.engine.aggregate.Groups;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.engine.row.RowText;
import dev.freshet.engine.table.KeySlots;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Plan;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A GROUP BY that is asked once: rows pass piece by piece, and per group only sums, counts and
 * extremes are kept, where a view keeps what it needs to take rows back. One thread owns it.
 */
final class ScanAggregate {
  private final Plan.Aggregate plan;
  private final int[] groupColumns;
  private final int[] keyColumns;
  private final Schema keySchema;
  private final AggregateLayout layout;
  private final Extreme[] extremes;
  private final KeySlots slots;
  private SumColumns sums;
  private long[] weights = new long[16];

  ScanAggregate(Plan.Aggregate plan) {
    this.plan = plan;
    this.groupColumns = Schemas.toArray(plan.groupColumns());
    this.keyColumns = Schemas.range(groupColumns.length);
    this.keySchema = plan.schema().select(keyColumns);
    this.layout = new AggregateLayout(plan.input().schema(), plan.groupColumns(), plan.calls());
    this.extremes =
        plan.calls().stream()
            .filter(call -> call.function().isOrdered())
            .map(Extreme::new)
            .toArray(Extreme[]::new);
    this.slots = new KeySlots(keyColumns);
    this.sums = layout.newSums(weights.length);
  }

  /** Whether all calls can be answered from numbers; extremes only of what a long holds. */
  static boolean takes(Plan.Aggregate plan) {
    return plan.calls().stream().allMatch(call -> takes(plan.input().schema(), call));
  }

  private static boolean takes(Schema input, AggregateCall call) {
    return switch (call.function()) {
      case MIN, MAX -> input.type(call.arguments().getFirst()).layout() == Layout.LONG;
      default -> !call.function().isOrdered() && call.quantifier() == Quantifier.ALL;
    };
  }

  /**
   * Adds rows.
   *
   * @param rows none that another one cancels
   */
  void add(Batch rows) {
    Groups groups = Groups.of(rows, groupColumns);
    if (groups.count() == 0) {
      return;
    }
    int[] slotOf = slotsOf(rows, groups);
    SumColumns added = layout.newSums(groups.count());
    layout.addRows(added, rows, groups.groupOf());
    sums.addEach(added, slotOf);
    int[] groupOf = groups.groupOf();
    for (int row = 0; row < rows.rowCount(); row++) {
      weights[slotOf[groupOf[row]]] += rows.weight(row);
    }
    for (Extreme extreme : extremes) {
      extreme.add(rows, groups, slotOf);
    }
  }

  private int[] slotsOf(Batch rows, Groups groups) {
    int count = groups.count();
    Vector[] columns = new Vector[groupColumns.length];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = Rows.gather(rows.column(groupColumns[c]), groups.firstRows(), count);
    }
    Batch keys = new Batch(keySchema, columns, new long[count], count);
    long[] hashes = Hashing.hashRows(keys, keyColumns);
    int known = slots.count();
    int batch = slots.addBatch(keys);
    int[] slotOf = new int[count];
    for (int i = 0; i < count; i++) {
      slotOf[i] = slots.slot(batch, i, hashes[i]);
    }
    if (slots.count() == known) {
      slots.setBatch(batch, Batch.empty(keySchema));
    }
    if (slots.count() > weights.length) {
      int capacity = Math.max(slots.count(), 2 * weights.length);
      weights = Arrays.copyOf(weights, capacity);
      sums = sums.grown(capacity);
      for (Extreme extreme : extremes) {
        extreme.ensure(capacity);
      }
    }
    return slotOf;
  }

  /**
   * The groups of all rows that were added.
   *
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} when a result does not fit its type
   */
  Batch result() {
    boolean global = groupColumns.length == 0;
    if (slots.count() == 0 && !global) {
      return Batch.empty(plan.schema());
    }
    int count = global ? 1 : slots.count();
    Batch keys = global ? new Batch(keySchema, new Vector[0], new long[1], 1) : slots.keysFrom(0);
    int[] kept = new int[count];
    int size = 0;
    for (int slot = 0; slot < count; slot++) {
      kept[size] = slot;
      size += global || weights[slot] > 0 ? 1 : 0;
    }
    Vector[] columns = new Vector[plan.schema().columnCount()];
    for (int c = 0; c < groupColumns.length; c++) {
      columns[c] = Rows.gather(keys.column(c), kept, size);
    }
    KeySums totals = new KeySums(weights, sums);
    int extreme = 0;
    for (int c = 0; c < plan.calls().size(); c++) {
      boolean ordered = plan.calls().get(c).function().isOrdered();
      columns[groupColumns.length + c] =
          ordered
              ? extremes[extreme++].column(kept, size)
              : column(layout.results().get(c), totals, keys, kept, size);
    }
    long[] ones = new long[size];
    Arrays.fill(ones, 1);
    return new Batch(plan.schema(), columns, ones, size);
  }

  private static Vector column(
      CallResult result, KeySums totals, Batch keys, int[] kept, int size) {
    VectorBuilder builder = new VectorBuilder(result.call().type().layout(), size);
    for (int i = 0; i < size; i++) {
      String error = result.append(builder, totals, kept[i]);
      if (!error.isEmpty()) {
        throw new FreshetException(
            ErrorCode.VALUE_INVALID, error + " The row: " + RowText.json(keys, kept[i]));
      }
    }
    return builder.build();
  }

  /** The least or greatest value of each group. */
  private static final class Extreme {
    private final int column;
    private final OptionalInt filter;
    private final boolean greatest;
    private long[] best = new long[16];
    private boolean[] isThere = new boolean[16];

    Extreme(AggregateCall call) {
      this.column = call.arguments().getFirst();
      this.filter = call.filter();
      this.greatest = call.function() == AggregateCall.Function.MAX;
    }

    void ensure(int capacity) {
      best = Arrays.copyOf(best, capacity);
      isThere = Arrays.copyOf(isThere, capacity);
    }

    void add(Batch rows, Groups groups, int[] slotOf) {
      LongVector vector = (LongVector) rows.column(column);
      long[] values = vector.values();
      int[] groupOf = groups.groupOf();
      for (int row = 0; row < rows.rowCount(); row++) {
        boolean counts =
            !vector.isNull(row)
                && (filter.isEmpty() || Schemas.isTrue(rows, filter.getAsInt(), row));
        if (counts) {
          int slot = slotOf[groupOf[row]];
          long value = values[row];
          if (!isThere[slot] || (greatest ? value > best[slot] : value < best[slot])) {
            best[slot] = value;
            isThere[slot] = true;
          }
        }
      }
    }

    Vector column(int[] kept, int size) {
      long[] values = new long[size];
      boolean[] nulls = new boolean[size];
      for (int i = 0; i < size; i++) {
        values[i] = best[kept[i]];
        nulls[i] = !isThere[kept[i]];
      }
      return new LongVector(values, nulls, size);
    }
  }
}
