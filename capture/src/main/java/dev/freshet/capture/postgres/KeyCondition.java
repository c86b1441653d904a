package dev.freshet.capture.postgres;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A condition in SQL for rows with given keys. Literals have no type of their own, so the server
 * reads each as a value of the column that it is compared with.
 */
final class KeyCondition {
  private KeyCondition() {}

  /**
   * @param keys columns of the table by their names
   */
  static String of(TableShape shape, Batch keys) {
    int[] columns = keys.schema().names().stream().mapToInt(name -> column(shape, name)).toArray();
    return IntStream.range(0, keys.rowCount())
        .mapToObj(row -> of(shape, columns, keys, row))
        .collect(Collectors.joining(" OR "));
  }

  private static int column(TableShape shape, String name) {
    int column = shape.schema().indexOf(name);
    if (column < 0) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND, "Cannot find column " + name + " of " + shape.origin() + ".");
    }
    return column;
  }

  private static String of(TableShape shape, int[] columns, Batch keys, int row) {
    return IntStream.range(0, columns.length)
        .mapToObj(i ->
            equality(
                shape.columns().get(columns[i]),
                keys.schema().type(i),
                Values.read(keys.schema().type(i), keys.column(i), row)))
        .collect(Collectors.joining(" AND ", "(", ")"));
  }

  private static String equality(PgColumn column, DataType type, @Nullable Object value) {
    String name = Sql.quote(column.name());
    if (value == null) {
      return name + " IS NULL";
    }
    // Some types have no equality; an index over the column has a type that has one.
    boolean comparable = column.type().hasBinary() && type != DataType.Simple.JSON;
    return (comparable ? name : name + "::text") + " = " + Sql.literal(text(type, value));
  }

  private static String text(DataType type, Object value) {
    return switch (value) {
      case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
      case BigDecimal number -> number.toPlainString();
      case LocalDate date -> date(date);
      case LocalDateTime time -> date(time.toLocalDate()) + " " + time.toLocalTime();
      case Instant instant ->
          text(type, LocalDateTime.ofInstant(instant, java.time.ZoneOffset.UTC));
      case List<?> elements ->
          elements.stream()
              .map(element -> element(((DataType.Array) type).element(), element))
              .collect(Collectors.joining(",", "{", "}"));
      default -> String.valueOf(value);
    };
  }

  private static String element(DataType type, @Nullable Object value) {
    return value == null
        ? "NULL"
        : '"' + text(type, value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** The server knows no year 0, and no signs. */
  private static String date(LocalDate date) {
    int year = date.getYear();
    String text =
        String.format(
            java.util.Locale.ROOT,
            "%04d-%02d-%02d",
            year > 0 ? year : 1 - year,
            date.getMonthValue(),
            date.getDayOfMonth());
    return year > 0 ? text : text + " BC";
  }
}
