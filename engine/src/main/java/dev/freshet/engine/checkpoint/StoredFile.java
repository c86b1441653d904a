package dev.freshet.engine.checkpoint;

import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Spill;
import java.lang.ref.Cleaner.Cleanable;
import org.jspecify.annotations.Nullable;

/**
 * A file of a checkpoint from which rows are read when they are first asked for. It stays open, and
 * so readable after a later checkpoint has deleted its name, until nothing names it any more or the
 * engine is closed. Safe for all threads.
 */
final class StoredFile {
  private final Storage.File reader;
  private @Nullable Cleanable closing;

  private StoredFile(Storage.File reader) {
    this.reader = reader;
  }

  /**
   * @param files closes it with the others
   * @throws dev.freshet.core.error.FreshetException when there is no such file, or when it is none
   *     of runs
   */
  static StoredFile open(Storage storage, String path, OpenFiles files) {
    Storage.File reader = storage.openRead(path);
    try {
      RunFile.checkHeader(reader, path);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
    StoredFile file = new StoredFile(reader);
    file.closing = files.add(file, reader::close);
    return file;
  }

  /** Closes it at once: nobody was given rows of it. */
  void close() {
    if (closing != null) {
      closing.clean();
    }
  }

  Storage.File reader() {
    return reader;
  }

  Spill.Place place(
      RunFile.Position position, BlockIndex blocks, Schema schema, StateMemory memory) {
    return new PieceInFile(this, reader, position, blocks, schema, memory);
  }

  Spill.UnsortedPlace unsortedPlace(RunFile.Position position, RowOrder order, StateMemory memory) {
    return new UnsortedInFile(this, reader, position, order, memory);
  }
}
