package dev.freshet.sql.translate;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.util.stream.IntStream;

/** Whether an expression can be NULL. */
public final class Nullability {
  private Nullability() {}

  static Column.Nullability of(Expression expression, Schema input) {
    return mayBeNull(expression, input) ? Column.Nullability.NULLABLE : Column.Nullability.NOT_NULL;
  }

  /** May say yes where the answer is no, never the reverse. */
  public static boolean mayBeNull(Expression expression, Schema input) {
    return switch (expression) {
      case Expression.ColumnRef column -> input.column(column.index()).mayBeNull();
      case Expression.Literal literal -> literal.value().isEmpty();
      case Expression.Cast cast ->
          cast.onFailure() == Expression.Cast.OnFailure.NULL || mayBeNull(cast.operand(), input);
      case Expression.Case choice when isCoalesce(choice) -> mayBeNull(fallback(choice), input);
      case Expression.Case choice ->
          mayBeNull(choice.otherwise(), input)
              || choice.branches().stream().anyMatch(branch -> mayBeNull(branch.result(), input));
      case Expression.UserCall call ->
          !call.method().neverReturnsNull()
              || IntStream.range(0, call.arguments().size())
                  .anyMatch(i ->
                      call.method().isNullForNull(i) && mayBeNull(call.arguments().get(i), input));
      case Expression.Call call ->
          switch (nullsOf(call.function())) {
            case NEVER -> false;
            case ALWAYS -> true;
            case OF_ARGUMENTS ->
                call.arguments().stream().anyMatch(argument -> mayBeNull(argument, input));
          };
    };
  }

  /** CASE WHEN x IS NULL THEN y ELSE x END, or its mirror. */
  private static boolean isCoalesce(Expression.Case choice) {
    if (choice.branches().size() != 1) {
      return false;
    }
    Expression.Case.Branch branch = choice.branches().getFirst();
    if (!(branch.condition() instanceof Expression.Call test)) {
      return false;
    }
    Expression tested = test.arguments().getFirst();
    return (test.function() == Function.IS_NULL && tested.equals(choice.otherwise()))
        || (test.function() == Function.IS_NOT_NULL && tested.equals(branch.result()));
  }

  private static Expression fallback(Expression.Case choice) {
    Expression.Case.Branch branch = choice.branches().getFirst();
    boolean mirrored =
        branch.condition() instanceof Expression.Call test
            && test.function() == Function.IS_NOT_NULL;
    return mirrored ? choice.otherwise() : branch.result();
  }

  private enum Nulls {
    NEVER,
    OF_ARGUMENTS,
    ALWAYS
  }

  private static Nulls nullsOf(Function function) {
    return switch (function) {
      case IS_NULL,
          IS_NOT_NULL,
          IS_TRUE,
          IS_FALSE,
          IS_DISTINCT_FROM,
          ARRAY,
          ROW,
          JSON_OBJECT,
          JSON_ARRAY ->
          Nulls.NEVER;
      case SPLIT_INDEX, REGEXP_EXTRACT, JSON_VALUE, JSON_QUERY, JSON_EXISTS -> Nulls.ALWAYS;
      case ARRAY_MAX, ARRAY_MIN, ONLY_ELEMENT, PRINTF, FIELD, MAP_VALUE -> Nulls.ALWAYS;
      case REGEXP_EXTRACT_ALL, PARSE_URL, URL_DECODE, UNHEX, TO_TIMESTAMP, CONVERT_TZ ->
          Nulls.ALWAYS;
      case ELEMENT, ARRAY_CONTAINS, ARRAY_JOIN, DATE_FORMAT -> Nulls.ALWAYS;
      default -> Nulls.OF_ARGUMENTS;
    };
  }
}
