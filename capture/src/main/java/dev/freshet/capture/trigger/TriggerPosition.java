package dev.freshet.capture.trigger;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a change table was read: not up to an id, since ids are given before commits, but which
 * of the rows that may still stand in it were delivered.
 *
 * <pre>
 *   'I' 1 | deliveries 8 | installation | tables 4 | for each: name | id | delivered: see {@link IdRanges}
 * </pre>
 *
 * @param deliveries change sets delivered so far; makes each position one of its own
 * @param installation tells one change table from another of the same name; empty before the first
 * @param tables which tables were read whole: by their names in Freshet, as the change table names
 *     them
 * @param delivered ids of the change table that were delivered, and not deleted yet as far as was
 *     known
 */
record TriggerPosition(
    long deliveries, String installation, Map<String, String> tables, IdRanges delivered) {
  private static final int VERSION = 'I';
  private static final int TABLE_BYTES_MIN = 8;

  static final TriggerPosition BEGINNING = new TriggerPosition(0, "", Map.of(), new IdRanges());

  TriggerPosition {
    tables = Map.copyOf(tables);
  }

  static TriggerPosition read(byte[] position) {
    ByteReader in = new ByteReader(position, 0, position.length);
    int version = in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a source of kind trigger: it is of format "
              + version
              + ", and this Freshet knows format "
              + VERSION
              + ". Was a source of another kind renamed to this one's name? Give it a new name.");
    }
    long deliveries = in.readLong();
    String installation = in.readText();
    int count = in.readCount(TABLE_BYTES_MIN);
    Map<String, String> tables = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      tables.put(in.readText(), in.readText());
    }
    return new TriggerPosition(deliveries, installation, tables, IdRanges.read(in));
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(64);
    out.writeByte(VERSION);
    out.writeLong(deliveries);
    out.writeText(installation);
    out.writeInt(tables.size());
    new TreeMap<>(tables)
        .forEach((name, id) -> {
          out.writeText(name);
          out.writeText(id);
        });
    delivered.write(out);
    return out.toByteArray();
  }
}
