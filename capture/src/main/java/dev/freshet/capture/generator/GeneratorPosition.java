package dev.freshet.capture.generator;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * How far events were delivered, and how their times follow from their numbers.
 *
 * <pre>
 *   'g' 1 | next 8 | pace: index 8, micros 8, events a second 8
 * </pre>
 *
 * Older ones are {@code 'G'}, next, and the time of the first event: their pace is not known.
 *
 * @param next the index of the first event that was not
 */
record GeneratorPosition(long next, Pace pace) {
  private static final int VERSION = 'g';
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

  /** With another rate the next event happens when it would have, and others follow at that. */
  GeneratorPosition atRate(double eventsPerSecond) {
    return pace.eventsPerSecond() == eventsPerSecond
        ? this
        : new GeneratorPosition(next, new Pace(next, pace.micros(next), eventsPerSecond));
  }

  /**
   * @param usualRate of events where the position tells none
   */
  static GeneratorPosition read(byte[] position, double usualRate) {
    ByteReader in = new ByteReader(position, 0, position.length);
    int version = in.readByte();
    long next = version == VERSION || version == VERSION_WITHOUT_RATE ? in.readLong() : 0;
    return switch (version) {
      case VERSION ->
          new GeneratorPosition(
              next, new Pace(in.readLong(), in.readLong(), Double.longBitsToDouble(in.readLong())));
      case VERSION_WITHOUT_RATE ->
          new GeneratorPosition(next, new Pace(0, in.readLong(), usualRate));
      default ->
          throw new FreshetException(
              ErrorCode.FORMAT_UNKNOWN,
              "Cannot read the position of a source of made-up rows: it is of format "
                  + version
                  + ", and this Freshet knows format "
                  + VERSION
                  + ". Was a source of another kind renamed to this one's name? Give it a new"
                  + " name.");
    };
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(40);
    out.writeByte(VERSION);
    out.writeLong(next);
    out.writeLong(pace.index());
    out.writeLong(pace.micros());
    out.writeLong(Double.doubleToLongBits(pace.eventsPerSecond()));
    return out.toByteArray();
  }
}
