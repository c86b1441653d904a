package dev.freshet.runtime.verify;

import dev.freshet.runtime.lake.LakeTables;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelFingerprints;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which definitions made the state, and where in the log those models began whose rows depend on
 * that.
 *
 * @param definitions fingerprints by model
 * @param since as far as it is known
 */
record Origins(Map<String, String> definitions, Map<String, Long> since) {
  Origins {
    definitions = Map.copyOf(definitions);
    since = Map.copyOf(since);
  }

  /**
   * Of a project that does not run.
   *
   * @param markers of the lake's last publish
   */
  static Origins of(Map<String, String> markers, List<Model> models) {
    Map<String, String> fingerprints = ModelFingerprints.of(models);
    Map<String, String> definitions = new HashMap<>();
    for (Model model : LakeTables.written(markers, models)) {
      definitions.put(model.name(), fingerprints.getOrDefault(model.name(), ""));
    }
    return new Origins(definitions, LakeTables.since(markers, models));
  }
}
