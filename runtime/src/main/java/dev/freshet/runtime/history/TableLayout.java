package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.SchemaCodec;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a table, and how its rows become those of another layout: a column is found by its
 * name, else where one of its type was whose name is gone (it was renamed); one that was not there
 * is NULL. Immutable.
 *
 * @param key positions of the key's columns
 */
record TableLayout(Schema schema, List<Integer> key) {
  private static final int NONE = -1;

  TableLayout {
    key = List.copyOf(key);
  }

  static TableLayout of(Contract table) {
    List<Integer> key = new ArrayList<>();
    for (int column : table.keyColumns()) {
      key.add(column);
    }
    return new TableLayout(table.schema(), key);
  }

  static TableLayout read(ByteReader in) {
    Schema schema = SchemaCodec.read(in);
    List<Integer> key = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      key.add(in.readInt());
    }
    return new TableLayout(schema, key);
  }

  void write(ByteWriter out) {
    SchemaCodec.write(out, schema);
    out.writeInt(key.size());
    key.forEach(out::writeInt);
  }

  int[] keyColumns() {
    return key.stream().mapToInt(Integer::intValue).toArray();
  }

  List<String> keyNames() {
    return key.stream().map(i -> schema.column(i).name()).toList();
  }

  /** Where a column of another layout was here, or {@link #NONE}. */
  private int source(TableLayout now, int column) {
    Column wanted = now.schema.column(column);
    int named = schema.indexOf(wanted.name());
    if (named >= 0 || column >= schema.columnCount()) {
      return named;
    }
    boolean isRenamed =
        schema.type(column).equals(wanted.type())
            && now.schema.indexOf(schema.column(column).name()) < 0;
    return isRenamed ? column : NONE;
  }

  private boolean mayBecomeNull(TableLayout now, int column) {
    return schema.column(source(now, column)).mayBeNull() && !now.schema.column(column).mayBeNull();
  }

  /** Whether rows of this layout can stay as they are in another one. */
  boolean isReadAs(TableLayout now) {
    boolean isSame = key.equals(now.key) && schema.columnCount() == now.schema.columnCount();
    for (int c = 0; isSame && c < schema.columnCount(); c++) {
      isSame =
          source(now, c) == c
              && schema.type(c).equals(now.schema.type(c))
              && !mayBecomeNull(now, c);
    }
    return isSame;
  }

  /** Why no row can be brought into another layout; empty when rows can. */
  String mismatch(TableLayout now) {
    List<Integer> keyBefore = new ArrayList<>();
    for (int c = 0; c < now.schema.columnCount(); c++) {
      Column column = now.schema.column(c);
      int before = source(now, c);
      if (before == NONE && !column.mayBeNull()) {
        return "they do not have column " + column.name() + ", which is NOT NULL";
      }
      if (before != NONE && !schema.type(before).equals(column.type())) {
        return "column "
            + column.name()
            + " was "
            + schema.type(before).sql()
            + " and is "
            + column.type().sql();
      }
    }
    for (int column : now.key) {
      keyBefore.add(source(now, column));
    }
    return key.equals(keyBefore) ? "" : "the key was " + keyNames() + " and is " + now.keyNames();
  }

  /**
   * Rows of this layout in another one without {@link #mismatch}; those that break its NOT NULL are
   * left out.
   */
  Batch reshape(Batch rows, TableLayout now) {
    Vector[] columns = new Vector[now.schema.columnCount()];
    for (int c = 0; c < columns.length; c++) {
      int before = source(now, c);
      columns[c] =
          before == NONE ? allNull(now.schema.type(c), rows.rowCount()) : rows.column(before);
    }
    Batch shaped = new Batch(now.schema, columns, rows.weights(), rows.rowCount());
    int[] kept = new int[shaped.rowCount()];
    int count = 0;
    for (int row = 0; row < kept.length; row++) {
      if (!now.isBroken(shaped, row)) {
        kept[count++] = row;
      }
    }
    return count == kept.length ? shaped : Rows.gather(shaped, kept, count);
  }

  private boolean isBroken(Batch rows, int row) {
    for (int c = 0; c < schema.columnCount(); c++) {
      if (!schema.column(c).mayBeNull() && rows.column(c).isNull(row)) {
        return true;
      }
    }
    return false;
  }

  private static Vector allNull(DataType type, int count) {
    VectorBuilder builder = new VectorBuilder(type.layout(), count);
    for (int i = 0; i < count; i++) {
      builder.appendNull();
    }
    return builder.build();
  }
}
