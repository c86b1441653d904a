package dev.freshet.engine.checkpoint;

import dev.freshet.core.port.Storage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files that an earlier process left and nobody needs. Safe for all threads. */
final class StaleFiles {
  static final StaleFiles NONE = new StaleFiles(null, List.of());

  private final @Nullable Storage storage;

  /** Those that are there yet; guarded by itself. */
  private final List<String> paths;

  StaleFiles(@Nullable Storage storage, List<String> paths) {
    this.storage = storage;
    this.paths = new ArrayList<>(paths);
  }

  /** When it returns, none is there; what fails is thrown, and the rest stays for the next time. */
  void delete() {
    synchronized (paths) {
      while (storage != null && !paths.isEmpty()) {
        storage.delete(paths.getLast());
        paths.removeLast();
      }
    }
  }
}
