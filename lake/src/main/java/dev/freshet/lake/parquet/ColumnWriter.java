package dev.freshet.lake.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/**
 * Turns vectors of one column into compressed pages of plain values. Pages collect here until the
 * row group ends. One thread owns it.
 */
final class ColumnWriter {
  private static final int PAGE_BYTES_MAX = 1 << 20;
  private static final int PAGE_ROWS_MAX = 1 << 16;

  private final FileColumn column;
  private final Leaf leaf;
  private final Physical physical;
  private final int fixedBytes;
  private final Levels definition;
  private final Levels repetition;
  private final ColumnBounds bounds;
  private final ByteWriter pages = new ByteWriter(1024);
  private final ByteWriter raw = new ByteWriter(1024);
  private byte[] values = new byte[1024];
  private int valuesLength;
  private byte[] compressed = {};
  private boolean[] bits = {};
  private int bitCount;
  private int pageRows;
  private int pageEntries;
  private long entries;
  private long nulls;
  private long uncompressedBytes;

  ColumnWriter(FileColumn column, Leaf leaf) {
    this.column = column;
    this.leaf = leaf;
    this.physical = Physical.of(leaf.type());
    this.fixedBytes =
        switch (physical) {
          case FIXED_DECIMAL -> Physical.decimalBytes(((DataType.Decimal) leaf.type()).precision());
          case FIXED_BYTES -> physical.width();
          case BOOLEAN, INT32, INT64, FLOAT, DOUBLE, BYTES -> 0;
        };
    int max = leaf.definitionMax();
    this.definition = new Levels(max, max);
    this.repetition = new Levels(0, Math.max(1, leaf.repetitionMax()));
    this.bounds = new ColumnBounds(column, leaf);
  }

  FileColumn column() {
    return column;
  }

  Leaf leaf() {
    return leaf;
  }

  ColumnBounds bounds() {
    return bounds;
  }

  /** Values, nulls and empty arrays since the row group began. */
  long entries() {
    return entries;
  }

  long nulls() {
    return nulls;
  }

  long uncompressedBytes() {
    return uncompressedBytes;
  }

  long compressedBytes() {
    return pages.length();
  }

  ByteWriter pages() {
    return pages;
  }

  void startRowGroup() {
    pages.clear();
    entries = 0;
    nulls = 0;
    uncompressedBytes = 0;
  }

  /** Appends the rows {@code rows[from]} to {@code rows[to - 1]} of the vector. */
  void append(Vector vector, int[] rows, int from, int to, ZstdCompressCtx zstd) {
    if (column.isArray()) {
      appendArrays((BytesVector) vector, rows, from, to);
    } else if (vector.mayHaveNulls()) {
      appendWithNulls(vector, rows, from, to);
    } else {
      appendValues(vector, rows, from, to);
      pageEntries += to - from;
      if (column.mayBeNull()) {
        definition.addUsual(to - from);
      }
    }
    pageRows += to - from;
    if (valuesLength >= PAGE_BYTES_MAX || pageRows >= PAGE_ROWS_MAX) {
      flushPage(zstd);
    }
  }

  /**
   * Appends entries of whole rows.
   *
   * @param present the values of the entries that have the highest definition level
   */
  void appendEntries(
      byte[] definitions,
      byte[] repetitions,
      int count,
      Vector present,
      int rows,
      ZstdCompressCtx zstd) {
    for (int i = 0; i < count; i++) {
      definition.add(definitions[i]);
      repetition.add(repetitions[i]);
    }
    pageEntries += count;
    int[] all = new int[present.length()];
    Arrays.setAll(all, i -> i);
    appendValues(present, all, 0, all.length);
    pageRows += rows;
    if (valuesLength >= PAGE_BYTES_MAX || pageRows >= PAGE_ROWS_MAX) {
      flushPage(zstd);
    }
  }

  private void appendWithNulls(Vector vector, int[] rows, int from, int to) {
    boolean[] mask = vector.nulls();
    int[] present = new int[to - from];
    int count = 0;
    for (int i = from; i < to; i++) {
      if (mask[rows[i]]) {
        Check.that(column.mayBeNull(), "a NOT NULL column of the lake holds no NULL");
        definition.add(0);
        nulls++;
      } else {
        present[count++] = rows[i];
        if (column.mayBeNull()) {
          definition.add(1);
        }
      }
    }
    pageEntries += to - from;
    appendValues(vector, present, 0, count);
  }

  /**
   * <pre>
   * row NULL         definition 0
   * row []           definition n          n = 1 when the column may be NULL, else 0
   * element NULL     definition n + 1
   * element          definition n + 2;     repetition 0 for the first of a row, else 1
   * </pre>
   */
  private void appendArrays(BytesVector vector, int[] rows, int from, int to) {
    int own = leaf.definitionMax() - 2;
    for (int i = from; i < to; i++) {
      if (vector.isNull(rows[i])) {
        Check.that(column.mayBeNull(), "a NOT NULL column of the lake holds no NULL");
        definition.add(0);
        repetition.add(0);
        pageEntries++;
        nulls++;
        continue;
      }
      Vector elements = ArrayCodec.elements(leaf.type(), vector.copyOf(rows[i]));
      if (elements.length() == 0) {
        definition.add(own);
        repetition.add(0);
        pageEntries++;
        continue;
      }
      appendElements(elements, own);
    }
  }

  private void appendElements(Vector elements, int own) {
    int[] present = new int[elements.length()];
    int count = 0;
    for (int e = 0; e < elements.length(); e++) {
      boolean isNull = elements.isNull(e);
      definition.add(isNull ? own + 1 : own + 2);
      repetition.add(e == 0 ? 0 : 1);
      if (!isNull) {
        present[count++] = e;
      }
    }
    pageEntries += elements.length();
    appendValues(elements, present, 0, count);
  }

  private void appendValues(Vector vector, int[] rows, int from, int to) {
    if (from == to) {
      return;
    }
    switch (physical) {
      case BOOLEAN -> appendBooleans(((BooleanVector) vector).values(), rows, from, to);
      case INT32 -> {
        long[] longs = ((LongVector) vector).values();
        valuesLength =
            PlainValues.putInts(longs, rows, from, to, reserve((to - from) * 4), valuesLength);
        boundLongs(longs, rows, from, to);
      }
      case INT64 -> {
        long[] longs = ((LongVector) vector).values();
        valuesLength =
            PlainValues.putLongs(longs, rows, from, to, reserve((to - from) * 8), valuesLength);
        boundLongs(longs, rows, from, to);
      }
      case FLOAT -> {
        double[] doubles = ((DoubleVector) vector).values();
        valuesLength =
            PlainValues.putFloats(doubles, rows, from, to, reserve((to - from) * 4), valuesLength);
        boundDoubles(doubles, rows, from, to);
      }
      case DOUBLE -> {
        double[] doubles = ((DoubleVector) vector).values();
        valuesLength =
            PlainValues.putDoubles(doubles, rows, from, to, reserve((to - from) * 8), valuesLength);
        boundDoubles(doubles, rows, from, to);
      }
      case BYTES -> appendBytes((BytesVector) vector, rows, from, to);
      case FIXED_BYTES -> {
        BytesVector v = (BytesVector) vector;
        byte[] target = reserve((to - from) * fixedBytes);
        for (int i = from; i < to; i++) {
          int start = v.start(rows[i]);
          Check.that(v.end(rows[i]) - start == fixedBytes, "a UUID has 16 bytes");
          System.arraycopy(v.data(), start, target, valuesLength, fixedBytes);
          valuesLength += fixedBytes;
        }
      }
      case FIXED_DECIMAL -> {
        Int128Vector v = (Int128Vector) vector;
        valuesLength =
            PlainValues.putInt128s(
                v.high(),
                v.low(),
                rows,
                from,
                to,
                fixedBytes,
                reserve((to - from) * fixedBytes),
                valuesLength);
      }
    }
  }

  private void appendBooleans(boolean[] booleans, int[] rows, int from, int to) {
    if (bits.length < bitCount + to - from) {
      bits = Arrays.copyOf(bits, Math.max(1024, (bitCount + to - from) * 2));
    }
    for (int i = from; i < to; i++) {
      bits[bitCount++] = booleans[rows[i]];
    }
  }

  private void appendBytes(BytesVector vector, int[] rows, int from, int to) {
    int[] offsets = vector.offsets();
    long bytes = 4L * (to - from);
    for (int i = from; i < to; i++) {
      bytes += offsets[rows[i] + 1] - offsets[rows[i]];
    }
    byte[] data = vector.data();
    valuesLength =
        PlainValues.putBytes(
            data, offsets, rows, from, to, reserve(Math.toIntExact(bytes)), valuesLength);
    if (bounds.wantsText()) {
      for (int i = from; i < to; i++) {
        bounds.addText(data, offsets[rows[i]], offsets[rows[i] + 1]);
      }
    }
  }

  private void boundLongs(long[] longs, int[] rows, int from, int to) {
    if (!bounds.wantsLongs()) {
      return;
    }
    long min = longs[rows[from]];
    long max = min;
    for (int i = from + 1; i < to; i++) {
      min = Math.min(min, longs[rows[i]]);
      max = Math.max(max, longs[rows[i]]);
    }
    bounds.addLongs(min, max);
  }

  private void boundDoubles(double[] doubles, int[] rows, int from, int to) {
    for (int i = from; i < to; i++) {
      bounds.addDouble(physical == Physical.FLOAT ? (float) doubles[rows[i]] : doubles[rows[i]]);
    }
  }

  private byte[] reserve(int bytes) {
    int needed = Math.addExact(valuesLength, bytes);
    if (needed > values.length) {
      values = Arrays.copyOf(values, (int) Math.max(needed, Math.min(values.length * 2L, 1 << 30)));
    }
    return values;
  }

  /** Ends the current page, if it holds anything. */
  void flushPage(ZstdCompressCtx zstd) {
    if (pageEntries == 0) {
      return;
    }
    raw.clear();
    if (leaf.repetitionMax() > 0) {
      repetition.flush(raw);
    }
    if (leaf.definitionMax() > 0) {
      definition.flush(raw);
    }
    if (physical == Physical.BOOLEAN) {
      raw.writeBits(bits, bitCount);
    } else {
      raw.writeBytes(values, 0, valuesLength);
    }
    int bound = Math.toIntExact(Zstd.compressBound(raw.length()));
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    int size = zstd.compressByteArray(compressed, 0, bound, raw.array(), 0, raw.length());
    byte[] header = pageHeader(size);
    pages.writeBytes(header, 0, header.length);
    pages.writeBytes(compressed, 0, size);
    uncompressedBytes += header.length + raw.length();
    entries += pageEntries;
    valuesLength = 0;
    bitCount = 0;
    pageRows = 0;
    pageEntries = 0;
  }

  private byte[] pageHeader(int compressedSize) {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, raw.length(), compressedSize);
    header.setData_page_header(
        new DataPageHeader(pageEntries, Encoding.PLAIN, Encoding.RLE, Encoding.RLE));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try {
      Util.writePageHeader(header, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
