package dev.freshet.kafka.message;

import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.kafka.protobuf.MessagePlace;
import org.jspecify.annotations.Nullable;

/** Keys that are a Protobuf message, with the key's columns among its fields. */
record ProtobufKeyReader(RowsBuilder rows, ProtobufRecords records, int[] key)
    implements KeyReader {
  @Override
  public void fillMissing(byte @Nullable [] bytes) {
    if (bytes == null || !KeyReaders.isMissing(rows, key)) {
      return;
    }
    int id = Framed.schemaId(bytes, "key");
    MessagePlace place = MessagePlace.read(bytes, Framed.HEAD_BYTES);
    records.record(id, place).fillMissing(rows, key, bytes, place.end(), bytes.length);
  }
}
