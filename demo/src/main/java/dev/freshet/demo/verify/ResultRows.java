package dev.freshet.demo.verify;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads rows of a result as {@link ContentSource} describes values. One thread owns it. */
final class ResultRows {
  private final ResultSet rows;
  private final String[] types;

  ResultRows(ResultSet rows) throws SQLException {
    this.rows = rows;
    ResultSetMetaData metaData = rows.getMetaData();
    this.types = new String[metaData.getColumnCount()];
    for (int i = 0; i < types.length; i++) {
      types[i] = metaData.getColumnTypeName(i + 1);
    }
  }

  @Nullable Object[] current() throws SQLException {
    @Nullable Object[] row = new Object[types.length];
    for (int i = 0; i < row.length; i++) {
      Object value = read(i + 1, types[i]);
      row[i] = rows.wasNull() ? null : value;
    }
    return row;
  }

  /** The value, or anything at all where the column is NULL. */
  private @Nullable Object read(int column, String type) throws SQLException {
    return switch (type) {
      case "int2", "int4", "int8", "smallserial", "serial", "bigserial", "oid" ->
          rows.getLong(column);
      case "float4", "float8" -> rows.getDouble(column);
      case "numeric" -> rows.getObject(column);
      case "bool" -> rows.getBoolean(column);
      case "bytea" -> rows.getBytes(column);
      case "date" -> rows.getObject(column, LocalDate.class);
      case "time" -> rows.getObject(column, LocalTime.class);
      case "timestamp" -> rows.getObject(column, LocalDateTime.class);
      case "timestamptz" -> {
        OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
        yield time == null ? null : time.toInstant();
      }
      case "uuid" -> rows.getObject(column, UUID.class);
      default -> type.startsWith("_") ? array(rows.getArray(column)) : rows.getString(column);
    };
  }

  private static @Nullable List<@Nullable Object> array(@Nullable Array array) throws SQLException {
    return array == null ? null : elements((Object[]) array.getArray());
  }

  private static List<@Nullable Object> elements(@Nullable Object[] array) {
    List<@Nullable Object> elements = new ArrayList<>(array.length);
    for (Object element : array) {
      elements.add(element(element));
    }
    return elements;
  }

  private static @Nullable Object element(@Nullable Object element) {
    return switch (element) {
      case null -> null;
      case Short number -> (long) number;
      case Integer number -> (long) number;
      case Float number -> (double) number;
      case java.sql.Date date -> date.toLocalDate();
      case java.sql.Time time -> time.toLocalTime();
      case Object[] nested -> elements(nested);
      case Long _, BigDecimal _, Double _, Boolean _, UUID _, byte[] _, String _ -> element;
      default -> element.toString();
    };
  }
}
