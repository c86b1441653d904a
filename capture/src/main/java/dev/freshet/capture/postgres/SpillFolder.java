package dev.freshet.capture.postgres;

import dev.freshet.core.port.Storage;
import java.util.function.Supplier;

/**
 * Where a source keeps what arrives of large transactions before they are committed. Nothing there
 * outlives a connection: the server sends it again.
 *
 * @param storage asked for when the source streams
 * @param path the folder, which belongs to this source alone
 * @param keptFreeBytes of the disk that the log leaves free: with less it waits, and so nothing may
 *     be held here
 * @param holds what may be written there
 */
public record SpillFolder(Supplier<Storage> storage, String path, long keptFreeBytes, Holds holds) {
  /** What may be written. */
  public enum Holds {
    /** Rows as they came from the server. */
    ROWS,
    /** Nothing, since rows are changed before they may be written; what is there is deleted. */
    NOTHING
  }

  /** Deletes what a process before this one has left behind. */
  void clear() {
    Storage files = storage.get();
    files.list(path).forEach(name -> files.delete(path + "/" + name));
  }
}
