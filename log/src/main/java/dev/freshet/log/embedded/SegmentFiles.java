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

  /** Reads the segments' headers, and checks each segment against the one before it. */
  static List<Segment> check(Storage storage, String directory, List<Long> bases) {
    List<Segment> segments = new ArrayList<>();
    for (long base : bases) {
      Segment segment = open(storage, directory, base);
      if (!segments.isEmpty()) {
        checkFollows(directory, segment.header(), segments.getLast());
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
   * A segment must follow the one that was written before it, whole. What that one has beyond its
   * recorded length does not count: it is left of a torn tail, whose removal a power cut undid.
   */
  static void checkFollows(String directory, SegmentHeader header, Segment before) {
    String beforePath = directory + "/" + Segment.fileName(header.previousBase());
    if (header.previousBase() != before.base()) {
      throw Damage.at(
          beforePath, 0, "this segment is missing, or one stands behind it that is none");
    }
    if (header.previousLength() > before.durableLength()) {
      throw Damage.at(
          beforePath,
          before.durableLength(),
          "the file has "
              + before.durableLength()
              + " bytes where it once had "
              + header.previousLength());
    }
    before.durableLength(header.previousLength());
  }
}
