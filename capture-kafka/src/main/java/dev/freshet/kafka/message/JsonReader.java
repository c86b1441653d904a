package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.JsonRows;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.Utf8;
import dev.freshet.core.error.ErrorCode;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Values that are a JSON object each, which is the row. */
record JsonReader(RowsBuilder rows, JsonRows json, KeyReader keys, Metadata metadata)
    implements MessageReader {
  @Override
  public void read(ConsumerRecord<byte[], byte[]> message) {
    rows.begin();
    byte[] value = message.value();
    if (value == null) {
      rows.change(RowChange.DELETE);
    } else {
      JsonCursor cursor = cursor(value, "value");
      json.fill(cursor);
      cursor.requireEnd("the value");
    }
    keys.fillMissing(message.key());
    metadata.fill(rows, message);
    rows.end(() -> Originals.of(message));
  }

  static JsonCursor cursor(byte[] text, String what) {
    if (Utf8.firstInvalid(text, 0, text.length) >= 0) {
      throw new CellProblem(ErrorCode.ROW_MALFORMED, "its " + what + " is no JSON: not UTF-8");
    }
    return new JsonCursor(text, 0, text.length);
  }
}
