package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.Schema;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Accumulators of the sum columns for a number of targets (groups or merged rows): LONG and INT128
 * cells are added with wrap-around, BYTES cells are {@link ExactSum}s. One thread owns it.
 */
public final class SumColumns {
  /** What an exact sum about takes. */
  private static final int EXACT_BYTES = 96;

  private final int[] columns;
  private final Layout[] layouts;
  private final int count;
  private final long[][] low;
  private final long[][] high;
  private final @Nullable ExactSum[][] exact;

  /**
   * @param columns the sum columns' positions in the schema
   * @param count how many targets
   */
  public SumColumns(Schema schema, int[] columns, int count) {
    this.columns = columns;
    this.count = count;
    this.layouts = new Layout[columns.length];
    this.low = new long[columns.length][];
    this.high = new long[columns.length][];
    this.exact = new ExactSum[columns.length][];
    for (int c = 0; c < columns.length; c++) {
      layouts[c] = schema.type(columns[c]).layout();
      switch (layouts[c]) {
        case LONG -> low[c] = new long[count];
        case INT128 -> {
          low[c] = new long[count];
          high[c] = new long[count];
        }
        case BYTES -> exact[c] = new ExactSum[count];
        case BOOLEAN, DOUBLE -> Check.that(false, "sum columns are LONG, INT128 or BYTES");
      }
    }
  }

  /** About how much memory it takes. */
  public long bytes() {
    long perTarget = 0;
    for (Layout layout : layouts) {
      perTarget +=
          switch (layout) {
            case INT128 -> 2 * Long.BYTES;
            case BYTES -> EXACT_BYTES;
            default -> Long.BYTES;
          };
    }
    return perTarget * count;
  }

  /** Adds the sum cells of a row to a target. */
  public void add(int target, Batch source, int row) {
    for (int c = 0; c < columns.length; c++) {
      switch (source.column(columns[c])) {
        case LongVector v -> low[c][target] += v.values()[row];
        case Int128Vector v -> addInt128(c, target, v.high()[row], v.low()[row]);
        case BytesVector v -> {
          if (v.end(row) > v.start(row)) {
            exact(c, target).add(v.data(), v.start(row), v.end(row));
          }
        }
        case Vector v -> Check.that(false, "sum columns are LONG, INT128 or BYTES", v.length(), c);
      }
    }
  }

  /**
   * Adds the sums of another accumulator of the same columns: target i gets its target {@code
   * from[i]}, or nothing where that is negative.
   */
  public void addAll(SumColumns other, int[] from) {
    Check.that(from.length >= count, "a source for each target", from.length, count);
    for (int c = 0; c < columns.length; c++) {
      for (int target = 0; target < count; target++) {
        int source = from[target];
        if (source < 0) {
          continue;
        }
        switch (layouts[c]) {
          case LONG -> low[c][target] += other.low[c][source];
          case INT128 -> addInt128(c, target, other.high[c][source], other.low[c][source]);
          default -> {
            ExactSum sum = other.exact[c][source];
            if (sum != null) {
              byte[] bytes = sum.toBytes();
              exact(c, target).add(bytes, 0, bytes.length);
            }
          }
        }
      }
    }
  }

  /** The same sums, with room for more targets; this one is not to be used any more. */
  public SumColumns grown(int newCount) {
    SumColumns grown = new SumColumns(this, newCount);
    for (int c = 0; c < columns.length; c++) {
      switch (layouts[c]) {
        case LONG -> grown.low[c] = Arrays.copyOf(low[c], newCount);
        case INT128 -> {
          grown.low[c] = Arrays.copyOf(low[c], newCount);
          grown.high[c] = Arrays.copyOf(high[c], newCount);
        }
        default -> grown.exact[c] = Arrays.copyOf(exact[c], newCount);
      }
    }
    return grown;
  }

  private SumColumns(SumColumns like, int count) {
    this.columns = like.columns;
    this.layouts = like.layouts;
    this.count = count;
    this.low = new long[columns.length][];
    this.high = new long[columns.length][];
    this.exact = new ExactSum[columns.length][];
  }

  /**
   * Adds the sums of another accumulator of the same columns: its target i goes to {@code
   * targets[i]}.
   */
  public void addEach(SumColumns other, int[] targets) {
    for (int c = 0; c < columns.length; c++) {
      for (int source = 0; source < other.count; source++) {
        int target = targets[source];
        switch (layouts[c]) {
          case LONG -> low[c][target] += other.low[c][source];
          case INT128 -> addInt128(c, target, other.high[c][source], other.low[c][source]);
          default -> {
            ExactSum sum = other.exact[c][source];
            if (sum != null) {
              byte[] bytes = sum.toBytes();
              exact(c, target).add(bytes, 0, bytes.length);
            }
          }
        }
      }
    }
  }

  /** Takes the first so many of these targets to zero. */
  public void clear(int[] targets, int size) {
    for (int c = 0; c < columns.length; c++) {
      for (int i = 0; i < size; i++) {
        switch (layouts[c]) {
          case LONG -> low[c][targets[i]] = 0;
          case INT128 -> {
            low[c][targets[i]] = 0;
            high[c][targets[i]] = 0;
          }
          default -> exact[c][targets[i]] = null;
        }
      }
    }
  }

  /**
   * Sets targets to those of another accumulator of the same columns, which is not to be used any
   * more: {@code targets[i]} to its {@code from[i]}.
   */
  public void set(int[] targets, SumColumns other, int[] from, int size) {
    for (int c = 0; c < columns.length; c++) {
      for (int i = 0; i < size; i++) {
        switch (layouts[c]) {
          case LONG -> low[c][targets[i]] = other.low[c][from[i]];
          case INT128 -> {
            low[c][targets[i]] = other.low[c][from[i]];
            high[c][targets[i]] = other.high[c][from[i]];
          }
          default -> exact[c][targets[i]] = other.exact[c][from[i]];
        }
      }
    }
  }

  /**
   * Sets target i, for the first so many, to target {@code from[i]} of another accumulator of the
   * same columns, which is not to be used any more.
   */
  public void take(SumColumns other, int[] from, int size) {
    for (int c = 0; c < columns.length; c++) {
      for (int i = 0; i < size; i++) {
        switch (layouts[c]) {
          case LONG -> low[c][i] = other.low[c][from[i]];
          case INT128 -> {
            low[c][i] = other.low[c][from[i]];
            high[c][i] = other.high[c][from[i]];
          }
          default -> exact[c][i] = other.exact[c][from[i]];
        }
      }
    }
  }

  /** Adds to a LONG sum. */
  public void addLong(int column, int target, long value) {
    low[column][target] += value;
  }

  /** Adds to an INT128 sum. */
  public void addInt128(int column, int target, long highPart, long lowPart) {
    long sum = low[column][target] + lowPart;
    high[column][target] += highPart + (Long.compareUnsigned(sum, lowPart) < 0 ? 1 : 0);
    low[column][target] = sum;
  }

  /** Adds {@code value * weight} to an INT128 sum. */
  public void addProduct(int column, int target, long value, long weight) {
    addInt128(column, target, Math.multiplyHigh(value, weight), value * weight);
  }

  /** Adds a double to a BYTES sum as often as the weight says. */
  public void addDouble(int column, int target, double value, long weight) {
    exact(column, target).add(value, weight);
  }

  public long low(int column, int target) {
    return low[column][target];
  }

  public long high(int column, int target) {
    return high[column][target];
  }

  /** The nearest double of a BYTES sum. */
  public double doubleValue(int column, int target) {
    ExactSum sum = exact[column][target];
    return sum == null ? 0.0 : sum.toDouble();
  }

  /** A BYTES sum without rounding; empty when it is not finite. */
  public Optional<BinaryNumber> exactValue(int column, int target) {
    ExactSum sum = exact[column][target];
    return sum == null ? Optional.of(BinaryNumber.of(BigInteger.ZERO)) : sum.toNumber();
  }

  /** Whether all sums of a target are zero. */
  boolean isZero(int target) {
    for (int c = 0; c < columns.length; c++) {
      boolean zero =
          switch (layouts[c]) {
            case LONG -> low[c][target] == 0;
            case INT128 -> (low[c][target] | high[c][target]) == 0;
            default -> {
              ExactSum sum = exact[c][target];
              yield sum == null || sum.isZero();
            }
          };
      if (!zero) {
        return false;
      }
    }
    return true;
  }

  /** The sums of the first {@code size} targets of {@code targets} as a column. */
  public Vector column(int c, int[] targets, int size) {
    VectorBuilder builder = new VectorBuilder(layouts[c], size);
    for (int i = 0; i < size; i++) {
      int target = targets[i];
      switch (layouts[c]) {
        case LONG -> builder.appendLong(low[c][target]);
        case INT128 -> builder.appendInt128(high[c][target], low[c][target]);
        default -> {
          ExactSum sum = exact[c][target];
          byte[] bytes = sum == null ? new byte[0] : sum.toBytes();
          builder.appendBytes(bytes, 0, bytes.length);
        }
      }
    }
    return builder.build();
  }

  /** What takes the LONG or INT128 sums of a column to zero. */
  public Vector negated(int c) {
    VectorBuilder builder = new VectorBuilder(layouts[c], count);
    for (int target = 0; target < count; target++) {
      switch (layouts[c]) {
        case LONG -> builder.appendLong(-low[c][target]);
        case INT128 -> {
          long lowPart = -low[c][target];
          builder.appendInt128(~high[c][target] + (lowPart == 0 ? 1 : 0), lowPart);
        }
        default -> Check.that(false, "sums that can be negated", c, target);
      }
    }
    return builder.build();
  }

  private ExactSum exact(int column, int target) {
    ExactSum sum = exact[column][target];
    if (sum == null) {
      sum = new ExactSum();
      exact[column][target] = sum;
    }
    return sum;
  }
}
