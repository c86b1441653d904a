package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchCodec;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.Piece;
import dev.freshet.engine.arrangement.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Runs in a file, in blocks so that a reader can later take single blocks:
 *
 * <pre>
 * file   magic:int "FRUN"  version:int  run*
 * run    block*                         where it begins and how many blocks it has stands in the manifest
 * block  length:int  crc32c:int  payload
 * payload  rows:int  hashes:long*  batch (BatchCodec)
 *          or, unsorted rows, from version 2 on:  -rows:int  batch
 * </pre>
 */
public final class RunFile {
  public static final int HEADER_BYTES = 8;

  private static final int MAGIC = 0x4E555246;
  private static final int VERSION = 2;
  private static final int BLOCK_ROWS = 8192;

  static final int BLOCK_HEADER_BYTES = 8;
  static final int MAX_BLOCK_BYTES = 1 << 30;

  private RunFile() {}

  /** Writes the header of a new file. */
  public static void writeHeader(Storage.File file) {
    ByteWriter out = new ByteWriter(HEADER_BYTES);
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    file.write(0, out.array(), 0, out.length());
  }

  /** Writes a run from a position on; returns how many bytes it took. */
  public static long write(Storage.File file, long position, Run run) {
    long at = position;
    ByteWriter payload = new ByteWriter(1 << 16);
    for (int from = 0; from < run.rowCount(); from += BLOCK_ROWS) {
      int to = Math.min(run.rowCount(), from + BLOCK_ROWS);
      payload.clear();
      writePayload(payload, run, from, to);
      at += writeBlock(file, at, payload);
    }
    return at - position;
  }

  private static long writeBlock(Storage.File file, long at, ByteWriter payload) {
    ByteWriter head = new ByteWriter(8);
    head.writeInt(payload.length());
    head.writeInt(crc(payload.array(), payload.length()));
    file.write(at, head.array(), 0, 8);
    file.write(at + 8, payload.array(), 0, payload.length());
    return 8L + payload.length();
  }

  private static void writePayload(ByteWriter out, Run run, int from, int to) {
    int count = to - from;
    out.writeInt(count);
    int[] rows = range(from, to);
    for (int row : rows) {
      out.writeLong(run.hashes()[row]);
    }
    boolean whole = count == run.rowCount();
    BatchCodec.write(out, whole ? run.rows() : Rows.gather(run.rows(), rows, count));
  }

  /** Writes the pieces of a chain from a position on; returns how many bytes they took. */
  static long write(Storage.File file, long position, Chain chain) {
    Optional<Batch> unsorted = chain.unsorted();
    if (unsorted.isPresent()) {
      return writeUnsorted(file, position, unsorted.get());
    }
    long at = position;
    for (Piece piece : chain.pieces()) {
      at += write(file, at, piece.rows());
    }
    return at - position;
  }

  /** Writes rows without an order from a position on; returns how many bytes they took. */
  static long writeUnsorted(Storage.File file, long position, Batch rows) {
    long at = position;
    ByteWriter payload = new ByteWriter(1 << 16);
    for (int from = 0; from < rows.rowCount(); from += BLOCK_ROWS) {
      int[] block = range(from, Math.min(rows.rowCount(), from + BLOCK_ROWS));
      payload.clear();
      payload.writeInt(-block.length);
      BatchCodec.write(payload, Rows.gather(rows, block, block.length));
      at += writeBlock(file, at, payload);
    }
    return at - position;
  }

  private static int[] range(int from, int to) {
    int[] rows = new int[to - from];
    Arrays.setAll(rows, i -> from + i);
    return rows;
  }

  /** Reads back what was written as one run. */
  public static Run read(Storage.File file, Position position, Schema schema) {
    Blocks blocks = new Blocks(file, position, schema);
    while (blocks.hasNext()) {
      blocks.read();
    }
    return blocks.take();
  }

  /** Reads back what was written as unsorted rows. */
  static Batch readUnsorted(Storage.File file, Position position, Schema schema) {
    return new Blocks(file, position, schema).takeUnsorted();
  }

  /**
   * Where rows lie.
   *
   * @param path names the file in errors
   */
  public record Position(String path, long start, long length) {}

  /** Reads blocks one after the other and collects their rows. One thread owns it. */
  private static final class Blocks {
    private final Storage.File file;
    private final Position position;
    private final Schema schema;
    private final List<Batch> batches = new ArrayList<>();
    private final List<long[]> hashes = new ArrayList<>();
    private long at;

    Blocks(Storage.File file, Position position, Schema schema) {
      this.file = file;
      this.position = position;
      this.schema = schema;
      this.at = position.start();
    }

    boolean hasNext() {
      return at < position.start() + position.length();
    }

    /** All rows of the chain, from the first block on. */
    Batch takeUnsorted() {
      while (hasNext()) {
        read();
      }
      return Rows.concat(schema, batches);
    }

    void read() {
      String path = position.path();
      ByteReader in = new ByteReader(bytes(file, path, at, 8), 0, 8);
      int size = in.readInt();
      int crc = in.readInt();
      if (size < 4
          || size > MAX_BLOCK_BYTES
          || at + 8 + size > position.start() + position.length()) {
        throw damaged(path, at, "a block of " + size + " bytes");
      }
      byte[] payload = bytes(file, path, at + 8, size);
      if (crc(payload, size) != crc) {
        throw damaged(path, at, "a checksum differs");
      }
      readPayload(payload, schema, batches, hashes);
      at += 8 + size;
    }

    Run take() {
      Run run = joined(schema, batches, hashes);
      batches.clear();
      hashes.clear();
      return run;
    }
  }

  private static void readPayload(
      byte[] payload, Schema schema, List<Batch> batches, List<long[]> hashes) {
    ByteReader in = new ByteReader(payload, 0, payload.length);
    int rows = in.readInt();
    if (rows > 0) {
      hashes.add(in.readLongs(rows));
    }
    Batch batch = BatchCodec.read(in, schema);
    int count = Math.abs(rows);
    Check.that(batch.rowCount() == count, "as many rows as were stored", batch.rowCount(), count);
    batches.add(batch);
  }

  private static Run joined(Schema schema, List<Batch> batches, List<long[]> hashes) {
    if (batches.isEmpty()) {
      return Run.ofSorted(Batch.empty(schema), new long[0]);
    }
    if (batches.size() == 1) {
      return Run.ofSorted(batches.getFirst(), hashes.getFirst());
    }
    Batch all = Rows.concat(schema, batches);
    long[] joined = new long[all.rowCount()];
    int at = 0;
    for (long[] part : hashes) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return Run.ofSorted(all, joined);
  }

  /**
   * Checks the header of a file that a manifest of a known version names. Such a manifest names
   * only files of the versions that are known here: a new version of these files is a new version
   * of the manifest too. So another one is damage.
   */
  static void checkHeader(Storage.File file, String path) {
    ByteReader in = new ByteReader(bytes(file, path, 0, HEADER_BYTES), 0, HEADER_BYTES);
    if (in.readInt() != MAGIC) {
      throw damaged(path, 0, "no run file");
    }
    int version = in.readInt();
    if (version < 1 || version > VERSION) {
      throw damaged(path, 4, "a format " + version + " that its manifest cannot name");
    }
  }

  static byte[] bytes(Storage.File file, String path, long position, int count) {
    byte[] bytes = new byte[count];
    int read = file.read(position, bytes, 0, count);
    if (read != count) {
      throw damaged(path, position, "it ends early");
    }
    return bytes;
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  static FreshetException damaged(String path, long position, String what) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED,
        "Cannot read state file " + path + " at byte " + position + ": " + what + ".");
  }
}
