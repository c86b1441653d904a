package dev.freshet.capture;

import dev.freshet.core.change.ChangeSet;
import java.util.function.Supplier;

/**
 * A source's own complete change sets, as the log has them: for a source that must know what it has
 * delivered before, such as requests that may be repeated or files that were read. Safe for all
 * threads.
 */
@FunctionalInterface
public interface SourceHistory {
  /** Takes one change set after the other, in their order. */
  @FunctionalInterface
  interface Reader {
    /**
     * @param ingestMicros when it came in
     * @param changes decodes it; only during the call
     */
    void read(byte[] position, long ingestMicros, Supplier<ChangeSet> changes);
  }

  /**
   * Reads what came in at a time or later, as far back as the log reaches; where the clock was set
   * back, something earlier too.
   *
   * @param ingestMicros microseconds since the epoch
   */
  void since(long ingestMicros, Reader reader);

  /** Of a log that has nothing. */
  SourceHistory NONE = (_, _) -> {};
}
