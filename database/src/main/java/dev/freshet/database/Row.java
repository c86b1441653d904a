package dev.freshet.database;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.math.BigDecimal;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One row of an answer. Columns are named, or counted from 0. Immutable; any thread may read it.
 *
 * <p>The typed accessors fail with {@link ErrorCode#NOT_FOUND} when there is no such column, and
 * with {@link ErrorCode#VALUE_INVALID} when the value is NULL or not of that type.
 */
public final class Row {
  private final Batch batch;
  private final int row;

  public Row(Batch batch, int row) {
    this.batch = batch;
    this.row = row;
  }

  public Schema schema() {
    return batch.schema();
  }

  /**
   * The value as {@link Values} describes it: {@link Long} for all integers, {@link BigDecimal},
   * {@link String}, the types of {@code java.time}; {@code null} for NULL.
   */
  public @Nullable Object get(int column) {
    requireColumn(column);
    return Values.read(schema().type(column), batch.column(column), row);
  }

  public @Nullable Object get(String column) {
    return get(indexOf(column));
  }

  /** The value as this class, such as {@code get("at", Instant.class)}. */
  public <T> T get(String column, Class<T> type) {
    int index = indexOf(column);
    Object value = get(index);
    if (!type.isInstance(value)) {
      throw wrongType(index, type.getSimpleName());
    }
    return type.cast(value);
  }

  /** All values, in the order of the columns. */
  public @Nullable Object[] values() {
    return Values.readRow(batch, row);
  }

  public boolean isNull(int column) {
    requireColumn(column);
    return batch.column(column).isNull(row);
  }

  public boolean isNull(String column) {
    return isNull(indexOf(column));
  }

  /** An integer of any width. */
  public long longValue(int column) {
    requireColumn(column);
    if (batch.column(column) instanceof LongVector vector
        && isInteger(schema().type(column))
        && !vector.isNull(row)) {
      return vector.values()[row];
    }
    throw wrongType(column, "an integer");
  }

  public long longValue(String column) {
    return longValue(indexOf(column));
  }

  /** A REAL or DOUBLE. */
  public double doubleValue(int column) {
    requireColumn(column);
    if (batch.column(column) instanceof DoubleVector vector && !vector.isNull(row)) {
      return vector.values()[row];
    }
    throw wrongType(column, "a floating-point number");
  }

  public double doubleValue(String column) {
    return doubleValue(indexOf(column));
  }

  public boolean booleanValue(int column) {
    requireColumn(column);
    if (batch.column(column) instanceof BooleanVector vector && !vector.isNull(row)) {
      return vector.values()[row];
    }
    throw wrongType(column, "a BOOLEAN");
  }

  public boolean booleanValue(String column) {
    return booleanValue(indexOf(column));
  }

  /** A DECIMAL, or an integer as one. */
  public BigDecimal decimal(int column) {
    return switch (get(column)) {
      case BigDecimal decimal -> decimal;
      case Long integer -> BigDecimal.valueOf(integer);
      case null, default -> throw wrongType(column, "a DECIMAL");
    };
  }

  public BigDecimal decimal(String column) {
    return decimal(indexOf(column));
  }

  /** A VARCHAR or JSON. */
  public String text(int column) {
    if (get(column) instanceof String text) {
      return text;
    }
    throw wrongType(column, "a text");
  }

  public String text(String column) {
    return text(indexOf(column));
  }

  private int indexOf(String column) {
    int index = schema().indexOf(column);
    if (index < 0) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot read column " + column + ": the row has " + schema().names() + ".");
    }
    return index;
  }

  private void requireColumn(int column) {
    if (column < 0 || column >= schema().columnCount()) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot read column " + column + ": the row has " + schema().names() + ", from 0 on.");
    }
  }

  private static boolean isInteger(DataType type) {
    return type == Simple.BIGINT
        || type == Simple.INTEGER
        || type == Simple.SMALLINT
        || type == Simple.TINYINT;
  }

  private FreshetException wrongType(int column, String wanted) {
    Vector vector = batch.column(column);
    return new FreshetException(
        ErrorCode.VALUE_INVALID,
        "Cannot read column "
            + schema().column(column).name()
            + " as "
            + wanted
            + ": it is "
            + (vector.isNull(row) ? "NULL here" : schema().type(column).sql())
            + ".");
  }

  /** As {@code {id=1, owner=Ada}}; BINARY in hexadecimal. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < schema().columnCount(); i++) {
      text.append(i == 0 ? "" : ", ").append(schema().column(i).name()).append('=');
      text.append(
          switch (get(i)) {
            case null -> "null";
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case Object value -> Values.text(value);
          });
    }
    return text.append('}').toString();
  }
}
