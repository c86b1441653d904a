package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import java.util.Arrays;

/** Finds the keys of a probe in runs. */
final class Search {
  private static final int LINEAR = 8;
  private static final int INTERPOLATE_FROM = 64;

  private Search() {}

  /**
   * Where keys were found in one run: key at probe position {@code probe[i]}, rows start to end.
   */
  static final class Hits {
    int[] probe = new int[8];
    int[] start = new int[8];
    int[] end = new int[8];
    int count;

    void clear() {
      count = 0;
    }

    void add(int position, int from, int to) {
      if (count == probe.length) {
        probe = Arrays.copyOf(probe, count * 4);
        start = Arrays.copyOf(start, count * 4);
        end = Arrays.copyOf(end, count * 4);
      }
      probe[count] = position;
      start[count] = from;
      end[count++] = to;
    }
  }

  /** Adds all hits of the probe in the run, by ascending position. */
  static void find(Run run, int[] runKey, Probe probe, Hits hits) {
    long[] wanted = probe.hashes();
    long[] present = run.hashes();
    int wantedCount = probe.count();
    int presentCount = run.rowCount();
    if (wantedCount == 0
        || presentCount == 0
        || wanted[wantedCount - 1] < present[0]
        || wanted[0] > present[presentCount - 1]) {
      return;
    }
    int i = 0;
    int j = 0;
    while (i < wantedCount && j < presentCount) {
      long hash = wanted[i];
      j = seek(present, j, presentCount, hash);
      if (j == presentCount) {
        return;
      }
      if (present[j] != hash) {
        i = seek(wanted, i + 1, wantedCount, present[j]);
        continue;
      }
      int end =
          hash == Long.MAX_VALUE ? presentCount : seek(present, j + 1, presentCount, hash + 1);
      for (; i < wantedCount && wanted[i] == hash; i++) {
        addEqual(run.rows(), runKey, probe, i, j, end, hits);
      }
      j = end;
    }
  }

  /** Rows of one hash are ordered by key, so those of one key stand together. */
  private static void addEqual(
      Batch rows, int[] runKey, Probe probe, int position, int from, int to, Hits hits) {
    boolean first = equal(rows, runKey, probe, position, from);
    if (first && (to - from == 1 || equal(rows, runKey, probe, position, to - 1))) {
      hits.add(position, from, to);
      return;
    }
    int start = from;
    while (start < to && !equal(rows, runKey, probe, position, start)) {
      start++;
    }
    int end = start;
    while (end < to && equal(rows, runKey, probe, position, end)) {
      end++;
    }
    if (end > start) {
      hits.add(position, start, end);
    }
  }

  private static boolean equal(Batch rows, int[] runKey, Probe probe, int position, int row) {
    return Rows.equal(probe.batch(), probe.row(position), probe.key(), rows, row, runKey);
  }

  /**
   * The first index from {@code from} on whose hash is at least {@code target}: a few steps
   * straight on, then by interpolation, because hashes are spread evenly.
   */
  static int seek(long[] hashes, int from, int to, long target) {
    int near = Math.min(to, from + LINEAR);
    for (int i = from; i < near; i++) {
      if (hashes[i] >= target) {
        return i;
      }
    }
    if (near == to || hashes[to - 1] < target) {
      return to;
    }
    int low = near;
    int high = to - 1;
    if (high - low > INTERPOLATE_FROM) {
      double span = (double) hashes[high] - (double) hashes[low];
      double share = span <= 0 ? 0 : ((double) target - (double) hashes[low]) / span;
      int guess = low + (int) (Math.clamp(share, 0.0, 1.0) * (high - low));
      int step = LINEAR;
      if (hashes[guess] < target) {
        low = guess + 1;
        while (low + step < high && hashes[low + step] < target) {
          low += step + 1;
          step <<= 1;
        }
        high = Math.min(high, low + step);
      } else {
        high = guess;
        while (high - step > low && hashes[high - step] >= target) {
          high -= step;
          step <<= 1;
        }
        low = Math.max(low, high - step);
      }
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (hashes[middle] < target) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
