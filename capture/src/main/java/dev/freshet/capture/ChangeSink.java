package dev.freshet.capture;

import dev.freshet.core.change.ChangeSet;

/** Where a source puts its change sets: in production, the log. */
@FunctionalInterface
public interface ChangeSink {
  /** What became of an offered change set. */
  enum Answer {
    /** Taken, in order; {@link Capture#acknowledged} follows when it is durable. */
    TAKEN,
    /**
     * There is no room, or the disk does not answer: it was not taken, and is not later either. The
     * source keeps the change set and offers it again soon, reads nothing more until then, and
     * keeps its connection alive.
     */
    FULL
  }

  /**
   * Offers the next change set. A source never calls this from two threads at once. What it throws
   * ends the source with that error.
   */
  Answer offer(ChangeSet changes);
}
