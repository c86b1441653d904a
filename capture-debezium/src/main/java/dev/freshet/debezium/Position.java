package dev.freshet.debezium;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A change set's position: the connector's offset, with what must agree with it.
 *
 * <pre>
 *   'D' | part 4 | shapes 4 | transaction text | count 4 | (name text | type 1 | value text)*
 * </pre>
 *
 * @param part counts the parts of a change that is not whole yet, which all begin at the same
 *     offset; 0 of a whole one
 * @param shapes how many lines the history of shapes had; at least so many it must have later
 * @param transaction the last whole transaction in the connector's words, which may be sent again
 * @param offset empty while the snapshot is not whole: it begins anew
 */
record Position(int part, int shapes, String transaction, Map<String, Object> offset) {
  private static final int VERSION = 'D';
  private static final int TEXT = 's';
  private static final int LONG = 'l';
  private static final int BOOLEAN = 'b';

  static final Position NOTHING = new Position(0, 0, "", Map.of());

  Position {
    offset = Map.copyOf(offset);
  }

  Position withPart(int number) {
    return new Position(number, shapes, transaction, offset);
  }

  boolean isStreaming() {
    return !offset.isEmpty();
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(256);
    out.writeByte(VERSION);
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
    return out.toByteArray();
  }

  static Position read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    int version = bytes.length == 0 ? 0 : in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a source that Debezium reads: it is of format "
              + version
              + ", and this Freshet knows format "
              + VERSION
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
    return new Position(part, shapes, transaction, offset);
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
