package dev.freshet.core.batch;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Column.Nullability;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/** Schemas as bytes. Types are written by their codes below, which never change their meaning. */
public final class SchemaCodec {
  private static final int DECIMAL = 64;
  private static final int ARRAY = 65;
  private static final int MAP = 66;
  private static final int ROW = 67;
  private static final int MAX_DEPTH = 16;

  private SchemaCodec() {}

  public static void write(ByteWriter out, Schema schema) {
    out.writeInt(schema.columnCount());
    for (Column column : schema.columns()) {
      out.writeText(column.name());
      out.writeByte(column.mayBeNull() ? 1 : 0);
      writeType(out, column.type());
    }
  }

  public static Schema read(ByteReader in) {
    int count = in.readCount(6);
    List<Column> columns = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = in.readText();
      Nullability nullability = in.readByte() == 1 ? Nullability.NULLABLE : Nullability.NOT_NULL;
      columns.add(new Column(name, readType(in, 0), nullability));
    }
    return new Schema(columns);
  }

  private static void writeType(ByteWriter out, DataType type) {
    switch (type) {
      case DataType.Decimal decimal -> {
        out.writeByte(DECIMAL);
        out.writeByte(decimal.precision());
        out.writeByte(decimal.scale());
      }
      case DataType.Array array -> {
        out.writeByte(ARRAY);
        writeType(out, array.element());
      }
      case DataType.Map map -> {
        out.writeByte(MAP);
        writeType(out, map.key());
        writeType(out, map.value());
      }
      case DataType.Row row -> {
        out.writeByte(ROW);
        out.writeInt(row.fields().size());
        for (DataType.Row.Field field : row.fields()) {
          out.writeText(field.name());
          writeType(out, field.type());
        }
      }
      case Simple simple -> out.writeByte(code(simple));
    }
  }

  private static DataType readType(ByteReader in, int depth) {
    int code = in.readByte();
    if (code == DECIMAL) {
      return new DataType.Decimal(in.readByte(), in.readByte());
    }
    if (code == ARRAY && depth < MAX_DEPTH) {
      return new DataType.Array(readType(in, depth + 1));
    }
    if (code == MAP && depth < MAX_DEPTH) {
      DataType key = readType(in, depth + 1);
      return new DataType.Map(key, readType(in, depth + 1));
    }
    if (code == ROW && depth < MAX_DEPTH) {
      return readRow(in, depth);
    }
    for (Simple simple : Simple.values()) {
      if (code(simple) == code) {
        return simple;
      }
    }
    throw new FreshetException(
        ErrorCode.FORMAT_UNKNOWN, "Cannot decode a schema: unknown type code " + code + ".");
  }

  private static DataType readRow(ByteReader in, int depth) {
    int count = in.readCount(5);
    List<DataType.Row.Field> fields = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = in.readText();
      fields.add(new DataType.Row.Field(name, readType(in, depth + 1)));
    }
    return new DataType.Row(fields);
  }

  private static int code(Simple type) {
    return switch (type) {
      case BOOLEAN -> 1;
      case TINYINT -> 2;
      case SMALLINT -> 3;
      case INTEGER -> 4;
      case BIGINT -> 5;
      case REAL -> 6;
      case DOUBLE -> 7;
      case VARCHAR -> 8;
      case BINARY -> 9;
      case DATE -> 10;
      case TIME -> 11;
      case TIMESTAMP -> 12;
      case TIMESTAMP_LTZ -> 13;
      case UUID -> 14;
      case JSON -> 15;
    };
  }
}
