package dev.freshet.bench.counted;

import dev.freshet.core.batch.LongVector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;

/**
 * What came: so many rows, and the sum of their first column, which tells a row that is missing
 * from one that came twice.
 */
public record Arrived(long rows, long idSum) {
  static final Arrived NOTHING = new Arrived(0, 0);

  /** Of tables whose first column is a BIGINT. */
  public static Arrived of(ChangeSet changes) {
    long rows = 0;
    long sum = 0;
    for (TableChanges table : changes.tables()) {
      long[] ids = ((LongVector) table.rows().column(0)).values();
      int count = table.rowCount();
      for (int row = 0; row < count; row++) {
        sum += ids[row];
      }
      rows += count;
    }
    return new Arrived(rows, sum);
  }

  Arrived plus(Arrived other) {
    return new Arrived(rows + other.rows, idSum + other.idSum);
  }
}
