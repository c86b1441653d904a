package dev.freshet.lake;

import dev.freshet.core.error.Check;
import dev.freshet.lake.catalog.DirectExecutor;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.files.LakeFiles;
import dev.freshet.lake.parquet.WrittenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** The live files of one table, known by small numbers. Owned by the publisher's thread. */
final class TableFiles {
  private final StagedTable table;
  private final TreeMap<Integer, DataFileState> byId = new TreeMap<>();
  private int nextId;

  private TableFiles(StagedTable table) {
    this.table = table;
  }

  /** The files of the table's current snapshot. */
  static TableFiles load(StagedTable table) {
    TableFiles files = new TableFiles(table);
    Snapshot snapshot = table.current().currentSnapshot();
    if (snapshot != null) {
      for (DataFileState file : at(table, snapshot)) {
        files.byId.put(file.id(), file);
        files.nextId = Math.max(files.nextId, file.id() + 1);
      }
    }
    return files;
  }

  /** The files of a snapshot, with their deleted rows. */
  static List<DataFileState> at(StagedTable table, Snapshot snapshot) {
    Map<String, DeleteFile> vectors = new HashMap<>();
    for (ManifestFile manifest : snapshot.deleteManifests(table.io())) {
      for (DeleteFile vector :
          copyAll(
              ManifestFiles.readDeleteManifest(
                  manifest, table.io(), table.current().specsById()))) {
        vectors.put(String.valueOf(vector.referencedDataFile()), vector);
      }
    }
    List<DataFileState> files = new ArrayList<>();
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      for (DataFile file :
          copyAll(ManifestFiles.read(manifest, table.io(), table.current().specsById()))) {
        DeleteFile vector = vectors.get(file.location());
        files.add(
            new DataFileState(files.size(), file, deletedRows(table.files(), vector), vector));
      }
    }
    return files;
  }

  private static <F extends org.apache.iceberg.ContentFile<F>> List<F> copyAll(
      ManifestReader<F> reader) {
    List<F> copies = new ArrayList<>();
    try (reader) {
      for (F file : reader) {
        copies.add(file.copyWithoutStats());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copies;
  }

  private static RoaringBitmap deletedRows(LakeFiles files, @Nullable DeleteFile vector) {
    return vector == null ? new RoaringBitmap() : DeletionVectors.read(files, vector);
  }

  Collection<DataFileState> live() {
    return byId.values();
  }

  long liveRows() {
    long rows = 0;
    for (DataFileState file : byId.values()) {
      rows += file.liveRows();
    }
    return rows;
  }

  /** The number that the next added file will have. */
  int nextId() {
    return nextId;
  }

  void delete(int id, int row) {
    DataFileState file = byId.get(id);
    Check.that(file != null, "an index entry points to a live file", id, row);
    if (file != null) {
      file.delete(row);
    }
  }

  /**
   * Stages one snapshot: the new file, and the rows marked as deleted since the last one. Files
   * without a live row leave the table.
   */
  void commitDelta(@Nullable WrittenFile added, Map<String, String> summary) {
    List<DataFileState> changed = byId.values().stream().filter(DataFileState::isChanged).toList();
    if (added == null && changed.isEmpty()) {
      return;
    }
    RowDelta delta = table.table().newRowDelta();
    prepare(delta, summary);
    Snapshot base = table.current().currentSnapshot();
    if (base != null) {
      delta.validateFromSnapshot(base.snapshotId());
    }
    List<DataFileState> marked = new ArrayList<>();
    for (DataFileState file : changed) {
      DeleteFile old = file.vector();
      if (old != null) {
        delta.removeDeletes(old);
      }
      if (file.liveRows() == 0) {
        delta.removeRows(file.file());
        byId.remove(file.id());
      } else {
        marked.add(file);
      }
    }
    if (!marked.isEmpty()) {
      DeletionVectors.write(table, marked);
      for (DataFileState file : marked) {
        DeleteFile vector = file.vector();
        if (vector != null) {
          delta.addDeletes(vector);
        }
      }
    }
    if (added != null) {
      delta.addRows(add(added).file());
    }
    delta.commit();
  }

  /** Stages a snapshot with one file in place of several that hold the same live rows. */
  void commitMerge(
      List<DataFileState> merged, @Nullable WrittenFile added, Map<String, String> summary) {
    RewriteFiles rewrite = table.table().newRewrite();
    prepare(rewrite, summary);
    for (DataFileState file : merged) {
      rewrite.deleteFile(file.file());
      DeleteFile vector = file.vector();
      if (vector != null) {
        rewrite.deleteFile(vector);
      }
      byId.remove(file.id());
    }
    if (added != null) {
      rewrite.addFile(add(added).file());
    }
    Snapshot base = table.current().currentSnapshot();
    if (base != null) {
      rewrite.validateFromSnapshot(base.snapshotId());
    }
    rewrite.commit();
  }

  private static void prepare(SnapshotUpdate<?> update, Map<String, String> summary) {
    update.scanManifestsWith(DirectExecutor.INSTANCE);
    update.writeManifestsWith(DirectExecutor.INSTANCE, 1);
    summary.forEach(update::set);
  }

  private DataFileState add(WrittenFile written) {
    DataFile file =
        DataFiles.builder(PartitionSpec.unpartitioned())
            .withPath(written.location())
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(written.bytes())
            .withRecordCount(written.rows())
            .withMetrics(
                new Metrics(
                    written.rows(),
                    written.columnBytes(),
                    written.valueCounts(),
                    written.nullCounts(),
                    written.nanCounts(),
                    written.lowerBounds(),
                    written.upperBounds()))
            .build();
    DataFileState state = new DataFileState(nextId++, file, new RoaringBitmap(), null);
    byId.put(state.id(), state);
    return state;
  }
}
