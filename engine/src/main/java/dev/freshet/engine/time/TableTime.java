package dev.freshet.engine.time;

import dev.freshet.core.change.Operation;
import dev.freshet.core.type.Watermark;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import java.util.List;

/**
 * How far a table has come: the greatest time of its rows that was not too far ahead when the row
 * came in, less the declared delay. It never goes back. One thread owns it.
 *
 * <pre>
 *            a row                    no row for as long as declared
 *   active  ------> active   active  -------------------------------> idle  -- a row --> active
 * </pre>
 */
public final class TableTime {
  /** Before the first row. */
  public static final long NONE = Long.MIN_VALUE;

  private static final int VALUES = 5;

  private final Watermark declared;
  private final long since;
  private final SavedLongs saved = new SavedLongs(VALUES);
  private long latest = NONE;

  /** The greatest time of a snapshot's rows, which have no order: counts once it has ended. */
  private long ofSnapshot = NONE;

  private long now = NONE;
  private long heard = NONE;
  private boolean idle;

  /**
   * @param since the position in the input from which on the table is there
   */
  public TableTime(Watermark declared, long since) {
    this.declared = declared;
    this.since = since;
  }

  public Watermark declared() {
    return declared;
  }

  /** No row before this time is expected; {@link #NONE} before the first row. */
  public long watermark() {
    return latest < NONE + declared.delayMicros() ? NONE : latest - declared.delayMicros();
  }

  /** The latest time that a row may have that comes now. */
  long latestNow() {
    return now == NONE ? Long.MAX_VALUE : declared.latestAt(now);
  }

  public boolean isIdle() {
    return idle;
  }

  /** Moves processing time forward; it does not go back. */
  void pass(long position, long processingMicros) {
    if (position < since) {
      return;
    }
    now = Math.max(now, processingMicros);
    if (heard == NONE) {
      heard = now;
    }
    if (declared.idleMicros() != Watermark.NEVER_IDLE && now - heard >= declared.idleMicros()) {
      idle = true;
      endSnapshot();
    }
  }

  /**
   * Takes note of a change. A time too far ahead counts as none: it would make all that comes later
   * late.
   *
   * @param timeOfRow {@link #NONE} when the change brings no row with a time
   */
  void see(Operation operation, long timeOfRow) {
    heard = now;
    idle = false;
    long time = timeOfRow > latestNow() ? NONE : timeOfRow;
    if (operation == Operation.SNAPSHOT) {
      ofSnapshot = Math.max(ofSnapshot, time);
    } else {
      endSnapshot();
      latest = Math.max(latest, time);
    }
  }

  private void endSnapshot() {
    latest = Math.max(latest, ofSnapshot);
    ofSnapshot = NONE;
  }

  /** The orders by which {@link #restore} reads what {@link #state} gave. */
  public static List<RowOrder> stateOrders() {
    return List.of(SavedLongs.order(VALUES));
  }

  public List<RunList> state() {
    return List.of(saved.save(latest, ofSnapshot, now, heard, idle ? 1 : 0));
  }

  public void restore(List<RunList> state) {
    long[] values = saved.restore(state.getFirst());
    latest = values[0];
    ofSnapshot = values[1];
    now = values[2];
    heard = values[3];
    idle = values[4] != 0;
  }
}
