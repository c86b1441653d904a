package dev.freshet.core.function.library;

import dev.freshet.core.type.DataType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** One way to call a function. */
public sealed interface Overload permits ScalarMethod, AggregateMethod {
  /** The function's name as SQL spells it. */
  String name();

  /** The type of the result. */
  DataType type();

  /** What the arguments are turned into. */
  List<JavaType> parameters();

  /**
   * How far these arguments are from the parameters; empty when they cannot be given.
   *
   * @param arguments empty for a NULL without a type
   */
  default Optional<Integer> distance(List<Optional<DataType>> arguments) {
    if (arguments.size() != parameters().size()) {
      return Optional.empty();
    }
    int total = 0;
    for (int i = 0; i < arguments.size(); i++) {
      Optional<DataType> given = arguments.get(i);
      if (given.isPresent()) {
        Optional<Integer> distance = parameters().get(i).distance(given.get());
        if (distance.isEmpty()) {
          return Optional.empty();
        }
        total += distance.get();
      }
    }
    return Optional.of(total);
  }

  /** Such as {@code COUNT_CHAR(VARCHAR, VARCHAR)}. */
  default String signature() {
    return parameters().stream()
        .map(parameter ->
            parameter.type() instanceof DataType.Decimal ? "DECIMAL" : parameter.type().sql())
        .collect(Collectors.joining(", ", name() + "(", ")"));
  }
}
