package dev.freshet.engine.arrangement;

import java.util.Arrays;
import java.util.Optional;

/**
 * Reads the rows of single keys out of several chains in order, consolidated, and stops as soon as
 * it has enough. One thread owns it.
 */
public final class GroupReader {
  /** At which end of a key's rows to begin. */
  public enum From {
    FIRST,
    LAST
  }

  private final RunList list;
  private final long limit;
  private final int step;
  private final Search.Sources found;
  private final Search.Hits[] hits;
  private final int[] nextHit;

  /** Chains with rows of the current key that are not read yet: the first {@link #open} ones. */
  private final Cursor[] cursors;

  private int open;
  private int[] sources = new int[16];
  private int[] rows = new int[16];
  private long[] weights = new long[16];
  private int count;

  /** Where the reader stands in one chain's rows of the current key. */
  private final class Cursor {
    private Search.Hits of = new Search.Hits();
    private int hit;
    private int stopHit;
    private int source;
    private int row;
    private int stop;

    void begin(Search.Hits from, int first, int end) {
      of = from;
      hit = step > 0 ? first : end - 1;
      stopHit = step > 0 ? end : first - 1;
      enter();
    }

    private void enter() {
      source = of.source[hit];
      row = step > 0 ? of.start[hit] : of.end[hit] - 1;
      stop = step > 0 ? of.end[hit] : of.start[hit] - 1;
    }

    /** Goes on to the next row; {@code false} when there is none. */
    boolean advance() {
      row += step;
      if (row != stop) {
        return true;
      }
      hit += step;
      if (hit == stopHit) {
        return false;
      }
      enter();
      return true;
    }

    long weight() {
      return found.batch(source).weight(row);
    }

    int compareTo(Cursor other) {
      return list.order()
          .compareWithinKey(found.batch(source), row, found.batch(other.source), other.row);
    }
  }

  /**
   * @param found where the hits that are to be read lie
   */
  GroupReader(RunList list, Search.Sources found, long limit, From from) {
    int chainCount = list.array().length;
    this.list = list;
    this.found = found;
    this.limit = limit;
    this.step = from == From.FIRST ? 1 : -1;
    this.hits = new Search.Hits[chainCount];
    this.nextHit = new int[chainCount];
    this.cursors = new Cursor[chainCount];
    Arrays.setAll(cursors, _ -> new Cursor());
  }

  /**
   * Reads the rows of each of the probe's keys.
   *
   * @param range which of them; empty for all
   * @param shift what to add to a position of the probe for that of the range
   */
  static KeyGroups read(
      RunList list, Probe probe, Optional<KeyRange> range, int shift, long limit, From from) {
    Search.Sources sources = new Search.Sources();
    Search.Hits[] hits = Search.find(list, probe, sources);
    for (int c = 0; c < hits.length && range.isPresent(); c++) {
      hits[c] = range.get().within(hits[c], sources, shift);
    }
    return new GroupReader(list, sources, limit, from).read(hits, probe.count());
  }

  /**
   * @param rowsOfChains for each chain the rows to read of each position, which are of one key
   */
  KeyGroups read(Search.Hits[] rowsOfChains, int positions) {
    return places(rowsOfChains, positions).groups(list.order());
  }

  /** As {@link #read(Search.Hits[], int)}, without copying the rows. */
  KeyPlaces places(Search.Hits[] rowsOfChains, int positions) {
    System.arraycopy(rowsOfChains, 0, hits, 0, hits.length);
    int[] offsets = new int[positions + 1];
    for (int position = 0; position < positions; position++) {
      open(position);
      if (open == 1) {
        readSingle();
      } else if (open > 1) {
        readMerged();
      }
      offsets[position + 1] = count;
    }
    return new KeyPlaces(found.batches(), sources, rows, weights, offsets);
  }

  private void open(int position) {
    open = 0;
    for (int c = 0; c < hits.length; c++) {
      Search.Hits of = hits[c];
      int first = nextHit[c];
      int end = first;
      while (end < of.count && of.probe[end] == position) {
        end++;
      }
      if (end > first) {
        nextHit[c] = end;
        cursors[open++].begin(of, first, end);
      }
    }
  }

  private void readSingle() {
    Cursor cursor = cursors[0];
    long taken = 0;
    boolean more = true;
    while (more && taken < limit) {
      long weight = cursor.weight();
      add(cursor.source, cursor.row, weight);
      taken += weight;
      more = cursor.advance();
    }
  }

  private void readMerged() {
    long taken = 0;
    while (open > 0 && taken < limit) {
      Cursor best = cursors[best()];
      int source = best.source;
      int row = best.row;
      long weight = takeEqual(best);
      if (weight != 0) {
        add(source, row, weight);
        taken += weight;
      }
    }
  }

  private int best() {
    int best = 0;
    for (int i = 1; i < open; i++) {
      best = step * cursors[i].compareTo(cursors[best]) < 0 ? i : best;
    }
    return best;
  }

  /** Adds up and goes past all rows equal to the best one, which goes on last. */
  private long takeEqual(Cursor best) {
    long weight = best.weight();
    for (int i = open - 1; i >= 0; i--) {
      if (cursors[i] != best && cursors[i].compareTo(best) == 0) {
        weight += cursors[i].weight();
        advance(i);
      }
    }
    for (int i = 0; i < open; i++) {
      if (cursors[i] == best) {
        advance(i);
        break;
      }
    }
    return weight;
  }

  private void advance(int index) {
    Cursor cursor = cursors[index];
    if (!cursor.advance()) {
      open--;
      cursors[index] = cursors[open];
      cursors[open] = cursor;
    }
  }

  private void add(int source, int row, long weight) {
    if (count == rows.length) {
      sources = Arrays.copyOf(sources, count * 2);
      rows = Arrays.copyOf(rows, count * 2);
      weights = Arrays.copyOf(weights, count * 2);
    }
    sources[count] = source;
    rows[count] = row;
    weights[count++] = weight;
  }
}
