package dev.freshet.lake.parquet;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;

/**
 * A column of a Parquet file.
 *
 * @param fieldId the id by which readers find the column whatever its name
 * @param elementId the id of an array's elements; 0 for other types
 */
public record FileColumn(Column column, int fieldId, int elementId) {
  public FileColumn {
    if (!isStored(column.type())) {
      throw new FreshetException(
          ErrorCode.TYPE_UNSUPPORTED,
          "Cannot store column "
              + column.name()
              + ": "
              + column.type().sql()
              + ". The lake stores plain values and arrays of them; take the collection apart, or"
              + " cast it to text.");
    }
  }

  private static boolean isStored(DataType type) {
    return switch (type) {
      case DataType.Array(DataType element) ->
          element instanceof DataType.Simple || element instanceof DataType.Decimal;
      case DataType.Map _, DataType.Row _ -> false;
      case DataType.Simple _, DataType.Decimal _ -> true;
    };
  }

  /** Whether the column may hold NULL. */
  public boolean mayBeNull() {
    return column.mayBeNull();
  }

  boolean isArray() {
    return column.type() instanceof DataType.Array;
  }

  /** The type of the stored values: an array's element type. */
  DataType leafType() {
    return column.type() instanceof DataType.Array array ? array.element() : column.type();
  }

  int definitionLevelMax() {
    int own = mayBeNull() ? 1 : 0;
    return isArray() ? own + 2 : own;
  }
}
