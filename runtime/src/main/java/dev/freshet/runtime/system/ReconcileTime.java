package dev.freshet.runtime.system;

import dev.freshet.core.port.LocalStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code sources/NAME.reconciled} in the state folder: when a source was last compared by itself,
 * so that a project that is started often does not compare more often, or never. One thread owns
 * it.
 */
final class ReconcileTime {
  private static final String FOLDER = "sources";

  private final Path state;
  private final String path;
  private long micros;

  /**
   * @param never what counts when it never was
   */
  ReconcileTime(Path state, String source, long never) {
    this.state = state;
    this.path = FOLDER + "/" + source + ".reconciled";
    this.micros = read(never);
  }

  private long read(long never) {
    if (Files.notExists(state.resolve(path))) {
      remember(never); // from now on it is known
      return never;
    }
    try {
      String text = new String(new LocalStorage(state).readAll(path), StandardCharsets.UTF_8);
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return never;
    }
  }

  /** Microseconds since the epoch. */
  long micros() {
    return micros;
  }

  void remember(long at) {
    micros = at;
    LocalStorage storage = new LocalStorage(state);
    storage.createDirectories(FOLDER);
    storage.syncDirectory("");
    storage.writeAtomically(path, (at + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
