package dev.freshet.lake.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import dev.freshet.lake.files.LakeFiles;
import dev.freshet.lake.files.LakeOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Writes one Parquet file from batches: data pages of version 1, plain values, zstd. One thread
 * owns it.
 *
 * <pre>
 * "PAR1" | row group: pages of column 0, pages of column 1, ... | row group ... | footer | footer length | "PAR1"
 * </pre>
 */
public final class BatchFileWriter implements AutoCloseable {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int ROW_GROUP_ROWS_MAX = 1 << 18;
  private static final long ROW_GROUP_BYTES_MAX = 64 << 20;

  /** Rows that one column encodes before the next column's turn. */
  private static final int SLICE_ROWS = 1 << 12;

  private final String location;
  private final LakeOutput out;
  private final List<FileColumn> fileColumns;
  private final ColumnWriter[] columns;
  private final Appender[] appenders;
  private final ZstdCompressCtx zstd;
  private final List<RowGroup> rowGroups = new ArrayList<>();
  private final long[] columnBytes;
  private final long[] entries;
  private final long[] nulls;
  private long rows;
  private int groupRows;
  private boolean closed;

  public BatchFileWriter(LakeFiles files, String location, List<FileColumn> fileColumns) {
    this.location = location;
    this.fileColumns = List.copyOf(fileColumns);
    this.appenders = new Appender[fileColumns.size()];
    List<ColumnWriter> writers = new ArrayList<>();
    for (int i = 0; i < appenders.length; i++) {
      appenders[i] = appender(fileColumns.get(i), writers);
    }
    this.columns = writers.toArray(ColumnWriter[]::new);
    this.columnBytes = new long[columns.length];
    this.entries = new long[columns.length];
    this.nulls = new long[columns.length];
    this.out = files.create(location);
    this.zstd = ZstdContexts.compressing();
    out.write(MAGIC, 0, MAGIC.length);
  }

  /** Takes the rows of one column. */
  @FunctionalInterface
  private interface Appender {
    void append(Vector vector, int[] rows, int from, int to, ZstdCompressCtx zstd);
  }

  /** Adds a writer for each of the column's leaves, and gives what feeds them. */
  private static Appender appender(FileColumn column, List<ColumnWriter> writers) {
    List<Leaf> leaves = new ArrayList<>();
    Nesting nesting = Nesting.of(column, leaves);
    ColumnWriter[] own =
        leaves.stream().map(leaf -> new ColumnWriter(column, leaf)).toArray(ColumnWriter[]::new);
    writers.addAll(List.of(own));
    return column.isNested() ? new NestedWriter(column, nesting, own)::append : own[0]::append;
  }

  /** Rows appended so far: the position in the file of the next row. */
  public long rows() {
    return rows;
  }

  /** Appends the rows at the first {@code count} positions of {@code selected}. */
  public void append(Batch batch, int[] selected, int count) {
    Check.that(
        batch.columns().length == appenders.length,
        "a data file's batch has its columns",
        batch.columns().length,
        appenders.length);
    for (int from = 0; from < count; from += SLICE_ROWS) {
      int to = Math.min(count, from + SLICE_ROWS);
      long bytes = 0;
      for (int c = 0; c < appenders.length; c++) {
        appenders[c].append(batch.column(c), selected, from, to, zstd);
      }
      for (ColumnWriter column : columns) {
        bytes += column.compressedBytes();
      }
      rows += to - from;
      groupRows += to - from;
      if (groupRows >= ROW_GROUP_ROWS_MAX || bytes >= ROW_GROUP_BYTES_MAX) {
        endRowGroup();
      }
    }
  }

  private void endRowGroup() {
    if (groupRows == 0) {
      return;
    }
    long start = out.position();
    long uncompressed = 0;
    List<ColumnChunk> chunks = new ArrayList<>(columns.length);
    for (int c = 0; c < columns.length; c++) {
      ColumnWriter column = columns[c];
      column.flushPage(zstd);
      chunks.add(chunk(column, out.position()));
      out.write(column.pages().array(), 0, column.pages().length());
      uncompressed += column.uncompressedBytes();
      columnBytes[c] += column.compressedBytes();
      entries[c] += column.entries();
      nulls[c] += column.nulls();
      column.startRowGroup();
    }
    RowGroup group = new RowGroup(chunks, uncompressed, groupRows);
    group.setFile_offset(start);
    group.setTotal_compressed_size(out.position() - start);
    group.setOrdinal((short) rowGroups.size());
    rowGroups.add(group);
    groupRows = 0;
  }

  /**
   * The statistics are those of the file so far, so they hold for the row group and are exact for
   * files of one group.
   */
  private static ColumnChunk chunk(ColumnWriter column, long offset) {
    ColumnMetaData data =
        new ColumnMetaData(
            Physical.of(column.leaf().type()).type(),
            List.of(Encoding.PLAIN, Encoding.RLE),
            column.leaf().path(),
            CompressionCodec.ZSTD,
            column.entries(),
            column.uncompressedBytes(),
            column.compressedBytes(),
            offset);
    if (!column.column().isArray() && !column.column().isNested()) {
      Statistics statistics = new Statistics();
      statistics.setNull_count(column.nulls());
      ByteBuffer lower = column.bounds().lower();
      ByteBuffer upper = column.bounds().upper();
      if (lower != null && upper != null && column.bounds().nans() == 0) {
        statistics.setMin_value(lower.duplicate());
        statistics.setMax_value(upper.duplicate());
      }
      data.setStatistics(statistics);
    }
    ColumnChunk chunk = new ColumnChunk(offset);
    chunk.setMeta_data(data);
    return chunk;
  }

  /** Writes what is left and the footer, and closes the file. */
  public WrittenFile finish() {
    endRowGroup();
    FileMetaData footer = new FileMetaData(1, ParquetSchema.of(fileColumns), rows, rowGroups);
    footer.setCreated_by("freshet version 0.1.0");
    footer.setColumn_orders(
        Stream.of(columns).map(_ -> ColumnOrder.TYPE_ORDER(new TypeDefinedOrder())).toList());
    long footerStart = out.position();
    try {
      Util.writeFileMetaData(footer, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] tail = new byte[8];
    PlainValues.INT.set(tail, 0, Math.toIntExact(out.position() - footerStart));
    System.arraycopy(MAGIC, 0, tail, 4, 4);
    out.write(tail, 0, tail.length);
    long bytes = out.position();
    close();
    return describe(bytes);
  }

  private WrittenFile describe(long bytes) {
    Map<Integer, Long> sizes = new HashMap<>();
    Map<Integer, Long> values = new HashMap<>();
    Map<Integer, Long> nullCounts = new HashMap<>();
    Map<Integer, Long> nanCounts = new HashMap<>();
    Map<Integer, ByteBuffer> lower = new HashMap<>();
    Map<Integer, ByteBuffer> upper = new HashMap<>();
    for (int c = 0; c < columns.length; c++) {
      FileColumn column = columns[c].column();
      int id = columns[c].leaf().fieldId();
      if (column.isArray() || column.isNested()) {
        sizes.put(id, columnBytes[c]);
        continue;
      }
      sizes.put(id, columnBytes[c]);
      values.put(id, entries[c]);
      nullCounts.put(id, nulls[c]);
      Physical physical = Physical.of(columns[c].leaf().type());
      if (physical == Physical.FLOAT || physical == Physical.DOUBLE) {
        nanCounts.put(id, columns[c].bounds().nans());
      }
      putIfPresent(lower, id, columns[c].bounds().lower());
      putIfPresent(upper, id, columns[c].bounds().upper());
    }
    return new WrittenFile(
        location, rows, bytes, sizes, values, nullCounts, nanCounts, lower, upper);
  }

  private static void putIfPresent(
      Map<Integer, ByteBuffer> bounds, int id, @Nullable ByteBuffer bound) {
    if (bound != null) {
      bounds.put(id, bound);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    ZstdContexts.giveBack(zstd);
    out.close();
  }
}
