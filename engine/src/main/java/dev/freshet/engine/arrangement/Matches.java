package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs of a probe's row and an arranged row with the same key. Not consolidated: rows that cancel
 * each other may both be there, which is right for everything that adds weights up.
 */
public final class Matches {
  private final Probe probe;
  private final Schema schema;
  private int[] probeRows;
  private int count;

  /** Pairs before this one are in {@link #gathered}; those after it are still found by place. */
  private int sealed;

  private final List<Batch> gathered = new ArrayList<>();
  private Search.Sources open = new Search.Sources();
  private int[] sources;
  private int[] rows;

  Matches(Probe probe, Schema schema) {
    this.probe = probe;
    this.schema = schema;
    int expected = Math.max(4, probe.count());
    this.probeRows = new int[expected];
    this.sources = new int[expected];
    this.rows = new int[expected];
  }

  /**
   * The pairs of a part of the probe, in the order of its positions, so that they are the same
   * however the probe is cut.
   */
  void find(RunList content, Probe part) {
    Search.Hits[] hits = Search.find(content, part, open);
    int[] next = new int[hits.length];
    for (int position = 0; position < part.count(); position++) {
      for (int c = 0; c < hits.length; c++) {
        while (next[c] < hits[c].count && hits[c].probe[next[c]] == position) {
          add(part.row(position), hits[c], next[c]++);
        }
      }
    }
  }

  private void add(int probeRow, Search.Hits hits, int hit) {
    int start = hits.start[hit];
    int size = hits.end[hit] - start;
    ensure(size);
    int at = count - sealed;
    for (int i = 0; i < size; i++) {
      probeRows[count + i] = probeRow;
      sources[at + i] = hits.source[hit];
      rows[at + i] = start + i;
    }
    count += size;
  }

  private void ensure(int more) {
    probeRows = ensure(probeRows, count, more);
    sources = ensure(sources, count - sealed, more);
    rows = ensure(rows, count - sealed, more);
  }

  private static int[] ensure(int[] array, int used, int more) {
    int needed = Math.addExact(used, more);
    return needed <= array.length
        ? array
        : Arrays.copyOf(
            array, (int) Math.max(needed, Math.min(2L * array.length, Integer.MAX_VALUE - 8)));
  }

  /** Copies what was found so far, so that the pieces it was found in can leave memory. */
  void seal() {
    if (count > sealed) {
      gathered.add(openPairs());
      sealed = count;
    }
    open = new Search.Sources();
  }

  /** Arranged rows of the pairs that are not sealed, under their own weights. */
  private Batch openPairs() {
    Batch[] batches = open.batches();
    int size = count - sealed;
    return Gather.rows(schema, batches, sources, rows, openWeights(batches), size);
  }

  private long[] openWeights(Batch[] batches) {
    long[] weights = new long[count - sealed];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = batches[sources[i]].weight(rows[i]);
    }
    return weights;
  }

  public int count() {
    return count;
  }

  /** For each pair the row of the probe's batch; not to be written to. */
  public int[] probeRows() {
    return probeRows;
  }

  /** The product of both weights. */
  public long[] weights() {
    long[] weights = arrangedWeights();
    long[] left = probe.batch().weights();
    for (int i = 0; i < count; i++) {
      weights[i] *= left[probeRows[i]];
    }
    return weights;
  }

  /** The weights of the arranged rows alone. */
  public long[] arrangedWeights() {
    long[] last = openWeights(open.batches());
    if (sealed == 0) {
      return last;
    }
    long[] weights = new long[count];
    int at = 0;
    for (Batch part : gathered) {
      System.arraycopy(part.weights(), 0, weights, at, part.rowCount());
      at += part.rowCount();
    }
    System.arraycopy(last, 0, weights, at, last.length);
    return weights;
  }

  /** The probe's side of the pairs. */
  public Vector[] probeColumns() {
    Vector[] columns = new Vector[probe.batch().columns().length];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = Rows.gather(probe.batch().column(c), probeRows, count);
    }
    return columns;
  }

  /** The arranged side of the pairs. */
  public Vector[] arrangedColumns() {
    if (count == 0) {
      return Batch.empty(schema).columns();
    }
    if (sealed == 0) {
      return Gather.columns(schema, open.batches(), sources, rows, count);
    }
    seal();
    return Rows.concat(schema, gathered).columns();
  }
}
