package dev.freshet.runtime.system;

import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelFingerprints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What changes when models take the place of others.
 *
 * @param added not there before
 * @param changed compute something else by themselves, or lie in another layer
 * @param rebuilt the same as before, over changed ones
 * @param removed not there any more
 * @param unchanged how many stay as they are
 */
record ModelDiff(
    List<String> added,
    List<String> changed,
    List<String> rebuilt,
    List<String> removed,
    int unchanged) {

  /**
   * @param before and {@code after}: each behind those that it reads
   */
  static ModelDiff of(List<Model> before, List<Model> after) {
    Map<String, Model> old = new HashMap<>();
    before.forEach(model -> old.put(model.name(), model));
    Map<String, String> oldPrints = ModelFingerprints.of(before);
    Map<String, String> prints = ModelFingerprints.of(after);
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    List<String> rebuilt = new ArrayList<>();
    int unchanged = 0;
    for (Model model : after) {
      String name = model.name();
      Model was = old.get(name);
      if (was == null) {
        added.add(name);
      } else if (!ownText(was).equals(ownText(model))) {
        changed.add(name);
      } else if (!Objects.equals(prints.get(name), oldPrints.get(name))) {
        rebuilt.add(name);
      } else {
        unchanged++;
      }
    }
    List<String> removed = new ArrayList<>(old.keySet());
    after.forEach(model -> removed.remove(model.name()));
    removed.sort(null);
    return new ModelDiff(added, changed, rebuilt, removed, unchanged);
  }

  private static String ownText(Model model) {
    return ModelFingerprints.own(model) + " " + model.definition().layer();
  }

  /** The names of the models that have to be computed. */
  Set<String> built() {
    Set<String> built = new HashSet<>(added);
    built.addAll(changed);
    built.addAll(rebuilt);
    return built;
  }

  boolean isEmpty() {
    return built().isEmpty() && removed.isEmpty();
  }
}
