package dev.freshet.capture;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;

/**
 * A configured source of changes: a database, a topic, a folder. Immutable; safe for all threads.
 */
public interface Source {
  /** The source's name in the project. */
  String name();

  /**
   * Looks for everything that would keep the source from running, and lists the tables that it
   * would capture. Changes nothing at the source. May take a few seconds; blocks on the network.
   *
   * @param resume where the source would start, so that a lost position shows before the start
   */
  SourceCheck check(Resume resume);

  /**
   * Whether the source can go on in the middle of its first transaction. Then it is told the parts
   * that the log has of it, and declares them void itself when it cannot.
   */
  default boolean continuesParts() {
    return false;
  }

  /**
   * Whether it starts the first time, too, while its origin does not answer: its tables are known
   * without, and nothing has to be made there.
   */
  default boolean startsUnanswered() {
    return false;
  }

  /**
   * Starts to capture. The source creates what it needs at its origin (such as a replication slot),
   * then delivers to the sink from its own tasks.
   *
   * @throws FreshetException when the resume position is none of this source's
   */
  Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink);
}
