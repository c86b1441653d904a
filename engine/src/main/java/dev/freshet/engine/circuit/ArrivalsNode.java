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
      emit(tagged(arrivals, time));
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

  /** Rows that nothing can have made late, or too early. */
  Batch beforeAnyWatermark(Batch rows) {
    long[] watermarks = new long[rows.rowCount()];
    Arrays.fill(watermarks, TableTime.NONE);
    long[] latest = new long[isGuarded(rows) ? rows.rowCount() : 0];
    Arrays.fill(latest, Long.MAX_VALUE);
    return tagged(rows, watermarks, latest);
  }

  private boolean isGuarded(Batch rows) {
    return schema().columnCount() > rows.columns().length + 1;
  }

  @Override
  void restore(List<RunList> state) {
    begun = true;
  }

  /** The rows with what they met in the view's time. */
  Batch tagged(Arrivals arrivals, ViewTime of) {
    int[] changes = arrivals.changes();
    return tagged(arrivals.rows(), of.met(table, changes), of.latest(table, changes));
  }

  private Batch tagged(Batch rows, long[] watermarks, long[] latest) {
    int count = rows.rowCount();
    int width = rows.columns().length;
    Vector[] columns = Arrays.copyOf(rows.columns(), schema().columnCount());
    columns[width] = new LongVector(watermarks, Vector.NO_NULLS, count);
    if (isGuarded(rows)) {
      columns[width + 1] = new LongVector(latest, Vector.NO_NULLS, count);
    }
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
