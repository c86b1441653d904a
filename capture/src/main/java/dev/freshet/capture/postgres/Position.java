package dev.freshet.capture.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A change set's position.
 *
 * <pre>
 * 0     1     2           10    18
 * | ver | kind | system id | LSN |                            version 1
 * | ver | kind | system id | LSN | n 2 | n times: oid 4 |     version 2
 *                          | m 2 | m times: oid 4 | since 8 |
 * | ver | kind | system id | LSN | n 2 | n times: oid 4 | fingerprint 8 | first 4 | end 4 |     version 3
 *
 * big-endian; kind 'S' snapshot under way, 'W' streaming
 * </pre>
 *
 * @param systemId the database cluster's identifier, so that another server is recognised
 * @param lsn STREAMING: the end of the last whole transaction. SNAPSHOT: where the slot stands that
 *     the snapshot under way was begun with
 * @param tables the captured tables by object id, and since when: the consistent point of the
 *     snapshot of a table that was added later, which has all transactions before it; 0 for others.
 *     Empty where that was not written
 * @param reads SNAPSHOT: what has been read when this part of it is there
 */
record Position(Kind kind, long systemId, long lsn, Map<Integer, Long> tables, List<Read> reads) {
  private static final byte VERSION = 1;
  private static final byte VERSION_WITH_TABLES = 2;
  private static final byte VERSION_WITH_READS = 3;
  private static final int READ_LENGTH = 20;
  private static final int LENGTH = 18;
  private static final int NO_TABLE = 0;
  private static final int TABLES_MAX = Short.MAX_VALUE;

  enum Kind {
    SNAPSHOT,
    STREAMING
  }

  /**
   * A range of a table's pages that has been read.
   *
   * @param relation the table's object id
   * @param fingerprint of its shape and file: in another one the range says nothing; of one that
   *     was emptied, since when it is read anew
   */
  record Read(int relation, long fingerprint, PageRange range) {
    /**
     * All that was read of a table before has been emptied.
     *
     * @param since the LSN of the snapshot in which it is read anew
     */
    static Read nothing(int relation, long since) {
      return new Read(relation, since, new PageRange(0, 0));
    }

    boolean isNothing() {
      return range.end() == 0;
    }
  }

  Position {
    tables = Map.copyOf(tables);
    reads = List.copyOf(reads);
  }

  Position(Kind kind, long systemId, long lsn, Map<Integer, Long> tables) {
    this(kind, systemId, lsn, tables, List.of());
  }

  /** A position that does not say which tables are captured. */
  Position(Kind kind, long systemId, long lsn) {
    this(kind, systemId, lsn, Map.of());
  }

  /** Tables that a position is to name: one that named none would say that nothing is known. */
  static Map<Integer, Long> named(Map<Integer, Long> captured) {
    return captured.isEmpty() ? Map.of(NO_TABLE, 0L) : captured;
  }

  /** The captured tables, without what stands for that there are none. */
  Map<Integer, Long> withoutMark() {
    Map<Integer, Long> real = new TreeMap<>(tables);
    real.remove(NO_TABLE);
    return real;
  }

  Position at(long newLsn) {
    return new Position(kind, systemId, newLsn, tables);
  }

  /** With these tables; those that were captured already are captured since the same time. */
  Position withTables(Map<Integer, Long> captured) {
    return new Position(kind, systemId, lsn, captured);
  }

  /** With tables that have joined; all that was committed before is in them. */
  Position joined(Set<Integer> relations, long since) {
    Map<Integer, Long> captured = withoutMark();
    relations.forEach(relation -> captured.put(relation, since));
    return withTables(captured);
  }

  /** A part of a snapshot, with what it completes. */
  Position withReads(List<Read> done) {
    return new Position(kind, systemId, lsn, tables, done);
  }

  byte[] encode() {
    if (!reads.isEmpty()) {
      return encodeReads();
    }
    Map<Integer, Long> added = new TreeMap<>(tables);
    added.values().removeIf(since -> !Lsn.isAfter(since, lsn));
    boolean isPlain = tables.isEmpty() || tables.size() > TABLES_MAX;
    int length = isPlain ? LENGTH : LENGTH + 4 + 4 * tables.size() + 12 * added.size();
    ByteBuffer out =
        ByteBuffer.allocate(length)
            .put(isPlain ? VERSION : VERSION_WITH_TABLES)
            .put((byte) (kind == Kind.SNAPSHOT ? 'S' : 'W'))
            .putLong(systemId)
            .putLong(lsn);
    if (!isPlain) {
      out.putShort((short) tables.size());
      new TreeMap<>(tables).keySet().forEach(out::putInt);
      out.putShort((short) added.size());
      added.forEach((table, since) -> out.putInt(table).putLong(since));
    }
    return out.array();
  }

  private byte[] encodeReads() {
    ByteBuffer out =
        ByteBuffer.allocate(LENGTH + 2 + READ_LENGTH * reads.size())
            .put(VERSION_WITH_READS)
            .put((byte) 'S')
            .putLong(systemId)
            .putLong(lsn)
            .putShort((short) reads.size());
    for (Read read : reads) {
      out.putInt(read.relation())
          .putLong(read.fingerprint())
          .putInt((int) read.range().first())
          .putInt((int) read.range().end());
    }
    return out.array();
  }

  private static List<Read> decodeReads(ByteBuffer in) {
    List<Read> reads = new ArrayList<>();
    for (int left = in.getShort() & 0xFFFF; left > 0; left--) {
      reads.add(
          new Read(
              in.getInt(),
              in.getLong(),
              new PageRange(
                  Integer.toUnsignedLong(in.getInt()), Integer.toUnsignedLong(in.getInt()))));
    }
    return reads;
  }

  static Position decode(byte[] bytes) {
    boolean isKnown =
        bytes.length >= LENGTH
            && (bytes[1] == 'S' || bytes[1] == 'W')
            && (bytes[0] == VERSION
                ? bytes.length == LENGTH
                : bytes[0] == VERSION_WITH_TABLES
                    || (bytes[0] == VERSION_WITH_READS && bytes[1] == 'S'));
    if (!isKnown) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a postgres source: unknown form of "
              + bytes.length
              + " bytes. The log was written by another kind of source, or by a newer Freshet.");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
    Kind kind = bytes[1] == 'S' ? Kind.SNAPSHOT : Kind.STREAMING;
    long systemId = in.getLong();
    long lsn = in.getLong();
    if (bytes[0] == VERSION_WITH_READS) {
      return new Position(kind, systemId, lsn, Map.of(), decodeReads(in));
    }
    Map<Integer, Long> tables = new TreeMap<>();
    if (bytes[0] == VERSION_WITH_TABLES) {
      for (int left = in.getShort(); left > 0; left--) {
        tables.put(in.getInt(), 0L);
      }
      for (int left = in.getShort(); left > 0; left--) {
        tables.put(in.getInt(), in.getLong());
      }
    }
    return new Position(kind, systemId, lsn, tables);
  }

  @Override
  public String toString() {
    return Lsn.text(lsn);
  }
}
