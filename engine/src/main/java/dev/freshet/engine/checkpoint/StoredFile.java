package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.Batch;
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
  private final OpenFiles files;
  private @Nullable Cleanable closing;

  private StoredFile(Storage.File reader, OpenFiles files) {
    this.reader = reader;
    this.files = files;
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
    StoredFile file = new StoredFile(reader, files);
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

  Spill.UnsortedPlace unsortedPlace(RunFile.Position position, RowOrder order) {
    return new UnsortedHome(this, position, order);
  }

  private record UnsortedHome(StoredFile file, RunFile.Position position, RowOrder order)
      implements Spill.UnsortedPlace {
    @Override
    public Batch read() {
      return file.files.read(() -> RunFile.readUnsorted(file.reader, position, order.schema()));
    }
  }
}
