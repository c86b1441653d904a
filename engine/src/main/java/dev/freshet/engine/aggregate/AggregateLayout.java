package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.Accumulator.Kind;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which numbers an aggregation keeps for a group, and where each call finds its own.
 *
 * <pre>
 * state row:  group columns | accumulators' columns, added up    weight: how many rows the group has
 * </pre>
 *
 * Immutable.
 */
public final class AggregateLayout {
  private final Schema input;
  private final int groupCount;
  private final List<Accumulator> accumulators = new ArrayList<>();
  private final List<Integer> firstColumns = new ArrayList<>();
  private final List<CallResult> results = new ArrayList<>();
  private final RowOrder stateOrder;
  private int sumColumnCount;

  /** For calls that are all fed by the rows themselves. */
  public AggregateLayout(Schema input, List<Integer> group, List<AggregateCall> calls) {
    this(input, group, calls, allRows(calls.size()));
  }

  private static int[] allRows(int calls) {
    int[] sources = new int[calls];
    Arrays.fill(sources, Accumulator.ALL_ROWS);
    return sources;
  }

  /**
   * @param distinctSources for each call the number of the distinct input that feeds it, or -1
   */
  public AggregateLayout(
      Schema input, List<Integer> group, List<AggregateCall> calls, int[] distinctSources) {
    this.input = input;
    this.groupCount = group.size();
    for (int i = 0; i < calls.size(); i++) {
      results.add(result(calls.get(i), distinctSources[i]));
    }
    this.stateOrder = stateOrder(group);
  }

  private CallResult result(AggregateCall call, int source) {
    if (call.function().isOrdered()) {
      return new CallResult(call, -1, -1, -1, Kind.COUNT, 0);
    }
    boolean distinct = source != Accumulator.ALL_ROWS;
    int argument = call.arguments().isEmpty() ? -1 : call.arguments().getFirst();
    DataType type = argument < 0 ? DataType.Simple.BIGINT : input.type(argument);
    int column = distinct ? groupCount : argument;
    OptionalInt filter = distinct ? OptionalInt.empty() : call.filter();
    boolean everyRow = !distinct && filter.isEmpty() && (argument < 0 || isNeverNull(call));
    int count =
        everyRow ? -1 : column(new Accumulator(Kind.COUNT, source, distinct ? -1 : column, filter));
    if (call.function() == Function.COUNT) {
      return new CallResult(call, count, -1, -1, Kind.COUNT, 0);
    }
    int scale = type instanceof DataType.Decimal decimal ? decimal.scale() : 0;
    Kind kind = kind(call.function(), type);
    int sum = column(new Accumulator(kind, source, column, filter));
    int square =
        isDeviation(call.function())
            ? column(new Accumulator(squares(kind), source, column, filter))
            : -1;
    return new CallResult(call, count, sum, square, kind, scale);
  }

  private static boolean isDeviation(Function function) {
    return switch (function) {
      case VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP -> true;
      default -> false;
    };
  }

  private static Kind squares(Kind kind) {
    return kind == Kind.SUM_LONG ? Kind.SUM_SQUARE_LONG : Kind.SUM_SQUARE_DOUBLE;
  }

  private boolean isNeverNull(AggregateCall call) {
    return call.arguments().stream().noneMatch(column -> input.column(column).mayBeNull());
  }

  private static Kind kind(Function function, DataType type) {
    return switch (type.layout()) {
      case LONG -> Kind.SUM_LONG;
      case INT128 -> isDeviation(function) ? Kind.SUM_DOUBLE : Kind.SUM_INT128;
      case DOUBLE -> Kind.SUM_DOUBLE;
      case BOOLEAN -> Kind.COUNT_TRUE;
      case BYTES -> throw new IllegalArgumentException("the planner lets only numbers be summed");
    };
  }

  private int column(Accumulator accumulator) {
    int known = accumulators.indexOf(accumulator);
    if (known >= 0) {
      return firstColumns.get(known);
    }
    int first = sumColumnCount;
    accumulators.add(accumulator);
    firstColumns.add(first);
    sumColumnCount += accumulator.kind().columns().size();
    return first;
  }

  private RowOrder stateOrder(List<Integer> group) {
    List<Column> columns = new ArrayList<>();
    for (int g = 0; g < group.size(); g++) {
      Column column = input.column(group.get(g));
      columns.add(new Column("g" + g, column.type(), column.nullability()));
    }
    int[] key = new int[columns.size()];
    for (int g = 0; g < key.length; g++) {
      key[g] = g;
    }
    int[] sums = new int[sumColumnCount];
    int count = 0;
    for (Accumulator accumulator : accumulators) {
      for (DataType type : accumulator.kind().columns()) {
        sums[count] = columns.size();
        columns.add(Column.notNull("s" + count, type));
        count++;
      }
    }
    return RowOrder.withSums(new Schema(columns), key, sums);
  }

  /** The order of the state's arrangement: by group, accumulators added up. */
  public RowOrder stateOrder() {
    return stateOrder;
  }

  public List<CallResult> results() {
    return results;
  }

  /** Sums for this many groups, all zero. */
  public SumColumns newSums(int groups) {
    int[] columns = new int[sumColumnCount];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = groupCount + c;
    }
    return new SumColumns(stateOrder.schema(), columns, groups);
  }

  public int sumColumnCount() {
    return sumColumnCount;
  }

  /** Adds the rows of the change of all rows. */
  public void addRows(SumColumns sums, Batch batch, int[] groupOf) {
    add(sums, Accumulator.ALL_ROWS, batch, groupOf);
  }

  /**
   * Adds sums of rows that were added up elsewhere, to groups that stand in other columns.
   *
   * @param parts state rows, with any columns behind them
   */
  public void addParts(SumColumns sums, Batch parts, int[] groupOf) {
    for (int row = 0; row < parts.rowCount(); row++) {
      sums.add(groupOf[row], parts, row);
    }
  }

  /** Adds one row of all rows so many times. */
  public void addRow(SumColumns sums, Batch batch, int row, int target, long weight) {
    for (int i = 0; i < accumulators.size(); i++) {
      accumulators.get(i).addRow(sums, firstColumns.get(i), batch, row, target, weight);
    }
  }

  /** Adds the rows of the change of one distinct input. */
  public void addDistinct(SumColumns sums, int source, Batch batch, int[] groupOf) {
    add(sums, source, batch, groupOf);
  }

  private void add(SumColumns sums, int source, Batch batch, int[] groupOf) {
    for (int i = 0; i < accumulators.size(); i++) {
      if (accumulators.get(i).source() == source) {
        accumulators.get(i).add(sums, firstColumns.get(i), batch, groupOf);
      }
    }
  }
}
