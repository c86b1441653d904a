package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.AsOfMatch;
import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Makes an equi-join of a join with any condition.
 *
 * <pre>
 * l.a = r.b AND l.c &lt; r.d                     keys a = b, residual c &lt; d
 * UPPER(l.a) = r.b                             the left side gets a column UPPER(a); key; dropped after
 * l.a IS NOT DISTINCT FROM r.b                 keys (a or a default) and (a IS NULL), on both sides
 * </pre>
 */
final class Joins {
  private final int leftWidth;
  private final int rightWidth;
  private final List<Expression> leftColumns;
  private final List<Expression> rightColumns;
  private final List<Integer> leftKeys = new ArrayList<>();
  private final List<Integer> rightKeys = new ArrayList<>();
  private final List<Expression> residual = new ArrayList<>();
  private final Plan left;
  private final Plan right;

  private Joins(Plan left, Plan right) {
    this.left = left;
    this.right = right;
    this.leftWidth = left.schema().columnCount();
    this.rightWidth = right.schema().columnCount();
    this.leftColumns = new ArrayList<>(PlanBuilder.columns(left, 0, leftWidth));
    this.rightColumns = new ArrayList<>(PlanBuilder.columns(right, 0, rightWidth));
  }

  /**
   * @param condition over the columns of both sides, the left ones first
   */
  static Plan join(Plan left, Plan right, JoinKind kind, Expression condition) {
    Joins join = new Joins(left, right);
    Expressions.conjuncts(condition).forEach(join::add);
    return join.build(kind);
  }

  private void add(Expression conjunct) {
    if (conjunct instanceof Call call) {
      if (call.function() == Function.EQUAL
          && addKey(call.arguments().get(0), call.arguments().get(1))) {
        return;
      }
      if (call.function() == Function.NOT
          && call.arguments().getFirst() instanceof Call inner
          && inner.function() == Function.IS_DISTINCT_FROM
          && addNullSafeKey(inner.arguments().get(0), inner.arguments().get(1))) {
        return;
      }
    }
    residual.add(conjunct);
  }

  private boolean addKey(Expression a, Expression b) {
    if (isLeft(a) && isRight(b)) {
      leftKeys.add(position(leftColumns, a));
      rightKeys.add(position(rightColumns, toRight(b)));
      return true;
    }
    if (isRight(a) && isLeft(b)) {
      return addKey(b, a);
    }
    return false;
  }

  private boolean addNullSafeKey(Expression a, Expression b) {
    if (isRight(a) && isLeft(b)) {
      return addNullSafeKey(b, a);
    }
    if (!isLeft(a) || !isRight(b)) {
      return false;
    }
    Expression other = toRight(b);
    if (!Nullability.mayBeNull(a, left.schema()) || !Nullability.mayBeNull(other, right.schema())) {
      return addKey(a, b);
    }
    Optional<Literal> placeholder = Placeholders.of(a.type());
    if (placeholder.isEmpty()) {
      return false;
    }
    leftKeys.add(position(leftColumns, orPlaceholder(a, placeholder.get())));
    rightKeys.add(position(rightColumns, orPlaceholder(other, placeholder.get())));
    leftKeys.add(position(leftColumns, Expressions.predicate(Function.IS_NULL, a)));
    rightKeys.add(position(rightColumns, Expressions.predicate(Function.IS_NULL, other)));
    return true;
  }

  private static Expression orPlaceholder(Expression key, Literal placeholder) {
    return Expressions.choose(Expressions.predicate(Function.IS_NULL, key), placeholder, key);
  }

  private boolean isLeft(Expression expression) {
    TreeSet<Integer> columns = new TreeSet<>();
    Expressions.collectColumns(expression, columns);
    return !columns.isEmpty() && columns.last() < leftWidth;
  }

  private boolean isRight(Expression expression) {
    TreeSet<Integer> columns = new TreeSet<>();
    Expressions.collectColumns(expression, columns);
    return !columns.isEmpty() && columns.first() >= leftWidth;
  }

  private Expression toRight(Expression expression) {
    return Expressions.mapColumns(expression, index -> index - leftWidth);
  }

  private static int position(List<Expression> columns, Expression key) {
    int at = columns.indexOf(key);
    if (at < 0) {
      columns.add(key);
      at = columns.size() - 1;
    }
    return at;
  }

  private Plan build(JoinKind kind) {
    Plan leftInput = PlanBuilder.project(left, leftColumns);
    Plan rightInput = PlanBuilder.project(right, rightColumns);
    int shift = leftColumns.size() - leftWidth;
    Expression condition =
        Expressions.mapColumns(
            Expressions.and(residual), index -> index < leftWidth ? index : index + shift);
    Plan join = PlanBuilder.join(leftInput, rightInput, kind, leftKeys, rightKeys, condition);
    List<Expression> output = new ArrayList<>(PlanBuilder.columns(join, 0, leftWidth));
    int rightStart = leftColumns.size();
    output.addAll(PlanBuilder.columns(join, rightStart, rightStart + rightWidth));
    return PlanBuilder.project(join, output);
  }

  /**
   * An ASOF join. A time that is NULL is not matched.
   *
   * @param condition equalities over the columns of both sides, the left ones first
   * @param match a comparison of something of one side with something of the other
   */
  static Plan asOf(Plan left, Plan right, JoinKind kind, Expression condition, Expression match) {
    Joins join = new Joins(left, right);
    Expressions.conjuncts(condition).forEach(join::add);
    Optional<Comparison> comparison = join.comparison(match);
    if (!join.residual.isEmpty() || comparison.isEmpty()) {
      throw new UnsupportedSqlException(
          "JOIN",
          "An ASOF join takes ON with equalities of both sides, and MATCH_CONDITION with <, <=, > or"
              + " >= between a value of the left and one of the right side.");
    }
    return join.buildAsOf(kind, comparison.get());
  }

  /** A left and a right value, and which right ones match. */
  private record Comparison(Expression left, Expression right, AsOfMatch match) {}

  private Optional<Comparison> comparison(Expression match) {
    if (!(match instanceof Call call) || call.arguments().size() != 2) {
      return Optional.empty();
    }
    Expression a = call.arguments().get(0);
    Expression b = call.arguments().get(1);
    boolean swapped = isRight(a) && isLeft(b);
    if (!swapped && !(isLeft(a) && isRight(b))) {
      return Optional.empty();
    }
    AsOfMatch side =
        switch (call.function()) {
          case GREATER_OR_EQUAL -> swapped ? AsOfMatch.AT_OR_AFTER : AsOfMatch.AT_OR_BEFORE;
          case GREATER -> swapped ? AsOfMatch.AFTER : AsOfMatch.BEFORE;
          case LESS_OR_EQUAL -> swapped ? AsOfMatch.AT_OR_BEFORE : AsOfMatch.AT_OR_AFTER;
          case LESS -> swapped ? AsOfMatch.BEFORE : AsOfMatch.AFTER;
          default -> null;
        };
    return side == null
        ? Optional.empty()
        : Optional.of(new Comparison(swapped ? b : a, toRight(swapped ? a : b), side));
  }

  private Plan buildAsOf(JoinKind kind, Comparison comparison) {
    int leftTime = position(leftColumns, comparison.left());
    int rightTime = position(rightColumns, comparison.right());
    Plan leftInput = PlanBuilder.project(left, leftColumns);
    Plan rightInput = timed(PlanBuilder.project(right, rightColumns), rightTime);
    Plan timed = timed(leftInput, leftTime);
    Schema schema = Plan.concat(leftInput.schema(), rightInput.schema(), kind);
    Plan join =
        new Plan.AsOf(
            timed,
            rightInput,
            kind,
            List.copyOf(leftKeys),
            List.copyOf(rightKeys),
            leftTime,
            rightTime,
            comparison.match(),
            schema);
    List<Expression> output = new ArrayList<>(PlanBuilder.columns(join, 0, leftWidth));
    int rightStart = leftColumns.size();
    output.addAll(PlanBuilder.columns(join, rightStart, rightStart + rightWidth));
    Plan joined = PlanBuilder.project(join, output);
    if (kind == JoinKind.INNER || timed.equals(leftInput)) {
      return joined;
    }
    Expression isNull =
        Expressions.predicate(Function.IS_NULL, PlanBuilder.column(leftInput, leftTime));
    Plan timeless = PlanBuilder.filter(leftInput, isNull);
    List<Expression> padded = new ArrayList<>(PlanBuilder.columns(timeless, 0, leftWidth));
    for (int i = 0; i < rightWidth; i++) {
      padded.add(Expressions.nullOf(right.schema().type(i)));
    }
    return PlanBuilder.union(List.of(joined, PlanBuilder.project(timeless, padded)));
  }

  /** The rows that have a time. */
  private static Plan timed(Plan plan, int time) {
    Expression column = PlanBuilder.column(plan, time);
    return Nullability.mayBeNull(column, plan.schema())
        ? PlanBuilder.filter(plan, Expressions.predicate(Function.IS_NOT_NULL, column))
        : plan;
  }

  /** RIGHT JOIN: the sides swapped, and the columns put back into order. */
  static Plan rightJoin(Plan left, Plan right, Expression condition) {
    int leftWidth = left.schema().columnCount();
    int rightWidth = right.schema().columnCount();
    Expression swapped =
        Expressions.mapColumns(
            condition, index -> index < leftWidth ? index + rightWidth : index - leftWidth);
    Plan join = join(/* left= */ right, /* right= */ left, JoinKind.LEFT, swapped);
    List<Expression> output =
        new ArrayList<>(PlanBuilder.columns(join, rightWidth, rightWidth + leftWidth));
    output.addAll(PlanBuilder.columns(join, 0, rightWidth));
    return PlanBuilder.project(join, output);
  }

  /**
   * FULL JOIN: the left join, and the right rows that match no left one.
   *
   * <pre>
   * Union
   *   Join LEFT left, right
   *   Project NULL for each left column, the right columns
   *     Filter marker IS NULL
   *       Join LEFT right, (left with marker TRUE)
   * </pre>
   */
  static Plan fullJoin(Plan left, Plan right, Expression condition) {
    int leftWidth = left.schema().columnCount();
    int rightWidth = right.schema().columnCount();
    List<Expression> marked = new ArrayList<>(PlanBuilder.columns(left, 0, leftWidth));
    marked.add(Expression.TRUE);
    Expression swapped =
        Expressions.mapColumns(
            condition, index -> index < leftWidth ? index + rightWidth : index - leftWidth);
    Plan reversed = join(right, PlanBuilder.project(left, marked), JoinKind.LEFT, swapped);
    Expression marker = new Expression.ColumnRef(rightWidth + leftWidth, Simple.BOOLEAN);
    Plan unmatched = PlanBuilder.filter(reversed, Expressions.predicate(Function.IS_NULL, marker));
    List<Expression> output = new ArrayList<>();
    for (int i = 0; i < leftWidth; i++) {
      output.add(Expressions.nullOf(left.schema().type(i)));
    }
    output.addAll(PlanBuilder.columns(unmatched, 0, rightWidth));
    return PlanBuilder.union(
        List.of(
            join(left, right, JoinKind.LEFT, condition), PlanBuilder.project(unmatched, output)));
  }
}
