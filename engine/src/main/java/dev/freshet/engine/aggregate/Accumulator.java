package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.engine.arrangement.SumColumns;
import java.util.List;
import java.util.OptionalInt;

/**
 * A number that is kept for each group and to which rows are added by weight. Calls that need the
 * same number share it.
 *
 * @param source which input feeds it: {@link #ALL_ROWS} or the number of a distinct input
 * @param argument a column of that input; -1 for none
 * @param filter a BOOLEAN column of that input; only rows where it is TRUE count
 */
record Accumulator(Kind kind, int source, int argument, OptionalInt filter) {
  static final int ALL_ROWS = -1;

  private static final DataType INT128 = new DataType.Decimal(38, 0);

  /** What is added, and in which columns. */
  enum Kind {
    /** Rows whose argument is not NULL. */
    COUNT(List.of(Simple.BIGINT)),
    /** LONG values, in 128 bits: cannot overflow. */
    SUM_LONG(List.of(INT128)),
    /**
     * INT128 values h * 2^64 + l as the sums of h and of l: each of them cannot overflow 128 bits.
     */
    SUM_INT128(List.of(INT128, INT128)),
    /** Doubles, exactly; INT128 values as the doubles nearest to them. */
    SUM_DOUBLE(List.of(Simple.BINARY)),
    /** Squares of LONG values, summed as INT128 values are. */
    SUM_SQUARE_LONG(List.of(INT128, INT128)),
    /** Squares of doubles, exactly but for what lies outside of a double's range. */
    SUM_SQUARE_DOUBLE(List.of(Simple.BINARY)),
    /** Rows whose argument is TRUE. */
    COUNT_TRUE(List.of(Simple.BIGINT));

    private final List<DataType> columns;

    Kind(List<DataType> columns) {
      this.columns = columns;
    }

    List<DataType> columns() {
      return columns;
    }
  }

  /** Adds the rows of a change to their groups' sums, from sum column {@code first} on. */
  void add(SumColumns sums, int first, Batch batch, int[] groupOf) {
    if (argument < 0) {
      addCounts(sums, first, batch, groupOf, Vector.NO_NULLS);
      return;
    }
    Vector vector = batch.column(argument);
    boolean[] nulls = vector.nulls();
    switch (kind) {
      case COUNT -> addCounts(sums, first, batch, groupOf, nulls);
      case SUM_LONG -> addLongs(sums, first, batch, groupOf, (LongVector) vector);
      case SUM_INT128 -> addInt128s(sums, first, batch, groupOf, (Int128Vector) vector);
      case SUM_DOUBLE -> addDoubles(sums, first, batch, groupOf, nulls, doubles(vector));
      case SUM_SQUARE_LONG -> addSquares(sums, first, batch, groupOf, (LongVector) vector);
      case SUM_SQUARE_DOUBLE ->
          addDoubleSquares(sums, first, batch, groupOf, nulls, doubles(vector));
      case COUNT_TRUE -> addTrue(sums, first, batch, groupOf, (BooleanVector) vector);
    }
  }

  /** Adds one row so many times to a target; for counts and sums. */
  void addRow(SumColumns sums, int first, Batch batch, int row, int target, long weight) {
    if (isSkipped(batch, row)) {
      return;
    }
    if (kind == Kind.COUNT) {
      sums.addLong(first, target, weight);
      return;
    }
    switch (batch.column(argument)) {
      case LongVector v -> sums.addProduct(first, target, v.values()[row], weight);
      case Int128Vector v -> addInt128(sums, first, target, v.high()[row], v.low()[row], weight);
      case DoubleVector v -> sums.addDouble(first, target, v.values()[row], weight);
      case Vector v -> Check.that(false, "only numbers are summed", v.length(), row);
    }
  }

  private boolean isSkipped(Batch batch, int row) {
    boolean filtered =
        filter.isPresent()
            && batch.column(filter.getAsInt()) instanceof BooleanVector condition
            && (condition.isNull(row) || !condition.values()[row]);
    return filtered || (argument >= 0 && batch.column(argument).isNull(row));
  }

  /** Adds h * 2^64 + l as h and l. */
  private static void addInt128(
      SumColumns sums, int first, int target, long high, long low, long weight) {
    sums.addProduct(first, target, high, weight);
    sums.addInt128(
        first + 1, target, Math.multiplyHigh(low, weight) + (low < 0 ? weight : 0), low * weight);
  }

  private void addCounts(SumColumns sums, int first, Batch batch, int[] groupOf, boolean[] nulls) {
    boolean[] skip = skipped(batch, nulls);
    long[] weights = batch.weights();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (skip.length == 0 || !skip[i]) {
        sums.addLong(first, groupOf[i], weights[i]);
      }
    }
  }

  private void addLongs(SumColumns sums, int first, Batch batch, int[] groupOf, LongVector vector) {
    boolean[] skip = skipped(batch, vector.nulls());
    long[] weights = batch.weights();
    long[] values = vector.values();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (skip.length == 0 || !skip[i]) {
        sums.addProduct(first, groupOf[i], values[i], weights[i]);
      }
    }
  }

  private void addInt128s(
      SumColumns sums, int first, Batch batch, int[] groupOf, Int128Vector vector) {
    boolean[] skip = skipped(batch, vector.nulls());
    long[] weights = batch.weights();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (skip.length == 0 || !skip[i]) {
        addInt128(sums, first, groupOf[i], vector.high()[i], vector.low()[i], weights[i]);
      }
    }
  }

  private static double[] doubles(Vector vector) {
    if (vector instanceof DoubleVector v) {
      return v.values();
    }
    Int128Vector v = (Int128Vector) vector;
    double[] values = new double[v.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Int128Vector.toBigInteger(v.high()[i], v.low()[i]).doubleValue();
    }
    return values;
  }

  private void addDoubles(
      SumColumns sums, int first, Batch batch, int[] groupOf, boolean[] nulls, double[] values) {
    boolean[] skip = skipped(batch, nulls);
    long[] weights = batch.weights();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (skip.length == 0 || !skip[i]) {
        sums.addDouble(first, groupOf[i], values[i], weights[i]);
      }
    }
  }

  private void addSquares(
      SumColumns sums, int first, Batch batch, int[] groupOf, LongVector vector) {
    boolean[] skip = skipped(batch, vector.nulls());
    long[] weights = batch.weights();
    long[] values = vector.values();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (skip.length == 0 || !skip[i]) {
        long high = Math.multiplyHigh(values[i], values[i]);
        addInt128(sums, first, groupOf[i], high, values[i] * values[i], weights[i]);
      }
    }
  }

  /** x * x is the rounded product and what the rounding lost, both doubles (Dekker). */
  private void addDoubleSquares(
      SumColumns sums, int first, Batch batch, int[] groupOf, boolean[] nulls, double[] values) {
    boolean[] skip = skipped(batch, nulls);
    long[] weights = batch.weights();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (skip.length == 0 || !skip[i]) {
        double value = values[i];
        double square = value * value;
        sums.addDouble(first, groupOf[i], square, weights[i]);
        if (Math.abs(square) <= Double.MAX_VALUE) {
          sums.addDouble(first, groupOf[i], Math.fma(value, value, -square), weights[i]);
        }
      }
    }
  }

  private void addTrue(
      SumColumns sums, int first, Batch batch, int[] groupOf, BooleanVector vector) {
    boolean[] skip = skipped(batch, vector.nulls());
    boolean[] values = vector.values();
    long[] weights = batch.weights();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (values[i] && (skip.length == 0 || !skip[i])) {
        sums.addLong(first, groupOf[i], weights[i]);
      }
    }
  }

  /** Marks rows that do not count; length 0 when all do. */
  private boolean[] skipped(Batch batch, boolean[] nulls) {
    if (filter.isEmpty()) {
      return nulls;
    }
    BooleanVector condition = (BooleanVector) batch.column(filter.getAsInt());
    boolean[] skip = new boolean[batch.rowCount()];
    for (int i = 0; i < skip.length; i++) {
      skip[i] = (nulls.length > 0 && nulls[i]) || condition.isNull(i) || !condition.values()[i];
    }
    return skip;
  }
}
