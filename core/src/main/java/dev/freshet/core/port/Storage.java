package dev.freshet.core.port;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.List;

/**
 * Files below one root directory: all I/O of log, checkpoints and lake goes through here. Paths are
 * relative, with {@code /} between parts. Implementations: local disk, and a simulated disk with a
 * volatile cache and faults.
 *
 * <p>What is written lasts only after {@link File#sync()}; a created, renamed or deleted name lasts
 * only after {@link #syncDirectory(String)} of its parent. Failures are {@link FreshetException}s
 * with {@link ErrorCode#STORAGE_FAILED}, {@link ErrorCode#DISK_FULL} when the disk is full, {@link
 * ErrorCode#NOT_FOUND} for a file that is not there. Safe for all threads; a {@link File} belongs
 * to one thread unless said otherwise.
 */
public interface Storage {
  /** The absolute path of the root, for readers outside of Freshet. */
  String root();

  /** Creates the directory and its parents; does nothing if it is there. */
  void createDirectories(String directory);

  /**
   * Names (not paths) of the entries of a directory, sorted; empty if there is no such directory.
   */
  List<String> list(String directory);

  boolean exists(String path);

  long size(String path);

  /**
   * Opens a new, empty file for writing and reading; fails with {@link ErrorCode#ALREADY_EXISTS} if
   * it is there.
   */
  File create(String path);

  /** Opens an existing file for writing and reading. */
  File open(String path);

  /** Opens an existing file for reading; many threads may read it at once. */
  File openRead(String path);

  /** Replaces {@code to} by {@code from} in one step. */
  void rename(String from, String to);

  /** Deletes a file; does nothing if it is not there. */
  void delete(String path);

  /** Makes names created, renamed or deleted in this directory durable. */
  void syncDirectory(String directory);

  /**
   * Makes all that was written to these files durable, as {@link File#sync()} on each would;
   * implementations may wait for the disk once instead of once per file.
   */
  default void syncAll(List<File> files) {
    for (File file : files) {
      file.sync();
    }
  }

  /** Bytes that can still be written. */
  long freeBytes();

  /**
   * Takes the exclusive lock of a directory for this process until closed or the process ends.
   *
   * @throws FreshetException {@link ErrorCode#DIRECTORY_IN_USE} when another process or another
   *     caller holds it
   */
  Lock lock(String directory);

  /** A held lock. */
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }

  /** An open file. */
  interface File extends AutoCloseable {
    /** Writes all bytes at the position, growing the file as needed. */
    void write(long position, byte[] bytes, int start, int count);

    /**
     * Reads up to {@code count} bytes at the position; fewer only at the end of the file. Returns
     * how many.
     */
    int read(long position, byte[] bytes, int start, int count);

    long size();

    void truncate(long size);

    /**
     * Makes all that was written durable. After a failure nothing of this file may be trusted:
     * close, re-open, recover.
     */
    void sync();

    @Override
    void close();
  }

  /** Reads a whole file. */
  default byte[] readAll(String path) {
    try (File file = openRead(path)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      int read = file.read(0, bytes, 0, bytes.length);
      if (read != bytes.length) {
        throw new FreshetException(
            ErrorCode.STORAGE_FAILED,
            "Failed to read " + path + ": " + read + " of " + bytes.length + " bytes came.");
      }
      return bytes;
    }
  }

  /**
   * Writes a whole file so that after a crash either the old or the new content stands there: a
   * temporary file beside it, synced, renamed over it, and the directory synced.
   */
  default void writeAtomically(String path, byte[] bytes) {
    String temporary = path + ".tmp";
    delete(temporary);
    try (File file = create(temporary)) {
      file.write(0, bytes, 0, bytes.length);
      file.sync();
    }
    rename(temporary, path);
    syncDirectory(parent(path));
  }

  /** The directory part of a path; empty for a name directly below the root. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }
}
