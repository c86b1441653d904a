package dev.freshet.lake;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.catalog.IcebergSchemas;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.parquet.BatchFileWriter;
import dev.freshet.lake.parquet.WrittenFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All changes of a captured table as they came, append-only.
 *
 * <pre>
 * _op               insert | update | delete | snapshot | truncate
 * _source_position  where the source can be resumed after the change's transaction, as its connector writes it
 * _source_time      commit time at the source
 * _ingest_time      when Freshet received it
 * _transaction      the source's transaction id
 * _schema_version   counts the shapes of the table
 * _log_offset       the record of Freshet's log; with _log_row the order of all changes
 * _log_row          the change's number within the record and table, from 0
 * _unchanged        names of columns that the source did not send; they read NULL and mean "unknown"
 * ...               the row after the change; for a delete the old row as far as it was sent
 * </pre>
 */
final class HistoryTable extends LakeTable {
  private static final List<Column> CHANGE_COLUMNS =
      List.of(
          Column.notNull("_op", DataType.Simple.VARCHAR),
          Column.notNull("_source_position", DataType.Simple.BINARY),
          Column.notNull("_source_time", DataType.Simple.TIMESTAMP_LTZ),
          Column.notNull("_ingest_time", DataType.Simple.TIMESTAMP_LTZ),
          Column.notNull("_transaction", DataType.Simple.BIGINT),
          Column.notNull("_schema_version", DataType.Simple.INTEGER),
          Column.notNull("_log_offset", DataType.Simple.BIGINT),
          Column.notNull("_log_row", DataType.Simple.INTEGER),
          Column.nullable("_unchanged", new DataType.Array(DataType.Simple.VARCHAR)));

  private static final int BATCH_ROWS_MAX = 1 << 16;

  /** Changes of the table in one record of the log. */
  record Changes(ChangeSet set, TableChanges rows, long logOffset) {}

  private final Handover<Changes> handover = new Handover<>();
  private final Schema stored;

  HistoryTable(StagedTable staged, Schema schema) {
    this(staged, schema, storedSchema(schema));
  }

  private HistoryTable(StagedTable staged, Schema schema, Schema stored) {
    super(staged, schema, stored);
    this.stored = stored;
  }

  /** The columns that describe a change, and the given ones, which all may be NULL there. */
  static Schema storedSchema(Schema schema) {
    List<Column> columns = new ArrayList<>(CHANGE_COLUMNS);
    for (Column column : schema.columns()) {
      columns.add(Column.nullable(column.name(), column.type()));
    }
    return new Schema(columns);
  }

  @Override
  Handover<Changes> handover() {
    return handover;
  }

  @Override
  void growSchema() {
    SchemaGrowth.addColumns(staged(), IcebergSchemas.toIceberg(stored, new int[0]));
  }

  @Override
  void loadIndex(TableFiles loaded) {}

  @Override
  void moved(
      Batch batch, int[] rows, int count, int oldFile, long oldBase, int newFile, long newBase) {}

  @Override
  @Nullable WrittenFile writeDelta(long step, TableFiles live, PublishCounts counts) {
    List<Handover.Entry<Changes>> entries = handover.upTo(step);
    if (entries.isEmpty()) {
      return null;
    }
    try (BatchFileWriter writer = newWriter()) {
      int rows = entries.stream().mapToInt(entry -> entry.delta().rows().rowCount()).sum();
      BatchBuilder builder = new BatchBuilder(stored, Math.min(rows, 1024));
      for (Handover.Entry<Changes> entry : entries) {
        append(builder, entry.delta());
        if (builder.rowCount() >= BATCH_ROWS_MAX) {
          flush(builder, writer);
        }
      }
      flush(builder, writer);
      return writer.rows() == 0 ? null : writer.finish();
    }
  }

  private static void flush(BatchBuilder builder, BatchFileWriter writer) {
    int count = builder.rowCount();
    if (count > 0) {
      int[] rows = new int[count];
      Arrays.setAll(rows, i -> i);
      writer.append(builder.build(), rows, count);
    }
  }

  private void append(BatchBuilder builder, Changes changes) {
    TableChanges table = changes.rows();
    ChangeSet set = changes.set();
    int count = table.rowCount();
    for (int row = 0; row < count; row++) {
      byte[] operation = nameOf(table.operation(row));
      builder.column(0).appendBytes(operation, 0, operation.length);
      builder.column(1).appendBytes(set.position(), 0, set.position().length);
      builder.column(2).appendLong(set.sourceMicros());
      builder.column(3).appendLong(set.ingestMicros());
      builder.column(4).appendLong(set.transaction());
      builder.column(5).appendLong(table.schemaVersion());
      builder.column(6).appendLong(changes.logOffset());
      builder.column(7).appendLong(row);
      appendUnchanged(builder.column(8), table, row);
    }
    appendColumns(builder, table, count);
    for (int row = 0; row < count; row++) {
      builder.endRow(1);
    }
  }

  private void appendColumns(BatchBuilder builder, TableChanges table, int count) {
    Schema given = table.rows().schema();
    for (int c = 0; c < schema().columnCount(); c++) {
      VectorBuilder target = builder.column(CHANGE_COLUMNS.size() + c);
      int source = given.indexOf(schema().column(c).name());
      boolean fits = source >= 0 && given.type(source).layout() == schema().type(c).layout();
      for (int row = 0; row < count; row++) {
        if (fits) {
          target.append(table.rows().column(source), row);
        } else {
          target.appendNull();
        }
      }
    }
  }

  private static byte[] nameOf(Operation operation) {
    return Names.BYTES[operation.ordinal()];
  }

  private static void appendUnchanged(VectorBuilder target, TableChanges table, int row) {
    VectorBuilder names = null;
    for (int c = 0; c < table.missing().length; c++) {
      if (table.isMissing(c, row)) {
        names = names == null ? new VectorBuilder(DataType.Layout.BYTES, 4) : names;
        Values.appendText(names, table.rows().schema().column(c).name());
      }
    }
    if (names == null) {
      target.appendNull();
    } else {
      byte[] encoded = ArrayCodec.encode(names.build());
      target.appendBytes(encoded, 0, encoded.length);
    }
  }

  /** Operations as the table spells them. */
  private static final class Names {
    private static final byte[][] BYTES =
        Arrays.stream(Operation.values())
            .map(o -> o.name().toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }
}
