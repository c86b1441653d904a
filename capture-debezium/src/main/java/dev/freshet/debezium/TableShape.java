package dev.freshet.debezium;

import dev.freshet.capture.SourceTable;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Column.Nullability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table as the connector shows it at one time.
 *
 * @param origin the table at the server
 * @param row Connect's schema of its rows
 * @param table what the log knows of it
 */
record TableShape(String origin, Schema row, List<ConnectCell> cells, SourceTable table) {
  /**
   * @param key Connect's schema of the key; null when the record has none
   * @param known the shape that came before; its key stands where the record has none
   */
  static TableShape of(
      String name, String origin, Schema row, @Nullable Schema key, @Nullable SourceTable known) {
    List<ConnectCell> cells = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (Field field : row.fields()) {
      ConnectCell cell = ConnectCell.of(field.schema());
      cells.add(cell);
      columns.add(
          new Column(
              field.name(),
              cell.type(),
              field.schema().isOptional() ? Nullability.NULLABLE : Nullability.NOT_NULL));
    }
    dev.freshet.core.type.Schema schema = new dev.freshet.core.type.Schema(columns);
    int[] keyColumns = keyColumns(schema, key, known);
    int version = known == null ? 1 : known.schemaVersion();
    if (known != null && !isSame(known, schema, keyColumns)) {
      version++;
    }
    return new TableShape(
        origin, row, cells, new SourceTable(name, origin, version, schema, keyColumns));
  }

  private static boolean isSame(
      SourceTable known, dev.freshet.core.type.Schema schema, int[] keyColumns) {
    return known.schema().hasSameColumns(schema) && Arrays.equals(known.keyColumns(), keyColumns);
  }

  private static int[] keyColumns(
      dev.freshet.core.type.Schema schema, @Nullable Schema key, @Nullable SourceTable known) {
    if (key != null) {
      return key.fields().stream().mapToInt(field -> schema.indexOf(field.name())).toArray();
    }
    if (known == null) {
      return new int[0];
    }
    return Arrays.stream(known.keyColumns())
        .map(column -> schema.indexOf(known.schema().column(column).name()))
        .filter(column -> column >= 0)
        .toArray();
  }

  String name() {
    return table.name();
  }

  boolean isKey(int column) {
    return Arrays.stream(table.keyColumns()).anyMatch(key -> key == column);
  }
}
