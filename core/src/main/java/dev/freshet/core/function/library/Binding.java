package dev.freshet.core.function.library;

import dev.freshet.core.function.AggregateFunction;
import dev.freshet.core.function.ScalarFunction;
import dev.freshet.core.function.TableFunction;
import dev.freshet.core.function.UserFunction;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the methods by which SQL calls a function. */
final class Binding {
  private Binding() {}

  static BoundFunction of(UserFunction function) {
    if (!function.name().matches("[A-Za-z_][A-Za-z_0-9]*")) {
      throw MethodSignature.invalid(
          function, "its name is no name of SQL. Use letters, digits and underscores.");
    }
    String digest =
        function.version().isEmpty() ? ClassDigest.of(function) : "version " + function.version();
    return switch (function) {
      case ScalarFunction scalar -> {
        List<ScalarMethod> methods = new ArrayList<>();
        for (Method method : require(scalar, "eval")) {
          JavaType result = MethodSignature.result(scalar, method, method.getGenericReturnType());
          methods.add(scalar(scalar, digest, method, result));
        }
        yield new BoundFunction.Scalar(scalar.name(), methods);
      }
      case TableFunction table -> {
        List<ScalarMethod> methods = new ArrayList<>();
        for (Method method : require(table, "eval")) {
          JavaType row = MethodSignature.result(table, method, rowType(table, method));
          methods.add(scalar(table, digest, method, JavaType.rows(row)));
        }
        yield new BoundFunction.Table(table.name(), methods);
      }
      case AggregateFunction<?, ?> aggregate ->
          new BoundFunction.Aggregate(aggregate.name(), aggregates(aggregate, digest));
    };
  }

  private static ScalarMethod scalar(
      UserFunction function, String digest, Method method, JavaType result) {
    List<JavaType> parameters = MethodSignature.parameters(function, method, 0);
    return new ScalarMethod(function, digest, method, parameters, result);
  }

  private static List<Method> require(UserFunction function, String name) {
    List<Method> methods = MethodSignature.named(function, name);
    if (methods.isEmpty()) {
      throw MethodSignature.invalid(
          function, "it has no public method " + name + ". SQL calls that one.");
    }
    return methods;
  }

  private static Type rowType(TableFunction function, Method method) {
    boolean several =
        Iterable.class.isAssignableFrom(method.getReturnType())
            || Stream.class.isAssignableFrom(method.getReturnType());
    if (several && method.getGenericReturnType() instanceof ParameterizedType generic) {
      return generic.getActualTypeArguments()[0];
    }
    throw MethodSignature.invalid(
        function,
        "its method "
            + MethodSignature.text(method)
            + " does not return rows. Return a List, Iterable or Stream of them.");
  }

  private static List<AggregateMethod> aggregates(AggregateFunction<?, ?> function, String digest) {
    Method answer =
        MethodSignature.named(function, "result").stream()
            .filter(method -> method.getParameterCount() == 1)
            .findFirst()
            .orElseThrow(() -> MethodSignature.invalid(function, "its class is not public."));
    Type accumulator = answer.getGenericParameterTypes()[0];
    JavaType result = MethodSignature.result(function, answer, answer.getGenericReturnType());
    List<AggregateMethod> methods = new ArrayList<>();
    List<Method> retractions = MethodSignature.named(function, "retract");
    for (Method accumulate : require(function, "accumulate")) {
      checkAccumulator(function, accumulate, accumulator);
      List<JavaType> parameters = MethodSignature.parameters(function, accumulate, 1);
      AggregateMethod method =
          new AggregateMethod(function, digest, accumulate, parameters, result);
      methods.add(
          retractions.isEmpty()
              ? method
              : withRetraction(function, method, accumulate, retractions, accumulator));
    }
    return methods;
  }

  private static void checkAccumulator(UserFunction function, Method method, Type accumulator) {
    Type[] parameters = method.getGenericParameterTypes();
    boolean takes = parameters.length > 0 && parameters[0].equals(accumulator);
    if (!takes || !method.getGenericReturnType().equals(accumulator)) {
      throw MethodSignature.invalid(
          function,
          "its method "
              + MethodSignature.text(method)
              + " does not take the accumulator as its first parameter and return it: write "
              + accumulator.getTypeName().replaceAll("\\b[a-z][a-z0-9]*\\.", "")
              + " "
              + method.getName()
              + "(...).");
    }
  }

  private static AggregateMethod withRetraction(
      AggregateFunction<?, ?> function,
      AggregateMethod method,
      Method accumulate,
      List<Method> retractions,
      Type accumulator) {
    Method retract =
        retractions.stream()
            .filter(candidate ->
                Arrays.equals(
                    candidate.getGenericParameterTypes(), accumulate.getGenericParameterTypes()))
            .findFirst()
            .orElseThrow(() ->
                MethodSignature.invalid(
                    function,
                    "it has no retract for its "
                        + MethodSignature.text(accumulate)
                        + ". Add it, or leave retract out for all."));
    checkAccumulator(function, retract, accumulator);
    Optional<JavaType> kept = JavaType.of(accumulator, Optional.empty());
    return method.withRetraction(
        retract,
        kept.orElseThrow(() ->
            MethodSignature.invalid(
                function,
                "its accumulator is a "
                    + accumulator.getTypeName()
                    + ", which cannot be kept. Use a record of numbers, texts, lists or maps, or"
                    + " leave retract out.")));
  }
}
