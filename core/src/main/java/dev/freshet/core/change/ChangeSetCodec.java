package dev.freshet.core.change;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchCodec;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.SchemaCodec;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Change sets as bytes: a format version, the header's fields in order, then each table with its
 * schema, so that a record of the log can be read by itself. Checksums are the log's job.
 */
public final class ChangeSetCodec {
  private static final int VERSION = 1;

  private ChangeSetCodec() {}

  public static void write(ByteWriter out, ChangeSet changes) {
    out.writeByte(VERSION);
    out.writeText(changes.source());
    out.writeBlob(changes.position());
    out.writeLong(changes.sourceMicros());
    out.writeLong(changes.ingestMicros());
    out.writeLong(changes.transaction());
    out.writeByte(changes.part().ordinal());
    out.writeInt(changes.tables().size());
    for (TableChanges table : changes.tables()) {
      writeTable(out, table);
    }
  }

  /**
   * @throws FreshetException {@link ErrorCode#FORMAT_UNKNOWN} for a version of a newer Freshet,
   *     {@link ErrorCode#STORAGE_DAMAGED} for bytes that are no change set
   */
  public static ChangeSet read(ByteReader in) {
    int version = in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read a change set of format "
              + version
              + ": this Freshet knows format "
              + VERSION
              + ". Use the Freshet that wrote it, or a newer one.");
    }
    String source = in.readText();
    byte[] position = in.readBlob();
    long sourceMicros = in.readLong();
    long ingestMicros = in.readLong();
    long transaction = in.readLong();
    ChangeSet.Part part = partOf(in.readByte());
    int count = in.readCount(1);
    List<TableChanges> tables = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tables.add(readTable(in));
    }
    return new ChangeSet(source, position, sourceMicros, ingestMicros, transaction, part, tables);
  }

  private static ChangeSet.Part partOf(int ordinal) {
    ChangeSet.Part[] parts = ChangeSet.Part.values();
    if (ordinal < 0 || ordinal >= parts.length) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED, "Cannot decode a change set: unknown part " + ordinal + ".");
    }
    return parts[ordinal];
  }

  private static void writeTable(ByteWriter out, TableChanges table) {
    out.writeText(table.table());
    out.writeInt(table.schemaVersion());
    SchemaCodec.write(out, table.rows().schema());
    out.writeInt(table.keyColumns().length);
    out.writeInts(table.keyColumns(), table.keyColumns().length);
    int rows = table.rowCount();
    BatchCodec.write(out, table.rows());
    out.writeBytes(table.operations(), 0, rows);
    for (boolean[] mask : table.missing()) {
      out.writeByte(mask.length > 0 ? 1 : 0);
      if (mask.length > 0) {
        out.writeBits(mask, rows);
      }
    }
    boolean hasBefore = table.before().rowCount() > 0;
    out.writeByte(hasBefore ? 1 : 0);
    if (hasBefore) {
      out.writeInts(table.beforeRow(), rows);
      BatchCodec.write(out, table.before());
    }
    out.writeInt(table.rejected().size());
    for (RejectedRow row : table.rejected()) {
      out.writeByte(row.operation().code());
      out.writeText(row.original());
      out.writeText(row.reason());
    }
  }

  private static TableChanges readTable(ByteReader in) {
    String name = in.readText();
    int schemaVersion = in.readInt();
    Schema schema = SchemaCodec.read(in);
    int[] keyColumns = in.readInts(in.readCount(4));
    Batch rows = BatchCodec.read(in, schema);
    int count = rows.rowCount();
    byte[] operations = in.readBytes(count);
    boolean[][] missing = new boolean[schema.columnCount()][];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = in.readByte() == 1 ? in.readBits(count) : Vector.NO_NULLS;
    }
    int[] beforeRow = new int[count];
    Batch before;
    if (in.readByte() == 1) {
      beforeRow = in.readInts(count);
      before = BatchCodec.read(in, schema);
    } else {
      Arrays.fill(beforeRow, -1);
      before = Batch.empty(schema);
    }
    int rejectedCount = in.readCount(9);
    List<RejectedRow> rejected = new ArrayList<>(rejectedCount);
    for (int i = 0; i < rejectedCount; i++) {
      rejected.add(
          new RejectedRow(Operation.of((byte) in.readByte()), in.readText(), in.readText()));
    }
    return new TableChanges(
        name, schemaVersion, keyColumns, operations, rows, missing, beforeRow, before, rejected);
  }
}
