package dev.freshet.engine.oracle;

import dev.freshet.core.function.AggregateFunction;
import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.core.function.library.FunctionLibrary;
import java.util.List;

/** Aggregate functions in Java over whole numbers, and what they answer by definition. */
final class LongFunctions {
  /** A value on which they fail. */
  private static final long REFUSED = 3;

  private LongFunctions() {}

  static final AggregateMethod KEPT = method(new Kept());
  static final AggregateMethod RECOMPUTED = method(new Recomputed());

  private static AggregateMethod method(AggregateFunction<?, ?> function) {
    BoundFunction bound = FunctionLibrary.of(List.of(function)).find(function.name()).orElseThrow();
    return ((BoundFunction.Aggregate) bound).overloads().getFirst();
  }

  private static long checked(long value) {
    if (value == REFUSED) {
      throw new IllegalArgumentException("refused: " + value);
    }
    return value;
  }

  static Object answer(String name, List<Object> values) {
    if (values.stream().anyMatch(value -> value != null && (Long) value == REFUSED)) {
      throw new NaiveExpression.Failed();
    }
    if (name.equals("KEPT")) {
      long sum = values.stream().mapToLong(value -> value == null ? 1_000 : (Long) value).sum();
      return values.size() + ":" + sum;
    }
    return values.toString();
  }

  /** How many values, and their sum, where NULL counts as a thousand. */
  public static final class Kept extends AggregateFunction<Kept.Total, String> {
    public record Total(long count, long sum) {}

    @Override
    public Total start() {
      return new Total(0, 0);
    }

    public Total accumulate(Total total, Long value) {
      return new Total(total.count + 1, total.sum + (value == null ? 1_000 : checked(value)));
    }

    public Total retract(Total total, Long value) {
      return new Total(total.count - 1, total.sum - (value == null ? 1_000 : checked(value)));
    }

    @Override
    public String result(Total total) {
      return total.count + ":" + total.sum;
    }
  }

  /** The values in order, NULLs left out since the parameter is primitive. */
  public static final class Recomputed extends AggregateFunction<List<Long>, String> {
    @Override
    public List<Long> start() {
      return new java.util.ArrayList<>();
    }

    public List<Long> accumulate(List<Long> values, long value) {
      values.add(checked(value));
      return values;
    }

    @Override
    public String result(List<Long> values) {
      return values.toString();
    }
  }
}
