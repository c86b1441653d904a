package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.AggregateLayout;
import dev.freshet.engine.aggregate.CallResult;
import dev.freshet.engine.aggregate.FoldedCall;
import dev.freshet.engine.aggregate.Groups;
import dev.freshet.engine.aggregate.OrderedCall;
import dev.freshet.engine.aggregate.OrderedResult;
import dev.freshet.engine.aggregate.RecentGroups;
import dev.freshet.engine.arrangement.Gather;
import dev.freshet.engine.arrangement.GroupReader;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.sql.plan.AggregateCall;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * GROUP BY. Sums and counts are kept per group and changed in proportion to the change; DISTINCT
 * calls are fed by the change of the distinct values; MIN, MAX and all that depends on an order
 * read the group's ordered values. For each changed group the old answer goes and the new one
 * comes.
 */
final class AggregateNode extends Node {
  /** The inputs behind the first one: distinct values, and values in order, for the calls. */
  record Parts(
      List<Node> distinct, int[] distinctOfCall, List<ContentNode> ordered, int[] orderedOfCall) {}

  private final List<Integer> group;
  private final List<AggregateCall> calls;
  private final Parts parts;
  private final AggregateLayout layout;
  private final int[] groupColumns;
  private final int[] keyColumns;
  private final Schema keySchema;
  private final RecentGroups state;
  private boolean answered;

  AggregateNode(
      Node input, List<Integer> group, List<AggregateCall> calls, Parts parts, Schema schema) {
    super(
        "aggregate " + group + " " + calls + Arrays.toString(parts.distinctOfCall()),
        schema,
        java.util.stream.Stream.of(List.of(input), parts.distinct(), parts.ordered())
            .<Node>flatMap(List::stream)
            .toList());
    this.group = group;
    this.calls = calls;
    this.parts = parts;
    this.layout = new AggregateLayout(input.schema(), group, calls, parts.distinctOfCall());
    this.groupColumns = Schemas.toArray(group);
    this.keyColumns = Schemas.range(group.size());
    this.keySchema = schema.select(keyColumns);
    this.state = new RecentGroups(layout, keySchema, RecentGroups.GROUPS_MAX);
  }

  @Override
  Batch evaluate() {
    Batch change = input().output();
    Groups groups = Groups.of(change, groupColumns);
    boolean firstGlobal = group.isEmpty() && !answered;
    int count = firstGlobal ? 1 : groups.count();
    if (count == 0) {
      return nothing();
    }
    Batch keys = keys(change, groups, count);
    SumColumns added = layout.newSums(count);
    long[] addedWeights = addChange(added, change, groups, count);
    int[] slots = state.slots(keys, Hashing.hashRows(keys, keyColumns));
    KeySums sums = state.sums();

    boolean[] existed = firstGlobal ? new boolean[count] : exists(sums, slots);
    Answer old = answer(keys, sums, slots, existed, true);
    state.add(slots, added, addedWeights);
    Answer now = answer(keys, sums, slots, exists(sums, slots), false);
    answered = true;
    return difference(keys, old, now);
  }

  private Batch keys(Batch change, Groups groups, int count) {
    Vector[] columns = new Vector[groupColumns.length];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = Rows.gather(change.column(groupColumns[c]), groups.firstRows(), count);
    }
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return new Batch(keySchema, columns, ones, count);
  }

  private long[] addChange(SumColumns sums, Batch change, Groups groups, int count) {
    layout.addRows(sums, change, groups.groupOf());
    for (int d = 0; d < parts.distinct().size(); d++) {
      Batch values = parts.distinct().get(d).output();
      if (!values.isEmpty()) {
        layout.addDistinct(sums, d, values, groups.locate(values, keyColumns));
      }
    }
    long[] weights = new long[count];
    int[] groupOf = groups.groupOf();
    for (int i = 0; i < change.rowCount(); i++) {
      weights[groupOf[i]] += change.weight(i);
    }
    return weights;
  }

  /** A group is there while it has rows; the one group without group columns is always there. */
  private boolean[] exists(KeySums sums, int[] slots) {
    boolean[] exists = new boolean[slots.length];
    for (int i = 0; i < exists.length; i++) {
      exists[i] = group.isEmpty() || sums.weights()[slots[i]] > 0;
    }
    return exists;
  }

  /** The rows that the changed groups put out, by group. */
  private record Answer(boolean[] exists, Vector[] columns, String[] errors) {}

  private Answer answer(Batch keys, KeySums sums, int[] slots, boolean[] exists, boolean before) {
    Vector[] columns = new Vector[calls.size()];
    String[] errors = new String[slots.length];
    Arrays.fill(errors, "");
    for (int c = 0; c < columns.length; c++) {
      CallResult result = layout.results().get(c);
      if (result.call().function().isOrdered()) {
        ContentNode ordered = parts.ordered().get(parts.orderedOfCall()[c]);
        RunList values = before ? ordered.before() : ordered.after();
        columns[c] = ordered(keys, result.call(), values, exists, errors);
        continue;
      }
      VectorBuilder builder = new VectorBuilder(result.call().type().layout(), slots.length);
      for (int i = 0; i < slots.length; i++) {
        String error = result.append(builder, sums, slots[i]);
        errors[i] = exists[i] && errors[i].isEmpty() ? error : errors[i];
      }
      columns[c] = builder.build();
    }
    return new Answer(exists, columns, errors);
  }

  /** A call's answers from the groups' ordered values, which are found in the order of hashes. */
  private Vector ordered(
      Batch keys, AggregateCall call, RunList values, boolean[] exists, String[] errors) {
    Probe probe = Probe.of(keys, keyColumns);
    int count = probe.count();
    boolean[] found = new boolean[count];
    String[] reasons = new String[count];
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      found[i] = exists[probe.row(i)];
      reasons[i] = errors[probe.row(i)];
      positions[probe.row(i)] = i;
    }
    Vector answers = ordered(probe, call, values, found, reasons);
    for (int i = 0; i < count; i++) {
      errors[probe.row(i)] = reasons[i];
    }
    return Rows.gather(answers, positions, count);
  }

  private Vector ordered(
      Probe probe, AggregateCall call, RunList values, boolean[] exists, String[] errors) {
    if (call.isFolded()) {
      return folded(probe, call, values, exists, errors);
    }
    OrderedCall ordered = new OrderedCall(call, group.size());
    GroupReader.From end =
        call.function() == AggregateCall.Function.MAX
            ? GroupReader.From.LAST
            : GroupReader.From.FIRST;
    KeyGroups found = values.groups(probe, ordered.rowsNeeded(), end);
    return switch (call.function()) {
      case MIN, MAX -> firstOfEach(found, probe.count());
      default -> answers(ordered, found, exists, errors);
    };
  }

  private Vector folded(
      Probe probe, AggregateCall call, RunList values, boolean[] exists, String[] errors) {
    KeyGroups kept = values.groups(probe, Long.MAX_VALUE, GroupReader.From.FIRST);
    FoldedCall folded = new FoldedCall(call, group.size());
    VectorBuilder builder = new VectorBuilder(call.type().layout(), exists.length);
    for (int i = 0; i < exists.length; i++) {
      String error = folded.append(builder, kept, i);
      errors[i] = exists[i] && errors[i].isEmpty() ? error : errors[i];
    }
    return builder.build();
  }

  private Vector firstOfEach(KeyGroups found, int count) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = found.offsets()[i + 1] > found.offsets()[i] ? found.offsets()[i] : -1;
    }
    return Rows.gather(found.rows().column(group.size()), rows, count);
  }

  private static Vector answers(
      OrderedCall call, KeyGroups found, boolean[] exists, String[] errors) {
    OrderedResult result = new OrderedResult(call, found.rows());
    VectorBuilder builder = new VectorBuilder(call.call().type().layout(), exists.length);
    for (int i = 0; i < exists.length; i++) {
      String error = result.append(builder, found.offsets()[i], found.offsets()[i + 1]);
      errors[i] = exists[i] && errors[i].isEmpty() ? error : errors[i];
    }
    return builder.build();
  }

  private Batch difference(Batch keys, Answer old, Answer now) {
    Batch before = rows(keys, old);
    Batch after = rows(keys, now);
    int count = keys.rowCount();
    int[] sources = new int[2 * count];
    int[] rows = new int[2 * count];
    long[] weights = new long[2 * count];
    int size = 0;
    for (int i = 0; i < count; i++) {
      boolean was = old.exists()[i] && old.errors()[i].isEmpty();
      boolean is = now.exists()[i] && now.errors()[i].isEmpty();
      report(keys, i, old, -1);
      report(keys, i, now, 1);
      if (was && is && isEqual(old, now, i)) {
        continue;
      }
      if (was) {
        sources[size] = 0;
        rows[size] = i;
        weights[size++] = -1;
      }
      if (is) {
        sources[size] = 1;
        rows[size] = i;
        weights[size++] = 1;
      }
    }
    if (size == 0) {
      return nothing();
    }
    return Gather.rows(
        schema(), new Batch[] {before, after}, sources, rows, Arrays.copyOf(weights, size), size);
  }

  private void report(Batch keys, int row, Answer answer, long weight) {
    if (answer.exists()[row] && !answer.errors()[row].isEmpty()) {
      fail(answer.errors()[row], keys, row, weight);
    }
  }

  private static boolean isEqual(Answer a, Answer b, int position) {
    for (int c = 0; c < a.columns().length; c++) {
      if (Rows.compare(a.columns()[c], position, b.columns()[c], position) != 0) {
        return false;
      }
    }
    return true;
  }

  private Batch rows(Batch keys, Answer answer) {
    Vector[] columns = Arrays.copyOf(keys.columns(), schema().columnCount());
    System.arraycopy(answer.columns(), 0, columns, keyColumns.length, answer.columns().length);
    return new Batch(schema(), columns, new long[keys.rowCount()], keys.rowCount());
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(layout.stateOrder());
  }

  @Override
  void writeState() {
    state.settle();
  }

  @Override
  long tableBytes() {
    return state.tableBytes();
  }

  @Override
  void releaseTable() {
    state.releaseTable();
  }

  @Override
  long unwrittenRows() {
    return state.heldGroups();
  }

  @Override
  List<RunList> state() {
    return List.of(state.content());
  }

  @Override
  void restore(List<RunList> saved) {
    state.restore(saved.getFirst());
    answered = true;
  }

  @Override
  Node copy(List<Node> otherInputs) {
    int distinctCount = parts.distinct().size();
    List<Node> distinct = otherInputs.subList(1, 1 + distinctCount);
    List<ContentNode> ordered =
        IntStream.range(1 + distinctCount, otherInputs.size())
            .mapToObj(i -> (ContentNode) otherInputs.get(i))
            .toList();
    Parts copied = new Parts(distinct, parts.distinctOfCall(), ordered, parts.orderedOfCall());
    return new AggregateNode(otherInputs.getFirst(), group, calls, copied, schema());
  }

  @Override
  public String operator() {
    return "aggregate";
  }
}
