package dev.freshet.kafka.message;

/** What a message's value says. */
public enum Envelope {
  /** It is the row; a message without a value deletes the row of its key. */
  NONE,
  /** It is Debezium's event: operation, the row before and after. */
  DEBEZIUM
}
