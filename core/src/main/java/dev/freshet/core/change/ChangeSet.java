package dev.freshet.core.change;

import java.util.List;

/**
 * One source transaction, or a part of one, as it stands in the log: a log record holds exactly one
 * change set.
 *
 * @param source the source's name in the project
 * @param position where to resume the source after this change set; opaque outside of the source's
 *     connector
 * @param sourceMicros commit time at the source, microseconds since the epoch
 * @param ingestMicros when Freshet received it, microseconds since the epoch; the processing time
 *     of replay
 * @param transaction the source's transaction id, 0 when it has none
 * @param part whether the transaction ends here; only there may a step end
 * @param tables the changed tables, each at most once
 */
@SuppressWarnings("ArrayRecordComponent") // opaque bytes, read-only by contract
public record ChangeSet(
    String source,
    byte[] position,
    long sourceMicros,
    long ingestMicros,
    long transaction,
    Part part,
    List<TableChanges> tables) {
  /** Which part of a source transaction a change set is. */
  public enum Part {
    /** The last or only part: the transaction is complete. */
    LAST,
    /** More parts follow. */
    MORE,
    /**
     * The source starts anew at {@link ChangeSet#position}: parts without their {@link #LAST} are
     * void. It makes a step in which no time passes: no table becomes idle by it.
     */
    RESTART
  }

  public ChangeSet {
    tables = List.copyOf(tables);
  }

  /** Rows in all tables, rejected ones included. */
  public int rowCount() {
    int count = 0;
    for (TableChanges table : tables) {
      count += table.rowCount() + table.rejected().size();
    }
    return count;
  }
}
