package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Gather;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.over.Calls;
import dev.freshet.engine.over.Partitions;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Window functions. For each changed partition the values before and after the step are computed
 * from the arranged rows, and the difference is put out; there is no state but the arrangement.
 */
final class OverNode extends Node {
  private final SortedNode arranged;
  private final List<SortKey> order;
  private final List<WindowCall> calls;
  private final int[] orderColumns;
  private final Schema callSchema;

  OverNode(SortedNode arranged, List<SortKey> order, List<WindowCall> calls, Schema schema) {
    super("over by " + order + " " + calls, schema, List.of(arranged));
    this.arranged = arranged;
    this.order = order;
    this.calls = calls;
    this.orderColumns = order.stream().mapToInt(SortKey::column).toArray();
    this.callSchema = schema.select(Calls.columnsOf(arranged.schema().columnCount(), calls.size()));
  }

  @Override
  Batch evaluate() {
    Probe changed = Probe.of(arranged.delta(), arranged.order().key()).distinct();
    RunList before = arranged.before();
    RunList after = arranged.after();
    List<Batch> changes = new ArrayList<>(1);
    KeyRanges.addEach(
        changes,
        workers(),
        changed,
        KeyRanges.ROWS_OF_KEY,
        part -> new Difference(compute(before, part), compute(after, part)).batch(part.count()));
    return changes.isEmpty() ? nothing() : Rows.concat(schema(), changes);
  }

  private Calls compute(RunList content, Probe changed) {
    return Calls.of(calls, order, Partitions.of(content.groups(changed), orderColumns));
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
