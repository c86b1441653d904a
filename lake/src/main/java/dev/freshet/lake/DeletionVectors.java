package dev.freshet.lake;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.files.LakeFiles;
import dev.freshet.lake.files.LakeInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.puffin.Blob;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinWriter;
import org.apache.iceberg.puffin.StandardBlobTypes;
import org.roaringbitmap.RoaringBitmap;

/**
 * Deletion vectors in Puffin files (Iceberg Puffin Spec, blob type {@code deletion-vector-v1}). All
 * rows of our files have positions below 2^31, so a vector holds one 32-bit bitmap.
 *
 * <pre>
 * length of magic and bitmap, 4 bytes big-endian | magic D1 D3 39 64
 * | number of bitmaps, 8 bytes little-endian = 1 | high 4 bytes of positions = 0 | Roaring bitmap, portable form
 * | CRC-32 of magic and bitmap, 4 bytes big-endian
 * </pre>
 */
final class DeletionVectors {
  private static final int MAGIC = 0x6439D3D1;
  private static final int HEADER_BYTES = 20;
  private static final int CRC_BYTES = 4;

  private DeletionVectors() {}

  /** Writes the deleted rows of each file and gives the file its new vector. */
  static void write(StagedTable table, List<DataFileState> files) {
    String location = table.newDataLocation(".puffin");
    List<BlobMetadata> blobs = new ArrayList<>();
    PuffinWriter writer =
        Puffin.write(table.io().newOutputFile(location)).createdBy("Freshet").build();
    try (writer) {
      for (DataFileState file : files) {
        blobs.add(writer.write(blob(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; i < files.size(); i++) {
      files.get(i).replaceVector(describe(location, writer.fileSize(), files.get(i), blobs.get(i)));
    }
  }

  private static Blob blob(DataFileState file) {
    return new Blob(
        StandardBlobTypes.DV_V1,
        List.of(MetadataColumns.ROW_POSITION.fieldId()),
        -1, // snapshot and sequence number are inherited
        -1,
        encode(file.deleted()),
        null,
        properties(file));
  }

  /** In a fixed order, for equal files of equal content. */
  private static Map<String, String> properties(DataFileState file) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("referenced-data-file", file.file().location());
    properties.put("cardinality", Long.toString(file.deleted().getLongCardinality()));
    return properties;
  }

  private static DeleteFile describe(
      String location, long fileBytes, DataFileState file, BlobMetadata blob) {
    return FileMetadata.deleteFileBuilder(PartitionSpec.unpartitioned())
        .ofPositionDeletes()
        .withFormat(FileFormat.PUFFIN)
        .withPath(location)
        .withFileSizeInBytes(fileBytes)
        .withReferencedDataFile(file.file().location())
        .withContentOffset(blob.offset())
        .withContentSizeInBytes(blob.length())
        .withRecordCount(file.deleted().getLongCardinality())
        .build();
  }

  static ByteBuffer encode(RoaringBitmap deleted) {
    int bitmapBytes = deleted.serializedSizeInBytes();
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + bitmapBytes + CRC_BYTES);
    out.putInt(HEADER_BYTES - 4 + bitmapBytes);
    out.order(ByteOrder.LITTLE_ENDIAN).putInt(MAGIC).putLong(1).putInt(0);
    deleted.serialize(out);
    out.order(ByteOrder.BIG_ENDIAN).putInt(crc(out.array(), 4, HEADER_BYTES - 4 + bitmapBytes));
    return out.flip();
  }

  /** Reads the deleted rows that a vector of the table marks. */
  static RoaringBitmap read(LakeFiles files, DeleteFile vector) {
    Long offset = vector.contentOffset();
    Long length = vector.contentSizeInBytes();
    if (vector.format() != FileFormat.PUFFIN || offset == null || length == null) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot read deletes "
              + vector.location()
              + ": they are no deletion vector. Something else wrote to this table; restore it"
              + " from a snapshot of Freshet.");
    }
    try (LakeInput in = files.open(vector.location())) {
      return decode(in.readFully(offset, Math.toIntExact(length)), vector.location());
    }
  }

  static RoaringBitmap decode(byte[] bytes, String location) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean sane =
        bytes.length > HEADER_BYTES + CRC_BYTES
            && in.getInt() == bytes.length - 4 - CRC_BYTES
            && in.order(ByteOrder.LITTLE_ENDIAN).getInt() == MAGIC
            && in.getLong() == 1
            && in.getInt() == 0
            && in.order(ByteOrder.BIG_ENDIAN).getInt(bytes.length - CRC_BYTES)
                == crc(bytes, 4, bytes.length - 4 - CRC_BYTES);
    if (!sane) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED, "Cannot read deletion vector in " + location + ".");
    }
    RoaringBitmap deleted = new RoaringBitmap();
    try {
      deleted.deserialize(in.order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED, "Cannot read deletion vector in " + location + ".", e);
    }
    return deleted;
  }

  private static int crc(byte[] bytes, int start, int count) {
    CRC32 crc = new CRC32();
    crc.update(bytes, start, count);
    return (int) crc.getValue();
  }
}
