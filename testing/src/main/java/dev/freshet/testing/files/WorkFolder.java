package dev.freshet.testing.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary folder that is gone when closed. */
public record WorkFolder(Path path) implements AutoCloseable {
  /** Makes a new folder whose name begins with {@code prefix}. */
  public static WorkFolder create(String prefix) {
    try {
      return new WorkFolder(Files.createTempDirectory(prefix));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes the folder; whoever writes to it must have stopped. */
  @Override
  public void close() {
    try {
      FileTrees.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
