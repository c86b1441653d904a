package dev.freshet.log.embedded;

import dev.freshet.core.port.Storage;
import org.jspecify.annotations.Nullable;

/** One segment file of an open log. Thread-safe. */
final class Segment {
  private static final String SUFFIX = ".log";
  private static final int DIGITS = 20;

  private final String path;
  private final SegmentHeader header;

  private volatile long durableLength;
  private volatile @Nullable SparseIndex index;

  Segment(String path, SegmentHeader header, long durableLength) {
    this.path = path;
    this.header = header;
    this.durableLength = durableLength;
  }

  static String fileName(long base) {
    String digits = Long.toString(base);
    return "0".repeat(DIGITS - digits.length()) + digits + SUFFIX;
  }

  /** The base offset in a segment file's name; -1 for any other name. */
  static long baseOf(String fileName) {
    if (fileName.length() != DIGITS + SUFFIX.length() || !fileName.endsWith(SUFFIX)) {
      return -1;
    }
    String digits = fileName.substring(0, DIGITS);
    try {
      return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(digits) : -1;
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  SegmentHeader header() {
    return header;
  }

  long base() {
    return header.base();
  }

  String path() {
    return path;
  }

  int headerLength() {
    return header.length();
  }

  long createdMicros() {
    return header.createdMicros();
  }

  /** The CRC of the last batch of the segment before. */
  int previousCrc() {
    return header.previousCrc();
  }

  /** Bytes that may be read. Grows while this is the last segment. */
  long durableLength() {
    return durableLength;
  }

  void durableLength(long length) {
    durableLength = length;
  }

  void index(SparseIndex built) {
    index = built;
  }

  /** The index; of an older segment built from its batch headers on first use. */
  SparseIndex index(Storage storage, int blockBytes) {
    SparseIndex known = index;
    return known != null ? known : build(storage, blockBytes);
  }

  private synchronized SparseIndex build(Storage storage, int blockBytes) {
    SparseIndex known = index;
    if (known != null) {
      return known;
    }
    SparseIndex built = new SparseIndex(base(), header.length());
    long limit = durableLength;
    try (Storage.File file = storage.openRead(path)) {
      BatchCursor cursor = new BatchCursor(file, path, base(), blockBytes);
      cursor.moveTo(header.length(), base());
      while (cursor.position() < limit) {
        long position = cursor.position();
        cursor.skip(limit);
        if (cursor.count() > 0) {
          built.add(cursor.firstOffset(), position, cursor.firstIngestMicros(limit));
        }
      }
    }
    index = built;
    return built;
  }
}
