package dev.freshet.lake.catalog;

import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that Iceberg has made, at a time of ours. It lives until its table's metadata is
 * written, and the manifests that Iceberg has read of it once need not be read again until then.
 *
 * @param made by Iceberg, at the machine's time
 */
@SuppressWarnings("deprecation") // what the interface still asks for
record StampedSnapshot(Snapshot made, long timestampMillis) implements Snapshot {
  @Override
  public long sequenceNumber() {
    return made.sequenceNumber();
  }

  @Override
  public long snapshotId() {
    return made.snapshotId();
  }

  @Override
  public @Nullable Long parentId() {
    return made.parentId();
  }

  @Override
  public List<ManifestFile> allManifests(FileIO io) {
    return made.allManifests(io);
  }

  @Override
  public List<ManifestFile> dataManifests(FileIO io) {
    return made.dataManifests(io);
  }

  @Override
  public List<ManifestFile> deleteManifests(FileIO io) {
    return made.deleteManifests(io);
  }

  @Override
  public String operation() {
    return made.operation();
  }

  @Override
  public Map<String, String> summary() {
    return made.summary();
  }

  @Override
  public Iterable<DataFile> addedDataFiles(FileIO io) {
    return made.addedDataFiles(io);
  }

  @Override
  public Iterable<DataFile> removedDataFiles(FileIO io) {
    return made.removedDataFiles(io);
  }

  @Override
  public Iterable<DeleteFile> addedDeleteFiles(FileIO io) {
    return made.addedDeleteFiles(io);
  }

  @Override
  public Iterable<DeleteFile> removedDeleteFiles(FileIO io) {
    return made.removedDeleteFiles(io);
  }

  @Override
  public String manifestListLocation() {
    return made.manifestListLocation();
  }

  @Override
  public @Nullable Integer schemaId() {
    return made.schemaId();
  }

  @Override
  public @Nullable Long firstRowId() {
    return made.firstRowId();
  }

  @Override
  public @Nullable Long addedRows() {
    return made.addedRows();
  }

  @Override
  public @Nullable String keyId() {
    return made.keyId();
  }
}
