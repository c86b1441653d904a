package dev.freshet.lake.parquet;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;

/** A column of a Parquet file. */
public record FileColumn(Column column, FieldIds ids) {
  /** The id by which readers find the column whatever its name. */
  public int fieldId() {
    return ids.id();
  }

  /** Whether the column may hold NULL. */
  public boolean mayBeNull() {
    return column.mayBeNull();
  }

  /** Whether it is an array of plain values. */
  boolean isArray() {
    return column.type() instanceof DataType.Array array && isPlain(array.element());
  }

  /** Whether it is a map, a row, or an array of such or of arrays. */
  boolean isNested() {
    return !isArray() && !isPlain(column.type());
  }

  private static boolean isPlain(DataType type) {
    return type instanceof DataType.Simple || type instanceof DataType.Decimal;
  }
}
