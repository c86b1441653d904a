package dev.freshet.core.batch;

import dev.freshet.core.type.DataType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Maps as bytes: how many entries, then the keys and the values as vectors in the form of {@link
 * BatchCodec}, sorted by key. Equal maps have equal bytes.
 */
public final class MapCodec {
  private MapCodec() {}

  /** The entries of a map: as many keys as values, sorted by key. */
  public record Entries(Vector keys, Vector values) {
    public int count() {
      return keys.length();
    }
  }

  /**
   * Encodes boxed entries.
   *
   * @throws IllegalArgumentException for a key that is null
   */
  public static byte[] encode(DataType.Map type, Map<?, ?> map) {
    VectorBuilder keys = new VectorBuilder(type.key().layout(), map.size());
    VectorBuilder values = new VectorBuilder(type.value().layout(), map.size());
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Values.append(keys, type.key(), entry.getKey());
      Values.append(values, type.value(), entry.getValue());
    }
    return encode(keys.build(), values.build());
  }

  /**
   * Encodes entries in any order. Of entries with the same key the last one counts.
   *
   * @throws IllegalArgumentException for a key that is null
   */
  public static byte[] encode(Vector keys, Vector values) {
    int count = keys.length();
    for (int i = 0; i < count; i++) {
      if (keys.isNull(i)) {
        throw new IllegalArgumentException("a map's key is NULL");
      }
    }
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) -> Rows.compare(keys, a, keys, b))
            .mapToInt(Integer::intValue)
            .toArray();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      boolean last = i + 1 == count || Rows.compare(keys, order[i], keys, order[i + 1]) != 0;
      if (last) {
        order[kept++] = order[i];
      }
    }
    return written(Rows.gather(keys, order, kept), Rows.gather(values, order, kept));
  }

  private static byte[] written(Vector keys, Vector values) {
    ByteWriter out = new ByteWriter(16 + keys.length() * 18);
    out.writeInt(keys.length());
    BatchCodec.writeVector(out, keys);
    BatchCodec.writeVector(out, values);
    return out.toByteArray();
  }

  public static Entries entries(DataType.Map type, byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    int count = in.readInt();
    Vector keys = BatchCodec.readVector(in, type.key().layout(), count);
    return new Entries(keys, BatchCodec.readVector(in, type.value().layout(), count));
  }

  /** The entries boxed, in the order of the keys. */
  public static Map<Object, @Nullable Object> decode(DataType.Map type, byte[] bytes) {
    Entries entries = entries(type, bytes);
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.count(); i++) {
      Object key = Values.read(type.key(), entries.keys(), i);
      if (key != null) {
        map.put(key, Values.read(type.value(), entries.values(), i));
      }
    }
    return map;
  }
}
