package dev.freshet.log.embedded;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/** The error for stored bytes that are not what was written. */
final class Damage {
  private Damage() {}

  static FreshetException at(String path, long position, String what) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED,
        "Cannot read the log: "
            + path
            + " is damaged at byte "
            + position
            + ": "
            + what
            + ". Nothing was changed. Restore this file from a copy, or start with an empty state"
            + " directory and a new snapshot of the sources.");
  }
}
