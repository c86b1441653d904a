package dev.freshet.engine;

import dev.freshet.core.change.RejectedRow;
import java.util.List;

/**
 * What became of the changes given to {@link Engine#apply}. Rows that were rejected before ({@code
 * TableChanges.rejected}) are not looked at and not counted.
 *
 * @param applied changes that took effect or were found to be without effect
 * @param unresolved changes that could not be applied, each with its reason: an UPDATE with missing
 *     cells whose current row is not known
 */
public record AppliedChanges(int applied, List<RejectedRow> unresolved) {
  public AppliedChanges {
    unresolved = List.copyOf(unresolved);
  }
}
