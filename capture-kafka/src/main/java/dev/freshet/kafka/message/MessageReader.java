package dev.freshet.kafka.message;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes rows of messages for one {@link dev.freshet.capture.rows.RowsBuilder}. One thread owns it.
 */
interface MessageReader {
  /**
   * Adds the message's rows: usually one, none for a message that says nothing of the table.
   *
   * @throws dev.freshet.capture.rows.CellProblem for a message that is to be refused
   * @throws dev.freshet.capture.rows.SyntaxProblem for one that is no JSON
   * @throws dev.freshet.core.error.FreshetException when it cannot be told now
   */
  void read(ConsumerRecord<byte[], byte[]> message);
}
