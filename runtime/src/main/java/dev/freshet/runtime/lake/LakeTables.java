package dev.freshet.runtime.lake;

import dev.freshet.contracts.Contract;
import dev.freshet.lake.Lake;
import dev.freshet.lake.LakeTable;
import dev.freshet.runtime.model.Model;
import dev.freshet.sql.plan.PlanText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The lake's tables of a project. A model's table that was written by another definition of the
 * model is taken out and built anew from the model's content.
 *
 * @param histories by captured table
 * @param models by model
 * @param unwritten the models whose table is new and wants their whole content
 * @param markers tells with every publish which definition wrote each model's table
 */
public record LakeTables(
    Map<String, LakeTable> histories,
    Map<String, LakeTable> models,
    Set<String> unwritten,
    Map<String, String> markers) {
  private static final String DEFINITIONS = "definitions";

  public LakeTables {
    histories = Map.copyOf(histories);
    models = Map.copyOf(models);
    unwritten = Set.copyOf(unwritten);
    markers = Map.copyOf(markers);
  }

  public static LakeTables open(Lake lake, List<Contract> tables, List<Model> models) {
    Map<String, LakeTable> histories = new HashMap<>();
    for (Contract table : tables) {
      histories.put(table.table(), lake.history("bronze." + table.table(), table.schema()));
    }
    Map<String, String> written = parse(lake.markers().getOrDefault(DEFINITIONS, ""));
    Map<String, String> definitions = new TreeMap<>();
    Map<String, LakeTable> opened = new HashMap<>();
    Set<String> unwritten = new HashSet<>();
    Map<String, String> fingerprints = new HashMap<>();
    for (Model model : models) {
      String name = model.definition().layer() + "." + model.name();
      String fingerprint = fingerprint(model, fingerprints);
      fingerprints.put(model.name(), fingerprint);
      definitions.put(name, fingerprint);
      boolean isCurrent = fingerprint.equals(written.get(name));
      if (!isCurrent) {
        lake.drop(name);
        unwritten.add(model.name());
      }
      opened.put(model.name(), open(lake, name, model));
    }
    for (String gone : written.keySet()) {
      if (!definitions.containsKey(gone)) {
        lake.drop(gone);
      }
    }
    return new LakeTables(histories, opened, unwritten, Map.of(DEFINITIONS, format(definitions)));
  }

  /** A key that the SQL does not prove might not be unique: such a model is stored as a bag. */
  private static LakeTable open(Lake lake, String name, Model model) {
    return model.key().isEmpty() || model.keyProof() == Model.KeyProof.DECLARED
        ? lake.bag(name, model.schema())
        : lake.keyed(name, model.schema(), model.keyColumns());
  }

  /**
   * What names the content of a model's table: what it computes, and what the models that it reads
   * do.
   *
   * @param before of the models that it may read
   */
  private static String fingerprint(Model model, Map<String, String> before) {
    List<String> inputs =
        model.reads().stream().map(name -> before.getOrDefault(name, "")).toList();
    String text =
        PlanText.fingerprint(model.plan())
            + model.schema()
            + model.key()
            + model.keyProof()
            + inputs;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String format(Map<String, String> definitions) {
    StringBuilder out = new StringBuilder();
    definitions.forEach(
        (name, fingerprint) -> out.append(name).append('=').append(fingerprint).append(';'));
    return out.toString();
  }

  private static Map<String, String> parse(String text) {
    Map<String, String> definitions = new HashMap<>();
    for (String entry : text.split(";", -1)) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        definitions.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return definitions;
  }
}
