package dev.freshet.sql.translate;

import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.type.DataType;
import dev.freshet.sql.dialect.UserAggregate;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Calls of aggregates in Java. */
final class UserCalls {
  private UserCalls() {}

  /**
   * @param types of the arguments
   * @param arguments their columns
   */
  static AggregateCall aggregate(
      UserAggregate function,
      List<DataType> types,
      List<Integer> arguments,
      Quantifier quantifier,
      OptionalInt filter) {
    AggregateMethod method =
        function
            .method(types)
            .orElseThrow(() ->
                new UnsupportedSqlException(
                    function.getName(),
                    "A NULL has no type of its own: write CAST(NULL AS type)."));
    List<Integer> notNull =
        IntStream.range(0, arguments.size())
            .filter(method::skipsNull)
            .mapToObj(arguments::get)
            .toList();
    boolean goesOn = method.isIncremental() && quantifier == Quantifier.ALL;
    return new AggregateCall(
        Function.USER,
        quantifier,
        arguments,
        filter,
        notNull,
        goesOn ? List.of() : OrderedCalls.withTies(List.of(), arguments),
        List.of(),
        method.type(),
        Optional.of(method));
  }
}
