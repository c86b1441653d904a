package dev.freshet.lake.catalog;

import static dev.freshet.lake.catalog.AvroFileBytes.writeBytes;
import static dev.freshet.lake.catalog.AvroFileBytes.writeLong;

import dev.freshet.core.error.Check;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.iceberg.InternalData;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.avro.AvroSchemaUtil;
import org.apache.iceberg.avro.InternalWriter;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Writes Avro files whose schemas come again and again. Not compressed, whatever the settings say:
 * they are small. One thread owns it; the known schemas are shared.
 */
final class ManifestWriting implements InternalData.WriteBuilder {
  private static final int BLOCK_BYTES = 64_000;
  private static final int KNOWN_MAX = 64;
  private static final Map<Key, Known> KNOWN = new ConcurrentHashMap<>();

  private final OutputFile file;
  private final Map<String, byte[]> metadata = new LinkedHashMap<>();
  private @Nullable Schema schema;
  private String name = "table";

  private record Key(Types.StructType fields, String name) {}

  /** What Avro and Iceberg make of a schema. */
  private record Known(org.apache.avro.Schema schema, byte[] avroText, byte[] icebergText) {
    static Known of(Schema schema, String name) {
      org.apache.avro.Schema made = AvroSchemaUtil.convert(schema, name);
      return new Known(made, utf8(made.toString()), utf8(SchemaParser.toJson(schema)));
    }
  }

  ManifestWriting(OutputFile file) {
    this.file = file;
  }

  @Override
  public InternalData.WriteBuilder schema(Schema newSchema) {
    schema = newSchema;
    return this;
  }

  @Override
  public InternalData.WriteBuilder named(String newName) {
    name = newName;
    return this;
  }

  @Override
  public InternalData.WriteBuilder set(String property, String value) {
    return this;
  }

  @Override
  public InternalData.WriteBuilder meta(String property, String value) {
    metadata.put(property, utf8(value));
    return this;
  }

  @Override
  public InternalData.WriteBuilder overwrite() {
    return this; // a file of the lake is new
  }

  @Override
  public <D> FileAppender<D> build() throws IOException {
    Schema given = Objects.requireNonNull(schema);
    Known known =
        KNOWN.computeIfAbsent(new Key(given.asStruct(), name), _ -> Known.of(given, name));
    if (KNOWN.size() > KNOWN_MAX) {
      KNOWN.clear();
    }
    metadata.put("iceberg.schema", known.icebergText());
    metadata.put("avro.schema", known.avroText());
    metadata.put("avro.codec", utf8("null"));
    return new Appender<>(file.create(), known.schema(), metadata);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The markers between blocks stay 0 here: {@link AvroMarkers} fills them in. After a row that
   * could not be written, of which some bytes may be there, nothing comes of the file any more.
   */
  private static final class Appender<D> implements FileAppender<D> {
    private static final byte[] MARKER = new byte[AvroFileBytes.MARKER_BYTES];

    private final PositionOutputStream out;
    private final InternalWriter<D> writer;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(block, null);
    private long blockRows;
    private long rows;
    private boolean failed;
    private boolean closed;

    Appender(PositionOutputStream out, org.apache.avro.Schema schema, Map<String, byte[]> metadata)
        throws IOException {
      this.out = out;
      this.writer = InternalWriter.create(schema);
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      header.writeBytes(AvroFileBytes.MAGIC);
      writeLong(header, metadata.size());
      metadata.forEach((key, value) -> {
        writeBytes(header, utf8(key));
        writeBytes(header, value);
      });
      writeLong(header, 0);
      header.writeBytes(MARKER);
      header.writeTo(out);
    }

    @Override
    public void add(D row) {
      refuseWhenFailed();
      failed = true;
      try {
        writer.write(row, encoder);
        rows++;
        blockRows++;
        if (block.size() >= BLOCK_BYTES) {
          endBlock();
        }
        failed = false;
      } catch (IOException e) {
        throw new RuntimeIOException(e);
      }
    }

    private void refuseWhenFailed() {
      if (failed) {
        throw new RuntimeIOException(
            "Cannot finish a lake file: one of its rows could not be written.");
      }
    }

    private void endBlock() throws IOException {
      encoder.flush();
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      writeLong(frame, blockRows);
      writeLong(frame, block.size());
      frame.writeTo(out);
      block.writeTo(out);
      out.write(MARKER);
      block.reset();
      blockRows = 0;
    }

    @Override
    public Metrics metrics() {
      refuseWhenFailed();
      Check.that(closed, "an Avro file is measured once it is closed");
      return new Metrics(rows);
    }

    @Override
    public long length() {
      refuseWhenFailed();
      try {
        return out.getPos() + block.size();
      } catch (IOException e) {
        throw new RuntimeIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      refuseWhenFailed();
      failed = true;
      try (out) {
        if (blockRows > 0) {
          endBlock();
        }
      }
      failed = false;
    }
  }
}
