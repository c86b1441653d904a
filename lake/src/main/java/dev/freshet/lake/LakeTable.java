package dev.freshet.lake;

import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.catalog.IcebergSchemas;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.parquet.BatchFileReader;
import dev.freshet.lake.parquet.BatchFileWriter;
import dev.freshet.lake.parquet.FileColumn;
import dev.freshet.lake.parquet.WrittenFile;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of the lake that is open for writing. Deltas are given to {@link Lake}; everything here
 * belongs to the publisher's thread, save the hand-over.
 */
public abstract sealed class LakeTable permits IndexedTable, HistoryTable {
  static final String KIND = "freshet.kind";

  private final StagedTable staged;
  private final Schema schema;
  private final Schema stored;
  private List<FileColumn> columns;
  private @Nullable TableFiles files;

  /**
   * @param schema the schema that deltas have
   * @param stored the schema of the data files
   */
  LakeTable(StagedTable staged, Schema schema, Schema stored) {
    this.staged = staged;
    this.schema = schema;
    this.stored = stored;
    this.columns = List.of();
  }

  /** The table's name, such as {@code gold.revenue}. */
  public String name() {
    return staged.name();
  }

  /** The columns of the deltas that the table takes. */
  public Schema schema() {
    return schema;
  }

  StagedTable staged() {
    return staged;
  }

  List<FileColumn> columns() {
    return columns;
  }

  /** What is waiting for a publish. */
  abstract Handover<?> handover();

  /** Reads what writing needs to know of the current snapshot. */
  void load() {
    growSchema();
    columns = IcebergSchemas.columns(staged.current().schema(), stored);
    TableFiles loaded = TableFiles.load(staged);
    files = loaded;
    loadIndex(loaded);
  }

  /** Forgets what {@link #load()} read; the next publish reads it again. */
  void unload() {
    files = null;
  }

  TableFiles files() {
    TableFiles loaded = files;
    if (loaded == null) {
      load();
      loaded = files;
    }
    Check.that(loaded != null, "a table's files are known after loading");
    return java.util.Objects.requireNonNull(loaded);
  }

  /** Stages columns that the table lacks. */
  void growSchema() {}

  abstract void loadIndex(TableFiles loaded);

  /** Stages what was handed over for steps up to this one. */
  void write(long step, Map<String, String> summary, PublishCounts counts, MergePolicy policy) {
    TableFiles live = files();
    WrittenFile added = writeDelta(step, live, counts);
    live.commitDelta(added, summary);
    if (added != null) {
      counts.wrote(added);
    }
    List<DataFileState> worn = policy.choose(live.live());
    if (!worn.isEmpty()) {
      merge(worn, live, summary, counts);
    }
  }

  /** Writes the inserted rows to a file, if there are any, and marks the deleted ones. */
  abstract @Nullable WrittenFile writeDelta(long step, TableFiles live, PublishCounts counts);

  private void merge(
      List<DataFileState> worn,
      TableFiles live,
      Map<String, String> summary,
      PublishCounts counts) {
    WrittenFile merged = null;
    try (BatchFileWriter writer = newWriter()) {
      for (DataFileState file : worn) {
        copyLiveRows(file, live.nextId(), writer);
      }
      merged = writer.rows() == 0 ? null : writer.finish();
    }
    live.commitMerge(worn, merged, summary);
    if (merged != null) {
      counts.wrote(merged);
    }
  }

  private void copyLiveRows(DataFileState file, int newId, BatchFileWriter writer) {
    try (BatchFileReader reader = new BatchFileReader(staged.files(), file.file().location())) {
      long base = 0;
      while (reader.hasNext()) {
        var batch = reader.next(columns);
        int[] selected = new int[batch.rowCount()];
        int count = 0;
        for (int row = 0; row < selected.length; row++) {
          if (!file.deleted().contains((int) base + row)) {
            selected[count++] = row;
          }
        }
        moved(batch, selected, count, file.id(), base, newId, writer.rows());
        writer.append(batch, selected, count);
        base += batch.rowCount();
      }
    }
  }

  /** Rows of a file are about to lie in another file, one after the other. */
  abstract void moved(
      dev.freshet.core.batch.Batch batch,
      int[] rows,
      int count,
      int oldFile,
      long oldBase,
      int newFile,
      long newBase);

  BatchFileWriter newWriter() {
    return new BatchFileWriter(staged.files(), staged.newDataLocation(".parquet"), columns);
  }
}
