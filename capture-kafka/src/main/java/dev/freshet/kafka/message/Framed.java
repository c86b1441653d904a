package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;

/** Confluent's wire format: a zero, the schema's id in 4 bytes, the value. */
final class Framed {
  static final int HEAD_BYTES = 5;

  private Framed() {}

  /**
   * @param what of the message this is, such as {@code value}
   */
  static int schemaId(byte[] bytes, String what) {
    if (bytes.length < HEAD_BYTES || bytes[0] != 0) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "its " + what + " does not begin with a zero and the id of a schema");
    }
    return (bytes[1] & 0xFF) << 24
        | (bytes[2] & 0xFF) << 16
        | (bytes[3] & 0xFF) << 8
        | (bytes[4] & 0xFF);
  }
}
