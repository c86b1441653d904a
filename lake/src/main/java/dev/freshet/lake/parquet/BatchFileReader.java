package dev.freshet.lake.parquet;

import com.github.luben.zstd.ZstdDecompressCtx;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.files.LakeFiles;
import dev.freshet.lake.files.LakeInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Reads files that {@link BatchFileWriter} wrote, one row group at a time, only the columns asked
 * for. Columns are found by field id; one that the file does not have reads as NULL. One thread
 * owns it.
 */
public final class BatchFileReader implements AutoCloseable {
  private static final int TAIL_BYTES = 8;

  private final String location;
  private final LakeInput in;
  private final FileMetaData footer;
  private final Map<Integer, Integer> chunkByFieldId = new HashMap<>();
  private final ZstdDecompressCtx zstd;
  private int nextGroup;
  private boolean closed;

  public BatchFileReader(LakeFiles files, String location) {
    this.location = location;
    this.in = files.open(location);
    this.footer = readFooter();
    indexFields();
    this.zstd = ZstdContexts.decompressing();
  }

  private FileMetaData readFooter() {
    long size = in.size();
    if (size < TAIL_BYTES + 4) {
      throw damaged("it is too short");
    }
    byte[] tail = in.readFully(size - TAIL_BYTES, TAIL_BYTES);
    int length = (int) PlainValues.INT.get(tail, 0);
    if (tail[4] != 'P' || tail[7] != '1' || length <= 0 || length > size - TAIL_BYTES) {
      throw damaged("it has no footer");
    }
    try {
      return Util.readFileMetaData(
          new ByteArrayInputStream(in.readFully(size - TAIL_BYTES - length, length)));
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED, "Cannot read data file " + location + ": bad footer.", e);
    }
  }

  /** Leaves of the schema are in the order of the column chunks. */
  private void indexFields() {
    int chunk = 0;
    List<SchemaElement> elements = present(footer.getSchema());
    for (SchemaElement element : elements.subList(1, elements.size())) {
      if (!element.isSetNum_children() || element.getNum_children() == 0) {
        chunkByFieldId.put(element.getField_id(), chunk++);
      }
    }
  }

  /** Rows in the whole file. */
  public long rowCount() {
    return footer.getNum_rows();
  }

  public boolean hasNext() {
    return nextGroup < footer.getRow_groupsSize();
  }

  /** The next row group's rows, each with weight +1. */
  public Batch next(List<FileColumn> columns) {
    RowGroup group = present(footer.getRow_groups()).get(nextGroup++);
    int rows = Math.toIntExact(group.getNum_rows());
    Vector[] vectors = new Vector[columns.size()];
    List<Column> schema = new ArrayList<>(columns.size());
    for (int i = 0; i < vectors.length; i++) {
      FileColumn column = columns.get(i);
      schema.add(column.column());
      vectors[i] = read(column, group, rows);
    }
    long[] weights = new long[rows];
    Arrays.fill(weights, 1);
    return new Batch(new Schema(schema), vectors, weights, rows);
  }

  private Vector read(FileColumn column, RowGroup group, int rows) {
    List<Leaf> leaves = new ArrayList<>();
    Nesting nesting = Nesting.of(column, leaves);
    if (!chunkByFieldId.containsKey(leaves.getFirst().fieldId())) {
      return nullVector(column, rows);
    }
    if (!column.isNested()) {
      Leaf leaf = leaves.getFirst();
      return new ColumnReader(location, column, leaf, rows, zstd).read(in, chunk(group, leaf));
    }
    List<NestedReader.Entries> entries = new ArrayList<>();
    for (Leaf leaf : leaves) {
      entries.add(
          new ColumnReader(location, column, leaf, rows, zstd).readEntries(in, chunk(group, leaf)));
    }
    return new NestedReader(location, nesting, entries).read(rows);
  }

  private ColumnMetaData chunk(RowGroup group, Leaf leaf) {
    int chunk = present(chunkByFieldId.get(leaf.fieldId()));
    return present(present(group.getColumns()).get(chunk).getMeta_data());
  }

  private static Vector nullVector(FileColumn column, int rows) {
    VectorBuilder builder = new VectorBuilder(column.column().type().layout(), rows);
    for (int i = 0; i < rows; i++) {
      builder.appendNull();
    }
    return builder.build();
  }

  private <T> T present(@Nullable T part) {
    if (part == null) {
      throw damaged("its footer is incomplete");
    }
    return part;
  }

  private FreshetException damaged(String why) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED, "Cannot read data file " + location + ": " + why + ".");
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    ZstdContexts.giveBack(zstd);
    in.close();
  }
}
