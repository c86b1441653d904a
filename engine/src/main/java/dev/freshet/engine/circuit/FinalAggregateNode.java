package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.AggregateLayout;
import dev.freshet.engine.aggregate.CallResult;
import dev.freshet.engine.aggregate.Groups;
import dev.freshet.engine.aggregate.RecentGroups;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.engine.time.TableTime;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * GROUP BY whose groups come out once, when the watermark has passed the moment at which they
 * close, and are forgotten then. Until then a change costs no more than an addition. Only for calls
 * that are sums and counts of all rows.
 */
final class FinalAggregateNode extends Node {
  /** More of them than open groups of late: those that close are looked for among all. */
  private static final int GROUPS_MAX = 1 << 18;

  private final WatermarkNode clock;
  private final Optional<Parts> parts;
  private final Emit emit;
  private final List<Integer> group;
  private final List<AggregateCall> calls;
  private final Closing closing;
  private final AggregateLayout layout;
  private final int[] groupColumns;
  private final int[] keyColumns;
  private final Schema keySchema;
  private final RecentGroups open;
  private long closedUpTo = TableTime.NONE;

  /** No open group closes before it. */
  private long firstMoment = Long.MAX_VALUE;

  /** What comes out of a group that closes. */
  enum Emit {
    ANSWERS,
    /** The state row, to be added to other groups. */
    SUMS
  }

  /** State rows to be added, and the columns in which their groups stand. */
  record Parts(Node rows, List<Integer> group) {}

  /**
   * @param parts sums of further rows, from an aggregation of the same calls
   * @param closing of a group's column, by its position in the group
   */
  FinalAggregateNode(
      Node input,
      Optional<Parts> parts,
      WatermarkNode clock,
      List<Integer> group,
      List<AggregateCall> calls,
      Closing closing,
      Emit emit,
      Schema schema) {
    super(
        "final aggregate "
            + group
            + " "
            + calls
            + " "
            + emit
            + " "
            + ClosingQueue.label(closing, 0)
            + parts.map(p -> " with parts " + p.group()).orElse(""),
        schema,
        parts.isPresent() ? List.of(input, clock, parts.get().rows()) : List.of(input, clock));
    this.parts = parts;
    this.emit = emit;
    this.clock = clock;
    this.group = group;
    this.calls = calls;
    this.closing = closing;
    this.layout = new AggregateLayout(input.schema(), group, calls);
    this.groupColumns = Schemas.toArray(group);
    this.keyColumns = Schemas.range(group.size());
    this.keySchema = schema.select(keyColumns);
    this.open = new RecentGroups(layout, keySchema, GROUPS_MAX);
  }

  /** The columns of {@link Emit#SUMS}. */
  static Schema sumsSchema(Schema input, List<Integer> group, List<AggregateCall> calls) {
    return new AggregateLayout(input, group, calls).stateOrder().schema();
  }

  /** Whether all of a group's state can be taken off. */
  static boolean canForget(Schema input, List<Integer> group, List<AggregateCall> calls) {
    for (AggregateCall call : calls) {
      boolean distinct =
          call.quantifier() == AggregateCall.Quantifier.DISTINCT && !call.arguments().isEmpty();
      if (distinct || call.function().isOrdered()) {
        return false;
      }
    }
    Schema state = new AggregateLayout(input, group, calls).stateOrder().schema();
    for (int c = group.size(); c < state.columnCount(); c++) {
      if (state.type(c).layout() == Layout.BYTES) {
        return false;
      }
    }
    return true;
  }

  @Override
  Batch evaluate() {
    Batch change = input().output();
    if (!change.isEmpty()) {
      Groups groups = Groups.of(change, groupColumns);
      SumColumns added = layout.newSums(groups.count());
      layout.addRows(added, change, groups.groupOf());
      add(change, groups, groupColumns, added);
    }
    parts.ifPresent(this::addParts);
    closedUpTo = Math.max(closedUpTo, clock.watermark());
    return closedUpTo >= firstMoment ? closed() : nothing();
  }

  private void addParts(Parts from) {
    Batch rows = from.rows().output();
    if (!rows.isEmpty()) {
      int[] columns = Schemas.toArray(from.group());
      Groups groups = Groups.of(rows, columns);
      SumColumns added = layout.newSums(groups.count());
      layout.addParts(added, rows, groups.groupOf());
      add(rows, groups, columns, added);
    }
  }

  private void add(Batch change, Groups groups, int[] columnsOfGroup, SumColumns added) {
    int count = groups.count();
    Vector[] columns = new Vector[columnsOfGroup.length];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = Rows.gather(change.column(columnsOfGroup[c]), groups.firstRows(), count);
    }
    long[] weights = new long[count];
    int[] groupOf = groups.groupOf();
    for (int i = 0; i < change.rowCount(); i++) {
      weights[groupOf[i]] += change.weight(i);
    }
    Batch keys = new Batch(keySchema, columns, new long[count], count);
    open.add(open.slots(keys, Hashing.hashRows(keys, keyColumns)), added, weights);
    follow(keys);
  }

  private void follow(Batch keys) {
    LongVector column = (LongVector) keys.column(closing.column());
    for (int i = 0; i < keys.rowCount(); i++) {
      if (!column.isNull(i)) {
        firstMoment = Math.min(firstMoment, closing.moment(column.values()[i]));
      }
    }
  }

  private Batch closed() {
    RecentGroups.Taken taken = open.take(closing, closedUpTo);
    firstMoment = taken.nextMoment();
    return switch (emit) {
      case ANSWERS -> answers(taken);
      case SUMS -> sums(taken);
    };
  }

  private Batch sums(RecentGroups.Taken taken) {
    int count = taken.slots().length;
    Vector[] columns = Arrays.copyOf(taken.keys().columns(), schema().columnCount());
    for (int c = 0; c < layout.sumColumnCount(); c++) {
      columns[keyColumns.length + c] = taken.sums().sums().column(c, taken.slots(), count);
    }
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = taken.sums().weights()[taken.slots()[i]];
    }
    return new Batch(schema(), columns, weights, count);
  }

  private Batch answers(RecentGroups.Taken taken) {
    int count = taken.slots().length;
    boolean[] fails = new boolean[count];
    Vector[] columns = Arrays.copyOf(taken.keys().columns(), schema().columnCount());
    for (int c = 0; c < calls.size(); c++) {
      CallResult result = layout.results().get(c);
      VectorBuilder builder = new VectorBuilder(result.call().type().layout(), count);
      for (int i = 0; i < count; i++) {
        String error = result.append(builder, taken.sums(), taken.slots()[i]);
        if (!error.isEmpty() && !fails[i] && isThere(taken, i)) {
          fails[i] = true;
          fail(error, taken.keys(), i, 1);
        }
      }
      columns[keyColumns.length + c] = builder.build();
    }
    int[] rows = new int[count];
    int size = 0;
    for (int i = 0; i < count; i++) {
      rows[size] = i;
      size += !fails[i] && isThere(taken, i) ? 1 : 0;
    }
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    Batch all = new Batch(schema(), columns, ones, count);
    return size == count ? all : Rows.gather(all, rows, size);
  }

  private static boolean isThere(RecentGroups.Taken taken, int i) {
    return taken.sums().weights()[taken.slots()[i]] > 0;
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(layout.stateOrder());
  }

  @Override
  void writeState() {
    open.settle();
  }

  @Override
  long tableBytes() {
    return open.tableBytes();
  }

  @Override
  void releaseTable() {
    open.releaseTable();
  }

  @Override
  long unwrittenRows() {
    return open.heldGroups();
  }

  @Override
  List<RunList> state() {
    return List.of(open.content());
  }

  @Override
  void restore(List<RunList> saved) {
    open.restore(saved.getFirst());
    firstMoment = Long.MIN_VALUE;
    closedUpTo = Math.max(closedUpTo, clock.watermark());
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new FinalAggregateNode(
        otherInputs.getFirst(),
        parts.map(p -> new Parts(otherInputs.get(2), p.group())),
        (WatermarkNode) otherInputs.get(1),
        group,
        calls,
        closing,
        emit,
        schema());
  }

  @Override
  public String operator() {
    return "final aggregate";
  }
}
