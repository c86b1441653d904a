package dev.freshet.core.type;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The ordered columns of a table, model or batch. Column names are unique. */
public record Schema(List<Column> columns) {
  public Schema {
    columns = List.copyOf(columns);
    Set<String> seen = new HashSet<>();
    for (Column column : columns) {
      if (!seen.add(column.name())) {
        throw new FreshetException(
            ErrorCode.SQL_INVALID,
            "Invalid schema: column "
                + column.name()
                + " appears twice. Give one of them an alias.");
      }
    }
  }

  public static Schema of(Column... columns) {
    return new Schema(List.of(columns));
  }

  public int columnCount() {
    return columns.size();
  }

  public Column column(int index) {
    return columns.get(index);
  }

  public DataType type(int index) {
    return columns.get(index).type();
  }

  /** The position of the column with this name, or -1. */
  public int indexOf(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** The schema of the columns at these positions, in this order. */
  public Schema select(int... indexes) {
    List<Column> selected = new ArrayList<>(indexes.length);
    for (int index : indexes) {
      selected.add(columns.get(index));
    }
    return new Schema(selected);
  }

  /**
   * Whether names and types are the same, in the same order; a column that may be NULL is the same
   * as one that may not.
   */
  public boolean hasSameColumns(Schema other) {
    return names().equals(other.names())
        && columns.stream()
            .map(Column::type)
            .toList()
            .equals(other.columns.stream().map(Column::type).toList());
  }
}
