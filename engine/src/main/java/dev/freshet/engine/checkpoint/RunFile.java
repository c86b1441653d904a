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
import dev.freshet.engine.arrangement.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Runs in a file, in blocks so that a reader can take single ones:
 *
 * <pre>
 * file   magic:int "FRUN"  version:int  run*
 * run    block*                         where it begins and how many blocks it has stands in the manifest
 * block  length:int  crc32c:int  payload
 * payload  rows:int  hashes:long*  batch (BatchCodec)
 *          or, unsorted rows, from version 2 on:  -rows:int  batch
 * </pre>
 */
final class RunFile {
  static final int HEADER_BYTES = 8;

  private static final int MAGIC = 0x4E555246;
  private static final int VERSION = 2;

  /** The most rows of a block, and about the most bytes where it takes more than one row. */
  private static final int BLOCK_ROWS = 8192;

  /** So that one row can be read without many others, and all without many reads. */
  static final int BLOCK_BYTES = 1 << 14;

  /** So much is read and written at once. */
  static final int WINDOW_BYTES = 1 << 18;

  static final int BLOCK_HEADER_BYTES = 8;
  static final int MAX_BLOCK_BYTES = 1 << 30;

  private RunFile() {}

  /** Writes the header of a new file. */
  static void writeHeader(Storage.File file) {
    ByteWriter out = new ByteWriter(HEADER_BYTES);
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    file.write(0, out.array(), 0, out.length());
  }

  /** Writes a run from a position on; returns where its blocks lie. */
  static BlockIndex write(Storage.File file, long position, Run run) {
    Output out = new Output(file, position);
    write(out, run, Optional.empty());
    return out.end();
  }

  /**
   * Writes the pieces of a chain from a position on; returns what {@link StoredPiece#of} would read
   * of them.
   *
   * @param path of the file
   */
  static List<StoredPiece> write(Storage.File file, String path, long position, Chain chain) {
    Output out = new Output(file, position);
    PieceCutter pieces = new PieceCutter(path);
    Optional<Batch> unsorted = chain.unsorted();
    if (unsorted.isPresent()) {
      writeUnsorted(out, unsorted.get(), Optional.of(pieces));
    } else {
      chain.pieces().forEach(piece -> write(out, piece.rows(), Optional.of(pieces)));
    }
    return pieces.end(position + out.end().length());
  }

  /** Writes rows without an order from a position on; returns how many bytes they took. */
  static long writeUnsorted(Storage.File file, long position, Batch rows) {
    Output out = new Output(file, position);
    writeUnsorted(out, rows, Optional.empty());
    return out.end().length();
  }

  private static void write(Output out, Run run, Optional<PieceCutter> pieces) {
    int rows = run.rowCount();
    int blockRows = Math.clamp((long) rows * BLOCK_BYTES / Math.max(1, run.bytes()), 1, BLOCK_ROWS);
    for (int from = 0; from < rows; from += blockRows) {
      int to = Math.min(rows, from + blockRows);
      int first = from;
      pieces.ifPresent(cutter -> cutter.add(out.at(), run, first, to));
      out.write(
          run.hashes()[from],
          payload -> {
            payload.writeInt(to - first);
            payload.writeLongs(run.hashes(), first, to - first);
            BatchCodec.write(payload, Rows.slice(run.rows(), first, to));
          });
    }
  }

  private static void writeUnsorted(Output out, Batch rows, Optional<PieceCutter> pieces) {
    for (int from = 0; from < rows.rowCount(); from += BLOCK_ROWS) {
      Batch block = Rows.slice(rows, from, Math.min(rows.rowCount(), from + BLOCK_ROWS));
      pieces.ifPresent(cutter -> cutter.addUnsorted(out.at(), block));
      out.write(
          0,
          payload -> {
            payload.writeInt(-block.rowCount());
            BatchCodec.write(payload, block);
          });
    }
  }

  /** Puts blocks together to large writes. One thread owns it. */
  private static final class Output {
    private final Storage.File file;
    private final long position;
    private final ByteWriter bytes = new ByteWriter(WINDOW_BYTES);
    private long[] firstHashes = new long[16];
    private long[] starts = new long[16];
    private int blocks;
    private long written;

    Output(Storage.File file, long position) {
      this.file = file;
      this.position = position;
    }

    /** Where the next block begins in the file. */
    long at() {
      return position + written + bytes.length();
    }

    void write(long firstHash, Consumer<ByteWriter> payload) {
      if (blocks == starts.length) {
        starts = Arrays.copyOf(starts, 2 * blocks);
        firstHashes = Arrays.copyOf(firstHashes, 2 * blocks);
      }
      int head = bytes.length();
      starts[blocks] = written + head;
      firstHashes[blocks++] = firstHash;
      bytes.writeInt(0);
      bytes.writeInt(0);
      payload.accept(bytes);
      int size = bytes.length() - head - BLOCK_HEADER_BYTES;
      bytes.setInt(head, size);
      bytes.setInt(head + 4, crc(bytes.array(), head + BLOCK_HEADER_BYTES, size));
      if (bytes.length() >= WINDOW_BYTES) {
        flush();
      }
    }

    private void flush() {
      if (bytes.length() == 0) {
        return;
      }
      file.write(position + written, bytes.array(), 0, bytes.length());
      written += bytes.length();
      bytes.clear();
    }

    BlockIndex end() {
      flush();
      long[] all = Arrays.copyOf(starts, blocks + 1);
      all[blocks] = written;
      return new BlockIndex(Arrays.copyOf(firstHashes, blocks), all);
    }
  }

  /** Reads back what was written as one run. */
  static Run read(Storage.File file, Position position, Schema schema) {
    Rest rest = new Rest(schema);
    rest.read(new BlockReader(file, position));
    return rest.run();
  }

  /**
   * Reads the rows of some hashes.
   *
   * @param blocks in which they can lie, ascending
   * @param hashes ascending
   * @param windows to read into: look-ups take few bytes out of many
   */
  static Run read(
      Storage.File file,
      Position position,
      BlockIndex index,
      int[] blocks,
      long[] hashes,
      Schema schema,
      Windows windows) {
    Rest rest = new Rest(schema);
    BlockReader reader = new BlockReader(file, position, windows.take());
    for (int i = 0; i < blocks.length; ) {
      int next = i + 1;
      while (next < blocks.length && blocks[next] == blocks[next - 1] + 1) {
        next++;
      }
      reader.moveTo(index.position(position, blocks[i], blocks[next - 1]));
      rest.read(reader, hashes);
      i = next;
    }
    windows.give(reader.window());
    return rest.run();
  }

  /** Reads back what was written as unsorted rows. */
  static Batch readUnsorted(Storage.File file, Position position, Schema schema) {
    Rest rest = new Rest(schema);
    rest.read(new BlockReader(file, position));
    return Rows.concat(schema, rest.batches);
  }

  /**
   * Where rows lie.
   *
   * @param path names the file in errors
   */
  record Position(String path, long start, long length) {
    long end() {
      return start + length;
    }
  }

  /** Collects the rows of blocks. One thread owns it. */
  private static final class Rest {
    private final Schema schema;
    private final List<Batch> batches = new ArrayList<>();
    private final List<long[]> hashes = new ArrayList<>();

    Rest(Schema schema) {
      this.schema = schema;
    }

    void read(BlockReader blocks) {
      while (blocks.hasNext()) {
        readPayload(blocks.next(), schema, batches, hashes);
      }
    }

    /**
     * @param wanted ascending; the rows of others are left out
     */
    void read(BlockReader blocks, long[] wanted) {
      while (blocks.hasNext()) {
        readSome(blocks.next(), wanted);
      }
    }

    private void readSome(ByteReader in, long[] wanted) {
      int count = in.readCount(Long.BYTES);
      int[] rows = rowsOf(in, count, wanted);
      if (rows.length == 0) {
        return;
      }
      long[] present = new long[rows.length];
      for (int i = 0; i < rows.length; i++) {
        present[i] = in.peekLong(Long.BYTES * rows[i]);
      }
      in.skip((long) Long.BYTES * count);
      requireCount(in.peekInt(0), count);
      hashes.add(present);
      batches.add(
          rows.length == count ? BatchCodec.read(in, schema) : BatchCodec.read(in, schema, rows));
    }

    /** The rows of the hashes that a reader is before. */
    private static int[] rowsOf(ByteReader in, int count, long[] wanted) {
      int[] rows = {};
      int found = 0;
      int next = count == 0 ? wanted.length : Arrays.binarySearch(wanted, in.peekLong(0));
      for (next = next < 0 ? -next - 1 : next; next < wanted.length; next++) {
        int row = firstFrom(in, found == 0 ? 0 : rows[found - 1] + 1, count, wanted[next]);
        if (row == count) {
          break;
        }
        for (; row < count && in.peekLong(Long.BYTES * row) == wanted[next]; row++) {
          if (found == rows.length) {
            rows = Arrays.copyOf(rows, Math.max(1, 2 * found)); // mostly it stays at one
          }
          rows[found++] = row;
        }
      }
      return found == rows.length ? rows : Arrays.copyOf(rows, found);
    }

    /**
     * The first row from {@code low} on whose hash is not less; {@code count} when there is none.
     */
    private static int firstFrom(ByteReader in, int low, int count, long hash) {
      int from = low;
      int to = count;
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (in.peekLong(Long.BYTES * middle) < hash) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }

    Run run() {
      return joined(schema, batches, hashes);
    }
  }

  private static void readPayload(
      ByteReader in, Schema schema, List<Batch> batches, List<long[]> hashes) {
    int rows = in.readInt();
    if (rows > 0) {
      hashes.add(in.readLongs(rows));
    }
    batches.add(batch(in, schema, Math.abs(rows)));
  }

  private static Batch batch(ByteReader in, Schema schema, int count) {
    Batch batch = BatchCodec.read(in, schema);
    requireCount(batch.rowCount(), count);
    return batch;
  }

  private static void requireCount(int rows, int count) {
    Check.that(rows == count, "as many rows as were stored", rows, count);
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

  static int crc(byte[] bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, length);
    return (int) crc.getValue();
  }

  static FreshetException damaged(String path, long position, String what) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED,
        "Cannot read state file " + path + " at byte " + position + ": " + what + ".");
  }
}
