package dev.freshet.runtime.system;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.model.Model;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds models of which rows were taken away that had never come, as a function does that gives
 * something else for the same values later. What the lake made of such changes is not what the
 * model holds: it keeps one row for each key.
 */
final class BrokenContents {
  private BrokenContents() {}

  /** The names of those that have a row less than zero times. */
  static Set<String> of(Snapshot snapshot, Collection<Model> models) {
    Set<String> broken = new HashSet<>();
    for (Model model : models) {
      boolean isThere = snapshot.relations().contains(model.name());
      if (isThere && snapshot.keep(model.name()) == Keep.ALL) {
        snapshot.scan(
            model.name(),
            rows -> {
              if (hasNegative(rows)) {
                broken.add(model.name());
              }
            });
      }
    }
    return broken;
  }

  private static boolean hasNegative(Batch rows) {
    for (int row = 0; row < rows.rowCount(); row++) {
      if (rows.weight(row) < 0) {
        return true;
      }
    }
    return false;
  }
}
