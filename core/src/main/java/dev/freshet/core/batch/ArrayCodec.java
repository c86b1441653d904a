package dev.freshet.core.batch;

import dev.freshet.core.type.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arrays as bytes: the elements as a one-column batch without weights, in the form of {@link
 * BatchCodec}. Equal arrays have equal bytes, so arrays can be grouped and compared for equality as
 * bytes; their byte order is not their SQL order.
 */
public final class ArrayCodec {
  private ArrayCodec() {}

  /** Encodes boxed elements, {@code null} for a null element. */
  public static byte[] encode(DataType element, List<?> values) {
    VectorBuilder builder = new VectorBuilder(element.layout(), values.size());
    for (Object value : values) {
      Values.append(builder, element, value);
    }
    return encode(builder.build());
  }

  /** Encodes the elements of one array. */
  public static byte[] encode(Vector elements) {
    ByteWriter out = new ByteWriter(16 + elements.length() * 9);
    out.writeInt(elements.length());
    BatchCodec.writeVector(out, elements);
    return out.toByteArray();
  }

  /** The elements as a vector. */
  public static Vector elements(DataType element, byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    int count = in.readInt();
    return BatchCodec.readVector(in, element.layout(), count);
  }

  public static List<@Nullable Object> decode(DataType element, byte[] bytes) {
    Vector vector = elements(element, bytes);
    List<@Nullable Object> values = new ArrayList<>(vector.length());
    for (int i = 0; i < vector.length(); i++) {
      values.add(Values.read(element, vector, i));
    }
    return values;
  }
}
