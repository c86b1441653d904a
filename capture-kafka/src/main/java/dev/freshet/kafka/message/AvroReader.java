package dev.freshet.kafka.message;

import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.kafka.avro.AvroCursor;
import dev.freshet.kafka.avro.AvroRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Values that are an Avro record each, which is the row. */
record AvroReader(
    RowsBuilder rows, AvroRecords records, KeyReader keys, Metadata metadata, AvroCursor cursor)
    implements MessageReader {
  @Override
  public void read(ConsumerRecord<byte[], byte[]> message) {
    rows.begin();
    byte[] value = message.value();
    if (value == null) {
      rows.change(RowChange.DELETE);
    } else {
      AvroRecord record = records.record(Framed.schemaId(value, "value"));
      cursor.reset(value, Framed.HEAD_BYTES, value.length);
      record.fill(rows, cursor);
      cursor.requireEnd();
    }
    keys.fillMissing(message.key());
    metadata.fill(rows, message);
    rows.end(() -> Originals.of(message));
  }
}
