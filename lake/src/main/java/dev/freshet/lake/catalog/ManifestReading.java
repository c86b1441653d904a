package dev.freshet.lake.catalog;

import dev.freshet.lake.catalog.ManifestReaders.Plan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.iceberg.InternalData;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.CloseableGroup;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro files whose schemas come again and again. Compressed ones, as other versions wrote
 * them, are left to Iceberg's own reader. One thread owns it; the known schemas are shared.
 */
final class ManifestReading implements InternalData.ReadBuilder {
  private static final int KNOWN_MAX = 64;

  /** By their text. */
  private static final Map<ByteBuffer, org.apache.avro.Schema> KNOWN = new ConcurrentHashMap<>();

  private final LakeFileIo.Input file;
  private final Map<Integer, Class<? extends StructLike>> types = new HashMap<>();
  private @Nullable Class<? extends StructLike> rootType;
  private @Nullable Schema projection;
  private boolean reuses;

  ManifestReading(LakeFileIo.Input file) {
    this.file = file;
  }

  @Override
  public InternalData.ReadBuilder project(Schema projectedSchema) {
    projection = projectedSchema;
    return this;
  }

  @Override
  public InternalData.ReadBuilder split(long newStart, long newLength) {
    throw new UnsupportedOperationException("a manifest is read as a whole");
  }

  @Override
  public InternalData.ReadBuilder reuseContainers() {
    reuses = true;
    return this;
  }

  @Override
  public InternalData.ReadBuilder setRootType(Class<? extends StructLike> rootClass) {
    rootType = rootClass;
    return this;
  }

  @Override
  public InternalData.ReadBuilder setCustomType(
      int fieldId, Class<? extends StructLike> structClass) {
    types.put(fieldId, structClass);
    return this;
  }

  @Override
  public <D> CloseableIterable<D> build() {
    Schema projected = Objects.requireNonNull(projection);
    // Who asks for no types wants the file's metadata, which only Iceberg's own reader tells.
    return rootType == null && types.isEmpty() ? icebergs(projected) : new Rows<>(projected);
  }

  private <D> CloseableIterable<D> icebergs(Schema projected) {
    InternalData.ReadBuilder builder = ManifestFormat.icebergs(file).project(projected);
    if (rootType != null) {
      builder.setRootType(rootType);
    }
    types.forEach(builder::setCustomType);
    return (reuses ? builder.reuseContainers() : builder).build();
  }

  private final class Rows<D> extends CloseableGroup implements CloseableIterable<D> {
    private final Schema projected;

    Rows(Schema projected) {
      this.projected = projected;
    }

    @Override
    public CloseableIterator<D> iterator() {
      AvroFileBytes bytes = new AvroFileBytes(content(), file.location());
      Map<String, ByteBuffer> metadata = bytes.readMetadata();
      ByteBuffer codec = metadata.get("avro.codec");
      ByteBuffer schema = metadata.get("avro.schema");
      if (schema == null) {
        throw bytes.damaged("it has no schema");
      }
      if (codec != null && !StandardCharsets.UTF_8.decode(codec).toString().equals("null")) {
        CloseableIterable<D> others = icebergs(projected);
        addCloseable(others);
        return others.iterator();
      }
      Plan plan = new Plan(projected.asStruct(), rootType, types, parsed(schema), reuses);
      RowIterator<D> rows = new RowIterator<>(bytes, plan, ManifestReaders.take(plan));
      addCloseable(rows);
      return rows;
    }
  }

  /** A file that was cut between two blocks is whole in itself, but shorter than it was named. */
  private byte[] content() {
    byte[] content = file.content();
    if (file.named() != LakeFileIo.Input.ANY_LENGTH && file.named() != content.length) {
      throw new RuntimeIOException(
          "Cannot read lake file %s: it has %s bytes, and what names it says %s.",
          file.location(), content.length, file.named());
    }
    return content;
  }

  private static org.apache.avro.Schema parsed(ByteBuffer text) {
    org.apache.avro.Schema known = KNOWN.get(text);
    if (known != null) {
      return known;
    }
    if (KNOWN.size() > KNOWN_MAX) {
      KNOWN.clear();
    }
    byte[] copy = AvroFileBytes.array(text);
    org.apache.avro.Schema parsed =
        new org.apache.avro.Schema.Parser().parse(new String(copy, StandardCharsets.UTF_8));
    KNOWN.put(ByteBuffer.wrap(copy), parsed);
    return parsed;
  }

  private static final class RowIterator<D> implements CloseableIterator<D> {
    private final AvroFileBytes file;
    private final Plan plan;
    private final ByteBuffer marker;
    private ManifestReaders.@Nullable Idle<D> reader;
    private @Nullable BinaryDecoder decoder;
    private long left;

    RowIterator(AvroFileBytes file, Plan plan, ManifestReaders.Idle<D> reader) {
      this.file = file;
      this.plan = plan;
      this.reader = reader;
      this.marker = file.readMarker();
    }

    @Override
    public boolean hasNext() {
      while (left == 0 && file.hasNext()) {
        beginBlock();
      }
      return left > 0;
    }

    private void beginBlock() {
      left = file.readLong();
      byte[] content = AvroFileBytes.array(file.readBytes());
      if (left < 0 || !file.readMarker().equals(marker)) {
        throw file.damaged("a block does not end where it should");
      }
      decoder = DecoderFactory.get().binaryDecoder(content, decoder);
    }

    @Override
    public D next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      left--;
      BinaryDecoder block = Objects.requireNonNull(decoder);
      try {
        D row = Objects.requireNonNull(reader).read(block);
        if (left == 0 && !block.isEnd()) {
          throw file.damaged("a block has more than its rows");
        }
        return row;
      } catch (IOException e) {
        throw new RuntimeIOException(e, "Failed to read lake file: %s", file.location());
      }
    }

    /** From here on nobody reads the row that was given last. */
    @Override
    public void close() {
      ManifestReaders.Idle<D> used = reader;
      reader = null;
      if (used != null) {
        ManifestReaders.giveBack(plan, used);
      }
    }
  }
}
