package dev.freshet.bench.fuzz;

import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.testing.files.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/** A database that ends and is opened again. One thread owns it. */
final class Lives implements AutoCloseable {
  private final Path first;
  private final FreshetOptions options;
  private Freshet freshet;
  private Path directory;
  private int kills;

  /**
   * @param directory a new one; copies of it are made beside it
   */
  Lives(Path directory, FreshetOptions options) {
    this.first = directory;
    // A copy of the files is only what a killed process leaves while nobody replaces one of them.
    this.options = options.withCheckpointInterval(Duration.ofDays(1));
    this.directory = directory;
    this.freshet = Freshet.open(directory, this.options);
  }

  Freshet freshet() {
    return freshet;
  }

  void end(Life.Ending ending) {
    switch (ending) {
      case NONE -> {}
      case CLOSE -> {
        freshet.close();
        freshet = Freshet.open(directory, options);
      }
      case KILL -> {
        Path copy = first.resolveSibling(first.getFileName() + "-killed-" + ++kills);
        try {
          FileTrees.copy(directory, copy);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        freshet.close();
        directory = copy;
        freshet = Freshet.open(copy, options);
      }
    }
  }

  @Override
  public void close() {
    freshet.close();
  }
}
