package dev.freshet.files.store;

import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.Optional;

/**
 * Files below one place. Paths are relative to it, with {@code /} between parts. Never writes. Safe
 * for all threads.
 */
public interface FileStore {
  /** The place, for messages. */
  String root();

  /**
   * All files below it, in no order.
   *
   * @throws FreshetException SOURCE_UNREACHABLE when the place is not there or cannot be read
   */
  List<FoundFile> list();

  /** One file; empty when it is not there. */
  Optional<FoundFile> find(String path);

  /**
   * Opens a file for reading.
   *
   * @throws FreshetException NOT_FOUND when it is not there, SOURCE_FAILED when it cannot be read
   */
  OpenFile open(String path);
}
