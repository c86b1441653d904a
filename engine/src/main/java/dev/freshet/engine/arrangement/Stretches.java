package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import java.util.Arrays;

/**
 * The parts of an arrangement around what changed: for each changed key the stretches of its rows,
 * in the order of a column of longs, in which each row is at most a width after the one before.
 *
 * <pre>
 *   rows of a key    a b c      d e         f g h
 *   changed              x                    y
 *   stretches       '------'               '-----'
 * </pre>
 *
 * Only the rows of stretches with a change are looked at. A stretch holds a changed row, and no row
 * beyond its ends is within the width, before the change or after it. Immutable.
 */
public final class Stretches {
  private final Probe keys;
  private final int column;
  private int[] positions = new int[8];
  private long[] first = new long[8];
  private long[] last = new long[8];
  private int count;

  private Stretches(Probe keys, int column) {
    this.keys = keys;
    this.column = column;
  }

  /**
   * The stretches around the rows of a change.
   *
   * @param before the content before the change, in the order of the change: by key, then by the
   *     column
   * @param column an ascending column of longs that is NULL in no row
   * @param width 0 or more
   */
  public static Stretches around(Run change, RunList before, int column, long width) {
    int[] key = before.order().key();
    Probe keys = Probe.of(change, key).distinct();
    Stretches stretches = new Stretches(keys, column);
    Search.Sources sources = new Search.Sources();
    Search.Hits[] hits = Search.find(before, keys, sources);
    int[] next = new int[hits.length];
    long[] changed = values(change.rows(), column);
    for (int position = 0; position < keys.count(); position++) {
      int from = keys.row(position);
      int to = position + 1 < keys.count() ? keys.row(position + 1) : change.rowCount();
      Key present = new Key(sources, hits, next, position, column);
      while (from < to) {
        from = stretches.add(position, present, changed, from, to, width);
      }
    }
    return stretches;
  }

  /** Adds the stretch of the changed row {@code from}; gives the first changed row after it. */
  private int add(int position, Key present, long[] changed, int from, int to, long width) {
    long low = changed[from];
    long high = low;
    int next = from + 1;
    present.start(low);
    for (boolean grown = true; grown; ) {
      long lowBefore = low;
      long highBefore = high;
      while (next < to && near(high, changed[next], width)) {
        high = Math.max(high, changed[next++]);
      }
      low = present.down(low, width);
      high = present.up(high, width);
      grown = low != lowBefore || high != highBefore;
    }
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, count * 2);
      first = Arrays.copyOf(first, count * 2);
      last = Arrays.copyOf(last, count * 2);
    }
    positions[count] = position;
    first[count] = low;
    last[count++] = high;
    return next;
  }

  /** Whether b is at most a width after a; the difference of any two longs fits unsigned. */
  private static boolean near(long a, long b, long width) {
    return b <= a || Long.compareUnsigned(b - a, width) <= 0;
  }

  public int count() {
    return count;
  }

  /** The content's rows in each stretch, consolidated, in order. */
  public KeyGroups rows(RunList content) {
    Search.Sources sources = new Search.Sources();
    Search.Hits[] found = Search.find(content, keys, sources);
    Search.Hits[] within = new Search.Hits[found.length];
    for (int c = 0; c < found.length; c++) {
      within[c] = within(found[c], sources);
    }
    return new GroupReader(content, sources, Long.MAX_VALUE, GroupReader.From.FIRST)
        .read(within, count);
  }

  /** Of the hits by key what lies in each stretch. */
  private Search.Hits within(Search.Hits found, Search.Sources sources) {
    Search.Hits within = new Search.Hits();
    int hit = 0;
    for (int s = 0; s < count; s++) {
      while (hit < found.count && found.probe[hit] < positions[s]) {
        hit++;
      }
      for (int h = hit; h < found.count && found.probe[h] == positions[s]; h++) {
        long[] values = values(sources.batch(found.source[h]), column);
        int start = lowerBound(values, found.start[h], found.end[h], first[s]);
        int end = upperBound(values, start, found.end[h], last[s]);
        if (end > start) {
          within.add(s, start, found.source[h], end);
        }
      }
    }
    return within;
  }

  private static long[] values(Batch rows, int column) {
    return ((LongVector) rows.column(column)).values();
  }

  /** The first row with at least the value. */
  private static int lowerBound(long[] values, int from, int to, long value) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (values[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The first row with more than the value. */
  private static int upperBound(long[] values, int from, int to, long value) {
    return value == Long.MAX_VALUE ? to : lowerBound(values, from, to, value + 1);
  }

  /** The rows of one key, piece by piece, with how far the current stretch reaches in each. */
  private static final class Key {
    private final long[][] values;
    private final int[] from;
    private final int[] to;
    private final int[] start;
    private final int[] end;
    private int pieces;

    /** Takes the hits at a position; {@code next} counts those that were taken of each run. */
    Key(Search.Sources sources, Search.Hits[] hits, int[] next, int position, int column) {
      int count = 0;
      for (int c = 0; c < hits.length; c++) {
        for (int h = next[c]; h < hits[c].count && hits[c].probe[h] == position; h++) {
          count++;
        }
      }
      values = new long[count][];
      from = new int[count];
      to = new int[count];
      start = new int[count];
      end = new int[count];
      for (int c = 0; c < hits.length; c++) {
        while (next[c] < hits[c].count && hits[c].probe[next[c]] == position) {
          int hit = next[c]++;
          values[pieces] = Stretches.values(sources.batch(hits[c].source[hit]), column);
          from[pieces] = hits[c].start[hit];
          to[pieces++] = hits[c].end[hit];
        }
      }
    }

    void start(long value) {
      for (int r = 0; r < pieces; r++) {
        start[r] = lowerBound(values[r], from[r], to[r], value);
        end[r] = start[r];
      }
    }

    /** Moves the stretch's start down over rows that are near; gives the new lowest value. */
    long down(long lowest, long width) {
      long low = lowest;
      for (int r = 0; r < pieces; r++) {
        while (start[r] > from[r] && near(values[r][start[r] - 1], low, width)) {
          low = Math.min(low, values[r][--start[r]]);
        }
      }
      return low;
    }

    /** Moves the stretch's end up over rows that are near; gives the new highest value. */
    long up(long highest, long width) {
      long high = highest;
      for (int r = 0; r < pieces; r++) {
        while (end[r] < to[r] && near(high, values[r][end[r]], width)) {
          high = Math.max(high, values[r][end[r]++]);
        }
      }
      return high;
    }
  }
}
