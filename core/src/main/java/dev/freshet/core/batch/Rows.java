package dev.freshet.core.batch;

import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import java.util.Arrays;
import java.util.List;

/**
 * Kernels over rows of batches: equality, order, gather and concatenation. Equality and order are
 * those of grouping: NULL equals NULL and comes first, NaN equals NaN and comes last, -0.0 equals
 * 0.0; byte strings compare as unsigned bytes.
 */
public final class Rows {
  private Rows() {}

  /** Whether two rows are equal in the given columns of each. */
  public static boolean equal(
      Batch a, int rowA, int[] columnsA, Batch b, int rowB, int[] columnsB) {
    for (int i = 0; i < columnsA.length; i++) {
      if (compare(a.column(columnsA[i]), rowA, b.column(columnsB[i]), rowB) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The order of two rows by the given columns of each, the first column counting most. */
  public static int compare(Batch a, int rowA, int[] columnsA, Batch b, int rowB, int[] columnsB) {
    for (int i = 0; i < columnsA.length; i++) {
      int order = compare(a.column(columnsA[i]), rowA, b.column(columnsB[i]), rowB);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** The order of two cells of the same layout. */
  public static int compare(Vector a, int rowA, Vector b, int rowB) {
    boolean nullA = a.isNull(rowA);
    boolean nullB = b.isNull(rowB);
    if (nullA || nullB) {
      return Boolean.compare(nullB, nullA);
    }
    return switch (a) {
      case LongVector v -> Long.compare(v.values()[rowA], ((LongVector) b).values()[rowB]);
      case BytesVector v -> {
        BytesVector w = (BytesVector) b;
        yield Arrays.compareUnsigned(
            v.data(), v.start(rowA), v.end(rowA), w.data(), w.start(rowB), w.end(rowB));
      }
      case DoubleVector v -> compareDoubles(v.values()[rowA], ((DoubleVector) b).values()[rowB]);
      case BooleanVector v -> Boolean.compare(v.values()[rowA], ((BooleanVector) b).values()[rowB]);
      case Int128Vector v -> {
        Int128Vector w = (Int128Vector) b;
        int order = Long.compare(v.high()[rowA], w.high()[rowB]);
        yield order != 0 ? order : Long.compareUnsigned(v.low()[rowA], w.low()[rowB]);
      }
    };
  }

  /** The order of grouping for doubles. */
  public static int compareDoubles(double a, double b) {
    return a == b ? 0 : Double.compare(a, b);
  }

  /** The rows at the first {@code count} positions of {@code rows}, with their weights. */
  public static Batch gather(Batch batch, int[] rows, int count) {
    Vector[] columns = new Vector[batch.columns().length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = gather(batch.column(i), rows, count);
    }
    long[] weights = new long[count];
    long[] source = batch.weights();
    for (int i = 0; i < count; i++) {
      weights[i] = source[rows[i]];
    }
    return new Batch(batch.schema(), columns, weights, count);
  }

  /**
   * The cells at the first {@code count} positions of {@code rows}; a negative position gives NULL.
   */
  public static Vector gather(Vector vector, int[] rows, int count) {
    boolean[] nulls = gatherNulls(vector, rows, count);
    return switch (vector) {
      case LongVector v -> new LongVector(gather(v.values(), rows, count), nulls, count);
      case Int128Vector v ->
          new Int128Vector(
              gather(v.high(), rows, count), gather(v.low(), rows, count), nulls, count);
      case DoubleVector v -> {
        double[] from = v.values();
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
          values[i] = rows[i] < 0 ? 0 : from[rows[i]];
        }
        yield new DoubleVector(values, nulls, count);
      }
      case BooleanVector v -> {
        boolean[] from = v.values();
        boolean[] values = new boolean[count];
        for (int i = 0; i < count; i++) {
          values[i] = rows[i] >= 0 && from[rows[i]];
        }
        yield new BooleanVector(values, nulls, count);
      }
      case BytesVector v -> gatherBytes(v, rows, count, nulls);
    };
  }

  private static boolean[] gatherNulls(Vector vector, int[] rows, int count) {
    boolean[] from = vector.nulls();
    if (from.length == 0 && noneNegative(rows, count)) {
      return Vector.NO_NULLS;
    }
    boolean[] nulls = new boolean[count];
    boolean any = false;
    for (int i = 0; i < count; i++) {
      nulls[i] = rows[i] < 0 || (from.length > 0 && from[rows[i]]);
      any |= nulls[i];
    }
    return any ? nulls : Vector.NO_NULLS;
  }

  private static boolean noneNegative(int[] rows, int count) {
    int signs = 0;
    for (int i = 0; i < count; i++) {
      signs |= rows[i];
    }
    return signs >= 0;
  }

  private static long[] gather(long[] from, int[] rows, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = rows[i] < 0 ? 0 : from[rows[i]];
    }
    return values;
  }

  private static BytesVector gatherBytes(BytesVector v, int[] rows, int count, boolean[] nulls) {
    int[] from = v.offsets();
    int[] offsets = new int[count + 1];
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      offsets[i + 1] = Math.addExact(offsets[i], row < 0 ? 0 : from[row + 1] - from[row]);
    }
    byte[] data = new byte[offsets[count]];
    for (int i = 0; i < count; i++) {
      System.arraycopy(
          v.data(), rows[i] < 0 ? 0 : from[rows[i]], data, offsets[i], offsets[i + 1] - offsets[i]);
    }
    return new BytesVector(data, offsets, nulls, count);
  }

  /** Rows {@code from} to {@code to}, with their weights; bytes are shared, all else is copied. */
  public static Batch slice(Batch batch, int from, int to) {
    if (from == 0 && to == batch.rowCount()) {
      return batch;
    }
    Vector[] columns = new Vector[batch.columns().length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = slice(batch.column(i), from, to);
    }
    long[] weights = Arrays.copyOfRange(batch.weights(), from, to);
    return new Batch(batch.schema(), columns, weights, to - from);
  }

  private static Vector slice(Vector vector, int from, int to) {
    boolean[] all = vector.nulls();
    boolean[] nulls = all.length == 0 ? Vector.NO_NULLS : Arrays.copyOfRange(all, from, to);
    int count = to - from;
    return switch (vector) {
      case BooleanVector v ->
          new BooleanVector(Arrays.copyOfRange(v.values(), from, to), nulls, count);
      case LongVector v -> new LongVector(Arrays.copyOfRange(v.values(), from, to), nulls, count);
      case DoubleVector v ->
          new DoubleVector(Arrays.copyOfRange(v.values(), from, to), nulls, count);
      case Int128Vector v ->
          new Int128Vector(
              Arrays.copyOfRange(v.high(), from, to),
              Arrays.copyOfRange(v.low(), from, to),
              nulls,
              count);
      case BytesVector v ->
          new BytesVector(v.data(), Arrays.copyOfRange(v.offsets(), from, to + 1), nulls, count);
    };
  }

  /** All rows of all batches, in order, without consolidation. */
  public static Batch concat(Schema schema, List<Batch> batches) {
    if (batches.size() == 1) {
      return batches.get(0);
    }
    int total = 0;
    for (Batch batch : batches) {
      total = Math.addExact(total, batch.rowCount());
    }
    Vector[] columns = new Vector[schema.columnCount()];
    for (int c = 0; c < columns.length; c++) {
      VectorBuilder builder = new VectorBuilder(schema.type(c).layout(), total);
      int bytes = 0;
      for (Batch batch : batches) {
        if (batch.column(c) instanceof BytesVector v) {
          bytes = Math.addExact(bytes, v.offsets()[v.length()] - v.offsets()[0]);
        }
      }
      builder.reserveData(bytes);
      for (Batch batch : batches) {
        builder.appendAll(batch.column(c));
      }
      columns[c] = builder.build();
    }
    long[] weights = new long[total];
    int at = 0;
    for (Batch batch : batches) {
      System.arraycopy(batch.weights(), 0, weights, at, batch.rowCount());
      at += batch.rowCount();
    }
    Check.that(at == total, "concat copies every weight", at, total);
    return new Batch(schema, columns, weights, total);
  }
}
