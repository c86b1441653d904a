package dev.freshet.capture.postgres;

import java.util.concurrent.atomic.AtomicReference;

/**
 * What a source remembers of the replication slot that it made, kept where its log is kept. Only a
 * slot that is remembered is ever dropped. Safe for all threads.
 */
public interface SlotMemory {
  /** What was remembered last; empty for nothing. */
  String recall();

  /** Replaces what is remembered, durably. */
  void remember(String note);

  /** Remembers until the process ends. */
  static SlotMemory ofProcess() {
    AtomicReference<String> kept = new AtomicReference<>("");
    return new SlotMemory() {
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
