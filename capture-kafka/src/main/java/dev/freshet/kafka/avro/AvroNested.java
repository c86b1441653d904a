package dev.freshet.kafka.avro;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.LogBytes;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Arrays, maps and records, by way of boxed values. */
final class AvroNested {
  private static final int KEY_BYTES = LogBytes.ofElement(Simple.VARCHAR);

  private AvroNested() {}

  static AvroCell of(Schema schema, DataType type) {
    return switch (type) {
      case DataType.Array array when schema.getType() == Schema.Type.ARRAY -> {
        Boxed elements = Boxed.element(schema.getElementType(), array.element());
        yield (out, in) -> Values.append(out, type, elements(elements, in));
      }
      case DataType.Map map
          when schema.getType() == Schema.Type.MAP && map.key() == Simple.VARCHAR -> {
        Boxed values = Boxed.element(schema.getValueType(), map.value());
        yield (out, in) -> Values.append(out, type, entries(values, in));
      }
      case DataType.Row row when schema.getType() == Schema.Type.RECORD -> record(schema, row);
      case Simple _, DataType.Decimal _, DataType.Array _, DataType.Map _, DataType.Row _ ->
          AvroCells.unfit(schema, type);
    };
  }

  /**
   * Reads single values.
   *
   * @param bytes that each counts
   */
  private record Boxed(AvroCell cell, DataType type, int bytes) {
    Boxed(Schema schema, DataType type, int bytes) {
      this(AvroCells.of(schema, type), type, bytes);
    }

    static Boxed element(Schema schema, DataType type) {
      return new Boxed(schema, type, LogBytes.ofElement(type));
    }

    /** A row counts its fields itself, also those that the record has not. */
    static Boxed field(Schema schema, DataType type) {
      return new Boxed(schema, type, 0);
    }

    @Nullable Object read(AvroCursor in) {
      in.budget().value();
      in.budget().make(bytes);
      VectorBuilder single = new VectorBuilder(type.layout(), 1);
      cell.append(single, in);
      return Values.read(type, single.build(), 0);
    }
  }

  private static List<@Nullable Object> elements(Boxed element, AvroCursor in) {
    List<@Nullable Object> values = new ArrayList<>();
    for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
      for (long i = 0; i < count; i++) {
        values.add(element.read(in));
      }
    }
    return values;
  }

  private static Map<Object, @Nullable Object> entries(Boxed value, AvroCursor in) {
    Map<Object, @Nullable Object> values = new LinkedHashMap<>();
    for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
      for (long i = 0; i < count; i++) {
        in.budget().make(KEY_BYTES);
        String key = AvroJson.text(in, in.readLength());
        if (values.containsKey(key)) {
          throw CellProblem.value("key " + key + " stands twice in it");
        }
        values.put(key, value.read(in));
      }
    }
    return values;
  }

  private static AvroCell record(Schema schema, DataType.Row type) {
    List<Schema.Field> fields = schema.getFields();
    int[] indexes = new int[fields.size()];
    @Nullable Boxed[] cells = new Boxed[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = type.indexOf(fields.get(i).name());
      if (indexes[i] >= 0) {
        cells[i] = Boxed.field(fields.get(i).schema(), type.fields().get(indexes[i]).type());
      }
    }
    int bytes = LogBytes.ofFields(type);
    return (out, in) -> {
      in.budget().make(bytes);
      @Nullable Object[] values = new Object[type.fields().size()];
      for (int i = 0; i < indexes.length; i++) {
        Boxed cell = cells[i];
        if (cell == null) {
          in.skip(fields.get(i).schema());
        } else {
          values[indexes[i]] = cell.read(in);
        }
      }
      Values.append(out, type, Arrays.asList(values));
    };
  }
}
