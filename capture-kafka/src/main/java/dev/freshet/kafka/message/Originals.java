package dev.freshet.kafka.message;

import dev.freshet.capture.rows.Utf8;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.RejectedRow;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Messages as they came, for those that are refused. */
final class Originals {
  /** What comes of each byte at most: two where it is escaped. */
  static final int BYTES_FACTOR = 2;

  /** Of longer messages nothing is kept. */
  private static final int BYTES_MAX = 16 << 20;

  private Originals() {}

  /**
   * As JSON: texts where they are UTF-8, else {@code {"base64": ...}}; {@link RejectedRow#LEFT_OUT}
   * when it is too long.
   */
  static String of(ConsumerRecord<byte[], byte[]> message) {
    if (length(message) > BYTES_MAX) {
      return RejectedRow.LEFT_OUT;
    }
    StringBuilder out = new StringBuilder("{\"key\":");
    append(out, message.key());
    out.append(",\"value\":");
    append(out, message.value());
    return out.append('}').toString();
  }

  /** Bytes of its key and value. */
  static long length(ConsumerRecord<byte[], byte[]> message) {
    return (long) length(message.key()) + length(message.value());
  }

  static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  static void append(StringBuilder out, byte @Nullable [] bytes) {
    if (bytes == null) {
      out.append("null");
    } else if (isText(bytes)) {
      JsonText.appendText(out, new String(bytes, StandardCharsets.UTF_8));
    } else {
      out.append("{\"base64\":\"").append(Base64.getEncoder().encodeToString(bytes)).append("\"}");
    }
  }

  private static boolean isText(byte[] bytes) {
    for (byte b : bytes) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return Utf8.firstInvalid(bytes, 0, bytes.length) < 0;
  }
}
