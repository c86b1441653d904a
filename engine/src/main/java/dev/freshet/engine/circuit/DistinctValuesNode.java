package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.Groups;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.AggregateCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The distinct values that the DISTINCT calls of one argument look at, for all of the calls'
 * filters at once: each value is looked for once, whatever the number of filters.
 *
 * <pre>
 * output   group columns | argument | number of the filter     each once
 * state    group columns | argument | for each filter how many rows have the value and pass it
 * </pre>
 *
 * Where only inserts come, the state says 1 for any number of rows.
 */
final class DistinctValuesNode extends Node {
  private final int[] columns;
  private final int[] notNull;
  private final List<OptionalInt> filters;
  private final int[] key;
  private final Schema values;
  private final RowOrder order;
  private Arrangement state;

  private DistinctValuesNode(
      Node input, String label, int[] columns, int[] notNull, List<OptionalInt> filters) {
    super(label, outputSchema(input.schema(), columns), List.of(input));
    this.columns = columns;
    this.notNull = notNull;
    this.filters = List.copyOf(filters);
    this.key = Schemas.range(columns.length);
    this.values = schema().select(key);
    this.order = stateOrder(values, filters.size());
    this.state = new Arrangement(order);
  }

  /**
   * @param call one of those that look at the same argument
   * @param filters all of theirs, each once
   */
  static DistinctValuesNode of(
      Node input, List<Integer> group, AggregateCall call, List<OptionalInt> filters) {
    List<Integer> used = new ArrayList<>(group);
    used.addAll(call.arguments());
    String counted = input.onlyInserts() ? "once" : "counted";
    String label =
        "values " + used + " not null " + call.notNull() + " where " + filters + " " + counted;
    return new DistinctValuesNode(
        input, label, Schemas.toArray(used), Schemas.toArray(call.notNull()), filters);
  }

  private static Schema outputSchema(Schema input, int[] columns) {
    List<Column> all = new ArrayList<>(Schemas.numbered(input, columns).columns());
    all.add(Column.notNull("filter", Simple.BIGINT));
    return new Schema(all);
  }

  private static RowOrder stateOrder(Schema values, int filters) {
    List<Column> all = new ArrayList<>(values.columns());
    int[] counts = new int[filters];
    for (int f = 0; f < filters; f++) {
      counts[f] = all.size();
      all.add(Column.notNull("count" + f, Simple.BIGINT));
    }
    return RowOrder.withSums(new Schema(all), Schemas.range(values.columnCount()), counts);
  }

  @Override
  Batch evaluate() {
    Batch rows = counted(input().output());
    if (rows.isEmpty()) {
      return nothing();
    }
    Batch selected = selected(rows);
    Groups groups = Groups.of(selected, key);
    int count = groups.count();
    Batch changed = Rows.gather(selected, groups.firstRows(), count);
    long[][] added = new long[filters.size()][];
    for (int f = 0; f < added.length; f++) {
      added[f] = added(rows, filters.get(f), groups);
    }
    Probe probe = Probe.of(changed, key);
    KeySums known = state.content().sums(probe);
    long[][] turned = new long[added.length][count];
    Batch output = turned(changed, probe, known, added, turned);
    addToState(changed, input().onlyInserts() ? turned : added);
    return output;
  }

  /** The rows that any call counts. */
  private Batch counted(Batch batch) {
    boolean all = filters.contains(OptionalInt.empty());
    int[] rows = new int[batch.rowCount()];
    int count = 0;
    for (int row = 0; row < batch.rowCount(); row++) {
      boolean counts = all;
      for (int f = 0; f < filters.size() && !counts; f++) {
        counts = Schemas.isTrue(batch, filters.get(f).getAsInt(), row);
      }
      for (int column : notNull) {
        counts &= !batch.column(column).isNull(row);
      }
      rows[count] = row;
      count += counts ? 1 : 0;
    }
    return count == batch.rowCount() ? batch : Rows.gather(batch, rows, count);
  }

  private Batch selected(Batch rows) {
    Vector[] selected = new Vector[columns.length];
    for (int c = 0; c < columns.length; c++) {
      selected[c] = rows.column(columns[c]);
    }
    return new Batch(values, selected, rows.weights(), rows.rowCount());
  }

  private static long[] added(Batch rows, OptionalInt filter, Groups groups) {
    long[] added = new long[groups.count()];
    int[] groupOf = groups.groupOf();
    long[] weights = rows.weights();
    for (int row = 0; row < rows.rowCount(); row++) {
      if (filter.isEmpty() || Schemas.isTrue(rows, filter.getAsInt(), row)) {
        added[groupOf[row]] += weights[row];
      }
    }
    return added;
  }

  /** The values that are there now and were not, or the other way round, by filter. */
  private Batch turned(Batch changed, Probe probe, KeySums known, long[][] added, long[][] turned) {
    int capacity = Math.multiplyExact(probe.count(), filters.size());
    int[] rows = new int[capacity];
    long[] weights = new long[capacity];
    long[] filterOf = new long[capacity];
    int count = 0;
    for (int f = 0; f < filters.size(); f++) {
      for (int i = 0; i < probe.count(); i++) {
        int row = probe.row(i);
        long before = known.sums().low(f, i);
        long was = before > 0 ? 1 : 0;
        long is = before + added[f][row] > 0 ? 1 : 0;
        if (was != is) {
          turned[f][row] = is - was;
          rows[count] = row;
          weights[count] = is - was;
          filterOf[count++] = f;
        }
      }
    }
    if (count == 0) {
      return nothing();
    }
    Vector[] output = new Vector[columns.length + 1];
    for (int c = 0; c < columns.length; c++) {
      output[c] = Rows.gather(changed.column(c), rows, count);
    }
    output[columns.length] = new LongVector(Arrays.copyOf(filterOf, count), Vector.NO_NULLS, count);
    return new Batch(schema(), output, Arrays.copyOf(weights, count), count);
  }

  private void addToState(Batch changed, long[][] counts) {
    int[] rows = new int[changed.rowCount()];
    int kept = 0;
    for (int row = 0; row < rows.length; row++) {
      boolean any = false;
      for (long[] each : counts) {
        any |= each[row] != 0;
      }
      rows[kept] = row;
      kept += any ? 1 : 0;
    }
    if (kept == 0) {
      return;
    }
    Vector[] cells = new Vector[columns.length + counts.length];
    for (int c = 0; c < columns.length; c++) {
      cells[c] = Rows.gather(changed.column(c), rows, kept);
    }
    long[] weights = new long[kept];
    for (int f = 0; f < counts.length; f++) {
      long[] each = new long[kept];
      for (int i = 0; i < kept; i++) {
        each[i] = counts[f][rows[i]];
        weights[i] += each[i];
      }
      cells[columns.length + f] = new LongVector(each, Vector.NO_NULLS, kept);
    }
    state.add(Run.of(order, new Batch(order.schema(), cells, weights, kept)));
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(order);
  }

  @Override
  List<RunList> state() {
    return List.of(state.content());
  }

  @Override
  void restore(List<RunList> saved) {
    state = new Arrangement(saved.getFirst());
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new DistinctValuesNode(otherInputs.getFirst(), label(), columns, notNull, filters);
  }

  @Override
  public String operator() {
    return "distinct values";
  }

  /** The values of one filter. Linear. */
  static final class OfFilter extends Node {
    private final int filter;
    private final int[] key;

    OfFilter(Node values, int filter) {
      this(values, filter, Schemas.range(values.schema().columnCount() - 1));
    }

    private OfFilter(Node values, int filter, int[] key) {
      super("values of filter " + filter, values.schema().select(key), List.of(values));
      this.filter = filter;
      this.key = key;
    }

    @Override
    Batch evaluate() {
      Batch values = input().output();
      long[] filters = ((LongVector) values.column(key.length)).values();
      int[] rows = new int[values.rowCount()];
      int count = 0;
      for (int row = 0; row < rows.length; row++) {
        rows[count] = row;
        count += filters[row] == filter ? 1 : 0;
      }
      return count == 0 ? nothing() : Rows.gather(values.select(key), rows, count);
    }

    @Override
    boolean onlyInserts() {
      return input().onlyInserts();
    }

    @Override
    Node copy(List<Node> otherInputs) {
      return new OfFilter(otherInputs.getFirst(), filter, key);
    }

    @Override
    public String operator() {
      return "select";
    }
  }
}
