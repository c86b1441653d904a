package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import java.util.Arrays;

/**
 * Pairs of a probe's row and an arranged row with the same key. Not consolidated: rows that cancel
 * each other may both be there, which is right for everything that adds weights up.
 */
public final class Matches {
  private final Probe probe;
  private final Batch[] batches;
  private int[] probeRows;
  private int[] sources;
  private int[] rows;
  private int count;

  Matches(Probe probe, Batch[] batches) {
    this.probe = probe;
    this.batches = batches;
    int expected = Math.max(4, probe.count());
    this.probeRows = new int[expected];
    this.sources = new int[expected];
    this.rows = new int[expected];
  }

  void add(int source, Search.Hits hits) {
    for (int h = 0; h < hits.count; h++) {
      int start = hits.start[h];
      int size = hits.end[h] - start;
      ensure(size);
      Arrays.fill(probeRows, count, count + size, probe.row(hits.probe[h]));
      Arrays.fill(sources, count, count + size, source);
      for (int i = 0; i < size; i++) {
        rows[count + i] = start + i;
      }
      count += size;
    }
  }

  private void ensure(int more) {
    int needed = Math.addExact(count, more);
    if (needed > rows.length) {
      int capacity = (int) Math.max(needed, Math.min(2L * rows.length, Integer.MAX_VALUE - 8));
      probeRows = Arrays.copyOf(probeRows, capacity);
      sources = Arrays.copyOf(sources, capacity);
      rows = Arrays.copyOf(rows, capacity);
    }
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
    long[] weights = new long[count];
    long[] left = probe.batch().weights();
    for (int i = 0; i < count; i++) {
      weights[i] = left[probeRows[i]] * batches[sources[i]].weight(rows[i]);
    }
    return weights;
  }

  /** The weights of the arranged rows alone. */
  public long[] arrangedWeights() {
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = batches[sources[i]].weight(rows[i]);
    }
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
  public Vector[] arrangedColumns(Schema schema) {
    return batches.length == 0
        ? Batch.empty(schema).columns()
        : Gather.columns(schema, batches, sources, rows, count);
  }
}
