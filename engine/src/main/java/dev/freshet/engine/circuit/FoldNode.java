package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.FoldedCall;
import dev.freshet.engine.aggregate.Groups;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.GroupReader;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.expression.UserFailures;
import dev.freshet.sql.plan.AggregateCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the accumulator of an aggregate function in Java for each group: values that came are taken
 * in, then those that went are taken out. Rows on which that fails are kept beside, and a group
 * that has one has no answer; what is taken out again is looked for among them first.
 *
 * <pre>
 * accumulators   see {@link FoldedCall}
 * failed rows    group columns | arguments | message                       weight: how often
 * </pre>
 */
final class FoldNode extends ContentNode {
  private final AggregateCall call;
  private final AggregateMethod method;
  private final int groupCount;
  private final int argumentCount;
  private final RowOrder inputOrder;
  private final RowOrder order;
  private final RowOrder failedOrder;
  private Arrangement accumulators;
  private Arrangement failed;
  private RunList before;

  /**
   * @param input the group's columns, then the call's arguments
   */
  FoldNode(Node input, AggregateCall call, int groupCount) {
    super(
        "fold " + groupCount + " " + call.user().orElseThrow(),
        new FoldedCall(call, groupCount).schema(input.schema()),
        List.of(input));
    this.call = call;
    this.method = call.user().orElseThrow();
    this.groupCount = groupCount;
    this.argumentCount = call.arguments().size();
    this.inputOrder = RowOrder.byKey(input.schema(), Schemas.range(input.schema().columnCount()));
    this.order = RowOrder.byKey(schema(), Schemas.range(groupCount));
    this.failedOrder = RowOrder.byKey(failedSchema(input.schema()), Schemas.range(groupCount));
    this.accumulators = new Arrangement(order);
    this.failed = new Arrangement(failedOrder);
    this.before = accumulators.content();
  }

  private static Schema failedSchema(Schema input) {
    List<Column> columns = new ArrayList<>(input.columns());
    columns.add(Column.notNull("message", Simple.VARCHAR));
    return new Schema(columns);
  }

  @Override
  Batch evaluate() {
    Batch change = Run.of(inputOrder, input().output()).rows();
    if (change.isEmpty()) {
      return nothing();
    }
    Groups groups = Groups.of(change, Schemas.range(groupCount));
    Probe probe = Probe.of(keys(change, groups), Schemas.range(groupCount));
    GroupReader.From first = GroupReader.From.FIRST;
    KeyGroups kept = accumulators.content().groups(probe, Long.MAX_VALUE, first);
    KeyGroups failing = failed.content().groups(probe, Long.MAX_VALUE, first);
    int[][] rows = rowsOf(groups);
    BatchBuilder changed = new BatchBuilder(schema(), 2 * groups.count());
    BatchBuilder failures = new BatchBuilder(failedOrder.schema(), 0);
    for (int position = 0; position < probe.count(); position++) {
      Group group = new Group(change, failing, position);
      int at = kept.offsets()[position];
      if (kept.offsets()[position + 1] > at) {
        group.restore(kept.rows(), at);
        append(changed, kept.rows(), at, -1);
      }
      group.fold(rows[probe.row(position)]);
      group.write(changed, failures, rows[probe.row(position)][0]);
    }
    failed.add(Run.of(failedOrder, failures.build()));
    Run delta = Run.of(order, changed.build());
    accumulators.add(delta);
    return delta.rows();
  }

  private Batch keys(Batch change, Groups groups) {
    Batch firsts = Rows.gather(change, groups.firstRows(), groups.count());
    return new Batch(
        inputOrder.schema().select(Schemas.range(groupCount)),
        Arrays.copyOf(firsts.columns(), groupCount),
        firsts.weights(),
        firsts.rowCount());
  }

  /** For each group the rows of the change. */
  private static int[][] rowsOf(Groups groups) {
    int[] counts = new int[groups.count()];
    for (int group : groups.groupOf()) {
      counts[group]++;
    }
    int[][] rows = new int[counts.length][];
    Arrays.setAll(rows, group -> new int[counts[group]]);
    int[] filled = new int[counts.length];
    for (int row = 0; row < groups.groupOf().length; row++) {
      int group = groups.groupOf()[row];
      rows[group][filled[group]++] = row;
    }
    return rows;
  }

  private static void append(BatchBuilder target, Batch source, int row, long weight) {
    for (int c = 0; c < source.columns().length; c++) {
      target.column(c).append(source.column(c), row);
    }
    target.endRow(weight);
  }

  /** A row on which taking in or out failed, and how often it is there. */
  private static final class Failure {
    private final @Nullable Object[] arguments;
    private final String message;
    private final long was;
    private long weight;

    Failure(@Nullable Object[] arguments, String message, long was) {
      this.arguments = arguments;
      this.message = message;
      this.was = was;
      this.weight = was;
    }
  }

  /** One group while its rows are taken in and out. */
  private final class Group {
    private final Batch change;
    private final List<Failure> failures = new ArrayList<>();
    private long rows;
    private Optional<Object> accumulator = Optional.empty();

    Group(Batch change, KeyGroups failing, int position) {
      this.change = change;
      for (int i = failing.offsets()[position]; i < failing.offsets()[position + 1]; i++) {
        Batch known = failing.rows();
        String message = ((BytesVector) known.column(groupCount + argumentCount)).text(i);
        failures.add(new Failure(arguments(known, i), message, known.weight(i)));
      }
    }

    void restore(Batch kept, int at) {
      rows = ((LongVector) kept.column(groupCount)).values()[at];
      byte[] bytes = ((BytesVector) kept.column(groupCount + 1)).copyOf(at);
      accumulator = Optional.of(method.decode(bytes));
    }

    private @Nullable Object[] arguments(Batch batch, int row) {
      @Nullable Object[] arguments = new Object[argumentCount];
      for (int i = 0; i < arguments.length; i++) {
        int column = groupCount + i;
        arguments[i] = Values.read(batch.schema().type(column), batch.column(column), row);
      }
      return arguments;
    }

    void fold(int[] changed) {
      for (int row : changed) {
        if (change.weight(row) > 0) {
          rows += change.weight(row);
          takeIn(arguments(change, row), change.weight(row));
        }
      }
      for (int row : changed) {
        if (change.weight(row) < 0) {
          rows += change.weight(row);
          takeOut(arguments(change, row), -change.weight(row));
        }
      }
      if (rows <= 0) {
        // What is left after all went, such as an error of rounding, goes too.
        accumulator = Optional.empty();
        failures.forEach(failure -> failure.weight = 0);
      }
    }

    private Object current() {
      return accumulator.orElseGet(method::start);
    }

    private void takeIn(@Nullable Object[] arguments, long times) {
      try {
        Object taken = current();
        for (long i = 0; i < times; i++) {
          taken = method.accumulate(taken, arguments);
        }
        accumulator = Optional.of(taken);
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Throwable e) {
        fail(arguments, e, times);
      }
    }

    private void takeOut(@Nullable Object[] arguments, long times) {
      long left = times;
      for (Failure failure : failures) {
        if (left > 0 && failure.weight > 0 && Arrays.deepEquals(failure.arguments, arguments)) {
          long gone = Math.min(left, failure.weight);
          failure.weight -= gone;
          left -= gone;
        }
      }
      try {
        Object taken = current();
        for (long i = 0; i < left; i++) {
          taken = method.retract(taken, arguments);
        }
        accumulator = Optional.of(taken);
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Throwable e) {
        fail(arguments, e, -left);
      }
    }

    private void fail(@Nullable Object[] arguments, Throwable thrown, long weight) {
      String message = UserFailures.message(thrown);
      for (Failure failure : failures) {
        if (failure.message.equals(message) && Arrays.deepEquals(failure.arguments, arguments)) {
          failure.weight += weight;
          return;
        }
      }
      Failure failure = new Failure(arguments, message, 0);
      failure.weight = weight;
      failures.add(failure);
    }

    void write(BatchBuilder changed, BatchBuilder failedRows, int row) {
      String problem = "";
      for (Failure failure : failures) {
        if (failure.weight != failure.was) {
          copyGroup(failedRows, row);
          for (int i = 0; i < argumentCount; i++) {
            Values.append(
                failedRows.column(groupCount + i),
                failedOrder.schema().type(groupCount + i),
                failure.arguments[i]);
          }
          Values.appendText(failedRows.column(groupCount + argumentCount), failure.message);
          failedRows.endRow(failure.weight - failure.was);
        }
        boolean smaller = problem.isEmpty() || failure.message.compareTo(problem) < 0;
        problem = failure.weight != 0 && smaller ? failure.message : problem;
      }
      if (rows <= 0) {
        return;
      }
      copyGroup(changed, row);
      changed.column(groupCount).appendLong(rows);
      byte[] bytes = method.encode(current());
      changed.column(groupCount + 1).appendBytes(bytes, 0, bytes.length);
      if (problem.isEmpty()) {
        changed.column(groupCount + 2).appendNull();
      } else {
        String text = "Cannot evaluate " + call.name() + ": " + problem + ".";
        Values.appendText(changed.column(groupCount + 2), text);
      }
      changed.endRow(1);
    }

    private void copyGroup(BatchBuilder target, int row) {
      for (int c = 0; c < groupCount; c++) {
        Vector column = change.column(c);
        target.column(c).append(column, row);
      }
    }
  }

  @Override
  RunList before() {
    return before;
  }

  @Override
  RunList after() {
    return accumulators.content();
  }

  @Override
  void endStep() {
    super.endStep();
    before = accumulators.content();
  }

  @Override
  void presentContent(Batch content) {
    before = new Arrangement(order).content();
    super.presentContent(accumulators.content().merged().rows());
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(order, failedOrder);
  }

  @Override
  List<RunList> state() {
    return List.of(accumulators.content(), failed.content());
  }

  @Override
  void restore(List<RunList> state) {
    accumulators = new Arrangement(state.get(0));
    failed = new Arrangement(state.get(1));
    before = accumulators.content();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new FoldNode(otherInputs.getFirst(), call, groupCount);
  }

  @Override
  public String operator() {
    return "fold";
  }
}
