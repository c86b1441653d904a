package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.KeyFilter;
import dev.freshet.engine.arrangement.Piece;
import dev.freshet.engine.checkpoint.Manifest.Place;
import dev.freshet.engine.checkpoint.StoredPiece.Sorting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the runs in one file without reading them, so that a large state is there at
 * once. It lies beside the file and is not needed: without it, or when it is damaged or of another
 * version, the runs are read.
 *
 * <pre>
 * magic:int "FIDX"  version:int
 * runs:int, each:    position:long  length:long  pieces:int
 *   pieces, each:    start:long  length:long  sorted:byte  rows:int  firstHash:long  lastHash:long
 *                    weight:long  hasDeletes:byte  words:int  filter:long*
 *                    blocks:int  firstHashes:long*  starts:long*
 * crc32c:int over all before
 * </pre>
 *
 * @param pieces of each run
 */
record RunIndex(Map<Place, List<StoredPiece>> pieces) {
  private static final int MAGIC = 0x58444946;
  private static final int VERSION = 1;

  private static final int HEADER_BYTES = 8;
  private static final int CRC_BYTES = 4;
  private static final int RUN_BYTES = 20;
  private static final int PIECE_BYTES = 50;

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(1 << 14);
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(pieces.size());
    pieces.forEach((run, all) -> {
      out.writeLong(run.position());
      out.writeLong(run.length());
      out.writeInt(all.size());
      all.forEach(piece -> write(out, piece));
    });
    out.writeInt(RunFile.crc(out.array(), 0, out.length()));
    return out.toByteArray();
  }

  private static void write(ByteWriter out, StoredPiece piece) {
    Piece.Facts facts = piece.facts();
    out.writeLong(piece.position().start());
    out.writeLong(piece.position().length());
    out.writeByte(piece.sorting() == Sorting.SORTED ? 1 : 0);
    out.writeInt(facts.rowCount());
    out.writeLong(facts.firstHash());
    out.writeLong(facts.lastHash());
    out.writeLong(facts.weight());
    out.writeByte(facts.hasDeletes() ? 1 : 0);
    long[] words = facts.filter().words();
    out.writeInt(words.length);
    out.writeLongs(words, words.length);
    BlockIndex blocks = piece.blocks();
    out.writeInt(blocks.count());
    out.writeLongs(blocks.firstHashes(), blocks.count());
    out.writeLongs(blocks.starts(), blocks.count() + 1);
  }

  /**
   * Reads an index.
   *
   * @param path of the index
   * @param number of the file of runs
   * @param runsPath of that file
   * @return empty when there is none that can be used
   */
  static Optional<RunIndex> find(Storage storage, String path, long number, String runsPath) {
    byte[] bytes;
    try {
      bytes = storage.readAll(path);
    } catch (FreshetException e) {
      return Optional.empty();
    }
    return of(bytes, number, runsPath);
  }

  private static Optional<RunIndex> of(byte[] bytes, long number, String runsPath) {
    int end = bytes.length - CRC_BYTES;
    if (end < HEADER_BYTES
        || new ByteReader(bytes, end, CRC_BYTES).readInt() != RunFile.crc(bytes, 0, end)) {
      return Optional.empty();
    }
    ByteReader in = new ByteReader(bytes, 0, end);
    if (in.readInt() != MAGIC || in.readInt() != VERSION) {
      return Optional.empty();
    }
    int count = in.readCount(RUN_BYTES);
    Map<Place, List<StoredPiece>> runs = new LinkedHashMap<>();
    for (int r = 0; r < count; r++) {
      Place run = new Place(number, in.readLong(), in.readLong());
      int pieceCount = in.readCount(PIECE_BYTES);
      List<StoredPiece> pieces = new ArrayList<>(pieceCount);
      for (int p = 0; p < pieceCount; p++) {
        pieces.add(readPiece(in, runsPath));
      }
      runs.put(run, pieces);
    }
    return Optional.of(new RunIndex(runs));
  }

  private static StoredPiece readPiece(ByteReader in, String runsPath) {
    var position = new RunFile.Position(runsPath, in.readLong(), in.readLong());
    Sorting sorting = in.readByte() == 1 ? Sorting.SORTED : Sorting.UNSORTED;
    int rows = in.readInt();
    long firstHash = in.readLong();
    long lastHash = in.readLong();
    long weight = in.readLong();
    boolean hasDeletes = in.readByte() == 1;
    KeyFilter filter = KeyFilter.ofWords(in.readLongs(in.readCount(Long.BYTES)));
    int blocks = in.readCount(Long.BYTES);
    BlockIndex index = new BlockIndex(in.readLongs(blocks), in.readLongs(blocks + 1));
    Piece.Facts facts =
        new Piece.Facts(rows, firstHash, lastHash, weight, hasDeletes, position.length(), filter);
    return new StoredPiece(position, sorting, facts, index);
  }
}
