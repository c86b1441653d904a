package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Gather;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.LocatedKeys;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.arrangement.Surroundings;
import dev.freshet.engine.over.Calls;
import dev.freshet.engine.over.Partitions;
import dev.freshet.engine.over.Reach;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Window functions. For each changed partition the values before and after the step are computed
 * from the arranged rows, and the difference is put out; there is no state but the arrangement. Of
 * large partitions only the rows are read whose values depend on what changed, if the functions are
 * such that this is known.
 */
final class OverNode extends Node {
  private static final int WHOLE_ROWS = 32;

  private final SortedNode arranged;
  private final List<SortKey> order;
  private final List<WindowCall> calls;
  private final int[] orderColumns;
  private final Schema callSchema;
  private final Optional<Reach> reach;

  OverNode(SortedNode arranged, List<SortKey> order, List<WindowCall> calls, Schema schema) {
    super("over by " + order + " " + calls, schema, List.of(arranged));
    this.arranged = arranged;
    this.order = order;
    this.calls = calls;
    this.orderColumns = order.stream().mapToInt(SortKey::column).toArray();
    this.reach = Reach.of(calls);
    this.callSchema = schema.select(Calls.columnsOf(arranged.schema().columnCount(), calls.size()));
  }

  @Override
  Batch evaluate() {
    Probe changed = Probe.of(arranged.delta(), arranged.order().key()).distinct();
    RunList before = arranged.before();
    RunList after = arranged.after();
    Run change = arranged.delta();
    List<Batch> changes = new ArrayList<>(1);
    KeyRanges.addEach(
        changes,
        workers(),
        changed,
        KeyRanges.ROWS_OF_KEY,
        part -> difference(before, after, part, change).batch(part.count()));
    return changes.isEmpty() ? nothing() : Rows.concat(schema(), changes);
  }

  private Difference difference(RunList before, RunList after, Probe keys, Run change) {
    Optional<LocatedKeys> old = LocatedKeys.of(before, keys);
    Optional<LocatedKeys> now = LocatedKeys.of(after, keys);
    return old.isPresent() && now.isPresent()
        ? difference(old.get(), now.get(), change)
        : difference(before.groups(keys), after.groups(keys));
  }

  private Difference difference(LocatedKeys before, LocatedKeys after, Run change) {
    if (reach.isEmpty() || isSmall(before, change)) {
      return difference(before.all(), after.all());
    }
    Surroundings old = before.around(change, reach.get().near(), reach.get().until());
    Surroundings now = after.around(change, reach.get().near(), reach.get().until());
    // What comes before the parts is the same on both sides.
    return new Difference(
        compute(Partitions.ofParts(old.rows(), orderColumns, old)),
        compute(Partitions.ofParts(now.rows(), orderColumns, old)));
  }

  /** Whether it takes no longer to read all than to look for the parts that matter. */
  private boolean isSmall(LocatedKeys partitions, Run change) {
    long near = 1 + reach.map(Reach::near).orElse(0L);
    return partitions.rowCount() <= WHOLE_ROWS + 2 * near * change.rowCount();
  }

  private Difference difference(KeyGroups before, KeyGroups after) {
    return new Difference(
        compute(Partitions.of(before, orderColumns)), compute(Partitions.of(after, orderColumns)));
  }

  private Calls compute(Partitions partitions) {
    return Calls.of(calls, order, partitions);
  }

  /** The rows that go and come. */
  private final class Difference {
    private static final int OLD = 0;
    private static final int NOW = 1;

    private final Calls old;
    private final Calls now;
    private int[] sides = new int[16];
    private int[] positions = new int[16];
    private int count;

    Difference(Calls old, Calls now) {
      this.old = old;
      this.now = now;
    }

    Batch batch(int partitions) {
      for (int p = 0; p < partitions; p++) {
        compare(p);
      }
      return count == 0 ? nothing() : gathered();
    }

    private void compare(int partition) {
      int i = old.partitions().offsets()[partition];
      int j = now.partitions().offsets()[partition];
      int oldEnd = old.partitions().offsets()[partition + 1];
      int nowEnd = now.partitions().offsets()[partition + 1];
      while (i < oldEnd || j < nowEnd) {
        int comparison = i == oldEnd ? 1 : j == nowEnd ? -1 : compareRows(i, j);
        if (comparison != 0 || !old.equal(i, now, j)) {
          if (comparison <= 0) {
            put(OLD, i);
          }
          if (comparison >= 0) {
            put(NOW, j);
          }
        }
        i += comparison <= 0 ? 1 : 0;
        j += comparison >= 0 ? 1 : 0;
      }
    }

    private int compareRows(int i, int j) {
      Partitions a = old.partitions();
      Partitions b = now.partitions();
      return arranged.order().compareRows(a.rows(), a.rowOf()[i], b.rows(), b.rowOf()[j]);
    }

    private void put(int side, int position) {
      Calls from = side == OLD ? old : now;
      String reason = from.reason(position);
      if (!reason.isEmpty()) {
        Partitions partitions = from.partitions();
        fail(reason, partitions.rows(), partitions.rowOf()[position], side == OLD ? -1 : 1);
        return;
      }
      if (count == sides.length) {
        sides = Arrays.copyOf(sides, count * 2);
        positions = Arrays.copyOf(positions, count * 2);
      }
      sides[count] = side;
      positions[count++] = position;
    }

    private Batch gathered() {
      int[] rows = new int[count];
      long[] weights = new long[count];
      for (int i = 0; i < count; i++) {
        Partitions partitions = sides[i] == OLD ? old.partitions() : now.partitions();
        rows[i] = partitions.rowOf()[positions[i]];
        weights[i] = sides[i] == OLD ? -1 : 1;
      }
      Batch[] inputs = {old.partitions().rows(), now.partitions().rows()};
      Vector[] input = Gather.columns(arranged.schema(), inputs, sides, rows, count);
      Batch[] values = {old.values(callSchema), now.values(callSchema)};
      Vector[] computed = Gather.columns(callSchema, values, sides, positions, count);
      Vector[] columns = Arrays.copyOf(input, input.length + computed.length);
      System.arraycopy(computed, 0, columns, input.length, computed.length);
      return new Batch(schema(), columns, weights, count);
    }
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new OverNode((SortedNode) otherInputs.getFirst(), order, calls, schema());
  }

  @Override
  public String operator() {
    return "over";
  }
}
