package dev.freshet.core.function.library;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.SqlType;
import dev.freshet.core.function.UserFunction;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.TypeParser;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads methods of functions. */
final class MethodSignature {
  private static final String TYPES =
      " Use boolean, byte, short, int, long, float, double, their boxes, String, BigDecimal, byte[],"
          + " LocalDate, LocalTime, LocalDateTime, Instant, UUID, List, Map or a record of these.";

  private MethodSignature() {}

  /** The methods with this name, in an order that does not depend on the machine. */
  static List<Method> named(UserFunction function, String name) {
    return Arrays.stream(function.getClass().getMethods())
        .filter(method -> method.getName().equals(name) && !method.isBridge())
        .sorted((a, b) -> a.toGenericString().compareTo(b.toGenericString()))
        .toList();
  }

  /** The types of the parameters after the first ones; of an array of arguments its elements'. */
  static List<JavaType> parameters(UserFunction function, Method method, int skipped) {
    List<JavaType> types = new ArrayList<>();
    Type[] declared = method.getGenericParameterTypes();
    if (method.isVarArgs()) {
      int last = declared.length - 1;
      declared[last] = element(declared[last]);
    }
    for (Type type : List.of(declared).subList(skipped, declared.length)) {
      types.add(
          JavaType.of(type, Optional.empty())
              .orElseThrow(() ->
                  invalid(
                      function,
                      "a parameter of its method "
                          + text(method)
                          + " is a "
                          + name(type)
                          + ", which SQL does not have."
                          + TYPES)));
    }
    return types;
  }

  private static Type element(Type array) {
    return switch (array) {
      case GenericArrayType generic -> generic.getGenericComponentType();
      case Class<?> raw -> raw.componentType();
      default -> array;
    };
  }

  static JavaType result(UserFunction function, Method method, Type type) {
    return JavaType.of(type, declared(method))
        .orElseThrow(() ->
            invalid(
                function,
                "its method "
                    + text(method)
                    + " returns a "
                    + name(type)
                    + ", which is no value of SQL"
                    + declared(method).map(t -> " of the type " + t.sql()).orElse("")
                    + "."
                    + TYPES));
  }

  static Optional<DataType> declared(Method method) {
    return Optional.ofNullable(method.getAnnotation(SqlType.class))
        .map(type -> TypeParser.parse(type.value()));
  }

  /** From Object[] to Object. */
  static MethodHandle handle(UserFunction function, Method method) {
    try {
      method.setAccessible(true);
      return MethodHandles.lookup()
          .unreflect(method)
          .asFixedArity()
          .bindTo(function)
          .asSpreader(Object[].class, method.getParameterCount())
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("made accessible", e);
    }
  }

  static FreshetException invalid(UserFunction function, String why) {
    return new FreshetException(
        ErrorCode.FUNCTION_INVALID,
        "Cannot use function "
            + function.name()
            + " ("
            + function.getClass().getName()
            + "): "
            + why);
  }

  static String text(Method method) {
    return Arrays.stream(method.getGenericParameterTypes())
        .map(MethodSignature::name)
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }

  private static String name(Type type) {
    return type.getTypeName().replaceAll("\\b[a-z][a-z0-9]*\\.", "");
  }
}
