package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Spill;

/**
 * Where unsorted rows lie in a file. Immutable.
 *
 * @param owner is named as long as the file has to be open
 * @param reader of the file
 */
record UnsortedInFile(
    Object owner,
    Storage.File reader,
    RunFile.Position position,
    RowOrder order,
    StateMemory memory)
    implements Spill.UnsortedPlace {
  @Override
  public Batch read() {
    return memory.openFiles().read(() -> RunFile.readUnsorted(reader, position, order.schema()));
  }

  @Override
  public Spill spill() {
    return memory;
  }
}
