package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.Schema;

/**
 * Gathers rows that lie in several batches of the same layouts: row i is row {@code rows[i]} of
 * batch {@code sources[i]}.
 */
public final class Gather {
  private Gather() {}

  /** The rows under the given weights. */
  public static Batch rows(
      Schema schema, Batch[] batches, int[] sources, int[] rows, long[] weights, int count) {
    return new Batch(schema, columns(schema, batches, sources, rows, count), weights, count);
  }

  /** The columns of the rows. */
  public static Vector[] columns(
      Schema schema, Batch[] batches, int[] sources, int[] rows, int count) {
    Vector[] columns = new Vector[schema.columnCount()];
    Vector[] parts = new Vector[batches.length];
    for (int c = 0; c < columns.length; c++) {
      for (int b = 0; b < parts.length; b++) {
        parts[b] = batches[b].column(c);
      }
      columns[c] = vector(schema.type(c).layout(), parts, sources, rows, count);
    }
    return columns;
  }

  /** One column of the rows. */
  static Vector vector(Layout layout, Vector[] parts, int[] sources, int[] rows, int count) {
    if (parts.length == 1) {
      return Rows.gather(parts[0], rows, count);
    }
    boolean[] nulls = nulls(parts, sources, rows, count);
    return switch (layout) {
      case LONG -> new LongVector(longs(parts, sources, rows, count), nulls, count);
      case INT128 -> int128s(parts, sources, rows, count, nulls);
      case DOUBLE -> doubles(parts, sources, rows, count, nulls);
      case BOOLEAN -> booleans(parts, sources, rows, count, nulls);
      case BYTES -> bytes(parts, sources, rows, count, nulls);
    };
  }

  private static boolean[] nulls(Vector[] parts, int[] sources, int[] rows, int count) {
    boolean[][] masks = new boolean[parts.length][];
    boolean any = false;
    for (int p = 0; p < parts.length; p++) {
      masks[p] = parts[p].nulls();
      any |= masks[p].length > 0;
    }
    if (!any) {
      return Vector.NO_NULLS;
    }
    boolean[] nulls = new boolean[count];
    boolean found = false;
    for (int i = 0; i < count; i++) {
      boolean[] mask = masks[sources[i]];
      nulls[i] = mask.length > 0 && mask[rows[i]];
      found |= nulls[i];
    }
    return found ? nulls : Vector.NO_NULLS;
  }

  private static long[] longs(Vector[] parts, int[] sources, int[] rows, int count) {
    long[][] from = new long[parts.length][];
    for (int p = 0; p < parts.length; p++) {
      from[p] = ((LongVector) parts[p]).values();
    }
    return longs(from, sources, rows, count);
  }

  static long[] longs(long[][] from, int[] sources, int[] rows, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = from[sources[i]][rows[i]];
    }
    return values;
  }

  private static Vector int128s(
      Vector[] parts, int[] sources, int[] rows, int count, boolean[] nulls) {
    long[][] high = new long[parts.length][];
    long[][] low = new long[parts.length][];
    for (int p = 0; p < parts.length; p++) {
      high[p] = ((Int128Vector) parts[p]).high();
      low[p] = ((Int128Vector) parts[p]).low();
    }
    return new Int128Vector(
        longs(high, sources, rows, count), longs(low, sources, rows, count), nulls, count);
  }

  private static Vector doubles(
      Vector[] parts, int[] sources, int[] rows, int count, boolean[] nulls) {
    double[][] from = new double[parts.length][];
    for (int p = 0; p < parts.length; p++) {
      from[p] = ((DoubleVector) parts[p]).values();
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = from[sources[i]][rows[i]];
    }
    return new DoubleVector(values, nulls, count);
  }

  private static Vector booleans(
      Vector[] parts, int[] sources, int[] rows, int count, boolean[] nulls) {
    boolean[][] from = new boolean[parts.length][];
    for (int p = 0; p < parts.length; p++) {
      from[p] = ((BooleanVector) parts[p]).values();
    }
    boolean[] values = new boolean[count];
    for (int i = 0; i < count; i++) {
      values[i] = from[sources[i]][rows[i]];
    }
    return new BooleanVector(values, nulls, count);
  }

  private static Vector bytes(
      Vector[] parts, int[] sources, int[] rows, int count, boolean[] nulls) {
    byte[][] from = new byte[parts.length][];
    int[][] starts = new int[parts.length][];
    for (int p = 0; p < parts.length; p++) {
      from[p] = ((BytesVector) parts[p]).data();
      starts[p] = ((BytesVector) parts[p]).offsets();
    }
    int[] offsets = new int[count + 1];
    for (int i = 0; i < count; i++) {
      int[] start = starts[sources[i]];
      offsets[i + 1] = Math.addExact(offsets[i], start[rows[i] + 1] - start[rows[i]]);
    }
    byte[] data = new byte[offsets[count]];
    for (int i = 0; i < count; i++) {
      int source = sources[i];
      copy(from[source], starts[source][rows[i]], data, offsets[i], offsets[i + 1] - offsets[i]);
    }
    return new BytesVector(data, offsets, nulls, count);
  }

  /** Copies short strings without the cost of a call. */
  static void copy(byte[] from, int start, byte[] to, int at, int length) {
    if (length > 16) {
      System.arraycopy(from, start, to, at, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      to[at + i] = from[start + i];
    }
  }
}
