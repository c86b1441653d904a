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

  /**
   * @param identity tells the view from others, and from what had its name before
   * @param since the position in the input from which on changes can be late; until there the view
   *     has no watermark
   */
  public ViewTime(String identity, long since, Map<String, TableTime> tables) {
    this.identity = identity;
    this.since = since;
    this.tables = new LinkedHashMap<>(tables);
    tables.keySet().forEach(table -> tags.put(table, new Tags()));
  }

  /** The watermarks that a table's changes met in this step, by their number. */
  private static final class Tags {
    private long[] values = new long[16];
    private int count;

    void add(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = value;
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
    for (int i = 0; noted != null && i < changes; i++) {
      noted.add(watermark);
    }
  }

  /** What the changes of the table met, by their numbers. */
  public long[] met(String table, int[] changes) {
    long[] all = tags.getOrDefault(table, new Tags()).values;
    long[] met = new long[changes.length];
    for (int i = 0; i < met.length; i++) {
      met[i] = all[changes[i]];
    }
    return met;
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
