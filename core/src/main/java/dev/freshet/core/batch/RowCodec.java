package dev.freshet.core.batch;

import dev.freshet.core.type.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of a ROW type as bytes: its fields one after the other, each as a vector of one value in
 * the form of {@link BatchCodec}. Equal rows have equal bytes; their byte order is not their order.
 */
public final class RowCodec {
  private RowCodec() {}

  /** Encodes boxed field values in the type's order, {@code null} for NULL. */
  public static byte[] encode(DataType.Row type, List<?> values) {
    if (values.size() != type.fields().size()) {
      throw new IllegalArgumentException(
          values.size() + " values for " + type.fields().size() + " fields");
    }
    ByteWriter out = new ByteWriter(values.size() * 12);
    for (int i = 0; i < values.size(); i++) {
      VectorBuilder builder = new VectorBuilder(type.fields().get(i).type().layout(), 1);
      Values.append(builder, type.fields().get(i).type(), values.get(i));
      BatchCodec.writeVector(out, builder.build());
    }
    return out.toByteArray();
  }

  /**
   * Appends one field.
   *
   * @param field a vector of one value
   */
  public static void writeField(ByteWriter out, Vector field) {
    BatchCodec.writeVector(out, field);
  }

  /** The fields, each as a vector of one value. */
  public static Vector[] fields(DataType.Row type, byte[] bytes) {
    return fields(type, bytes, 0, bytes.length);
  }

  /** The fields of the row that lies in these bytes. */
  public static Vector[] fields(DataType.Row type, byte[] bytes, int start, int count) {
    ByteReader in = new ByteReader(bytes, start, count);
    Vector[] fields = new Vector[type.fields().size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = BatchCodec.readVector(in, type.fields().get(i).type().layout(), 1);
    }
    return fields;
  }

  /** Each field of all rows as a vector; NULL where the row is. */
  public static Vector[] columns(DataType.Row type, BytesVector rows) {
    VectorBuilder[] builders = new VectorBuilder[type.fields().size()];
    for (int i = 0; i < builders.length; i++) {
      builders[i] = new VectorBuilder(type.fields().get(i).type().layout(), rows.length());
    }
    for (int row = 0; row < rows.length(); row++) {
      if (rows.isNull(row)) {
        for (VectorBuilder builder : builders) {
          builder.appendNull();
        }
        continue;
      }
      int start = rows.start(row);
      Vector[] fields = fields(type, rows.data(), start, rows.end(row) - start);
      for (int i = 0; i < builders.length; i++) {
        builders[i].append(fields[i], 0);
      }
    }
    Vector[] columns = new Vector[builders.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = builders[i].build();
    }
    return columns;
  }

  public static List<@Nullable Object> decode(DataType.Row type, byte[] bytes) {
    Vector[] fields = fields(type, bytes);
    List<@Nullable Object> values = new ArrayList<>(fields.length);
    for (int i = 0; i < fields.length; i++) {
      values.add(Values.read(type.fields().get(i).type(), fields[i], 0));
    }
    return values;
  }
}
