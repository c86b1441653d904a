package dev.freshet.runtime.inspect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.log.embedded.LogFiles;
import dev.freshet.log.embedded.LogSettings;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds what lies in a state folder without creating anything there. */
final class StateFolder {
  private static final String LOG = "log";

  private StateFolder() {}

  /**
   * The log of a state folder.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}
   */
  static LogFiles log(Path state) {
    if (!Files.isDirectory(state.resolve(LOG))) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find a log: "
              + state.resolve(LOG)
              + " is no folder. Name the state folder of a project that has run, or of a database.");
    }
    return LogFiles.of(new LocalStorage(state), LOG, LogSettings.DEFAULT);
  }
}
