package dev.freshet.capture.poll;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far the tables were read.
 *
 * <pre>
 *   'Q' 1 | deliveries 8 | tables 4 | for each: name | mark of | mark 8 | seen since micros 8
 * </pre>
 *
 * @param deliveries change sets delivered so far; makes each position one of its own
 * @param tables by name in Freshet; one that is not there was never read
 */
record PollPosition(long deliveries, Map<String, Progress> tables) {
  private static final int VERSION = 'Q';

  static final PollPosition BEGINNING = new PollPosition(0, Map.of());

  /**
   * How far one table was read.
   *
   * @param markOf what the mark was read from
   * @param mark the highest value that was believed; {@link SeenRows#NO_MARK} before the first
   * @param seenSinceMicros rows that the next question finds again came in then or later
   */
  record Progress(String markOf, long mark, long seenSinceMicros) {}

  PollPosition {
    tables = Map.copyOf(tables);
  }

  /** Without tables that are not read any more. */
  PollPosition only(Set<String> names) {
    Map<String, Progress> left = new TreeMap<>(tables);
    left.keySet().retainAll(names);
    return new PollPosition(deliveries, left);
  }

  PollPosition with(String table, Progress progress) {
    Map<String, Progress> next = new TreeMap<>(tables);
    next.put(table, progress);
    return new PollPosition(deliveries + 1, next);
  }

  static PollPosition read(byte[] position) {
    ByteReader in = new ByteReader(position, 0, position.length);
    int version = in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a polled source: it is of format "
              + version
              + ", and this Freshet knows format "
              + VERSION
              + ". Was a source of another kind renamed to this one's name? Give it a new name.");
    }
    long deliveries = in.readLong();
    int count = in.readCount(24);
    Map<String, Progress> tables = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      tables.put(in.readText(), new Progress(in.readText(), in.readLong(), in.readLong()));
    }
    return new PollPosition(deliveries, tables);
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(64);
    out.writeByte(VERSION);
    out.writeLong(deliveries);
    out.writeInt(tables.size());
    new TreeMap<>(tables)
        .forEach((table, progress) -> {
          out.writeText(table);
          out.writeText(progress.markOf());
          out.writeLong(progress.mark());
          out.writeLong(progress.seenSinceMicros());
        });
    return out.toByteArray();
  }
}
