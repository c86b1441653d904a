package dev.freshet.debezium;

import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place in the binary log of a MariaDB or MySQL. Offsets of one server are in its order,
 * whichever connector tells them; those of two servers are not.
 *
 * @param file the number at the end of the file's name
 * @param position of the transaction in the file, in bytes
 * @param event how many events of the transaction lie before the place
 */
record Place(long file, long position, long event) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::file)
          .thenComparingLong(Place::position)
          .thenComparingLong(Place::event);

  /** The place of a connector's offset; null when it tells none, or none yet. */
  static @Nullable Place of(Map<String, ?> offset) {
    if (!(offset.get("file") instanceof String file)
        || !(offset.get("pos") instanceof Number position)
        || position.longValue() <= 0
        || offset.containsKey("snapshot")) {
      return null;
    }
    Object event = offset.get("event");
    return new Place(
        number(file), position.longValue(), event instanceof Number count ? count.longValue() : 0);
  }

  private static long number(String file) {
    try {
      return Long.parseLong(file.substring(file.lastIndexOf('.') + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  boolean isBefore(Place other) {
    return compareTo(other) < 0;
  }

  /** Whether it lies behind the whole transaction in which the other one is. */
  boolean isBehindTransactionOf(Place other) {
    return file > other.file || (file == other.file && position > other.position);
  }
}
