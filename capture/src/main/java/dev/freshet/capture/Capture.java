package dev.freshet.capture;

import java.util.Optional;

/** A running source. Safe for all threads. */
public interface Capture extends AutoCloseable {
  /**
   * Tells that the change set with this position, and all before it, are durable. Only then does
   * the source let its origin forget them. Never blocks. Positions that were told before are
   * ignored.
   */
  void acknowledged(byte[] position);

  SourceStatus status();

  /** Reads the source's tables once more; empty where that cannot be done. */
  default Optional<Rereadable> rereadable() {
    return Optional.empty();
  }

  /** Makes the source offer again at once what the sink had refused. */
  void wake();

  /**
   * Stops capturing and releases connections; nothing is dropped at the origin. Waits for the tasks
   * to end, 10 s at most.
   */
  @Override
  void close();
}
