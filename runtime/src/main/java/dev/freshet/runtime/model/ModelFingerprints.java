package dev.freshet.runtime.model;

import dev.freshet.core.type.Keep;
import dev.freshet.sql.plan.PlanText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What names the content of models: what they compute, and what the models that they read do. */
public final class ModelFingerprints {
  private ModelFingerprints() {}

  /**
   * The fingerprint of each model, by its name.
   *
   * @param models each behind those that it reads
   */
  public static Map<String, String> of(List<Model> models) {
    Map<String, String> fingerprints = new LinkedHashMap<>();
    models.forEach(model -> fingerprints.put(model.name(), fingerprint(model, fingerprints)));
    return fingerprints;
  }

  /** What a model computes over what it reads, whatever that computes. */
  public static String own(Model model) {
    String kept = model.definition().keep() == Keep.ALL ? "" : "keeps no rows";
    String passing = model.passing().isEmpty() ? "" : "reads as they pass " + model.passing();
    return PlanText.fingerprint(model.plan())
        + model.schema()
        + model.key()
        + model.keyProof()
        + kept
        + passing;
  }

  private static String fingerprint(Model model, Map<String, String> before) {
    List<String> inputs =
        model.reads().stream().map(name -> before.getOrDefault(name, "")).toList();
    String text = own(model) + inputs;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
