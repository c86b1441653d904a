package dev.freshet.testing.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A temporary folder that is gone when closed. */
public record WorkFolder(Path path) implements AutoCloseable {
  private static final Set<WorkFolder> OPEN = ConcurrentHashMap.newKeySet();
  private static final int TRIES = 100;
  private static final long PAUSE_NANOS = 50_000_000;

  /** Makes a new folder whose name begins with {@code prefix}. */
  public static WorkFolder create(String prefix) {
    try {
      WorkFolder folder = new WorkFolder(Files.createTempDirectory(prefix));
      OPEN.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * When this JVM is told to end, those that are open then are deleted too. Only for a program
   * whose processes are told to end as well; one that closes its folders itself then needs time for
   * that.
   */
  public static void deleteAllAtExit() {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(WorkFolder::deletePatiently)));
  }

  /** Whoever writes to it is about to end, and may make a file until then. */
  private void deletePatiently() {
    for (int tries = 0; tries < TRIES; tries++) {
      try {
        FileTrees.delete(path);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Deletes the folder; whoever writes to it must have stopped. */
  @Override
  public void close() {
    try {
      FileTrees.delete(path);
      OPEN.remove(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
