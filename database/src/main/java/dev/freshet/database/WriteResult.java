package dev.freshet.database;

import java.util.List;

/**
 * What a statement or transaction did.
 *
 * @param step the step from which on readers see it; when nothing changed, the step that is visible
 * @param rows how many rows it inserted, changed or deleted; 0 for CREATE and DROP
 * @param warnings of CREATE VIEW: what of the view grows without end as rows come, and what would
 *     bound it
 */
public record WriteResult(long step, long rows, List<String> warnings) {
  public WriteResult {
    warnings = List.copyOf(warnings);
  }

  /** A result without warnings. */
  public WriteResult(long step, long rows) {
    this(step, rows, List.of());
  }
}
