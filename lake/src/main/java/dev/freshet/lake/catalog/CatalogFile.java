package dev.freshet.lake.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The catalog: one small JSON file that points to the metadata of all tables. Replacing it
 * publishes all tables of a step at once.
 *
 * <pre>
 * {"format": 1, "version": 17, "step": 1234, "markers": {...},
 *  "tables": {"gold.revenue": "lake/gold/revenue/metadata/v34.metadata.json"},
 *  "deletes": [...]}
 * </pre>
 *
 * @param version counts attempts to publish; names of files carry the version that wrote them
 * @param step the last step whose changes the tables hold
 * @param markers what the caller wants to read back after a crash, such as source positions
 * @param tables table name to the path of its metadata file, relative to the storage's root
 * @param deletes paths of files that this version no longer needs; deleted after it is published,
 *     and again when the lake is opened
 */
public record CatalogFile(
    long version,
    long step,
    Map<String, String> markers,
    Map<String, String> tables,
    List<String> deletes) {
  public static final String PATH = "lake/catalog.json";

  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  public CatalogFile {
    markers = Map.copyOf(markers);
    tables = Map.copyOf(tables);
    deletes = List.copyOf(deletes);
  }

  /** The catalog of a lake without tables. */
  public static CatalogFile empty() {
    return new CatalogFile(0, 0, Map.of(), Map.of(), List.of());
  }

  /** Reads the published catalog; the empty one when there is none. */
  public static CatalogFile read(Storage storage) {
    if (!storage.exists(PATH)) {
      return empty();
    }
    return parse(storage.readAll(PATH), storage.root());
  }

  private static CatalogFile parse(byte[] bytes, String root) {
    try {
      JsonNode node = JSON.readTree(bytes);
      int format = node.path("format").asInt();
      if (format != FORMAT) {
        throw new FreshetException(
            ErrorCode.FORMAT_UNKNOWN,
            "Cannot read the lake's catalog "
                + root
                + "/"
                + PATH
                + ": format "
                + format
                + ". Use the Freshet that wrote it, or a newer one.");
      }
      List<String> deletes = new ArrayList<>();
      node.path("deletes").forEach(path -> deletes.add(path.asText()));
      return new CatalogFile(
          node.path("version").asLong(),
          node.path("step").asLong(),
          texts(node.path("markers")),
          texts(node.path("tables")),
          deletes);
    } catch (java.io.IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot read the lake's catalog " + root + "/" + PATH + ": it is no JSON.",
          e);
    }
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> texts = new TreeMap<>();
    node.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  /** Publishes this catalog: after return it is durable, after an exception unknown. */
  public void write(Storage storage) {
    storage.createDirectories(Storage.parent(PATH));
    storage.writeAtomically(PATH, toJson().getBytes(StandardCharsets.UTF_8));
  }

  private String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", FORMAT);
    node.put("version", version);
    node.put("step", step);
    ObjectNode markerNode = node.putObject("markers");
    new TreeMap<>(markers).forEach(markerNode::put);
    ObjectNode tableNode = node.putObject("tables");
    new TreeMap<>(tables).forEach(tableNode::put);
    ArrayNode deleteNode = node.putArray("deletes");
    deletes.forEach(deleteNode::add);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new FreshetException(
          ErrorCode.INVARIANT_BROKEN, "Failed to write the lake's catalog as JSON.", e);
    }
  }
}
