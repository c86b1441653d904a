package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.List;

/** Random calls of the aggregates beyond COUNT, SUM, MIN and MAX. */
final class Aggregates {
  private final Draws draws;
  private final Expressions expressions;

  Aggregates(Draws draws, Expressions expressions) {
    this.draws = draws;
    this.expressions = expressions;
  }

  /** An aggregate whose result is of this kind. */
  String of(Kind kind, List<FuzzColumn> scope, String filter) {
    return switch (kind) {
      case BOOLEAN ->
          draws.pick(List.of("BOOL_AND", "BOOL_OR"))
              + "("
              + expressions.condition(scope, 1)
              + ")"
              + filter;
      case TEXT -> text(scope, filter);
      case DECIMAL -> number(scope, filter);
      case INTEGER ->
          "PERCENTILE_DISC("
              + draws.pick(List.of("0", "0.1", "0.5", "0.75", "1"))
              + ") WITHIN GROUP (ORDER BY "
              + expressions.of(kind, scope, 1)
              + ")"
              + filter;
      case BIGINT ->
          "F_WEIGHT("
              + expressions.of(Kind.INTEGER, scope, 1)
              + ", "
              + expressions.of(Kind.INTEGER, scope, 1)
              + ")";
      case DATE, TIMESTAMP ->
          draws.pick(List.of("MIN", "MAX")) + "(" + expressions.of(kind, scope, 1) + ")" + filter;
    };
  }

  private String text(List<FuzzColumn> scope, String filter) {
    String value = expressions.of(Kind.TEXT, scope, 1);
    if (draws.chance(0.3)) {
      return "F_CHAIN(" + value + ")";
    }
    String distinct = draws.chance(0.3) ? "DISTINCT " : "";
    value = "COALESCE(" + value + ", '-')";
    String order = " ORDER BY " + value + (draws.chance(0.5) ? " DESC" : " ASC");
    return "ARRAY_JOIN(ARRAY_AGG(" + distinct + value + order + ")" + filter + ", '+')";
  }

  /**
   * As decimals, since the other side computes in doubles with rounding. What is added keeps the
   * results away from where the last digit could go either way.
   */
  private String number(List<FuzzColumn> scope, String filter) {
    String value = "CAST(" + expressions.of(Kind.INTEGER, scope, 1) + " AS DOUBLE)";
    String distinct = draws.chance(0.2) ? "DISTINCT " : "";
    String call =
        draws.pick(
                List.of(
                    "VAR_POP",
                    "VAR_SAMP",
                    "VARIANCE",
                    "STDDEV_POP",
                    "STDDEV_SAMP",
                    "STDDEV",
                    "MEDIAN"))
            + "("
            + distinct
            + value
            + ")";
    if (draws.chance(0.2)) {
      call = "PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY " + value + ")";
    }
    return "CAST(" + call + filter + " + 0.00123 AS DECIMAL(9, 2))";
  }
}
