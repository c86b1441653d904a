package dev.freshet.kafka.message;

import org.jspecify.annotations.Nullable;

/** Takes columns from the keys of messages. One thread owns it. */
interface KeyReader {
  /** Fills those of the table's key columns that the row has no value for yet. */
  void fillMissing(byte @Nullable [] key);
}
