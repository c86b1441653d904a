package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.Spill;
import java.lang.ref.Cleaner;

/**
 * A file of a checkpoint from which rows are read when they are first asked for. It stays open, and
 * so readable after a later checkpoint has deleted its name, until nothing names it any more. Safe
 * for all threads.
 */
final class StoredFile {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Storage.File reader;

  private StoredFile(Storage.File reader) {
    this.reader = reader;
  }

  /**
   * @throws dev.freshet.core.error.FreshetException when there is no such file, or when it is none
   *     of runs
   */
  static StoredFile open(Storage storage, String path) {
    Storage.File reader = storage.openRead(path);
    try {
      RunFile.checkHeader(reader, path);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
    StoredFile file = new StoredFile(reader);
    CLEANER.register(file, reader::close);
    return file;
  }

  Storage.File reader() {
    return reader;
  }

  Spill.Place place(RunFile.Position position, Schema schema, StateMemory memory) {
    return new Home(this, position, schema, memory);
  }

  Spill.UnsortedPlace unsortedPlace(RunFile.Position position, RowOrder order) {
    return new UnsortedHome(this, position, order);
  }

  private record Home(StoredFile file, RunFile.Position position, Schema schema, StateMemory memory)
      implements Spill.Place {
    @Override
    public Run read() {
      return RunFile.read(file.reader, position, schema);
    }

    @Override
    public Spill spill() {
      return memory;
    }
  }

  private record UnsortedHome(StoredFile file, RunFile.Position position, RowOrder order)
      implements Spill.UnsortedPlace {
    @Override
    public Batch read() {
      return RunFile.readUnsorted(file.reader, position, order.schema());
    }
  }
}
