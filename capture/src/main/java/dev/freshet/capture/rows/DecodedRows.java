package dev.freshet.capture.rows;

import dev.freshet.core.change.TableChanges;
import java.util.List;

/**
 * What became of the rows of one text.
 *
 * @param changes the rows that fit, and those refused as they came; both in their order
 * @param refused why, one for each of the refused
 */
public record DecodedRows(TableChanges changes, List<RefusedRow> refused) {
  public DecodedRows {
    refused = List.copyOf(refused);
  }

  /** Rows that fit. */
  public int accepted() {
    return changes.rowCount();
  }
}
