package dev.freshet.database.definition;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.SchemaCodec;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file with a database's definitions. It is replaced as a whole, so after a crash either the
 * old or the new definitions stand.
 *
 * <pre>
 * magic:int "FDEF"  version:int
 * tables:int, each:  name:text  schema  keyColumns:int, each: name:text  fromOffset:long
 *                    watermarks:int (0 or 1), each: column:text  delay:long  idle:long  ahead:long
 *                    keepsNone:int (0 or 1)
 * views:int, each:   name:text  statement:text  fromOffset:long
 * crc32c:int over all before
 * </pre>
 *
 * Format 1 had no watermarks, and no offsets of views; format 2 had no tables that keep no rows;
 * format 3 had no ahead.
 */
public final class DefinitionFile {
  private static final int MAGIC = 0x46454446;
  private static final int VERSION = 4;
  private static final int UNGUARDED = 3;
  private static final int KEEPING_ALL = 2;
  private static final int WITHOUT_TIME = 1;
  private static final int CHECKSUM_BYTES = 4;

  private final Storage storage;
  private final String path;

  public DefinitionFile(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
  }

  /**
   * The definitions that stand in the file; none when there is no file yet.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when the checksum fails, {@link
   *     ErrorCode#FORMAT_UNKNOWN} for a file of a newer Freshet
   */
  public Definitions read() {
    return storage.exists(path) ? decode(storage.readAll(path)) : Definitions.NONE;
  }

  /** Replaces the file; durable when this returns. */
  public void write(Definitions definitions) {
    storage.writeAtomically(path, encode(definitions));
  }

  private static byte[] encode(Definitions definitions) {
    ByteWriter out = new ByteWriter(1024);
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(definitions.tables().size());
    for (TableDefinition table : definitions.tables()) {
      out.writeText(table.name());
      SchemaCodec.write(out, table.schema());
      out.writeInt(table.key().size());
      table.key().forEach(out::writeText);
      out.writeLong(table.fromOffset());
      out.writeInt(table.watermark().isPresent() ? 1 : 0);
      table
          .watermark()
          .ifPresent(watermark -> {
            out.writeText(watermark.column());
            out.writeLong(watermark.delayMicros());
            out.writeLong(watermark.idleMicros());
            out.writeLong(watermark.aheadMicros());
          });
      out.writeInt(table.keep() == Keep.NONE ? 1 : 0);
    }
    out.writeInt(definitions.views().size());
    for (ViewDefinition view : definitions.views()) {
      out.writeText(view.name());
      out.writeText(view.statement());
      out.writeLong(view.fromOffset());
    }
    out.writeInt(checksum(out.array(), out.length()));
    return out.toByteArray();
  }

  private Definitions decode(byte[] bytes) {
    int length = bytes.length - CHECKSUM_BYTES;
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    if (length < 2 * Integer.BYTES || in.readInt() != MAGIC) {
      throw damaged("it does not begin as one");
    }
    int version = in.readInt();
    if (version < WITHOUT_TIME || version > VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the definitions in "
              + path
              + ": they have format "
              + version
              + ", this Freshet knows format "
              + VERSION
              + ". Use the Freshet that wrote them, or a newer one.");
    }
    if (new ByteReader(bytes, length, CHECKSUM_BYTES).readInt() != checksum(bytes, length)) {
      throw damaged("its checksum does not match");
    }
    return new Definitions(tables(in, version), views(in, version));
  }

  private static List<TableDefinition> tables(ByteReader in, int version) {
    int count = in.readCount(20);
    List<TableDefinition> tables = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = in.readText();
      Schema schema = SchemaCodec.read(in);
      int keyCount = in.readCount(4);
      List<String> key = new ArrayList<>(keyCount);
      for (int k = 0; k < keyCount; k++) {
        key.add(in.readText());
      }
      long fromOffset = in.readLong();
      boolean hasWatermark = version > WITHOUT_TIME && in.readInt() == 1;
      Optional<Watermark> watermark =
          hasWatermark ? Optional.of(watermark(in, version)) : Optional.empty();
      Keep keep = version > KEEPING_ALL && in.readInt() == 1 ? Keep.NONE : Keep.ALL;
      tables.add(new TableDefinition(name, schema, key, fromOffset, watermark, keep));
    }
    return tables;
  }

  private static Watermark watermark(ByteReader in, int version) {
    String column = in.readText();
    long delay = in.readLong();
    long idle = in.readLong();
    return new Watermark(
        column, delay, idle, version > UNGUARDED ? in.readLong() : Watermark.ANY_AHEAD);
  }

  private static List<ViewDefinition> views(ByteReader in, int version) {
    int count = in.readCount(8);
    List<ViewDefinition> views = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = in.readText();
      String statement = in.readText();
      views.add(new ViewDefinition(name, statement, version > WITHOUT_TIME ? in.readLong() : 0));
    }
    return views;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private FreshetException damaged(String how) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED,
        "Cannot read the definitions in "
            + path
            + ": "
            + how
            + ". Restore the directory from a copy.");
  }
}
