package dev.freshet.core.function.library;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A Java type that stands for a type of SQL, and how values go there and back. On SQL's side they
 * are boxed as {@link dev.freshet.core.batch.Values} describes.
 *
 * @param toJava of a value that is not NULL
 * @param toSql of a value that is not null
 */
record JavaType(
    DataType type, Presence presence, UnaryOperator<Object> toJava, UnaryOperator<Object> toSql) {
  private static final DataType ANY_DECIMAL = new DataType.Decimal(38, 18);

  /** Whether there can be null. */
  enum Presence {
    ALWAYS,
    MAY_BE_NULL
  }

  /** Empty for a type that SQL does not have. */
  static Optional<JavaType> of(Type type, Optional<DataType> declared) {
    Optional<JavaType> found =
        switch (type) {
          case Class<?> raw when raw.isRecord() -> RecordType.of(raw);
          case Class<?> raw -> simple(raw);
          case ParameterizedType generic -> generic(generic);
          default -> Optional.empty();
        };
    return declared.isEmpty()
        ? found
        : found
            .filter(java -> fits(java.type(), declared.get()))
            .map(java -> java.as(declared.get()));
  }

  private JavaType as(DataType other) {
    return new JavaType(other, presence, toJava, toSql);
  }

  private static boolean fits(DataType type, DataType declared) {
    return type.equals(declared)
        || (type instanceof DataType.Decimal && declared instanceof DataType.Decimal)
        || (type == Simple.VARCHAR && declared == Simple.JSON)
        || (type instanceof DataType.Array(DataType element)
            && declared instanceof DataType.Array(DataType other)
            && fits(element, other));
  }

  private static Optional<JavaType> simple(Class<?> raw) {
    if (raw.isPrimitive()) {
      return primitive(raw)
          .map(java -> new JavaType(java.type, Presence.ALWAYS, java.toJava, java.toSql));
    }
    return Optional.ofNullable(
        switch (raw.getName()) {
          case "java.lang.Boolean" -> same(Simple.BOOLEAN);
          case "java.lang.Byte" -> number(Simple.TINYINT, Number::byteValue);
          case "java.lang.Short" -> number(Simple.SMALLINT, Number::shortValue);
          case "java.lang.Integer" -> number(Simple.INTEGER, Number::intValue);
          case "java.lang.Long" -> number(Simple.BIGINT, Number::longValue);
          case "java.lang.Float" -> number(Simple.REAL, Number::floatValue);
          case "java.lang.Double" -> number(Simple.DOUBLE, Number::doubleValue);
          case "java.math.BigDecimal" -> of(ANY_DECIMAL, JavaType::decimal);
          case "java.lang.String" -> same(Simple.VARCHAR);
          case "[B" -> same(Simple.BINARY);
          default ->
              raw == LocalDate.class
                  ? same(Simple.DATE)
                  : raw == LocalTime.class
                      ? same(Simple.TIME)
                      : raw == LocalDateTime.class
                          ? same(Simple.TIMESTAMP)
                          : raw == Instant.class
                              ? same(Simple.TIMESTAMP_LTZ)
                              : raw == UUID.class ? same(Simple.UUID) : null;
        });
  }

  private static Optional<JavaType> primitive(Class<?> raw) {
    return switch (raw.getName()) {
      case "boolean" -> simple(Boolean.class);
      case "byte" -> simple(Byte.class);
      case "short" -> simple(Short.class);
      case "int" -> simple(Integer.class);
      case "long" -> simple(Long.class);
      case "float" -> simple(Float.class);
      case "double" -> simple(Double.class);
      default -> Optional.empty();
    };
  }

  private static JavaType of(DataType type, UnaryOperator<Object> toJava) {
    return new JavaType(type, Presence.MAY_BE_NULL, toJava, value -> value);
  }

  private static JavaType same(DataType type) {
    return of(type, value -> value);
  }

  private static JavaType number(DataType type, java.util.function.Function<Number, Object> as) {
    return of(type, value -> as.apply((Number) value));
  }

  private static Object decimal(Object value) {
    return value instanceof BigDecimal decimal ? decimal : new BigDecimal(value.toString());
  }

  private static Optional<JavaType> generic(ParameterizedType generic) {
    Type[] parts = generic.getActualTypeArguments();
    if (generic.getRawType() == List.class) {
      return of(parts[0], Optional.empty()).map(JavaType::list);
    }
    if (generic.getRawType() == Map.class) {
      Optional<JavaType> value = of(parts[1], Optional.empty());
      return of(parts[0], Optional.empty()).flatMap(key -> value.map(v -> map(key, v)));
    }
    return Optional.empty();
  }

  private static JavaType list(JavaType element) {
    return new JavaType(
        new DataType.Array(element.type),
        Presence.MAY_BE_NULL,
        value -> element.each((List<?>) value, element.toJava),
        value -> element.each((List<?>) value, element.toSql));
  }

  /** An array of what a method returns: a list, another iterable or a stream. */
  static JavaType rows(JavaType element) {
    return new JavaType(
        new DataType.Array(element.type),
        Presence.MAY_BE_NULL,
        value -> value,
        value -> element.each(listOf(value), element.toSql));
  }

  private static List<?> listOf(Object value) {
    return switch (value) {
      case List<?> list -> list;
      case java.util.stream.Stream<?> stream -> stream.toList();
      default -> {
        List<Object> list = new ArrayList<>();
        ((Iterable<?>) value).forEach(list::add);
        yield list;
      }
    };
  }

  private List<@Nullable Object> each(List<?> values, UnaryOperator<Object> conversion) {
    List<@Nullable Object> converted = new ArrayList<>(values.size());
    for (Object value : values) {
      converted.add(value == null ? null : conversion.apply(value));
    }
    return converted;
  }

  private static JavaType map(JavaType key, JavaType value) {
    return new JavaType(
        new DataType.Map(key.type, value.type),
        Presence.MAY_BE_NULL,
        map -> convert((Map<?, ?>) map, key.toJava, value.toJava),
        map -> convert((Map<?, ?>) map, key.toSql, value.toSql));
  }

  private static Map<Object, @Nullable Object> convert(
      Map<?, ?> map, UnaryOperator<Object> key, UnaryOperator<Object> value) {
    Map<Object, @Nullable Object> converted = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object from = entry.getValue();
      converted.put(key.apply(entry.getKey()), from == null ? null : value.apply(from));
    }
    return converted;
  }

  /** How far a value of a type is from this one: 0 for the same, empty when it cannot be given. */
  Optional<Integer> distance(DataType given) {
    int distance = distance(given, type);
    return distance < 0 ? Optional.empty() : Optional.of(distance);
  }

  private static int distance(DataType given, DataType wanted) {
    if (given.equals(wanted)) {
      return 0;
    }
    return switch (wanted) {
      case DataType.Decimal _ ->
          given instanceof DataType.Decimal ? 0 : integerRank(given) > 0 ? 10 : -1;
      case DataType.Array(DataType element) ->
          given instanceof DataType.Array(DataType from) ? distance(from, element) : -1;
      case DataType.Map(DataType key, DataType value) ->
          given instanceof DataType.Map(DataType fromKey, DataType fromValue)
              ? sum(distance(fromKey, key), distance(fromValue, value))
              : -1;
      case DataType.Row row -> given instanceof DataType.Row from ? distance(from, row) : -1;
      case Simple simple -> distance(given, simple);
    };
  }

  private static int distance(DataType.Row from, DataType.Row to) {
    int total = from.fields().size() == to.fields().size() ? 0 : -1;
    for (int i = 0; total >= 0 && i < from.fields().size(); i++) {
      total = sum(total, distance(from.fields().get(i).type(), to.fields().get(i).type()));
    }
    return total;
  }

  private static int sum(int a, int b) {
    return a < 0 || b < 0 ? -1 : a + b;
  }

  private static int distance(DataType given, Simple wanted) {
    if (integerRank(wanted) > 0) {
      int wider = integerRank(wanted) - integerRank(given);
      return integerRank(given) > 0 && wider > 0 ? wider : -1;
    }
    if (wanted == Simple.DOUBLE) {
      boolean exact = integerRank(given) > 0 || given instanceof DataType.Decimal;
      return given == Simple.REAL ? 1 : exact ? 20 : -1;
    }
    boolean texts =
        (wanted == Simple.VARCHAR && given == Simple.JSON)
            || (wanted == Simple.JSON && given == Simple.VARCHAR);
    return texts ? 1 : -1;
  }

  private static int integerRank(DataType type) {
    return switch (type) {
      case Simple.TINYINT -> 1;
      case Simple.SMALLINT -> 2;
      case Simple.INTEGER -> 3;
      case Simple.BIGINT -> 4;
      default -> 0;
    };
  }
}
