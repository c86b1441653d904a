package dev.freshet.engine.checkpoint;

import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.Spill;

/**
 * Where a piece lies in a file. Immutable.
 *
 * @param owner is named as long as the file has to be open
 * @param reader of the file
 */
record PieceInFile(
    Object owner,
    Storage.File reader,
    RunFile.Position position,
    BlockIndex blocks,
    Schema schema,
    StateMemory memory)
    implements Spill.Place {
  private static final long PART_BYTES = 1 << 17;

  @Override
  public Run read() {
    return memory.openFiles().read(() -> RunFile.read(reader, position, schema));
  }

  @Override
  public long bytesOf(long[] hashes) {
    return blocks.bytes(blocks.blocksOf(hashes));
  }

  @Override
  public Run read(long[] hashes) {
    int[] some = blocks.blocksOf(hashes);
    OpenFiles files = memory.openFiles();
    return files.read(
        () -> RunFile.read(reader, position, blocks, some, hashes, schema, files.windows()));
  }

  @Override
  public Spill.Part readPart(int block) {
    int end = blocks.end(block, PART_BYTES);
    var part = blocks.position(position, block, end - 1);
    Run rows = memory.openFiles().read(() -> RunFile.read(reader, part, schema));
    return new Spill.Part(rows, end, end == blocks.count());
  }

  @Override
  public Spill spill() {
    return memory;
  }
}
