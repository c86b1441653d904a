package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.GroupReader;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.SortKey;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows at certain ranks of each partition. Reads the first {@code offset + limit} rows of each
 * changed partition before and after the step, and puts out the difference.
 */
final class TopNNode extends Node {
  private final SortedNode arranged;
  private final long offset;
  private final long limit;

  TopNNode(SortedNode arranged, long offset, long limit) {
    super("top " + offset + " " + limit, arranged.schema(), List.of(arranged));
    this.arranged = arranged;
    this.offset = offset;
    this.limit = limit;
  }

  /** The rank after the last one. */
  static long end(long offset, long limit) {
    return limit > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + limit;
  }

  /** Rows by partition, in the order of the keys and then of all columns. */
  static RowOrder order(Schema schema, List<Integer> partitionColumns, List<SortKey> keys) {
    int[] columns = new int[keys.size()];
    boolean[] descending = new boolean[columns.length];
    boolean[] nullsLast = new boolean[columns.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = keys.get(i).column();
      descending[i] = keys.get(i).direction() == SortKey.Direction.DESCENDING;
      nullsLast[i] = keys.get(i).nulls() == SortKey.Nulls.LAST;
    }
    int[] partition = Schemas.toArray(partitionColumns);
    return RowOrder.sorted(schema, partition, columns, descending, nullsLast);
  }

  @Override
  Batch evaluate() {
    Probe partitions = Probe.of(arranged.delta(), arranged.order().key()).distinct();
    RunList before = arranged.before();
    RunList after = arranged.after();
    List<Batch> changes = new ArrayList<>(1);
    int rows = (int) Math.min(end(offset, limit), KeyRanges.ROWS_OF_KEY);
    KeyRanges.addEach(changes, workers(), partitions, rows, part -> change(part, before, after));
    return changes.isEmpty() ? nothing() : Rows.concat(schema(), changes);
  }

  private Batch change(Probe partitions, RunList oldRows, RunList newRows) {
    long end = end(offset, limit);
    KeyGroups before = oldRows.groups(partitions, end, GroupReader.From.FIRST);
    KeyGroups after = newRows.groups(partitions, end, GroupReader.From.FIRST);
    BatchBuilder change = new BatchBuilder(schema(), 16);
    for (int p = 0; p < partitions.count(); p++) {
      addDifference(change, p, before, after);
    }
    return change.build();
  }

  private void addDifference(
      BatchBuilder change, int partition, KeyGroups before, KeyGroups after) {
    Window old = new Window(before, partition);
    Window now = new Window(after, partition);
    RowOrder order = arranged.order();
    while (!old.isDone() || !now.isDone()) {
      int comparison =
          old.isDone()
              ? 1
              : now.isDone()
                  ? -1
                  : order.compareRows(before.rows(), old.row, after.rows(), now.row);
      if (comparison < 0) {
        put(change, before.rows(), old.row, -old.weight());
        old.advance();
      } else if (comparison > 0) {
        put(change, after.rows(), now.row, now.weight());
        now.advance();
      } else {
        put(change, after.rows(), now.row, now.weight() - old.weight());
        old.advance();
        now.advance();
      }
    }
  }

  private static void put(BatchBuilder change, Batch rows, int row, long weight) {
    if (weight != 0) {
      change.append(rows, row, weight);
    }
  }

  /** The rows of one partition, with how much of each lies within offset and limit. */
  private final class Window {
    private final KeyGroups groups;
    private final int end;
    private int row;
    private long rank;

    Window(KeyGroups groups, int partition) {
      this.groups = groups;
      this.row = groups.offsets()[partition];
      this.end = groups.offsets()[partition + 1];
    }

    boolean isDone() {
      return row == end;
    }

    long weight() {
      long from = Math.max(rank, offset);
      long last = end(offset, limit);
      long to = Math.min(rank + groups.rows().weight(row), last);
      return Math.max(0, to - from);
    }

    void advance() {
      rank += groups.rows().weight(row);
      row++;
    }
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new TopNNode((SortedNode) otherInputs.getFirst(), offset, limit);
  }

  @Override
  public String operator() {
    return "top n";
  }
}
