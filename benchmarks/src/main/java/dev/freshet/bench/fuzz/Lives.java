package dev.freshet.bench.fuzz;

import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.testing.files.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntFunction;

/** A database that ends and is opened again. One thread owns it. */
final class Lives implements AutoCloseable {
  private final Path first;
  private final IntFunction<FreshetOptions> options;
  private int openings;
  private Freshet freshet;
  private Path directory;
  private int kills;

  /**
   * @param directory a new one; copies of it are made beside it
   * @param options for each time that it is opened
   */
  Lives(Path directory, IntFunction<FreshetOptions> options) {
    this.first = directory;
    this.options = options;
    this.directory = directory;
    this.freshet = open(directory);
  }

  private Freshet open(Path path) {
    // A copy of the files is only what a killed process leaves while nobody replaces one of them.
    Duration never = Duration.ofDays(1);
    return Freshet.open(path, options.apply(openings++).withCheckpointInterval(never));
  }

  Freshet freshet() {
    return freshet;
  }

  void end(Life.Ending ending) {
    switch (ending) {
      case NONE -> {}
      case CLOSE -> {
        freshet.close();
        freshet = open(directory);
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
        freshet = open(copy);
      }
    }
  }

  @Override
  public void close() {
    freshet.close();
  }
}
