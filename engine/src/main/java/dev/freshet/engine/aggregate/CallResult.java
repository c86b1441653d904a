package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.engine.aggregate.Accumulator.Kind;
import dev.freshet.engine.arrangement.BinaryNumber;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What one call answers from a group's sums.
 *
 * @param countColumn the sum column that counts the argument's values; -1 when that is the group's
 *     weight
 * @param sumColumn the first sum column of the sum; -1 for COUNT and ordered calls
 * @param squareColumn the first sum column of the sum of squares; -1 for calls without
 * @param argumentScale digits after the point of a decimal argument
 */
public record CallResult(
    AggregateCall call,
    int countColumn,
    int sumColumn,
    int squareColumn,
    Kind sumKind,
    int argumentScale) {
  private static final String NONE = "";

  /**
   * Appends the answer of one group.
   *
   * @return why there is none, or an empty text
   */
  public String append(VectorBuilder out, KeySums state, int target) {
    SumColumns sums = state.sums();
    long count = countColumn < 0 ? state.weights()[target] : sums.low(countColumn, target);
    if (call.function() == Function.COUNT) {
      out.appendLong(count);
      return NONE;
    }
    if (count == 0) {
      out.appendNull();
      return NONE;
    }
    if (squareColumn >= 0) {
      appendDeviation(out, sums, target, count);
      return NONE;
    }
    if (sumKind == Kind.COUNT_TRUE) {
      long trues = sums.low(sumColumn, target);
      out.appendBoolean(call.function() == Function.BOOL_AND ? trues == count : trues > 0);
      return NONE;
    }
    if (sumKind == Kind.SUM_DOUBLE) {
      double sum = sums.doubleValue(sumColumn, target);
      out.appendDouble(call.function() == Function.AVG ? sum / count : sum);
      return NONE;
    }
    return switch (call.function()) {
      case AVG -> appendAverage(out, sums, target, count);
      default -> appendSum(out, sums, target);
    };
  }

  private void appendDeviation(VectorBuilder out, SumColumns sums, int target, long count) {
    boolean sample =
        call.function() == Function.VAR_SAMP || call.function() == Function.STDDEV_SAMP;
    if (sample && count < 2) {
      out.appendNull();
      return;
    }
    boolean root =
        call.function() == Function.STDDEV_POP || call.function() == Function.STDDEV_SAMP;
    double variance = variance(sums, target, count, sample ? count - 1 : count);
    out.appendDouble(root ? Math.sqrt(variance) : variance);
  }

  private double variance(SumColumns sums, int target, long count, long divisor) {
    if (sumKind == Kind.SUM_LONG) {
      BigInteger sum =
          Int128Vector.toBigInteger(sums.high(sumColumn, target), sums.low(sumColumn, target));
      BigInteger squares = wide(sums, squareColumn, target);
      return Variance.of(BinaryNumber.of(sum), BinaryNumber.of(squares), count, divisor)
          .over(BigInteger.TEN.pow(2 * argumentScale));
    }
    Optional<BinaryNumber> sum = sums.exactValue(sumColumn, target);
    Optional<BinaryNumber> squares = sums.exactValue(squareColumn, target);
    if (sum.isEmpty() || squares.isEmpty()) {
      return Double.NaN;
    }
    return Variance.of(sum.get(), squares.get(), count, divisor)
        .over(BigInteger.TEN.pow(2 * argumentScale));
  }

  private String appendSum(VectorBuilder out, SumColumns sums, int target) {
    if (sumKind == Kind.SUM_LONG) {
      long low = sums.low(sumColumn, target);
      if (sums.high(sumColumn, target) == low >> 63) {
        return appendLong(out, low);
      }
    }
    if (sumKind == Kind.SUM_INT128) {
      // h * 2^64 + l where all of it fits 64 bits: the commonest case, without objects.
      long low = sums.low(sumColumn + 1, target);
      long upper = sums.low(sumColumn, target);
      boolean narrow = sums.high(sumColumn, target) == upper >> 63 && upper == (int) upper;
      long carried = sums.high(sumColumn + 1, target);
      if (narrow && carried == (int) carried && upper + carried == low >> 63) {
        return appendLong(out, low);
      }
    }
    return appendBig(out, total(sums, target));
  }

  private String appendLong(VectorBuilder out, long value) {
    if (call.type().layout() == DataType.Layout.INT128) {
      out.appendInt128(value >> 63, value);
      return NONE;
    }
    if (call.type() instanceof DataType.Decimal) {
      return appendBig(out, BigInteger.valueOf(value));
    }
    out.appendLong(value);
    return NONE;
  }

  private String appendAverage(VectorBuilder out, SumColumns sums, int target, long count) {
    if (call.type() instanceof DataType.Decimal decimal) {
      return appendDecimalAverage(out, sums, target, count, decimal.scale() - argumentScale);
    }
    long low = sums.low(sumColumn, target);
    if (sums.high(sumColumn, target) == low >> 63) {
      out.appendLong(low / count);
    } else {
      out.appendLong(total(sums, target).divide(BigInteger.valueOf(count)).longValue());
    }
    return NONE;
  }

  /** Half up, away from zero. */
  private String appendDecimalAverage(
      VectorBuilder out, SumColumns sums, int target, long count, int digits) {
    BigInteger scaled = total(sums, target).multiply(BigInteger.TEN.pow(digits));
    BigInteger[] parts = scaled.divideAndRemainder(BigInteger.valueOf(count));
    boolean up = parts[1].abs().shiftLeft(1).compareTo(BigInteger.valueOf(count).abs()) >= 0;
    BigInteger rounded = up ? parts[0].add(BigInteger.valueOf(scaled.signum())) : parts[0];
    return appendBig(out, rounded);
  }

  private BigInteger total(SumColumns sums, int target) {
    return sumKind == Kind.SUM_LONG
        ? Int128Vector.toBigInteger(sums.high(sumColumn, target), sums.low(sumColumn, target))
        : wide(sums, sumColumn, target);
  }

  /** h * 2^64 + l of two sum columns. */
  private static BigInteger wide(SumColumns sums, int column, int target) {
    return Int128Vector.toBigInteger(sums.high(column, target), sums.low(column, target))
        .shiftLeft(64)
        .add(
            Int128Vector.toBigInteger(sums.high(column + 1, target), sums.low(column + 1, target)));
  }

  private String appendBig(VectorBuilder out, BigInteger value) {
    if (!fits(value)) {
      out.appendNull();
      return "Cannot evaluate "
          + call.function()
          + ": the result "
          + value
          + " does not fit "
          + call.type().sql()
          + ".";
    }
    if (call.type().layout() == DataType.Layout.INT128) {
      out.appendInt128(value.shiftRight(64).longValue(), value.longValue());
    } else {
      out.appendLong(value.longValue());
    }
    return NONE;
  }

  private boolean fits(BigInteger value) {
    return call.type() instanceof DataType.Decimal decimal
        ? value.abs().compareTo(BigInteger.TEN.pow(decimal.precision())) < 0
        : value.bitLength() < 64;
  }
}
