package dev.freshet.runtime.verify;

import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelFingerprints;
import dev.freshet.runtime.system.ResolvedProject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tables and models can be verified.
 *
 * @param models each behind those that it reads
 * @param leftOut the other models, and tables, each with the reason
 */
record Selection(List<Model> models, Map<String, String> leftOut) {
  /**
   * @param present what the live state has
   * @param isWhole whether the log has its first record
   * @param changed tables whose live state is not of the contract that the project has now
   */
  static Selection of(
      ResolvedProject project,
      Origins origins,
      Collection<String> present,
      boolean isWhole,
      List<String> changed) {
    Map<String, String> fingerprints = ModelFingerprints.of(project.models());
    List<Model> models = new ArrayList<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    changed.forEach(table -> leftOut.put(table, "its contract was changed and not applied"));
    for (Model model : project.models()) {
      String name = model.name();
      String made = origins.definitions().get(name);
      boolean needsBeginning = isWhole && model.dependsOnHistory();
      if (!present.contains(name) || made == null) {
        leftOut.put(name, "is not there yet, or its file was changed and not applied");
      } else if (!made.equals(fingerprints.get(name))) {
        leftOut.put(name, "its file, or one that it reads, was changed and not applied");
      } else if (needsBeginning && !origins.since().containsKey(name)) {
        leftOut.put(name, "where in the log it began is not known: it is older than this Freshet");
      } else if (model.reads().stream().anyMatch(leftOut::containsKey)) {
        leftOut.put(name, "reads one that is not verified");
      } else {
        models.add(model);
      }
    }
    return new Selection(List.copyOf(models), leftOut);
  }
}
