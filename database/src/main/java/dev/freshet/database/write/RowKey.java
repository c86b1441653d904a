package dev.freshet.database.write;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Values;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The key of one row as an object with equality. */
final class RowKey {
  private RowKey() {}

  /**
   * @param columns the key's columns of the batch; none of their cells is NULL
   */
  static Object of(Batch batch, int[] columns, int row) {
    if (columns.length == 1 && batch.column(columns[0]) instanceof LongVector numbers) {
      return numbers.values()[row];
    }
    List<Object> parts = new ArrayList<>(columns.length);
    for (int column : columns) {
      parts.add(part(Values.read(batch.schema().type(column), batch.column(column), row)));
    }
    return parts;
  }

  private static Object part(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case Double number when number == 0 -> 0.0; // -0.0 is the same key
      default -> value;
    };
  }

  /** As {@code id = 7, country = DE}. */
  static String text(Batch batch, int[] columns, int row) {
    StringBuilder text = new StringBuilder();
    for (int column : columns) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(batch.schema().column(column).name())
          .append(" = ")
          .append(Values.read(batch.schema().type(column), batch.column(column), row));
    }
    return text.toString();
  }
}
