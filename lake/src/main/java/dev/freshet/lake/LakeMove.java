package dev.freshet.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.lake.catalog.CatalogFile;
import dev.freshet.lake.catalog.MovedFiles;
import dev.freshet.lake.catalog.StagedTable;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.generic.GenericRecord;

/**
 * Makes the files of a copied lake name each other where the copy is to lie: Iceberg names files by
 * absolute paths. Everything else of them stays, snapshots and row numbers too.
 *
 * <pre>
 * metadata ---&gt; list of manifests ---&gt; manifest ---&gt; data file
 *                                              \--&gt; deletion vectors ---&gt; data file
 * </pre>
 *
 * <p>A file is as long as the paths in it, and whatever names it tells its length; so files are
 * rewritten from right to left. Data files stay as they are. One thread.
 */
public final class LakeMove {
  private final Storage storage;
  private final String from;
  private final String to;

  /** By path relative to the root. */
  private final Map<String, Long> lengths = new HashMap<>();

  private LakeMove(Storage storage, String from, String to) {
    this.storage = storage;
    this.from = from + "/";
    this.to = to + "/";
  }

  /**
   * Rewrites a lake in place.
   *
   * @param storage of a copy that nobody uses; when this fails it is to be thrown away
   * @param to the absolute path that the storage's root is going to have
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when a file cannot be read, or lies
   *     outside of the lake
   */
  public static void run(Storage storage, String to) {
    for (Map.Entry<String, String> table :
        new TreeMap<>(CatalogFile.read(storage).tables()).entrySet()) {
      ObjectNode metadata =
          MovedFiles.metadata(storage.readAll(table.getValue()), table.getValue());
      String location = metadata.path("location").asText();
      String below = "/" + StagedTable.directory(table.getKey());
      if (!location.endsWith(below)) {
        throw outside(location);
      }
      String from = location.substring(0, location.length() - below.length());
      if (!from.equals(to)) {
        new LakeMove(storage, from, to).table(table.getValue(), metadata);
      }
    }
  }

  private void table(String path, ObjectNode metadata) {
    Set<String> lists = new LinkedHashSet<>();
    for (JsonNode snapshot : metadata.path("snapshots")) {
      String list = relative(snapshot.path("manifest-list").asText());
      int rows = lists.add(list) ? list(list) : 1;
      if (rows == 0 && snapshot.path("summary").path("total-data-files").asLong() > 0) {
        throw damaged(list, "it names no manifests, and its snapshot has data files");
      }
    }
    for (JsonNode entry : metadata.path("metadata-log")) {
      String earlier = relative(entry.path("metadata-file").asText());
      if (storage.exists(earlier)) {
        replace(
            earlier,
            MovedFiles.moved(MovedFiles.metadata(storage.readAll(earlier), earlier), this::moved));
      }
    }
    replace(path, MovedFiles.moved(metadata, this::moved));
  }

  /** Returns how many manifests it names. */
  private int list(String path) {
    AtomicInteger rows = new AtomicInteger();
    replace(
        path,
        MovedFiles.changed(
            storage.readAll(path),
            path,
            row -> {
              manifest(row);
              rows.incrementAndGet();
            }));
    return rows.get();
  }

  /** A row of a list of manifests. */
  private void manifest(GenericRecord row) {
    String path = relative(text(row, "manifest_path"));
    if (!lengths.containsKey(path)) {
      byte[] manifest = storage.readAll(path);
      if (!row.get("manifest_length").equals((long) manifest.length)) {
        throw damaged(
            path,
            "it has "
                + manifest.length
                + " bytes, and the list of manifests says "
                + row.get("manifest_length"));
      }
      replace(path, MovedFiles.changed(manifest, path, this::file));
    }
    row.put("manifest_path", to + path);
    row.put("manifest_length", lengths.get(path));
  }

  /** A row of a manifest; it may be about a file that is gone. */
  private void file(GenericRecord row) {
    GenericRecord file = (GenericRecord) row.get("data_file");
    String path = relative(text(file, "file_path"));
    boolean isVectors = path.endsWith(".puffin");
    if (isVectors && !lengths.containsKey(path) && storage.exists(path)) {
      replace(path, MovedFiles.movedVectors(storage.readAll(path), path, this::moved));
    }
    file.put("file_path", to + path);
    Long length = lengths.get(path);
    if (length != null) {
      file.put("file_size_in_bytes", length);
    }
    if (file.hasField("referenced_data_file") && file.get("referenced_data_file") != null) {
      file.put("referenced_data_file", moved(text(file, "referenced_data_file")));
    }
  }

  private static String text(GenericRecord row, String field) {
    return String.valueOf(row.get(field));
  }

  private void replace(String path, byte[] content) {
    lengths.put(path, (long) content.length);
    storage.writeAtomically(path, content);
  }

  private String moved(String location) {
    return location.equals(from.substring(0, from.length() - 1))
        ? to.substring(0, to.length() - 1)
        : to + relative(location);
  }

  private String relative(String location) {
    if (!location.startsWith(from)) {
      throw outside(location);
    }
    return location.substring(from.length());
  }

  private static FreshetException damaged(String path, String why) {
    return new FreshetException(ErrorCode.STORAGE_DAMAGED, MovedFiles.text(path, why));
  }

  private static FreshetException outside(String location) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED,
        "Cannot move the lake: it names "
            + location
            + ", which lies outside of where it was written. Something else than Freshet has written"
            + " to it; restore it to its old place.");
  }
}
