package dev.freshet.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.catalog.CatalogFile;
import dev.freshet.lake.catalog.IcebergSchemas;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.catalog.Stamps;
import dev.freshet.lake.files.LakeFiles;
import dev.freshet.lake.parquet.BatchFileReader;
import dev.freshet.lake.parquet.FileColumn;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.iceberg.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lake as one published version shows it, beside its writer or without one. One thread
 * owns it.
 */
public final class LakeReader {
  /** Nothing is written here. */
  private static final Stamps UNUSED = new Stamps(Clock.system());

  private final LakeFiles files;
  private final CatalogFile catalog;

  private LakeReader(LakeFiles files, CatalogFile catalog) {
    this.files = files;
    this.catalog = catalog;
  }

  /** Pins what is published now. */
  public static LakeReader open(Storage storage) {
    return new LakeReader(new LakeFiles(storage), CatalogFile.read(storage));
  }

  /** The step that the tables stand at. */
  public long step() {
    return catalog.step();
  }

  public Map<String, String> markers() {
    return catalog.markers();
  }

  /** Names of all tables, sorted. */
  public Set<String> tableNames() {
    return new TreeSet<>(catalog.tables().keySet());
  }

  /** The absolute path of the table's current metadata file, for other engines. */
  public String metadataLocation(String table) {
    return files.location(pointer(table));
  }

  /**
   * The table's columns, with the types that Iceberg knows: INTEGER for smaller integers, VARCHAR
   * for JSON.
   */
  public Schema schema(String table) {
    return schemaOf(columns(load(table)));
  }

  /** Hands all rows of the table to the sink, with weight +1, batch by batch. */
  public void read(String table, Consumer<Batch> sink) {
    StagedTable loaded = load(table);
    read(loaded, loaded.current().currentSnapshot(), sink);
  }

  /**
   * Hands all rows that the table had after a step to the sink.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when the lake no longer knows that step,
   *     or does not know it yet
   */
  public void readAt(String table, long step, Consumer<Batch> sink) {
    StagedTable loaded = load(table);
    Snapshot found = null;
    boolean first = true;
    boolean complete = false;
    for (Snapshot snapshot : loaded.current().snapshots()) {
      complete |= first && snapshot.parentId() == null;
      first = false;
      if (stepOf(snapshot) <= step) {
        found = snapshot;
      }
    }
    if (step > catalog.step() || (found == null && !complete && !first)) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot read table "
              + table
              + " at step "
              + step
              + ": the lake stands at step "
              + catalog.step()
              + " and keeps a limited number of snapshots.");
    }
    read(loaded, found, sink);
  }

  private static long stepOf(Snapshot snapshot) {
    return Long.parseLong(snapshot.summary().getOrDefault("freshet.step", "0"));
  }

  private void read(StagedTable table, @Nullable Snapshot snapshot, Consumer<Batch> sink) {
    if (snapshot == null) {
      return;
    }
    List<FileColumn> columns = columns(table);
    for (DataFileState file : TableFiles.at(table, snapshot)) {
      try (BatchFileReader reader = new BatchFileReader(files, file.file().location())) {
        long base = 0;
        while (reader.hasNext()) {
          Batch batch = reader.next(columns);
          sink.accept(withoutDeleted(batch, file, base));
          base += batch.rowCount();
        }
      }
    }
  }

  private static Batch withoutDeleted(Batch batch, DataFileState file, long base) {
    if (file.deleted().isEmpty()) {
      return batch;
    }
    int[] live = new int[batch.rowCount()];
    int count = 0;
    for (int row = 0; row < live.length; row++) {
      if (!file.deleted().contains((int) base + row)) {
        live[count++] = row;
      }
    }
    return count == live.length ? batch : Rows.gather(batch, live, count);
  }

  /** All columns but the one that counts the copies of repeated rows. */
  private static List<FileColumn> columns(StagedTable table) {
    boolean isBag = table.current().property(LakeTable.KIND, "").equals("bag");
    return IcebergSchemas.columns(table.current().schema()).stream()
        .filter(column -> !isBag || !column.column().name().equals(BagTable.OCCURRENCE))
        .toList();
  }

  private static Schema schemaOf(List<FileColumn> columns) {
    return new Schema(columns.stream().<Column>map(FileColumn::column).toList());
  }

  private StagedTable load(String table) {
    return StagedTable.load(files, table, pointer(table), () -> 0, UNUSED);
  }

  private String pointer(String table) {
    String pointer = catalog.tables().get(table);
    if (pointer == null) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot read lake table " + table + ": there is none. Tables: " + tableNames() + ".");
    }
    return pointer;
  }
}
