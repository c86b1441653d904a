package dev.freshet.core.function.library;

import dev.freshet.core.type.DataType;
import java.util.List;
import java.util.Optional;

/** One way to call a function. */
public sealed interface Overload permits ScalarMethod, AggregateMethod {
  /** The function's name as SQL spells it. */
  String name();

  /** The type of the result. */
  DataType type();

  /** What the arguments are turned into. */
  Parameters parameters();

  /** With how many arguments it can be called at least. */
  default int argumentsMin() {
    return parameters().least();
  }

  /** With how many arguments it can be called at most; {@link Integer#MAX_VALUE} for any number. */
  default int argumentsMax() {
    return parameters().most();
  }

  /**
   * How far these arguments are from the parameters; empty when they cannot be given. A method of
   * just so many parameters is nearer than one of any number.
   *
   * @param arguments empty for a NULL without a type
   */
  default Optional<Integer> distance(List<Optional<DataType>> arguments) {
    if (arguments.size() < argumentsMin() || arguments.size() > argumentsMax()) {
      return Optional.empty();
    }
    int total = 0;
    for (int i = 0; i < arguments.size(); i++) {
      Optional<DataType> given = arguments.get(i);
      if (given.isPresent()) {
        Optional<Integer> distance = parameters().of(i).distance(given.get());
        if (distance.isEmpty()) {
          return Optional.empty();
        }
        total += distance.get();
      }
    }
    return Optional.of(2 * total + (argumentsMax() == Integer.MAX_VALUE ? 1 : 0));
  }

  /** Such as {@code COUNT_CHAR(VARCHAR, VARCHAR)}. */
  default String signature() {
    return name() + "(" + parameters().text() + ")";
  }
}
