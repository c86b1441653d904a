package dev.freshet.capture.postgres;

import java.util.concurrent.atomic.AtomicReference;

/**
 * What a source remembers of its tables' columns, kept where its log is kept, so that a change of
 * them is seen as what it is also when Freshet was stopped meanwhile. Safe for all threads.
 */
public interface TableMemory {
  /** What was remembered last; empty for nothing. */
  String recall();

  /** Replaces what is remembered, durably. */
  void remember(String note);

  /** Remembers until the process ends. */
  static TableMemory ofProcess() {
    AtomicReference<String> kept = new AtomicReference<>("");
    return new TableMemory() {
      @Override
      public String recall() {
        return kept.get();
      }

      @Override
      public void remember(String note) {
        kept.set(note);
      }
    };
  }
}
