package dev.freshet.core.function.library;

import dev.freshet.core.type.DataType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a method's arguments are turned into.
 *
 * @param types of the parameters; the last one's may be that of each of any number of arguments
 * @param repeated the Java class of such arguments
 */
record Parameters(List<JavaType> types, Optional<Class<?>> repeated) {
  Parameters {
    types = List.copyOf(types);
  }

  static Parameters of(Method method, List<JavaType> types) {
    return new Parameters(
        types,
        method.isVarArgs()
            ? Optional.of(
                method.getParameterTypes()[method.getParameterCount() - 1].componentType())
            : Optional.empty());
  }

  JavaType of(int argument) {
    return types.get(Math.min(argument, types.size() - 1));
  }

  int least() {
    return repeated.isPresent() ? types.size() - 1 : types.size();
  }

  /** {@link Integer#MAX_VALUE} for any number. */
  int most() {
    return repeated.isPresent() ? Integer.MAX_VALUE : types.size();
  }

  /**
   * What the method is given.
   *
   * @param ahead so many places are left free in front
   */
  @Nullable Object[] toJava(@Nullable Object[] arguments, int ahead) {
    @Nullable Object[] given = new Object[ahead + types.size()];
    for (int i = 0; i < least(); i++) {
      given[ahead + i] = toJava(arguments, types.get(i), i);
    }
    if (repeated.isPresent()) {
      int fixed = least();
      Object rest = Array.newInstance(repeated.get(), arguments.length - fixed);
      for (int i = fixed; i < arguments.length; i++) {
        Array.set(rest, i - fixed, toJava(arguments, types.getLast(), i));
      }
      given[ahead + fixed] = rest;
    }
    return given;
  }

  private static @Nullable Object toJava(@Nullable Object[] arguments, JavaType type, int i) {
    Object argument = arguments[i];
    return argument == null ? null : type.toJava().apply(argument);
  }

  /** Such as {@code VARCHAR, BIGINT...}. */
  String text() {
    return IntStream.range(0, types.size())
        .mapToObj(i -> text(types.get(i)) + (i < least() ? "" : "..."))
        .collect(Collectors.joining(", "));
  }

  private static String text(JavaType parameter) {
    return parameter.type() instanceof DataType.Decimal ? "DECIMAL" : parameter.type().sql();
  }
}
