package dev.freshet.bench.sourceload;

import dev.freshet.core.port.LocalStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** What a source remembers beside the log, which is lost now and then. One thread owns it. */
final class LostState {
  private static final int LOST_ONE_IN = 4;

  private final Path folder;
  private final SplittableRandom random;
  private int count;

  LostState(Path folder, SplittableRandom random) {
    this.folder = folder;
    this.random = random;
  }

  /** That of the next life: what the one before had, or nothing. */
  LocalStorage next() {
    if (count == 0 || random.nextInt(LOST_ONE_IN) == 0) {
      count++;
    }
    try {
      return new LocalStorage(Files.createDirectories(folder.resolve("state" + count)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
