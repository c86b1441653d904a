package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.kafka.avro.AvroCursor;
import dev.freshet.kafka.avro.AvroRecord;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Debezium's events in Avro. */
record DebeziumAvro(
    RowsBuilder rows,
    AvroRecords records,
    KeyReader keys,
    Metadata metadata,
    int[] key,
    AvroCursor cursor)
    implements MessageReader {
  private static final int NONE = -1;

  @Override
  public void read(ConsumerRecord<byte[], byte[]> message) {
    byte[] value = message.value();
    if (value == null) {
      return; // follows a delete, for Kafka's compaction
    }
    AvroEnvelope envelope = records.envelope(Framed.schemaId(value, "value"));
    cursor.reset(value, Framed.HEAD_BYTES, value.length);
    String operation = "";
    int before = NONE;
    int after = NONE;
    for (Schema.Field field : envelope.fields()) {
      switch (field.name()) {
        case "before" -> before = passRow(field.schema());
        case "after" -> after = passRow(field.schema());
        case "op" -> operation = cursor.readText(field.schema());
        default -> cursor.skip(field.schema());
      }
    }
    cursor.requireEnd();
    event(message, envelope.row(), operation, before, after);
  }

  /** Passes a row that may be null; returns where it begins. */
  private int passRow(Schema schema) {
    int start = cursor.rowStart(schema);
    cursor.skip(schema);
    return start;
  }

  private void event(
      ConsumerRecord<byte[], byte[]> message,
      AvroRecord record,
      String operation,
      int before,
      int after) {
    switch (DebeziumJson.Operation.of(operation)) {
      case UPSERT -> {
        if (after < 0) {
          throw new CellProblem(ErrorCode.ROW_MALFORMED, "it has no row after the change");
        }
        if (before >= 0 && !Arrays.equals(keyAt(record, before), keyAt(record, after))) {
          row(message, record, before, RowChange.DELETE);
        }
        row(message, record, after, RowChange.UPSERT);
      }
      case DELETE -> row(message, record, before, RowChange.DELETE);
      case TRUNCATE -> rows.truncate();
      case NOTHING -> {}
    }
  }

  private byte[] keyAt(AvroRecord record, int start) {
    cursor.moveTo(start);
    return record.bytesOf(key, cursor);
  }

  private void row(
      ConsumerRecord<byte[], byte[]> message, AvroRecord record, int start, RowChange change) {
    byte[] value = message.value();
    rows.begin();
    rows.change(change);
    if (start >= 0) {
      cursor.reset(value, start, value.length);
      record.fill(rows, cursor);
    }
    keys.fillMissing(message.key());
    metadata.fill(rows, message);
    rows.end(() -> Originals.of(message));
  }
}
