package dev.freshet.sql.plan;

import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.type.DataType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One aggregate of a GROUP BY.
 *
 * @param arguments positions in the input; empty for COUNT(*)
 * @param filter a BOOLEAN column of the input; only rows where it is TRUE count
 * @param notNull positions in the input; only rows where none of them is NULL count
 * @param order in which order the rows are taken, for functions that depend on it; ties are broken
 *     by the arguments
 * @param options constants that belong to the call, see {@link Function}
 * @param user the function in Java of {@link Function#USER}, empty for all others
 * @param type the result's type: COUNT BIGINT; SUM of integers BIGINT, of DECIMAL(p, s) DECIMAL(38,
 *     s), of REAL and DOUBLE DOUBLE; AVG of integers the argument's type (cut toward zero, as Flink
 *     does), of DECIMAL(p, s) DECIMAL(38, max(6, s)) rounded half up, of REAL and DOUBLE DOUBLE;
 *     variances, deviations and PERCENTILE_CONT DOUBLE; ARRAY_AGG an array of the argument's type;
 *     BOOL_AND and BOOL_OR BOOLEAN; LISTAGG and the JSON functions VARCHAR; all others the
 *     argument's type
 */
public record AggregateCall(
    Function function,
    Quantifier quantifier,
    List<Integer> arguments,
    OptionalInt filter,
    List<Integer> notNull,
    List<SortKey> order,
    List<Expression.Literal> options,
    DataType type,
    Optional<AggregateMethod> user) {
  public AggregateCall(
      Function function,
      Quantifier quantifier,
      List<Integer> arguments,
      OptionalInt filter,
      List<Integer> notNull,
      List<SortKey> order,
      List<Expression.Literal> options,
      DataType type) {
    this(function, quantifier, arguments, filter, notNull, order, options, type, Optional.empty());
  }

  /** A call that skips NULL arguments and does not depend on an order. */
  public AggregateCall(
      Function function,
      Quantifier quantifier,
      List<Integer> arguments,
      OptionalInt filter,
      DataType type) {
    this(function, quantifier, arguments, filter, arguments, List.of(), List.of(), type);
  }

  /**
   * As the compiler would have it, which stands in fingerprints; but that takes 15 ms of a start
   * when it is first called.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("AggregateCall[function=").append(function);
    text.append(", quantifier=").append(quantifier);
    text.append(", arguments=").append(arguments);
    text.append(", filter=").append(filter);
    text.append(", notNull=").append(notNull);
    text.append(", order=").append(order);
    text.append(", options=").append(options);
    text.append(", type=").append(type);
    return text.append(", user=").append(user).append(']').toString();
  }

  /** The aggregates. All but COUNT give NULL over no rows; COUNT(x) counts what is not NULL. */
  public enum Function {
    COUNT,
    SUM,
    AVG,
    /** Of numbers; the exact quotient, rounded once to DOUBLE. */
    VAR_POP,
    /** NULL for less than two values. */
    VAR_SAMP,
    STDDEV_POP,
    STDDEV_SAMP,
    BOOL_AND,
    BOOL_OR,
    MIN,
    MAX,
    /** The argument in the first row of the order. */
    FIRST,
    /** The texts in order, with the option between them. */
    LISTAGG,
    ARRAY_AGG,
    /** An array of the argument's values. */
    JSON_ARRAYAGG,
    /** An object of the first argument's names and the second one's values. */
    JSON_OBJECTAGG,
    /** Of the order's values, between the two next to the option's fraction of the way. */
    PERCENTILE_CONT,
    /** The first of the order's values at or past the option's fraction of the way. */
    PERCENTILE_DISC,
    /** A function in Java; of no rows it answers what its first accumulator does. */
    USER;

    /** Whether the answer comes from the group's values in order rather than from numbers kept. */
    public boolean isOrdered() {
      return compareTo(MIN) >= 0;
    }
  }

  /** Whether values are taken in and out of an accumulator that is kept. */
  public boolean isFolded() {
    return quantifier == Quantifier.ALL && user.map(AggregateMethod::isIncremental).orElse(false);
  }

  /** What to call it: the function, or the name of the one in Java. */
  public String name() {
    return user.map(AggregateMethod::name).orElse(function.name());
  }

  /** Whether equal arguments count once. */
  public enum Quantifier {
    ALL,
    DISTINCT
  }
}
