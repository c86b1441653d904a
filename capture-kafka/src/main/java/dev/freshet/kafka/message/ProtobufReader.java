package dev.freshet.kafka.message;

import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.kafka.protobuf.MessagePlace;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Values that are a Protobuf message each, which is the row. */
record ProtobufReader(RowsBuilder rows, ProtobufRecords records, KeyReader keys, Metadata metadata)
    implements MessageReader {
  @Override
  public void read(ConsumerRecord<byte[], byte[]> message) {
    rows.begin();
    byte[] value = message.value();
    if (value == null) {
      rows.change(RowChange.DELETE);
    } else {
      int id = Framed.schemaId(value, "value");
      MessagePlace place = MessagePlace.read(value, Framed.HEAD_BYTES);
      records.record(id, place).fill(rows, value, place.end(), value.length);
    }
    keys.fillMissing(message.key());
    metadata.fill(rows, message);
    rows.end(() -> Originals.of(message));
  }
}
