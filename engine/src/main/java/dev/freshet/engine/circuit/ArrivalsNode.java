package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.table.Arrivals;
import dev.freshet.engine.time.TableTime;
import dev.freshet.engine.time.ViewTime;
import java.util.Arrays;
import java.util.List;

/**
 * The single changes of a table for one final view, each with the watermark that it met. Starts
 * with the table's content, all of it before any watermark. One thread owns it.
 */
public final class ArrivalsNode extends Node {
  private final String table;
  private final ArrangeNode content;
  private final ViewTime time;
  private boolean begun;

  ArrivalsNode(String table, ArrangeNode content, ViewTime time, Schema schema) {
    super("arrivals for " + time.identity(), schema, List.of(content));
    this.table = table;
    this.content = content;
    this.time = time;
  }

  /** Is given its table's rows one by one, the content too. */
  static ArrivalsNode given(String table, ArrangeNode content, ViewTime time, Schema schema) {
    ArrivalsNode node = new ArrivalsNode(table, content, time, schema);
    node.begun = true;
    return node;
  }

  /** Whether the table keeps no rows. */
  boolean isOfPassing() {
    return content instanceof PassingNode;
  }

  public String table() {
    return table;
  }

  /** Gives the table's changes of a step; of a table that keeps no rows only later ones count. */
  public void offer(Arrivals arrivals, long step) {
    boolean counts = !isOfPassing() || step > time.since();
    if (counts && !arrivals.rows().isEmpty()) {
      emit(tagged(arrivals.rows(), time.met(table, arrivals.changes())));
    }
  }

  @Override
  Batch evaluate() {
    if (begun) {
      return output();
    }
    begun = true;
    return beforeAnyWatermark(content.delta().rows());
  }

  /** Rows that nothing can have made late. */
  Batch beforeAnyWatermark(Batch rows) {
    long[] before = new long[rows.rowCount()];
    Arrays.fill(before, TableTime.NONE);
    return tagged(rows, before);
  }

  @Override
  void restore(List<RunList> state) {
    begun = true;
  }

  /** The rows with the watermarks that they met. */
  Batch tagged(Batch rows, long[] watermarks) {
    int count = rows.rowCount();
    Vector[] columns = Arrays.copyOf(rows.columns(), rows.columns().length + 1);
    columns[columns.length - 1] = new LongVector(watermarks, Vector.NO_NULLS, count);
    return new Batch(schema(), columns, rows.weights(), count);
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new ArrivalsNode(table, (ArrangeNode) otherInputs.getFirst(), time, schema());
  }

  @Override
  public String operator() {
    return "arrivals";
  }
}
