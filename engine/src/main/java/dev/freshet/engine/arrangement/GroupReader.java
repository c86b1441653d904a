package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import java.util.Arrays;

/**
 * Reads the rows of single keys out of several runs in order, consolidated, and stops as soon as it
 * has enough. One thread owns it.
 */
public final class GroupReader {
  /** At which end of a key's rows to begin. */
  public enum From {
    FIRST,
    LAST
  }

  private final RunList list;
  private final long limit;
  private final boolean forward;
  private final Search.Hits[] hits;
  private final int[] nextHit;

  /** The runs that have rows of the current key, with their next row and the row to stop before. */
  private final int[] openRuns;

  private final int[] next;
  private final int[] stop;

  private int[] sources = new int[16];
  private int[] rows = new int[16];
  private long[] weights = new long[16];
  private int count;

  GroupReader(RunList list, long limit, From from) {
    int runCount = list.array().length;
    this.list = list;
    this.limit = limit;
    this.forward = from == From.FIRST;
    this.hits = new Search.Hits[runCount];
    this.nextHit = new int[runCount];
    this.openRuns = new int[runCount];
    this.next = new int[runCount];
    this.stop = new int[runCount];
  }

  KeyGroups read(Probe probe) {
    Run[] runs = list.array();
    Search.Hits[] found = new Search.Hits[runs.length];
    for (int r = 0; r < runs.length; r++) {
      found[r] = new Search.Hits();
      Search.find(runs[r], list.order().key(), probe, found[r]);
    }
    return read(found, probe.count());
  }

  /**
   * @param found for each run the rows to read of each position, which are of one key
   */
  KeyGroups read(Search.Hits[] found, int positions) {
    System.arraycopy(found, 0, hits, 0, hits.length);
    int[] offsets = new int[positions + 1];
    for (int position = 0; position < positions; position++) {
      int open = open(position);
      if (open == 1) {
        readSingle();
      } else if (open > 1) {
        readMerged(open);
      }
      offsets[position + 1] = count;
    }
    Batch[] batches = list.batches();
    Batch gathered =
        batches.length == 0
            ? Batch.empty(list.schema())
            : Gather.rows(
                list.schema(), batches, sources, rows, Arrays.copyOf(weights, count), count);
    return new KeyGroups(gathered, offsets);
  }

  private int open(int position) {
    int open = 0;
    for (int r = 0; r < hits.length; r++) {
      Search.Hits found = hits[r];
      int hit = nextHit[r];
      if (hit < found.count && found.probe[hit] == position) {
        openRuns[open] = r;
        next[open] = forward ? found.start[hit] : found.end[hit] - 1;
        stop[open] = forward ? found.end[hit] : found.start[hit] - 1;
        nextHit[r]++;
        open++;
      }
    }
    return open;
  }

  private void readSingle() {
    int run = openRuns[0];
    long[] from = list.array()[run].rows().weights();
    long taken = 0;
    int step = forward ? 1 : -1;
    for (int row = next[0]; row != stop[0] && taken < limit; row += step) {
      add(run, row, from[row]);
      taken += from[row];
    }
  }

  private void readMerged(int openCount) {
    int open = openCount;
    int step = forward ? 1 : -1;
    long taken = 0;
    while (open > 0 && taken < limit) {
      int best = best(open);
      int bestRun = openRuns[best];
      int bestRow = next[best];
      long weight = 0;
      for (int i = open - 1; i >= 0; i--) {
        if (i == best || compare(openRuns[i], next[i], bestRun, bestRow) == 0) {
          weight += list.array()[openRuns[i]].rows().weight(next[i]);
          next[i] += step;
          if (next[i] == stop[i]) {
            open--;
            openRuns[i] = openRuns[open];
            next[i] = next[open];
            stop[i] = stop[open];
            best = best == open ? i : best;
          }
        }
      }
      if (weight != 0) {
        add(bestRun, bestRow, weight);
        taken += weight;
      }
    }
  }

  private int best(int open) {
    int best = 0;
    for (int i = 1; i < open; i++) {
      int order = compare(openRuns[i], next[i], openRuns[best], next[best]);
      if (forward ? order < 0 : order > 0) {
        best = i;
      }
    }
    return best;
  }

  private int compare(int runA, int rowA, int runB, int rowB) {
    Run[] runs = list.array();
    return list.order().compareWithinKey(runs[runA].rows(), rowA, runs[runB].rows(), rowB);
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
