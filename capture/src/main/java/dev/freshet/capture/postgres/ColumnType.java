package dev.freshet.capture.postgres;

import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType;
import org.jspecify.annotations.Nullable;

/**
 * How a column's cells are decoded, and into what.
 *
 * @param element the elements' type of an array, {@code null} for others
 */
record ColumnType(CellKind kind, DataType type, @Nullable ColumnType element) {
  static ColumnType of(CellKind kind, DataType type) {
    return new ColumnType(kind, type, null);
  }

  static ColumnType arrayOf(ColumnType element) {
    CellKind kind =
        element.kind() == CellKind.TEXT_ONLY ? CellKind.TEXT_ONLY_ARRAY : CellKind.ARRAY;
    return new ColumnType(kind, new DataType.Array(element.type()), element);
  }

  /** Whether the server's binary form of this type is known here. */
  boolean hasBinary() {
    return kind != CellKind.TEXT_ONLY && kind != CellKind.TEXT_ONLY_ARRAY;
  }

  ColumnType elementType() {
    ColumnType known = element;
    Check.that(known != null, "an array type has an element type");
    return java.util.Objects.requireNonNull(known);
  }
}
