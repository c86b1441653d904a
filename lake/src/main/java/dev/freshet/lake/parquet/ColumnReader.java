package dev.freshet.lake.parquet;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.lake.files.LakeInput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;

/** Reads one column of one row group into a vector. */
final class ColumnReader {
  private final String location;
  private final FileColumn column;
  private final Leaf leaf;
  private final Physical physical;
  private final int rows;
  private final ZstdDecompressCtx zstd;
  private final VectorBuilder target;
  private byte[] page = {};
  private byte[] definition = {};
  private byte[] repetition = {};
  private final ByteArrayOutputStream allDefinitions = new ByteArrayOutputStream();
  private final ByteArrayOutputStream allRepetitions = new ByteArrayOutputStream();

  ColumnReader(String location, FileColumn column, Leaf leaf, int rows, ZstdDecompressCtx zstd) {
    this.location = location;
    this.column = column;
    this.leaf = leaf;
    this.physical = Physical.of(leaf.type());
    this.rows = rows;
    this.zstd = zstd;
    DataType collected = column.isNested() ? leaf.type() : column.column().type();
    this.target = new VectorBuilder(collected.layout(), rows);
  }

  Vector read(LakeInput in, ColumnMetaData data) {
    readPages(in, data);
    if (target.length() != rows) {
      throw damaged("column " + column.column().name() + " has " + target.length() + " rows");
    }
    return target.build();
  }

  /** The entries of a leaf of a nested column. */
  NestedReader.Entries readEntries(LakeInput in, ColumnMetaData data) {
    readPages(in, data);
    return new NestedReader.Entries(
        allDefinitions.toByteArray(),
        allRepetitions.toByteArray(),
        allDefinitions.size(),
        target.build());
  }

  private void readPages(LakeInput in, ColumnMetaData data) {
    if (data.getCodec() != CompressionCodec.ZSTD || data.isSetDictionary_page_offset()) {
      throw damaged("it was not written by Freshet");
    }
    byte[] bytes =
        in.readFully(data.getData_page_offset(), Math.toIntExact(data.getTotal_compressed_size()));
    ByteArrayInputStream stream = new ByteArrayInputStream(bytes);
    long left = data.getNum_values();
    while (left > 0) {
      PageHeader header = readHeader(stream);
      int at = bytes.length - stream.available();
      int compressed = header.getCompressed_page_size();
      int length = header.getUncompressed_page_size();
      if (compressed < 0 || compressed > stream.available() || length < 0) {
        throw damaged("a page is longer than its column");
      }
      if (page.length < length) {
        page = new byte[length];
      }
      decompress(bytes, at, compressed, length);
      stream.skip(compressed);
      int values = plain(header).getNum_values();
      readPage(length, values);
      left -= values;
    }
  }

  private void decompress(byte[] bytes, int at, int compressed, int length) {
    int size;
    try {
      size = zstd.decompressByteArray(page, 0, length, bytes, at, compressed);
    } catch (ZstdException e) {
      throw damaged("a page does not decompress");
    }
    if (size != length) {
      throw damaged("a page does not decompress");
    }
  }

  private PageHeader readHeader(ByteArrayInputStream stream) {
    PageHeader header;
    try {
      header = Util.readPageHeader(stream);
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED, "Cannot read data file " + location + ": bad page.", e);
    }
    return header;
  }

  private DataPageHeader plain(PageHeader header) {
    DataPageHeader data = header.getData_page_header();
    if (data == null || data.getEncoding() != Encoding.PLAIN) {
      throw damaged("it was not written by Freshet");
    }
    return data;
  }

  private void readPage(int length, int values) {
    int at = 0;
    int max = leaf.definitionMax();
    if (definition.length < values) {
      definition = new byte[values];
      repetition = new byte[values];
    }
    if (leaf.repetitionMax() > 0) {
      at = readLevels(at, length, leaf.repetitionMax(), repetition, values);
    }
    if (max > 0) {
      at = readLevels(at, length, max, definition, values);
    }
    if (column.isNested()) {
      readEntries(at, length, max, values);
    } else if (column.isArray()) {
      readArrays(at, length, max, values);
    } else if (max == 0 || !hasBelow(definition, values, max)) {
      readValues(target, at, length, values);
    } else {
      readNullable(at, length, values);
    }
  }

  private void readEntries(int start, int end, int max, int values) {
    if (leaf.repetitionMax() == 0) {
      Arrays.fill(repetition, 0, values, (byte) 0);
    }
    if (max == 0) {
      Arrays.fill(definition, 0, values, (byte) 0);
    }
    int present = 0;
    for (int i = 0; i < values; i++) {
      present += definition[i] == max ? 1 : 0;
    }
    allDefinitions.write(definition, 0, values);
    allRepetitions.write(repetition, 0, values);
    readValues(target, start, end, present);
  }

  private int readLevels(int at, int end, int max, byte[] levels, int count) {
    int length = at + 4 <= end ? (int) PlainValues.INT.get(page, at) : -1;
    if (length < 0 || length > end - at - 4) {
      throw damaged("its levels are longer than their page");
    }
    Levels.decode(page, at + 4, at + 4 + length, max, levels, count);
    return at + 4 + length;
  }

  private static boolean hasBelow(byte[] levels, int count, int max) {
    for (int i = 0; i < count; i++) {
      if (levels[i] < max) {
        return true;
      }
    }
    return false;
  }

  private void readNullable(int start, int end, int values) {
    int present = 0;
    for (int i = 0; i < values; i++) {
      present += definition[i];
    }
    VectorBuilder builder = new VectorBuilder(target.layout(), present);
    readValues(builder, start, end, present);
    Vector dense = builder.build();
    int next = 0;
    for (int i = 0; i < values; i++) {
      if (definition[i] == 0) {
        target.appendNull();
      } else {
        target.append(dense, next++);
      }
    }
  }

  private void readArrays(int start, int end, int max, int values) {
    int present = 0;
    for (int i = 0; i < values; i++) {
      present += definition[i] == max ? 1 : 0;
    }
    VectorBuilder builder = new VectorBuilder(leaf.type().layout(), present);
    readValues(builder, start, end, present);
    Vector dense = builder.build();
    int next = 0;
    int i = 0;
    while (i < values) {
      if (definition[i] < max - 1) {
        appendNullOrEmpty(definition[i] == max - 2);
        i++;
        continue;
      }
      VectorBuilder elements = new VectorBuilder(leaf.type().layout(), 4);
      do {
        if (definition[i] == max) {
          elements.append(dense, next++);
        } else {
          elements.appendNull();
        }
        i++;
      } while (i < values && repetition[i] == 1);
      byte[] encoded = ArrayCodec.encode(elements.build());
      target.appendBytes(encoded, 0, encoded.length);
    }
  }

  private void appendNullOrEmpty(boolean isEmpty) {
    if (isEmpty) {
      byte[] encoded = ArrayCodec.encode(new VectorBuilder(leaf.type().layout(), 0).build());
      target.appendBytes(encoded, 0, encoded.length);
    } else {
      target.appendNull();
    }
  }

  private void readValues(VectorBuilder builder, int start, int end, int count) {
    int at = start;
    int width = physical.width();
    if (width > 0 && (long) count * width > end - start) {
      throw damaged("a page holds fewer values than it says");
    }
    switch (physical) {
      case BOOLEAN -> {
        for (int i = 0; i < count; i++) {
          builder.appendBoolean(((page[start + (i >>> 3)] >>> (i & 7)) & 1) == 1);
        }
      }
      case INT32 -> {
        for (int i = 0; i < count; i++, at += 4) {
          builder.appendLong((int) PlainValues.INT.get(page, at));
        }
      }
      case INT64 -> {
        for (int i = 0; i < count; i++, at += 8) {
          builder.appendLong((long) PlainValues.LONG.get(page, at));
        }
      }
      case FLOAT -> {
        for (int i = 0; i < count; i++, at += 4) {
          builder.appendDouble((float) PlainValues.FLOAT.get(page, at));
        }
      }
      case DOUBLE -> {
        for (int i = 0; i < count; i++, at += 8) {
          builder.appendDouble((double) PlainValues.DOUBLE.get(page, at));
        }
      }
      case BYTES -> readBytes(builder, start, end, count);
      case FIXED_BYTES -> {
        for (int i = 0; i < count; i++, at += width) {
          builder.appendBytes(page, at, width);
        }
      }
      case FIXED_DECIMAL -> readDecimals(builder, start, end, count);
    }
  }

  private void readBytes(VectorBuilder builder, int start, int end, int count) {
    int at = start;
    for (int i = 0; i < count; i++) {
      int length = at + 4 <= end ? (int) PlainValues.INT.get(page, at) : -1;
      if (length < 0 || length > end - at - 4) {
        throw damaged("a value is longer than its page");
      }
      builder.appendBytes(page, at + 4, length);
      at += 4 + length;
    }
  }

  private void readDecimals(VectorBuilder builder, int start, int end, int count) {
    int width = Physical.decimalBytes(((DataType.Decimal) leaf.type()).precision());
    if ((long) count * width > end - start) {
      throw damaged("a page holds fewer values than it says");
    }
    for (int i = 0; i < count; i++) {
      int at = start + i * width;
      long high = page[at] < 0 ? -1 : 0;
      long low = high;
      for (int b = 0; b < width; b++) {
        high = (high << 8) | (low >>> 56);
        low = (low << 8) | (page[at + b] & 0xFF);
      }
      builder.appendInt128(high, low);
    }
  }

  private FreshetException damaged(String why) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED, "Cannot read data file " + location + ": " + why + ".");
  }
}
