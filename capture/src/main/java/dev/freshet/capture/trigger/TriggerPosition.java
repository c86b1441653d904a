package dev.freshet.capture.trigger;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far a change table was read: not up to an id, since ids are given before commits, but which
 * of the rows that may still stand in it were delivered.
 *
 * <pre>
 *   'G' 1 | deliveries 8 | installation | tables 4 | names | delivered: see {@link IdRanges}
 * </pre>
 *
 * @param deliveries change sets delivered so far; makes each position one of its own
 * @param installation tells one change table from another of the same name; empty before the first
 * @param tables which tables were read whole, by their names in Freshet
 * @param delivered ids of the change table that were delivered, and not deleted yet as far as was
 *     known
 */
record TriggerPosition(
    long deliveries, String installation, Set<String> tables, IdRanges delivered) {
  private static final int VERSION = 'G';
  private static final int TEXT_BYTES_MIN = 4;

  static final TriggerPosition BEGINNING = new TriggerPosition(0, "", Set.of(), new IdRanges());

  TriggerPosition {
    tables = Set.copyOf(tables);
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
    int count = in.readCount(TEXT_BYTES_MIN);
    Set<String> tables = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      tables.add(in.readText());
    }
    return new TriggerPosition(deliveries, installation, tables, IdRanges.read(in));
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(64);
    out.writeByte(VERSION);
    out.writeLong(deliveries);
    out.writeText(installation);
    out.writeInt(tables.size());
    new TreeSet<>(tables).forEach(out::writeText);
    delivered.write(out);
    return out.toByteArray();
  }
}
