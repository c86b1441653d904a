package dev.freshet.lake.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.jspecify.annotations.Nullable;

/**
 * Times and identifiers in the metadata of tables. Iceberg takes them from the machine's clock and
 * random numbers; here they follow from {@link Clock}, so that the same history on the same clock
 * gives the same bytes.
 *
 * <p>An identifier is a digest of place, version, number within the version, and both readings of
 * the clock: a version that a power cut took back is written again at another time, and so under
 * another identifier.
 */
public final class Stamps {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Clock clock;

  public Stamps(Clock clock) {
    this.clock = clock;
  }

  /** An identifier in the form of a UUID. */
  UUID uuid(String location, long version, int number) {
    String text =
        String.join(
            " ",
            location,
            Long.toString(version),
            Integer.toString(number),
            Long.toString(clock.wallMicros()),
            Long.toString(clock.nanos()));
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** An identifier in the form that snapshots have: a number that is not negative. */
  long snapshotId(String location, long version, int number) {
    UUID uuid = uuid(location, version, number);
    return (uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits()) & Long.MAX_VALUE;
  }

  /** Gives a table that Iceberg has just made an identifier of ours. */
  TableMetadata created(TableMetadata metadata, long version) {
    ObjectNode json = tree(metadata);
    json.put("table-uuid", uuid(metadata.location(), version, 0).toString());
    json.put("last-updated-ms", wallMillis());
    return TableMetadataParser.fromJson(json);
  }

  /** The metadata that Iceberg made of {@code base}, with our time in the snapshot it added. */
  TableMetadata changed(TableMetadata base, TableMetadata metadata) {
    List<MetadataUpdate> changes =
        metadata.changes().subList(base.changes().size(), metadata.changes().size());
    TableMetadata.Builder builder = TableMetadata.buildFrom(base);
    for (MetadataUpdate change : changes) {
      if (change instanceof MetadataUpdate.AddSnapshot added) {
        builder.addSnapshot(
            new StampedSnapshot(added.snapshot(), Math.max(wallMillis(), lastMillis(base))));
      } else {
        change.applyTo(builder);
      }
    }
    return builder.build();
  }

  /** The metadata as JSON to write, with our time of its last change. */
  ObjectNode written(@Nullable TableMetadata published, TableMetadata metadata) {
    long millis = Math.max(wallMillis(), lastMillis(metadata));
    if (published != null) {
      millis = Math.max(millis, published.lastUpdatedMillis());
    }
    ObjectNode json = tree(metadata);
    json.put("last-updated-ms", millis);
    return json;
  }

  /** Times in a table's metadata never go back, whatever the clock does. */
  private static long lastMillis(TableMetadata metadata) {
    Snapshot last = metadata.currentSnapshot();
    return last == null ? 0 : last.timestampMillis();
  }

  private long wallMillis() {
    return Math.floorDiv(clock.wallMicros(), 1000);
  }

  /** Without the detour of a text, since it is done for each table of each publish. */
  private static ObjectNode tree(TableMetadata metadata) {
    try (TokenBuffer tokens = new TokenBuffer(JSON, false)) {
      TableMetadataParser.toJson(metadata, tokens);
      return JSON.readTree(tokens.asParser());
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.INVARIANT_BROKEN, "Failed to make JSON of table metadata.", e);
    }
  }
}
