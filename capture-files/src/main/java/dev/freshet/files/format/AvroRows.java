package dev.freshet.files.format;

import dev.freshet.files.store.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The rows of an Avro object container file. One thread owns it. */
final class AvroRows implements FileRows {
  private final DataFileReader<GenericRecord> records;
  private final Current current;
  private long row;

  private AvroRows(DataFileReader<GenericRecord> records) {
    this.records = records;
    this.current = new Current(records.getSchema());
  }

  static AvroRows open(OpenFile file, long end, Place place) {
    try {
      DataFileReader<GenericRecord> records =
          new DataFileReader<>(new Input(file, end), new GenericDatumReader<>());
      if (records.getSchema().getType() != Schema.Type.RECORD) {
        throw FileProblem.corrupt(
            "it holds no records but values of type " + records.getSchema().getType());
      }
      AvroRows rows = new AvroRows(records);
      rows.skipTo(place.row());
      return rows;
    } catch (IOException | AvroRuntimeException e) {
      throw damaged(e);
    }
  }

  /** An end too early comes in many wrappings. */
  private static FileProblem damaged(Exception e) {
    FileProblem.throwUnread(e);
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException) {
        return FileProblem.incomplete("it ends in the middle of a block", e);
      }
    }
    return FileProblem.corrupt("it cannot be read as Avro: " + e.getMessage(), e);
  }

  private void skipTo(long wanted) throws IOException {
    while (row < wanted && records.hasNext()) {
      if (records.getBlockCount() <= wanted - row) {
        row += records.getBlockCount();
        records.nextBlock();
      } else {
        current.record = records.next(current.record);
        row++;
      }
    }
  }

  @Override
  public Optional<RowBatch> next() {
    JsonWriter out = new JsonWriter();
    try {
      while (out.rows() < BATCH_ROWS && out.bytes() < BATCH_BYTES && records.hasNext()) {
        current.record = records.next(current.record);
        out.row(current, ++row);
      }
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
    return out.batch(row);
  }

  @Override
  public void close() {
    try {
      records.close();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** The record read last. */
  private static final class Current implements JsonWriter.Fields {
    private final Schema schema;
    private @Nullable GenericRecord record;

    Current(Schema schema) {
      this.schema = schema;
    }

    @Override
    public int count() {
      return schema.getFields().size();
    }

    @Override
    public String name(int index) {
      return schema.getFields().get(index).name();
    }

    @Override
    public @Nullable Object value(int index) {
      GenericRecord read = record;
      return read == null
          ? null
          : AvroValues.plain(schema.getFields().get(index).schema(), read.get(index));
    }
  }

  /** The bytes of the file as the library wants them. One thread owns it. */
  private static final class Input implements SeekableInput {
    private final OpenFile file;
    private final long end;
    private long position;

    Input(OpenFile file, long end) {
      this.file = file;
      this.end = end;
    }

    @Override
    public void seek(long to) {
      position = to;
    }

    @Override
    public long tell() {
      return position;
    }

    @Override
    public long length() {
      return end;
    }

    @Override
    public int read(byte[] into, int start, int count) {
      int most = (int) Math.min(count, end - position);
      int read = most <= 0 ? 0 : file.read(position, into, start, most);
      position += read;
      return read == 0 && count > 0 ? -1 : read;
    }

    @Override
    public void close() {
      // its owner closes it
    }
  }
}
