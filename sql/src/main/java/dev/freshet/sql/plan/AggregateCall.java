package dev.freshet.sql.plan;

import dev.freshet.core.type.DataType;
import java.util.List;
import java.util.OptionalInt;

/**
 * One aggregate of a GROUP BY.
 *
 * @param arguments positions in the input; empty for COUNT(*)
 * @param filter a BOOLEAN column of the input; only rows where it is TRUE count
 * @param type the result's type: COUNT BIGINT; SUM of integers BIGINT, of DECIMAL(p, s) DECIMAL(38,
 *     s), of REAL and DOUBLE DOUBLE; AVG of integers the argument's type (cut toward zero, as Flink
 *     does), of DECIMAL(p, s) DECIMAL(38, max(6, s)) rounded half up, of REAL and DOUBLE DOUBLE;
 *     MIN and MAX the argument's type
 */
public record AggregateCall(
    Function function,
    Quantifier quantifier,
    List<Integer> arguments,
    OptionalInt filter,
    DataType type) {
  /**
   * The aggregates. All but COUNT skip NULLs and give NULL over no rows; COUNT(x) counts what is
   * not NULL.
   */
  public enum Function {
    COUNT,
    SUM,
    AVG,
    MIN,
    MAX
  }

  /** Whether equal arguments count once. */
  public enum Quantifier {
    ALL,
    DISTINCT
  }
}
