package dev.freshet.engine.circuit;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * The step of a recursion as a plan whose rows carry their iteration in one more column, the last,
 * so that one dataflow serves all iterations.
 *
 * <pre>
 * Project r.start, e.target                 Project start, target, iteration + 1
 *   Join r.target = e.source                  Project r.start, e.target, iteration
 *     Recurse                        to         Join r.target = e.source
 *     Scan edges                                  Recurse (with iteration)
 *                                                 Scan outside 0
 * </pre>
 *
 * <p>What does not read the recursion's rows stays outside of the loop: the body names it by its
 * number. A pair of two of the recursion's rows is of the later one's iteration.
 */
record LoopBody(Plan step, List<Outside> outside) {
  private static final String OUTSIDE = "outside ";

  /**
   * A part that does not read the recursion's rows.
   *
   * @param keys the columns by which a join looks its rows up; empty where its changes alone count
   */
  record Outside(Plan plan, Optional<List<Integer>> keys) {}

  static LoopBody of(Plan.Recursion recursion) {
    return new Carrying().body(recursion);
  }

  /** The number of the part outside that a scan of the body stands for. */
  static int number(Plan.Scan scan) {
    return Integer.parseInt(scan.relation().substring(OUTSIDE.length()));
  }

  /** A line that is equal for equal bodies over the same parts outside. */
  String text() {
    return dev.freshet.sql.plan.PlanText.fingerprint(step).strip().replace("\n", " /");
  }

  /** The columns, and the iteration behind them. */
  static Schema withIteration(Schema schema) {
    List<Column> columns = new ArrayList<>(schema.columns());
    String name = "iteration";
    for (int n = 0; schema.names().contains(name); n++) {
      name = "iteration" + n;
    }
    columns.add(Column.notNull(name, Simple.BIGINT));
    return new Schema(columns);
  }

  private static final class Carrying {
    private final List<Outside> outside = new ArrayList<>();

    LoopBody body(Plan.Recursion recursion) {
      Plan step = branch(recursion.step());
      List<Expression> columns = columns(step, 0, recursion.schema().columnCount());
      Expression one = new Expression.Literal(Simple.BIGINT, Optional.of(1L));
      columns.add(new Expression.Call(Function.PLUS, List.of(iteration(step), one), Simple.BIGINT));
      Schema schema = withIteration(recursion.schema());
      return new LoopBody(new Plan.Project(step, columns, schema), List.copyOf(outside));
    }

    private Plan carry(Plan plan) {
      return switch (plan) {
        case Plan.Recurse recurse -> new Plan.Recurse(withIteration(recurse.schema()));
        case Plan.Filter filter -> new Plan.Filter(carry(filter.input()), filter.predicate());
        case Plan.Project project -> {
          Plan input = carry(project.input());
          List<Expression> columns = new ArrayList<>(project.expressions());
          columns.add(iteration(input));
          yield new Plan.Project(input, columns, withIteration(project.schema()));
        }
        case Plan.Union union ->
            new Plan.Union(
                union.inputs().stream().map(this::branch).toList(), withIteration(union.schema()));
        case Plan.Distinct distinct -> new Plan.Distinct(carry(distinct.input()));
        case Plan.Join join -> join(join);
        case Plan.Unnest unnest -> {
          Plan input = carry(unnest.input());
          Schema schema = widened(input.schema(), unnest.schema(), unnest.input().schema());
          yield iterationLast(
              new Plan.Unnest(input, unnest.arrayColumn(), unnest.kind(), schema),
              input.schema().columnCount() - 1,
              unnest.schema());
        }
        case Plan.Windows windows -> {
          Plan input = carry(windows.input());
          Schema schema = widened(input.schema(), windows.schema(), windows.input().schema());
          yield iterationLast(
              new Plan.Windows(
                  input,
                  windows.kind(),
                  windows.timeColumn(),
                  windows.step(),
                  windows.size(),
                  windows.offset(),
                  schema),
              input.schema().columnCount() - 1,
              windows.schema());
        }
        case Plan.Scan _,
            Plan.Constants _,
            Plan.Multiset _,
            Plan.Aggregate _,
            Plan.TopN _,
            Plan.Sessions _,
            Plan.Over _,
            Plan.AsOf _,
            Plan.Arrivals _,
            Plan.NotAhead _,
            Plan.OnTime _,
            Plan.Expire _,
            Plan.Final _,
            Plan.Recursion _ ->
            throw new IllegalStateException("a recursion's rows do not go through " + plan);
      };
    }

    /** Rows that do not come from the recursion's rows are as of its start. */
    private Plan branch(Plan plan) {
      if (recurses(plan)) {
        return carry(plan);
      }
      Plan scan = enter(plan, Optional.empty());
      List<Expression> columns = columns(scan, 0, plan.schema().columnCount());
      columns.add(new Expression.Literal(Simple.BIGINT, Optional.of(0L)));
      return new Plan.Project(scan, columns, withIteration(plan.schema()));
    }

    private Plan enter(Plan plan, Optional<List<Integer>> keys) {
      outside.add(new Outside(plan, keys));
      return new Plan.Scan(OUTSIDE + (outside.size() - 1), plan.schema());
    }

    private Plan side(Plan plan, List<Integer> keys) {
      return recurses(plan) ? carry(plan) : enter(plan, Optional.of(keys));
    }

    private Plan join(Plan.Join join) {
      Plan left = side(join.left(), join.leftKeys());
      Plan right = side(join.right(), join.rightKeys());
      int leftWidth = join.left().schema().columnCount();
      int leftAdded = left.schema().columnCount() - leftWidth;
      int rightAdded = right.schema().columnCount() - join.right().schema().columnCount();
      if (rightAdded > 0 && join.kind() == JoinKind.LEFT) {
        throw new IllegalStateException("an outer join's padding shrinks when the recursion grows");
      }
      Expression residual =
          mapColumns(join.residual(), index -> index < leftWidth ? index : index + leftAdded);
      Plan pairs =
          new Plan.Join(
              left,
              right,
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              residual,
              Plan.concat(left.schema(), right.schema(), join.kind()));
      if (leftAdded == 0) {
        return pairs;
      }
      if (rightAdded == 0) {
        return iterationLast(pairs, leftWidth, join.schema());
      }
      List<Expression> columns = columns(pairs, 0, leftWidth);
      int last = pairs.schema().columnCount() - 1;
      columns.addAll(columns(pairs, leftWidth + 1, last));
      Expression later =
          new Expression.Call(
              Function.GREATEST,
              List.of(column(pairs, leftWidth), column(pairs, last)),
              Simple.BIGINT);
      columns.add(later);
      return new Plan.Project(pairs, columns, withIteration(join.schema()));
    }

    /** The schema of a node that adds columns to its input's. */
    private static Schema widened(Schema input, Schema output, Schema inputBefore) {
      List<Column> added =
          output.columns().subList(inputBefore.columnCount(), output.columnCount());
      return Plan.concat(input, new Schema(added), JoinKind.INNER);
    }

    /** Moves the iteration from its place to the end. */
    private static Plan iterationLast(Plan plan, int at, Schema schema) {
      List<Expression> columns = columns(plan, 0, at);
      columns.addAll(columns(plan, at + 1, plan.schema().columnCount()));
      columns.add(column(plan, at));
      return new Plan.Project(plan, columns, withIteration(schema));
    }

    private static Expression iteration(Plan plan) {
      return column(plan, plan.schema().columnCount() - 1);
    }

    private static List<Expression> columns(Plan plan, int from, int to) {
      List<Expression> columns = new ArrayList<>();
      for (int i = from; i < to; i++) {
        columns.add(column(plan, i));
      }
      return columns;
    }

    private static Expression column(Plan plan, int index) {
      return new ColumnRef(index, plan.schema().type(index));
    }
  }

  private static boolean recurses(Plan plan) {
    return switch (plan) {
      case Plan.Recurse _ -> true;
      case Plan.Recursion _ -> false;
      default -> plan.inputs().stream().anyMatch(LoopBody::recurses);
    };
  }

  private static Expression mapColumns(Expression expression, IntUnaryOperator position) {
    return switch (expression) {
      case ColumnRef column -> new ColumnRef(position.applyAsInt(column.index()), column.type());
      case Expression.Literal literal -> literal;
      case Expression.Call call ->
          new Expression.Call(
              call.function(),
              call.arguments().stream().map(each -> mapColumns(each, position)).toList(),
              call.type());
      case Expression.UserCall call ->
          new Expression.UserCall(
              call.method(),
              call.arguments().stream().map(each -> mapColumns(each, position)).toList(),
              call.type());
      case Expression.Cast cast ->
          new Expression.Cast(mapColumns(cast.operand(), position), cast.type(), cast.onFailure());
      case Expression.Case choice ->
          new Expression.Case(
              choice.branches().stream()
                  .map(branch ->
                      new Expression.Case.Branch(
                          mapColumns(branch.condition(), position),
                          mapColumns(branch.result(), position)))
                  .toList(),
              mapColumns(choice.otherwise(), position),
              choice.type());
    };
  }
}
