package dev.freshet.log.embedded;

import dev.freshet.core.port.Storage;
import java.util.ArrayList;
import java.util.List;

/** The segment files of a log, as they stand in its directory. */
final class SegmentFiles {
  private SegmentFiles() {}

  /** Base offsets of the segment files, ascending. */
  static List<Long> bases(Storage storage, String directory) {
    List<Long> bases = new ArrayList<>();
    for (String name : storage.list(directory)) {
      if (Segment.baseOf(name) >= 0) {
        bases.add(Segment.baseOf(name));
      }
    }
    bases.sort(null);
    return bases;
  }

  /**
   * Reads the segments' headers, and ends each segment where the one behind it says that it ends.
   */
  static List<Segment> read(Storage storage, String directory, List<Long> bases) {
    List<Segment> segments = new ArrayList<>();
    for (long base : bases) {
      Segment segment = open(storage, directory, base);
      if (!segments.isEmpty()) {
        end(directory, segments.getLast(), segment.header());
      }
      segments.add(segment);
    }
    return segments;
  }

  /** Reads and checks the header of one segment. */
  static Segment open(Storage storage, String directory, long base) {
    String path = directory + "/" + Segment.fileName(base);
    try (Storage.File file = storage.openRead(path)) {
      return new Segment(path, SegmentHeader.read(file, path, base), file.size());
    }
  }

  /**
   * Ends a segment where the one behind it says that it ends. What it has beyond that does not
   * count: it is left of a torn tail, whose removal a power cut undid.
   *
   * @param next of the segment behind it, which must have been written behind it, when it was whole
   */
  static void end(String directory, Segment segment, SegmentHeader next) {
    String path = directory + "/" + Segment.fileName(next.previousBase());
    if (next.previousBase() != segment.base()) {
      throw Damage.at(path, 0, "this segment is missing, or one stands behind it that is none");
    }
    if (next.previousLength() > segment.durableLength()) {
      throw Damage.at(
          path,
          segment.durableLength(),
          "the file has "
              + segment.durableLength()
              + " bytes where it once had "
              + next.previousLength());
    }
    segment.durableLength(next.previousLength());
  }
}
