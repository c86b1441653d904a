package dev.freshet.log.embedded;

import dev.freshet.core.port.Storage;

/** Finds records by the time at which they came in. */
final class TimeSearch {
  private TimeSearch() {}

  /** See {@link dev.freshet.log.Log#offsetAt}. */
  static long offsetAt(StoredSegments log, long ingestMicros) {
    long durable = log.durableOffset();
    Segment segment = lastBegunBefore(log, ingestMicros);
    SparseIndex index = segment.index(log.storage(), log.readBlockBytes());
    try (EmbeddedReader reader = new EmbeddedReader(log, index.before(ingestMicros).offset())) {
      while (reader.nextOffset() < durable && reader.next()) {
        if (reader.ingestMicros() >= ingestMicros) {
          return reader.offset();
        }
      }
    }
    return durable;
  }

  /** The last segment whose first record came in before a time, or the first one. */
  private static Segment lastBegunBefore(StoredSegments log, long ingestMicros) {
    Segment[] all = log.segments();
    int low = 0;
    int high = all.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (beginsBefore(log, all[middle], ingestMicros)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return all[low];
  }

  /** A segment without records yet begins after everything. */
  private static boolean beginsBefore(StoredSegments log, Segment segment, long ingestMicros) {
    long limit = segment.durableLength();
    if (limit <= segment.headerLength()) {
      return false;
    }
    try (Storage.File file = log.storage().openRead(segment.path())) {
      BatchCursor cursor =
          new BatchCursor(file, segment.path(), segment.base(), BatchFormat.HEADER * 2);
      cursor.moveTo(segment.headerLength(), segment.base());
      cursor.skip(limit);
      return cursor.count() > 0 && cursor.firstIngestMicros(limit) < ingestMicros;
    }
  }
}
