package dev.freshet.debezium;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A change set's position: the connector's offset, with what must agree with it.
 *
 * <pre>
 *   'D' | part 4 | shapes 4 | transaction text | count 4 | (name text | type 1 | value text)*
 *   'E' | as above | telling 4 | count 4 | (table text)+
 * </pre>
 *
 * @param part counts the parts of a change that is not whole yet, which all begin at the same
 *     offset; 0 of a whole one
 * @param shapes how many lines the history of shapes had; at least so many it must have later
 * @param transaction the last whole transaction in the connector's words, which may be sent again
 * @param offset empty while the snapshot is not whole: it begins anew
 * @param leftOut the tables, by their names in Freshet, of which the log lacks what changed before
 *     this position: to have them again is to read them
 * @param telling grows with each position that says of a table that it is left out
 */
record Position(
    int part,
    int shapes,
    String transaction,
    Map<String, Object> offset,
    Set<String> leftOut,
    int telling) {
  private static final int VERSION = 'D';
  private static final int VERSION_WITH_LEFT_OUT = 'E';
  private static final int TEXT = 's';
  private static final int LONG = 'l';
  private static final int BOOLEAN = 'b';

  static final Position NOTHING = new Position(0, 0, "", Map.of());

  Position {
    offset = Map.copyOf(offset);
    leftOut = Set.copyOf(leftOut);
  }

  /** One that all tables have. */
  Position(int part, int shapes, String transaction, Map<String, Object> offset) {
    this(part, shapes, transaction, offset, Set.of(), 0);
  }

  Position withPart(int number) {
    return new Position(number, shapes, transaction, offset, leftOut, telling);
  }

  /** The same place, where these are left out, and told of as such. */
  Position leavingOut(Set<String> tables, int number) {
    return new Position(part, shapes, transaction, offset, tables, number);
  }

  boolean isStreaming() {
    return !offset.isEmpty();
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(256);
    out.writeByte(leftOut.isEmpty() ? VERSION : VERSION_WITH_LEFT_OUT);
    out.writeInt(part);
    out.writeInt(shapes);
    out.writeText(transaction);
    out.writeInt(offset.size());
    for (Map.Entry<String, Object> entry : new TreeMap<>(offset).entrySet()) {
      out.writeText(entry.getKey());
      out.writeByte(
          switch (entry.getValue()) {
            case Boolean _ -> BOOLEAN;
            case Number _ -> LONG;
            default -> TEXT;
          });
      out.writeText(entry.getValue().toString());
    }
    if (!leftOut.isEmpty()) {
      out.writeInt(telling);
      out.writeInt(leftOut.size());
      new TreeSet<>(leftOut).forEach(out::writeText);
    }
    return out.toByteArray();
  }

  static Position read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    int version = bytes.length == 0 ? 0 : in.readByte();
    if (version != VERSION && version != VERSION_WITH_LEFT_OUT) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a source that Debezium reads: it is of format "
              + version
              + ", and this Freshet knows formats "
              + VERSION
              + " and "
              + VERSION_WITH_LEFT_OUT
              + ". Was a source of another kind renamed to this one's name? Give it a new name.");
    }
    int part = in.readInt();
    int shapes = in.readInt();
    String transaction = in.readText();
    int count = in.readCount(1);
    Map<String, Object> offset = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = in.readText();
      int type = in.readByte();
      String value = in.readText();
      offset.put(
          name,
          switch (type) {
            case BOOLEAN -> Boolean.valueOf(value);
            case LONG -> Long.valueOf(value);
            default -> value;
          });
    }
    if (version == VERSION) {
      return new Position(part, shapes, transaction, offset);
    }
    int telling = in.readInt();
    Set<String> leftOut = new HashSet<>();
    for (int i = in.readCount(1); i > 0; i--) {
      leftOut.add(in.readText());
    }
    return new Position(part, shapes, transaction, offset, leftOut, telling);
  }

  /** For people: where in the server's log, or nothing before the snapshot is whole. */
  @Override
  public String toString() {
    Object file = offset.get("file");
    if (file == null) {
      return offset.isEmpty() ? "" : offset.toString();
    }
    return file + ":" + offset.get("pos") + (transaction.isEmpty() ? "" : " (" + transaction + ")");
  }
}
