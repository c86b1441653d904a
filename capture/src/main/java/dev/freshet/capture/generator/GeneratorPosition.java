package dev.freshet.capture.generator;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far events were delivered, and how their times follow from their numbers.
 *
 * <pre>
 *   'g' 1 | next 8 | pace: index 8, micros 8, events a second 8
 *   'h' 1 | as above | count 4 | (table text | next 8)+
 * </pre>
 *
 * Older ones are {@code 'G'}, next, and the time of the first event: their pace is not known.
 *
 * @param next the index of the first event that was not
 * @param behind the same of tables of which less was delivered, as they are or were paused
 */
record GeneratorPosition(long next, Pace pace, Map<String, Long> behind) {
  private static final int VERSION = 'g';
  private static final int VERSION_WITH_BEHIND = 'h';
  private static final int VERSION_WITHOUT_RATE = 'G';

  /**
   * The times of events.
   *
   * @param index of an event
   * @param micros when that happened, microseconds since the epoch
   * @param eventsPerSecond how fast others follow
   */
  record Pace(long index, long micros, double eventsPerSecond) {
    long micros(long of) {
      return micros + (long) ((of - index) * (1_000_000 / eventsPerSecond));
    }
  }

  GeneratorPosition {
    behind = Map.copyOf(behind);
  }

  /** With another rate the next event happens when it would have, and others follow at that. */
  GeneratorPosition atRate(double eventsPerSecond) {
    return pace.eventsPerSecond() == eventsPerSecond
        ? this
        : new GeneratorPosition(next, new Pace(next, pace.micros(next), eventsPerSecond), behind);
  }

  /**
   * @param usualRate of events where the position tells none
   */
  static GeneratorPosition read(byte[] position, double usualRate) {
    ByteReader in = new ByteReader(position, 0, position.length);
    int version = in.readByte();
    return switch (version) {
      case VERSION -> new GeneratorPosition(in.readLong(), pace(in), Map.of());
      case VERSION_WITH_BEHIND -> new GeneratorPosition(in.readLong(), pace(in), behind(in));
      case VERSION_WITHOUT_RATE ->
          new GeneratorPosition(in.readLong(), new Pace(0, in.readLong(), usualRate), Map.of());
      default ->
          throw new FreshetException(
              ErrorCode.FORMAT_UNKNOWN,
              "Cannot read the position of a source of made-up rows: it is of format "
                  + version
                  + ", and this Freshet knows formats "
                  + VERSION
                  + " and "
                  + VERSION_WITH_BEHIND
                  + ". Was a source of another kind renamed to this one's name? Give it a new"
                  + " name.");
    };
  }

  private static Pace pace(ByteReader in) {
    return new Pace(in.readLong(), in.readLong(), Double.longBitsToDouble(in.readLong()));
  }

  private static Map<String, Long> behind(ByteReader in) {
    Map<String, Long> behind = new TreeMap<>();
    for (int i = in.readCount(Long.BYTES); i > 0; i--) {
      behind.put(in.readText(), in.readLong());
    }
    return behind;
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(40);
    out.writeByte(behind.isEmpty() ? VERSION : VERSION_WITH_BEHIND);
    out.writeLong(next);
    out.writeLong(pace.index());
    out.writeLong(pace.micros());
    out.writeLong(Double.doubleToLongBits(pace.eventsPerSecond()));
    if (!behind.isEmpty()) {
      out.writeInt(behind.size());
      new TreeMap<>(behind)
          .forEach((table, index) -> {
            out.writeText(table);
            out.writeLong(index);
          });
    }
    return out.toByteArray();
  }
}
