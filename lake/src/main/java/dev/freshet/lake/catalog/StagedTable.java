package dev.freshet.lake.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.lake.files.LakeFiles;
import dev.freshet.lake.files.LakeOutput;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of one table. Commits of Iceberg's operations stay in memory until {@link
 * #writeMetadata()} puts the last of them into a file, to which the catalog then points.
 *
 * <pre>
 * published --commit--> staged --commit--> staged --writeMetadata, catalog swap, markPublished--> published
 *     ^                                      |
 *     +---------------- reset ---------------+
 * </pre>
 *
 * <p>Names of files begin with the version that writes them, so files of a version that was never
 * published can be told by name. Metadata files are numbered with twice the version: readers that
 * look for the next number beyond the hint then never find a staged file. One thread at a time.
 */
public final class StagedTable implements TableOperations {
  private final LakeFiles files;
  private final FileIO io;
  private final String name;
  private final String location;
  private final LongSupplier version;
  private final Stamps stamps;
  private @Nullable TableMetadata published;
  private final TableMetadata initial;
  private TableMetadata current;
  private int fileCount;

  private StagedTable(
      LakeFiles files,
      String name,
      String location,
      LongSupplier version,
      Stamps stamps,
      @Nullable TableMetadata published,
      TableMetadata current) {
    this.files = files;
    this.io = new LakeFileIo(files);
    this.name = name;
    this.location = location;
    this.version = version;
    this.stamps = stamps;
    this.published = published;
    this.initial = current;
    this.current = current;
  }

  /** A new table, which exists once it is published. */
  public static StagedTable create(
      LakeFiles files,
      String name,
      Schema schema,
      Map<String, String> properties,
      LongSupplier version,
      Stamps stamps) {
    String location = files.location(directory(name));
    TableMetadata metadata =
        TableMetadata.newTableMetadata(schema, PartitionSpec.unpartitioned(), location, properties);
    return new StagedTable(
        files,
        name,
        location,
        version,
        stamps,
        null,
        stamps.created(metadata, version.getAsLong()));
  }

  /** A published table. */
  public static StagedTable load(
      LakeFiles files, String name, String metadataPath, LongSupplier version, Stamps stamps) {
    TableMetadata metadata = read(files, metadataPath);
    return new StagedTable(files, name, metadata.location(), version, stamps, metadata, metadata);
  }

  private static TableMetadata read(LakeFiles files, String metadataPath) {
    String target = files.location(metadataPath);
    try {
      return TableMetadataParser.read(new LakeFileIo(files), target);
    } catch (NotFoundException | UncheckedIOException | IllegalArgumentException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot read lake table metadata "
              + target
              + ": "
              + e.getMessage()
              + " Restore the file; the catalog points to it.",
          e);
    }
  }

  /** The directory of a table, relative to the storage's root. */
  public static String directory(String name) {
    StringBuilder path = new StringBuilder("lake/");
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if (c == '.') {
        path.append('/');
      } else if (isPlain(c)) {
        path.append(c);
      } else {
        path.append('-').append(Integer.toHexString(c));
      }
    }
    return path.toString();
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  public String name() {
    return name;
  }

  public LakeFiles files() {
    return files;
  }

  /** Iceberg's operations on this table; none starts a thread or reports anywhere. */
  public Table table() {
    return new BaseTable(this, name, _ -> {});
  }

  /** Whether there is something that the catalog does not point to yet. */
  public boolean isStaged() {
    return !Objects.equals(published, current);
  }

  /** The location for a new data file or deletion file. */
  public String newDataLocation(String extension) {
    return location + "/data/" + prefix() + fileCount++ + extension;
  }

  private String prefix() {
    return "v" + version.getAsLong() + "-";
  }

  /**
   * Writes the staged metadata to a file and returns its path. The file is durable after {@link
   * LakeFiles#makeDurable()}.
   */
  public String writeMetadata() {
    String target = metadataLocation(version.getAsLong());
    ObjectNode json = stamps.written(published, current);
    try (LakeOutput out = files.create(target)) {
      byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
      out.write(text, 0, text.length);
    }
    deferDroppedMetadata();
    current = TableMetadataParser.fromJson(target, json);
    return files.path(target);
  }

  private void deferDroppedMetadata() {
    if (published == null) {
      return;
    }
    Set<String> kept = new HashSet<>();
    current.previousFiles().forEach(entry -> kept.add(entry.file()));
    for (TableMetadata.MetadataLogEntry entry : published.previousFiles()) {
      if (!kept.contains(entry.file())) {
        files.deferDelete(entry.file());
      }
    }
  }

  private String metadataLocation(long atVersion) {
    return location + "/metadata/v" + hint(atVersion) + ".metadata.json";
  }

  /** The number in the name of the metadata file of a version. */
  public static long hint(long atVersion) {
    return 2 * atVersion;
  }

  /** The version of the metadata file with this number. */
  public static long versionOfHint(long hint) {
    return hint / 2;
  }

  /** The catalog now points to what {@link #writeMetadata()} wrote. */
  public void markPublished() {
    published = current;
  }

  /** Forgets what is staged. Reads nothing, so that it cannot fail when a publish just has. */
  public void reset() {
    TableMetadata last = published;
    current = last == null ? initial : last;
  }

  @Override
  public TableMetadata current() {
    return current;
  }

  @Override
  public TableMetadata refresh() {
    return current;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    Check.that(Objects.equals(base, current), "a table of the lake has one writer");
    current = stamps.changed(base, metadata);
  }

  @Override
  public long newSnapshotId() {
    return stamps.snapshotId(location, version.getAsLong(), fileCount++);
  }

  @Override
  public FileIO io() {
    return io;
  }

  /** Iceberg's names end in a random number; only what they begin with and their type is kept. */
  @Override
  public String metadataFileLocation(String fileName) {
    String kind = fileName.startsWith("snap-") ? "snap" : "manifest";
    String extension = fileName.substring(fileName.lastIndexOf('.'));
    return location + "/metadata/" + prefix() + kind + "-" + fileCount++ + extension;
  }

  @Override
  public LocationProvider locationProvider() {
    return new Locations(location + "/data/" + prefix());
  }

  private record Locations(String prefix) implements LocationProvider {
    @Override
    public String newDataLocation(String fileName) {
      return prefix + fileName;
    }

    @Override
    public String newDataLocation(PartitionSpec spec, StructLike partition, String fileName) {
      return prefix + fileName;
    }
  }
}
