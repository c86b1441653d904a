package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import java.util.Arrays;
import java.util.Optional;

/** Finds the keys of a probe in chains. */
final class Search {
  private static final int LINEAR = 8;
  private static final int INTERPOLATE_FROM = 64;

  /** Fewer rows are found in the cache, by whatever way. */
  private static final int DIRECTORY_ROWS = 1 << 10;

  /** So many rows for each key that is looked for. */
  private static final int SPARSE = 16;

  private Search() {}

  /** The pieces in which keys were found; hits name them by number. */
  static final class Sources {
    private Batch[] batches = new Batch[8];
    private int count;

    private int add(Batch batch) {
      if (count == batches.length) {
        batches = Arrays.copyOf(batches, count * 4);
      }
      batches[count] = batch;
      return count++;
    }

    Batch batch(int source) {
      return batches[source];
    }

    Batch[] batches() {
      return Arrays.copyOf(batches, count);
    }
  }

  /**
   * Where keys were found in one chain, by ascending position: key at probe position {@code
   * probe[i]}, rows start to end of a source. A key whose rows lie in several pieces has several
   * hits, in order.
   */
  static final class Hits {
    int[] probe = new int[8];
    int[] source = new int[8];
    int[] start = new int[8];
    int[] end = new int[8];
    int count;

    void add(int position, int from, int in, int to) {
      if (count == probe.length) {
        probe = Arrays.copyOf(probe, count * 4);
        source = Arrays.copyOf(source, count * 4);
        start = Arrays.copyOf(start, count * 4);
        end = Arrays.copyOf(end, count * 4);
      }
      // Out of order only where keys of one hash are parted by the end of a piece.
      int at = count++;
      while (at > 0 && probe[at - 1] > position) {
        probe[at] = probe[at - 1];
        source[at] = source[at - 1];
        start[at] = start[at - 1];
        end[at] = end[at - 1];
        at--;
      }
      probe[at] = position;
      source[at] = in;
      start[at] = from;
      end[at] = to;
    }
  }

  /** All hits of the probe in each chain. */
  static Hits[] find(RunList content, Probe probe, Sources sources) {
    Chain[] chains = content.array();
    Hits[] hits = new Hits[chains.length];
    for (int c = 0; c < chains.length; c++) {
      hits[c] = find(chains[c], content.order().key(), probe, sources);
    }
    return hits;
  }

  /** All hits of the probe in the chain. */
  static Hits find(Chain chain, int[] key, Probe probe, Sources sources) {
    Hits hits = new Hits();
    long[] wanted = probe.hashes();
    int count = probe.count();
    Piece[] pieces = chain.array();
    if (count == 0) {
      return hits;
    }
    int piece = chain.pieceReaching(wanted[0], 0);
    int from = 0;
    while (piece < pieces.length) {
      from = seek(wanted, from, count, pieces[piece].firstHash());
      if (from == count) {
        return hits;
      }
      if (wanted[from] > pieces[piece].lastHash()) {
        piece = chain.pieceReaching(wanted[from], piece + 1);
        continue;
      }
      int to = seekAfter(wanted, from, count, pieces[piece].lastHash());
      Optional<Run> rows = pieces[piece].rows(wanted, from, to);
      if (rows.isPresent()) {
        find(rows.get(), key, probe, from, to, sources, hits);
      }
      piece++;
    }
    return hits;
  }

  private static int seekAfter(long[] hashes, int from, int to, long hash) {
    return hash == Long.MAX_VALUE ? to : seek(hashes, from, to, hash + 1);
  }

  private static void find(
      Run run, int[] key, Probe probe, int from, int to, Sources sources, Hits hits) {
    long[] wanted = probe.hashes();
    long[] present = run.hashes();
    int presentCount = run.rowCount();
    // Keys far apart are looked for one by one, others by going on from the last.
    HashDirectory directory = isSparse(to - from, presentCount) ? run.directory(to - from) : null;
    int source = -1;
    int i = from;
    int j = 0;
    while (i < to && j < presentCount) {
      long hash = wanted[i];
      j = directory == null ? seek(present, j, presentCount, hash) : directory.seek(hash, j);
      if (j == presentCount) {
        return;
      }
      if (present[j] != hash) {
        i = seek(wanted, i + 1, to, present[j]);
        continue;
      }
      int end = seekAfter(present, j + 1, presentCount, hash);
      source = source < 0 ? sources.add(run.rows()) : source;
      for (; i < to && wanted[i] == hash; i++) {
        addEqual(run.rows(), key, probe, i, j, source, end, hits);
      }
      j = end;
    }
  }

  private static boolean isSparse(int wanted, int present) {
    return present >= DIRECTORY_ROWS && (long) wanted * SPARSE < present;
  }

  /** Rows of one hash are ordered by key, so those of one key stand together. */
  private static void addEqual(
      Batch rows, int[] runKey, Probe probe, int position, int from, int in, int to, Hits hits) {
    boolean first = equal(rows, runKey, probe, position, from);
    if (first && (to - from == 1 || equal(rows, runKey, probe, position, to - 1))) {
      hits.add(position, from, in, to);
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
      hits.add(position, start, in, end);
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
