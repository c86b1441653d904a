package dev.freshet.kafka.message;

import dev.freshet.capture.rows.RowsBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Messages as they are: all columns are those of {@link Metadata}. */
record RawReader(RowsBuilder rows, Metadata metadata) implements MessageReader {
  @Override
  public void read(ConsumerRecord<byte[], byte[]> message) {
    rows.begin();
    metadata.fill(rows, message);
    rows.end(() -> Originals.of(message));
  }
}
