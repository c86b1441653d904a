package dev.freshet.log.embedded;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;

/** A log's segments as a reader needs them. Thread-safe. */
interface StoredSegments {
  Storage storage();

  /** How much is read at once. */
  int readBlockBytes();

  /** Records below may be read. */
  long durableOffset();

  /** Ascending, without gaps, at least one; not to be written to. */
  Segment[] segments();

  /** The segment that holds a record, or will. */
  default Segment segmentOf(long offset) {
    Segment[] all = segments();
    int low = 0;
    int high = all.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (all[middle].base() <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (all[low].base() > offset) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot read the log at offset " + offset + ": it now begins at " + all[0].base() + ".");
    }
    return all[low];
  }
}
