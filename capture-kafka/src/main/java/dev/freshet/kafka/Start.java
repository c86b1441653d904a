package dev.freshet.kafka;

/** Where reading begins of what the log has nothing of. */
public sealed interface Start {
  /** At the oldest message that is kept. */
  record Earliest() implements Start {}

  /** Behind the newest message. */
  record Latest() implements Start {}

  /**
   * At the first message of this time or later.
   *
   * @param millis since the epoch
   */
  record At(long millis) implements Start {}
}
