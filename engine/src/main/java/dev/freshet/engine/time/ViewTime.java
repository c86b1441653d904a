package dev.freshet.engine.time;

import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a final view has come: as far as the last of its tables that is not idle, or as far as
 * the first when all are idle. It never goes back. One thread owns it.
 */
public final class ViewTime {
  private static final int VALUES = 1;

  private final String identity;
  private final long since;
  private final Map<String, TableTime> tables;
  private final Map<String, Tags> tags = new LinkedHashMap<>();
  private final SavedLongs saved = new SavedLongs(VALUES);
  private long watermark = TableTime.NONE;

  /** Whether changes can be late, or too far ahead. */
  private boolean begun;

  /**
   * @param identity tells the view from others, and from what had its name before
   * @param since the position in the input from which on changes can be late; until there the view
   *     has no watermark
   */
  public ViewTime(String identity, long since, Map<String, TableTime> tables) {
    this.identity = identity;
    this.since = since;
    this.tables = new LinkedHashMap<>(tables);
    tables.forEach((table, time) -> tags.put(table, new Tags(time.declared().isGuarded())));
  }

  /**
   * What a table's changes met in this step, by their number: the watermark, and the latest time
   * that their row may have. The latter only of a table that guards against it.
   */
  private static final class Tags {
    private long[] watermarks = new long[16];
    private long[] latest;
    private int count;

    Tags(boolean guarded) {
      this.latest = new long[guarded ? 16 : 0];
    }

    void add(long watermark, long latestTime) {
      if (count == watermarks.length) {
        watermarks = Arrays.copyOf(watermarks, 2 * count);
        latest = Arrays.copyOf(latest, 2 * latest.length);
      }
      if (latest.length > 0) {
        latest[count] = latestTime;
      }
      watermarks[count++] = watermark;
    }
  }

  /** Tells the view from others, and from earlier ones of its name. */
  public String identity() {
    return identity;
  }

  /** One of the same identity that has not begun, and goes where {@link #moveTo} says. */
  public ViewTime copy() {
    return new ViewTime(identity, since, tables);
  }

  /** Moves a copy. */
  public void moveTo(long newWatermark) {
    watermark = Math.max(watermark, newWatermark);
  }

  /** The position from which on changes can be late. */
  public long since() {
    return since;
  }

  /** {@link TableTime#NONE} before the first. */
  public long watermark() {
    return watermark;
  }

  void update(long position) {
    if (position < since) {
      return;
    }
    begun = true;
    long least = Long.MAX_VALUE;
    long greatest = TableTime.NONE;
    boolean active = false;
    for (TableTime table : tables.values()) {
      greatest = Math.max(greatest, table.watermark());
      if (!table.isIdle()) {
        least = Math.min(least, table.watermark());
        active = true;
      }
    }
    watermark = Math.max(watermark, active ? least : greatest);
  }

  /** Notes what the next changes of the table meet. */
  void tag(String table, int changes) {
    Tags noted = tags.get(table);
    TableTime time = tables.get(table);
    if (noted == null || time == null) {
      return;
    }
    long latest = begun ? time.latestNow() : Long.MAX_VALUE;
    for (int i = 0; i < changes; i++) {
      noted.add(watermark, latest);
    }
  }

  /** The watermarks that changes of the table met, by the changes' numbers. */
  public long[] met(String table, int[] changes) {
    Tags noted = tags.get(table);
    return noted == null ? new long[changes.length] : pick(noted.watermarks, changes);
  }

  /**
   * The latest times that the rows of changes of the table could have, by the changes' numbers;
   * empty when the table has no such limit.
   */
  public long[] latest(String table, int[] changes) {
    Tags noted = tags.get(table);
    return noted == null || noted.latest.length == 0 ? new long[0] : pick(noted.latest, changes);
  }

  private static long[] pick(long[] values, int[] numbers) {
    long[] picked = new long[numbers.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = values[numbers[i]];
    }
    return picked;
  }

  void endStep() {
    tags.values().forEach(noted -> noted.count = 0);
  }

  /** The orders by which {@link #restore} reads what {@link #state} gave. */
  public static List<RowOrder> stateOrders() {
    return List.of(SavedLongs.order(VALUES));
  }

  public List<RunList> state() {
    return List.of(saved.save(watermark));
  }

  public void restore(List<RunList> state) {
    watermark = saved.restore(state.getFirst())[0];
  }
}
