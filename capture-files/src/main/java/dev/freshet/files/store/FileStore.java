package dev.freshet.files.store;

import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.Optional;

/**
 * Files below one place. Paths are relative to it, with {@code /} between parts. Never writes. Safe
 * for all threads, and of one owner, who closes it.
 */
public interface FileStore extends AutoCloseable {
  /** The place, for messages. */
  String root();

  /**
   * What lies below it.
   *
   * @param files all that could be seen, in no order
   * @param unreadable folders that could not be looked into, each with the reason
   */
  record Listing(List<FoundFile> files, List<String> unreadable) {
    public Listing {
      files = List.copyOf(files);
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * All files below it.
   *
   * @throws FreshetException SOURCE_UNREACHABLE when the place is not there or cannot be read;
   *     SOURCE_MISCONFIGURED, SOURCE_FAILED when waiting does not help, or nobody knows
   */
  Listing list();

  /**
   * One file; empty when it is not there.
   *
   * @throws FreshetException SOURCE_FAILED when nothing tells whether it is there
   */
  Optional<FoundFile> find(String path);

  /**
   * Opens a file for reading.
   *
   * @throws FreshetException NOT_FOUND when it is not there, SOURCE_FAILED when it cannot be read
   */
  OpenFile open(FoundFile file);

  /** What becomes of a file that is open when another takes its place. */
  enum WhenReplaced {
    /** It may be read on, as one or the other, and nothing tells. */
    READS_ON,
    /** Reading it throws {@link FileReplaced}, also when it was replaced before it was opened. */
    FAILS
  }

  default WhenReplaced whenReplaced() {
    return WhenReplaced.READS_ON;
  }

  /** Whether files cannot be listed because who keeps them does not answer: that passes. */
  default boolean isAway(FreshetException failure) {
    return false;
  }

  /** Gives back what it holds: nothing is read of it afterwards. */
  @Override
  default void close() {
    // most hold nothing
  }

  /** What mends that the files cannot be listed. */
  default String remedy(FreshetException failure, String settings) {
    return "make the folder, or name another as path in " + settings;
  }
}
