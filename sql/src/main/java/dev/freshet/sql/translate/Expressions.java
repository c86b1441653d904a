package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import dev.freshet.sql.plan.Expression.Case;
import dev.freshet.sql.plan.Expression.Cast;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Expression.UserCall;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** Makes and looks into expressions. */
public final class Expressions {
  private Expressions() {}

  static Literal bigint(long value) {
    return new Literal(Simple.BIGINT, Optional.of(value));
  }

  static Literal integer(long value) {
    return new Literal(Simple.INTEGER, Optional.of(value));
  }

  static Literal text(String value) {
    return new Literal(Simple.VARCHAR, Optional.of(value));
  }

  static Literal nullOf(DataType type) {
    return new Literal(type, Optional.empty());
  }

  static Expression call(Function function, DataType type, Expression... arguments) {
    return Folding.fold(new Call(function, List.of(arguments), type));
  }

  static Expression predicate(Function function, Expression... arguments) {
    return call(function, Simple.BOOLEAN, arguments);
  }

  /** The conjunction of the conditions; TRUE when there are none. */
  static Expression and(List<Expression> conditions) {
    return switch (conditions.size()) {
      case 0 -> Expression.TRUE;
      case 1 -> conditions.getFirst();
      default -> new Call(Function.AND, List.copyOf(conditions), Simple.BOOLEAN);
    };
  }

  /** CASE WHEN condition THEN result ELSE otherwise END. */
  static Expression choose(Expression condition, Expression result, Expression otherwise) {
    return new Case(List.of(new Case.Branch(condition, result)), otherwise, otherwise.type());
  }

  /** The expression as this type; nothing is put in when it has the type already. */
  static Expression as(Expression expression, DataType type) {
    return expression.type().equals(type)
        ? expression
        : Folding.fold(new Cast(expression, type, Cast.OnFailure.ERROR));
  }

  /** The conjuncts of a condition, TRUE left out. */
  public static List<Expression> conjuncts(Expression condition) {
    List<Expression> conjuncts = new ArrayList<>();
    collectConjuncts(condition, conjuncts);
    return conjuncts;
  }

  private static void collectConjuncts(Expression condition, List<Expression> conjuncts) {
    if (condition instanceof Call call && call.function() == Function.AND) {
      call.arguments().forEach(argument -> collectConjuncts(argument, conjuncts));
    } else if (!condition.equals(Expression.TRUE)) {
      conjuncts.add(condition);
    }
  }

  static void collectColumns(Expression expression, Set<Integer> columns) {
    switch (expression) {
      case ColumnRef column -> columns.add(column.index());
      case Literal _ -> {}
      case Cast cast -> collectColumns(cast.operand(), columns);
      case Call call -> call.arguments().forEach(a -> collectColumns(a, columns));
      case UserCall call -> call.arguments().forEach(a -> collectColumns(a, columns));
      case Case choice -> {
        for (Case.Branch branch : choice.branches()) {
          collectColumns(branch.condition(), columns);
          collectColumns(branch.result(), columns);
        }
        collectColumns(choice.otherwise(), columns);
      }
    }
  }

  /** The expression with every column at another position. */
  public static Expression mapColumns(Expression expression, IntUnaryOperator position) {
    return rewrite(
        expression,
        inner ->
            inner instanceof ColumnRef column
                ? Optional.of(new ColumnRef(position.applyAsInt(column.index()), column.type()))
                : Optional.empty());
  }

  /** The expression with another expression in place of every column. */
  static Expression replaceColumns(Expression expression, IntFunction<Expression> replacement) {
    return rewrite(
        expression,
        inner ->
            inner instanceof ColumnRef column
                ? Optional.of(replacement.apply(column.index()))
                : Optional.empty());
  }

  /**
   * The expression with the parts replaced for which the function gives something; the parts of a
   * replacement are left alone.
   */
  static Expression rewrite(
      Expression expression,
      java.util.function.Function<Expression, Optional<Expression>> replacement) {
    Optional<Expression> replaced = replacement.apply(expression);
    if (replaced.isPresent()) {
      return replaced.get();
    }
    return switch (expression) {
      case ColumnRef column -> column;
      case Literal literal -> literal;
      case Cast cast ->
          new Cast(rewrite(cast.operand(), replacement), cast.type(), cast.onFailure());
      case Call call ->
          new Call(
              call.function(),
              call.arguments().stream().map(a -> rewrite(a, replacement)).toList(),
              call.type());
      case UserCall call ->
          new UserCall(
              call.method(),
              call.arguments().stream().map(a -> rewrite(a, replacement)).toList(),
              call.type());
      case Case choice ->
          new Case(
              choice.branches().stream()
                  .map(branch ->
                      new Case.Branch(
                          rewrite(branch.condition(), replacement),
                          rewrite(branch.result(), replacement)))
                  .toList(),
              rewrite(choice.otherwise(), replacement),
              choice.type());
    };
  }

  /** Whether expressions over a projection can be put over its input without more to compute. */
  static boolean mergeable(Plan.Project inner, List<Expression> outer) {
    int[] uses = new int[inner.expressions().size()];
    outer.forEach(expression -> countColumns(expression, uses));
    for (int i = 0; i < uses.length; i++) {
      boolean simple =
          switch (inner.expressions().get(i)) {
            case ColumnRef _, Literal _ -> true;
            case Call _, UserCall _, Cast _, Case _ -> false;
          };
      if (!simple && uses[i] > 1) {
        return false;
      }
    }
    return true;
  }

  private static void countColumns(Expression expression, int[] uses) {
    rewrite(
        expression,
        inner -> {
          if (inner instanceof ColumnRef column) {
            uses[column.index()]++;
          }
          return Optional.empty();
        });
  }
}
