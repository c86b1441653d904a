package dev.freshet.files.format;

import dev.freshet.files.store.OpenFile;
import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of a Parquet file. One thread owns it. */
final class ParquetRows implements FileRows {
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

  private final HardwoodContext context;
  private final ParquetFileReader reader;
  private final RowReader rows;
  private long row;

  private ParquetRows(HardwoodContext context, ParquetFileReader reader, RowReader rows, long row) {
    this.context = context;
    this.reader = reader;
    this.rows = rows;
    this.row = row;
  }

  static ParquetRows open(OpenFile file, long end, Place place) {
    requireMagic(file, end);
    HardwoodContext context = HardwoodContext.create(1);
    try {
      return open(context, ParquetFileReader.open(new Input(file, end), context), place);
    } catch (IOException | RuntimeException e) {
      context.close();
      throw damaged(e);
    }
  }

  private static ParquetRows open(HardwoodContext context, ParquetFileReader reader, Place place)
      throws IOException {
    try {
      RowReader rows = reader.buildRowReader().skip(place.row()).build();
      return new ParquetRows(context, reader, rows, place.row());
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static void requireMagic(OpenFile file, long end) {
    if (!isMagicAt(file, 0, end)) {
      throw FileProblem.corrupt("it is no Parquet: it does not begin with PAR1");
    }
    if (!isMagicAt(file, end - MAGIC.length, end)) {
      throw FileProblem.incomplete("its footer is missing");
    }
  }

  private static boolean isMagicAt(OpenFile file, long position, long end) {
    byte[] found = new byte[MAGIC.length];
    return position >= 0
        && position + found.length <= end
        && file.read(position, found, 0, found.length) == found.length
        && Arrays.equals(found, MAGIC);
  }

  private static FileProblem damaged(Exception e) {
    FileProblem.throwUnread(e);
    return FileProblem.corrupt("it cannot be read as Parquet: " + e.getMessage(), e);
  }

  @Override
  public Optional<RowBatch> next() {
    JsonWriter out = new JsonWriter();
    Current current = new Current(rows);
    try {
      while (out.rows() < BATCH_ROWS && out.bytes() < BATCH_BYTES && rows.hasNext()) {
        rows.next();
        out.row(current, ++row);
      }
    } catch (RuntimeException e) {
      throw damaged(e);
    }
    return out.batch(row);
  }

  @Override
  public void close() {
    try (context;
        reader) {
      rows.close();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** The row that the reader stands at. */
  private record Current(RowReader rows) implements JsonWriter.Fields {
    @Override
    public int count() {
      return rows.getFieldCount();
    }

    @Override
    public String name(int index) {
      return rows.getFieldName(index);
    }

    @Override
    public @Nullable Object value(int index) {
      return rows.isNull(index) ? null : plain(rows.getValue(index));
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case PqList list -> {
        List<@Nullable Object> elements = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
          elements.add(list.isNull(i) ? null : plain(list.get(i)));
        }
        yield elements;
      }
      case PqStruct struct -> {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < struct.getFieldCount(); i++) {
          fields.put(struct.getFieldName(i), struct.isNull(i) ? null : plain(struct.getValue(i)));
        }
        yield fields;
      }
      case PqMap map -> {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        for (PqMap.Entry entry : map.getEntries()) {
          entries.put(
              String.valueOf(plain(entry.getKey())),
              entry.isValueNull() ? null : plain(entry.getValue()));
        }
        yield entries;
      }
      case null, default -> value;
    };
  }

  /** The bytes of the file as the library wants them. */
  private record Input(OpenFile file, long end) implements InputFile {
    @Override
    public void open() {
      // it is
    }

    @Override
    public ByteBuffer readRange(long position, int count) throws IOException {
      if (position < 0 || count < 0 || position + count > end) {
        throw new IOException("bytes " + position + " to " + (position + count) + " are not in it");
      }
      byte[] bytes = new byte[count];
      if (file.read(position, bytes, 0, count) < count) {
        throw new IOException("it became shorter");
      }
      return ByteBuffer.wrap(bytes);
    }

    @Override
    public long length() {
      return end;
    }

    @Override
    public String name() {
      return "file";
    }

    @Override
    public void close() {
      // its owner closes it
    }
  }
}
