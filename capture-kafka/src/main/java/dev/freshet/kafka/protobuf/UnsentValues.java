package dev.freshet.kafka.protobuf;

import dev.freshet.kafka.avro.Unsent;
import dev.freshet.kafka.protobuf.ProtoType.Scalar;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What Debezium writes in place of a value that the database did not send, see {@link Unsent}. */
final class UnsentValues {
  private static final byte[] TEXT = Unsent.TEXT.getBytes(StandardCharsets.UTF_8);
  private static final byte[] ENTRY = entry();

  private UnsentValues() {}

  private static byte[] entry() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int number = 1; number <= 2; number++) {
      out.write(number << 3 | ProtoType.Wire.LENGTH.ordinal());
      out.write(TEXT.length);
      out.writeBytes(TEXT);
    }
    return out.toByteArray();
  }

  /** Whether a field holds it: a text, its bytes, an array of it, or a map of it to itself. */
  static boolean is(Found found, int index) {
    ProtoType type = found.message().field(index).type();
    if (type == Scalar.STRING || type == Scalar.BYTES) {
      return found.isOnly(index, TEXT);
    }
    return type instanceof ProtoType.Entries && found.isOnly(index, ENTRY);
  }
}
