package dev.freshet.lake.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/**
 * The three kinds of files in which Iceberg names other files by absolute paths, with other paths
 * in them and all else as it is: no number is computed anew, no row of a manifest is judged.
 */
public final class MovedFiles {
  private static final Set<String> PATHS =
      Set.of("location", "manifest-list", "metadata-file", "statistics-path");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What ends a Puffin file (Iceberg Puffin Spec): length of the text before it, flags, magic. */
  private static final int PUFFIN_END = 12;

  private static final int PUFFIN_MAGIC_BYTES = 4;

  /** {@code PFA1}, the low byte first. */
  private static final int PUFFIN_MAGIC = 'P' | 'F' << 8 | 'A' << 16 | '1' << 24;

  private MovedFiles() {}

  /** A metadata file, as JSON. */
  public static ObjectNode metadata(byte[] file, String path) {
    try {
      if (JSON.readTree(file) instanceof ObjectNode metadata) {
        return metadata;
      }
      throw damaged(path, "it is no metadata");
    } catch (IOException e) {
      throw damaged(path, "it is no JSON", e);
    }
  }

  /** Puts other paths into a metadata file. */
  public static byte[] moved(ObjectNode metadata, UnaryOperator<String> move) {
    movePaths(metadata, move);
    return metadata.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void movePaths(JsonNode node, UnaryOperator<String> move) {
    if (node instanceof ObjectNode object) {
      for (String name : PATHS) {
        JsonNode value = object.get(name);
        if (value != null && value.isTextual()) {
          object.put(name, move.apply(value.asText()));
        }
      }
    }
    node.forEach(child -> movePaths(child, move));
  }

  /**
   * Changes each row of a manifest or a list of manifests; what {@code change} throws as {@link
   * FreshetException} goes through.
   */
  public static byte[] changed(byte[] file, String path, Consumer<GenericRecord> change) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(file.length + 1024);
    try (DataFileReader<GenericRecord> in =
            new DataFileReader<>(new SeekableByteArrayInput(file), new GenericDatumReader<>());
        DataFileWriter<GenericRecord> out =
            new DataFileWriter<>(new GenericDatumWriter<>(in.getSchema()))) {
      for (String key : in.getMetaKeys()) {
        if (!DataFileWriter.isReservedMeta(key)) {
          out.setMeta(key, in.getMeta(key));
        }
      }
      String codec = in.getMetaString(DataFileConstants.CODEC);
      out.setCodec(CodecFactory.fromString(codec == null ? DataFileConstants.NULL_CODEC : codec));
      out.create(in.getSchema(), bytes);
      while (in.hasNext()) {
        GenericRecord row = in.next();
        change.accept(row);
        out.append(row);
      }
    } catch (FreshetException e) { // it says itself what is wrong
      throw e;
    } catch (IOException | RuntimeException e) {
      throw damaged(path, String.valueOf(e.getMessage()), e);
    }
    byte[] changed = bytes.toByteArray();
    AvroMarkers.replace(changed, path);
    return changed;
  }

  /** A Puffin file with deletion vectors: only its footer changes, vectors stay where they are. */
  public static byte[] movedVectors(byte[] file, String path, UnaryOperator<String> move) {
    if (file.length < PUFFIN_END + PUFFIN_MAGIC_BYTES) {
      throw damaged(path, "it is too short");
    }
    ByteBuffer end =
        ByteBuffer.wrap(file, file.length - PUFFIN_END, PUFFIN_END).order(ByteOrder.LITTLE_ENDIAN);
    int length = end.getInt();
    int start = file.length - PUFFIN_END - length;
    if (length < 0
        || start < 2 * PUFFIN_MAGIC_BYTES
        || end.getInt() != 0
        || end.getInt() != PUFFIN_MAGIC
        || ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt() != PUFFIN_MAGIC) {
      throw damaged(path, "its footer is not one of Freshet's");
    }
    try {
      JsonNode footer = JSON.readTree(file, start, length);
      for (JsonNode blob : footer.path("blobs")) {
        if (blob.path("properties") instanceof ObjectNode properties) {
          JsonNode referenced = properties.path("referenced-data-file");
          if (referenced.isTextual()) {
            properties.put("referenced-data-file", move.apply(referenced.asText()));
          }
        }
      }
      byte[] text = footer.toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer moved =
          ByteBuffer.allocate(start + text.length + PUFFIN_END).order(ByteOrder.LITTLE_ENDIAN);
      moved.put(file, 0, start).put(text).putInt(text.length);
      moved.put(file, file.length - PUFFIN_END + Integer.BYTES, PUFFIN_END - Integer.BYTES);
      return moved.array();
    } catch (IOException e) {
      throw damaged(path, "its footer is no JSON", e);
    }
  }

  private static FreshetException damaged(String path, String why) {
    return new FreshetException(ErrorCode.STORAGE_DAMAGED, text(path, why));
  }

  private static FreshetException damaged(String path, String why, Exception cause) {
    return new FreshetException(ErrorCode.STORAGE_DAMAGED, text(path, why), cause);
  }

  /** What is told of a file that cannot be moved. */
  public static String text(String path, String why) {
    return "Cannot move the lake: " + path + " cannot be read: " + why + ". Use another backup.";
  }
}
