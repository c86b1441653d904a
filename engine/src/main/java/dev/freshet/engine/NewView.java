package dev.freshet.engine;

import dev.freshet.sql.plan.Plan;
import java.util.Set;

/**
 * A view to be computed beside the running ones: see {@link Engine#beginViews}.
 *
 * @param named the relations that the view's definition reads, if the plan does not name them
 * @param keyColumns positions in the plan's output by which the view is stored and looked up
 */
@SuppressWarnings("ArrayRecordComponent") // read-only, never compared
public record NewView(String name, Set<String> named, Plan plan, int[] keyColumns) {
  public NewView {
    named = Set.copyOf(named);
    keyColumns = keyColumns.clone();
  }
}
