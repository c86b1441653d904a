package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.MapCodec;
import dev.freshet.core.batch.RowCodec;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.function.Function;

/** Functions that look into maps or make new ones; each decodes the row's maps. */
final class MapFunctions {
  /** What has a meaning of its own in a regular expression. */
  private static final String SPECIAL = "\\^$.|?*+()[]{}";

  private MapFunctions() {}

  private static MapCodec.Entries map(Arguments x, int argument, int row, DataType.Map type) {
    return MapCodec.entries(type, x.bytes(argument).copyOf(row & x.mask(argument)));
  }

  /** (map, key): NULL when it is not there. */
  static Kernel value(DataType.Map type) {
    return x -> {
      VectorBuilder result = new VectorBuilder(type.value().layout(), x.count());
      for (int row = 0; row < x.count(); row++) {
        if (x.isNull(row)) {
          result.appendNull();
          continue;
        }
        MapCodec.Entries entries = map(x, 0, row, type);
        int found = find(entries.keys(), x.vector(1), row & x.mask(1));
        if (found < 0) {
          result.appendNull();
        } else {
          result.append(entries.values(), found);
        }
      }
      return result.build();
    };
  }

  /** Where the key stands among the sorted ones, or -1. */
  private static int find(Vector keys, Vector wanted, int at) {
    int low = 0;
    int high = keys.length() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Rows.compare(keys, middle, wanted, at);
      if (order == 0) {
        return middle;
      }
      low = order < 0 ? middle + 1 : low;
      high = order < 0 ? high : middle - 1;
    }
    return -1;
  }

  /** The keys or the values as an array, in the order of the keys. */
  static Kernel part(DataType.Map type, Function<MapCodec.Entries, Vector> part) {
    return RowKernels.bytes((x, row, out) -> {
      out.append(ArrayCodec.encode(part.apply(map(x, 0, row, type))));
      return true;
    });
  }

  /** An array of rows of key and value, in the order of the keys. */
  static Kernel entries(DataType.Map type) {
    return RowKernels.bytes((x, row, out) -> {
      MapCodec.Entries entries = map(x, 0, row, type);
      VectorBuilder rows = new VectorBuilder(DataType.Layout.BYTES, entries.count());
      VectorBuilder one = new VectorBuilder(type.key().layout(), 1);
      VectorBuilder other = new VectorBuilder(type.value().layout(), 1);
      for (int i = 0; i < entries.count(); i++) {
        one.append(entries.keys(), i);
        other.append(entries.values(), i);
        ByteWriter encoded = new ByteWriter(32);
        RowCodec.writeField(encoded, one.build());
        RowCodec.writeField(encoded, other.build());
        rows.appendBytes(encoded.array(), 0, encoded.length());
        one.reset();
        other.reset();
      }
      out.append(ArrayCodec.encode(rows.build()));
      return true;
    });
  }

  /** (array of keys, array of values): fails for a key that is NULL and for other lengths. */
  static Kernel ofArrays(DataType key, DataType value) {
    return RowKernels.bytes((x, row, out) -> {
      Vector keys = ArrayCodec.elements(key, x.bytes(0).copyOf(row & x.mask(0)));
      Vector values = ArrayCodec.elements(value, x.bytes(1).copyOf(row & x.mask(1)));
      if (keys.length() != values.length()) {
        x.fail(row, FailureKind.INVALID_ARGUMENT);
      } else if (hasNull(keys)) {
        x.fail(row, FailureKind.NULL_KEY);
      } else {
        out.append(MapCodec.encode(keys, values));
      }
      return true;
    });
  }

  static boolean hasNull(Vector vector) {
    for (int i = 0; i < vector.length(); i++) {
      if (vector.isNull(i)) {
        return true;
      }
    }
    return false;
  }

  /** Any number of maps; of a key that several have the last one's value counts. */
  static Kernel union(DataType.Map type) {
    return RowKernels.bytes((x, row, out) -> {
      VectorBuilder keys = new VectorBuilder(type.key().layout(), 8);
      VectorBuilder values = new VectorBuilder(type.value().layout(), 8);
      for (int argument = 0; argument < x.size(); argument++) {
        MapCodec.Entries entries = map(x, argument, row, type);
        keys.appendAll(entries.keys());
        values.appendAll(entries.values());
      }
      out.append(MapCodec.encode(keys.build(), values.build()));
      return true;
    });
  }

  /**
   * (text, between pairs, between key and value): as Flink, which takes the two as regular
   * expressions; one that means something special there fails.
   */
  static boolean ofText(Arguments x, int row, BytesOutput out) {
    String text = x.bytes(0).text(row & x.mask(0));
    String betweenPairs = x.bytes(1).text(row & x.mask(1));
    String afterKey = x.bytes(2).text(row & x.mask(2));
    if (isSpecial(betweenPairs) || isSpecial(afterKey)) {
      x.fail(row, FailureKind.INVALID_ARGUMENT);
      return true;
    }
    VectorBuilder keys = new VectorBuilder(DataType.Layout.BYTES, 8);
    VectorBuilder values = new VectorBuilder(DataType.Layout.BYTES, 8);
    for (String pair : text.split(betweenPairs, 0)) {
      int end = pair.indexOf(afterKey);
      dev.freshet.core.batch.Values.appendText(keys, end < 0 ? pair : pair.substring(0, end));
      if (end < 0) {
        values.appendNull();
      } else {
        dev.freshet.core.batch.Values.appendText(values, pair.substring(end + afterKey.length()));
      }
    }
    out.append(MapCodec.encode(keys.build(), values.build()));
    return true;
  }

  private static boolean isSpecial(String delimiter) {
    return delimiter.isEmpty() || delimiter.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
  }

  /** The field at a place. */
  static Kernel field(DataType.Row type, int index) {
    DataType.Layout layout = type.fields().get(index).type().layout();
    return x -> {
      BytesVector rows = x.bytes(0);
      VectorBuilder result = new VectorBuilder(layout, x.count());
      for (int row = 0; row < x.count(); row++) {
        if (x.isNull(row)) {
          result.appendNull();
        } else {
          int at = row & x.mask(0);
          int length = rows.end(at) - rows.start(at);
          Vector[] fields = RowCodec.fields(type, rows.data(), rows.start(at), length);
          result.append(fields[index], 0);
        }
      }
      return result.build();
    };
  }

  /** {@code {k=v, l=NULL}}, as Flink prints maps. */
  static Kernel toText(DataType.Map type) {
    Kernel keyText = Casts.kernel(type.key(), Simple.VARCHAR);
    Kernel valueText = Casts.kernel(type.value(), Simple.VARCHAR);
    return RowKernels.bytes((x, row, out) -> {
      MapCodec.Entries entries = map(x, 0, row, type);
      BytesVector keys = (BytesVector) TextFormats.converted(keyText, entries.keys());
      BytesVector values = (BytesVector) TextFormats.converted(valueText, entries.values());
      out.appendByte('{');
      for (int i = 0; i < entries.count(); i++) {
        out.appendAscii(i == 0 ? "" : ", ");
        append(out, keys, i);
        out.appendByte('=');
        append(out, values, i);
      }
      out.appendByte('}');
      return true;
    });
  }

  /** {@code (1, abc, NULL)}, as Flink prints rows. */
  static Kernel toText(DataType.Row type) {
    Kernel[] texts =
        type.fields().stream()
            .map(field -> Casts.kernel(field.type(), Simple.VARCHAR))
            .toArray(Kernel[]::new);
    return RowKernels.bytes((x, row, out) -> {
      Vector[] fields = RowCodec.fields(type, x.bytes(0).copyOf(row & x.mask(0)));
      out.appendByte('(');
      for (int i = 0; i < fields.length; i++) {
        out.appendAscii(i == 0 ? "" : ", ");
        append(out, (BytesVector) TextFormats.converted(texts[i], fields[i]), 0);
      }
      out.appendByte(')');
      return true;
    });
  }

  private static void append(BytesOutput out, BytesVector texts, int at) {
    if (texts.isNull(at)) {
      out.appendAscii("NULL");
    } else {
      out.append(texts.data(), texts.start(at), texts.end(at));
    }
  }

  /** Casts keys and values. Keys that become equal leave one entry. */
  static Kernel cast(DataType.Map from, DataType.Map to) {
    Kernel keyCast = Casts.kernel(from.key(), to.key());
    Kernel valueCast = Casts.kernel(from.value(), to.value());
    return RowKernels.bytes((x, row, out) -> {
      MapCodec.Entries entries = map(x, 0, row, from);
      Vector keys = cast(x, row, keyCast, entries.keys());
      Vector values = cast(x, row, valueCast, entries.values());
      if (hasNull(keys)) {
        x.fail(row, FailureKind.NOT_CONVERTIBLE);
      } else {
        out.append(MapCodec.encode(keys, values));
      }
      return true;
    });
  }

  /** Casts field by field, whatever their names. */
  static Kernel cast(DataType.Row from, DataType.Row to) {
    Kernel[] casts = new Kernel[from.fields().size()];
    for (int i = 0; i < casts.length; i++) {
      casts[i] = Casts.kernel(from.fields().get(i).type(), to.fields().get(i).type());
    }
    return RowKernels.bytes((x, row, out) -> {
      Vector[] fields = RowCodec.fields(from, x.bytes(0).copyOf(row & x.mask(0)));
      ByteWriter encoded = new ByteWriter(16 * fields.length);
      for (int i = 0; i < fields.length; i++) {
        RowCodec.writeField(encoded, cast(x, row, casts[i], fields[i]));
      }
      out.append(encoded.toByteArray());
      return true;
    });
  }

  private static Vector cast(Arguments x, int row, Kernel kernel, Vector values) {
    Operand[] operands = {Operand.rows(values)};
    Arguments call = new Arguments(operands, values.nulls(), values.length(), 0);
    Vector converted = kernel.apply(call);
    if (Failures.any(call.failures(), values.length())) {
      x.fail(row, FailureKind.NOT_CONVERTIBLE);
    }
    return converted;
  }
}
