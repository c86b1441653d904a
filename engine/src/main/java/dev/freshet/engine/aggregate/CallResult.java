package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.engine.aggregate.Accumulator.Kind;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import java.math.BigInteger;

/**
 * What one call answers from a group's sums.
 *
 * @param countColumn the sum column that counts the argument's values; -1 when that is the group's
 *     weight
 * @param sumColumn the first sum column of the sum; -1 for COUNT, MIN and MAX
 * @param argumentScale digits after the point of a decimal argument
 */
public record CallResult(
    AggregateCall call, int countColumn, int sumColumn, Kind sumKind, int argumentScale) {
  private static final String NONE = "";

  /** Whether the answer comes from the ordered values rather than from sums. */
  public boolean isExtreme() {
    return call.function() == Function.MIN || call.function() == Function.MAX;
  }

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

  private String appendSum(VectorBuilder out, SumColumns sums, int target) {
    if (sumKind == Kind.SUM_LONG) {
      long low = sums.low(sumColumn, target);
      if (sums.high(sumColumn, target) == low >> 63) {
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
    BigInteger first =
        Int128Vector.toBigInteger(sums.high(sumColumn, target), sums.low(sumColumn, target));
    if (sumKind == Kind.SUM_LONG) {
      return first;
    }
    return first
        .shiftLeft(64)
        .add(
            Int128Vector.toBigInteger(
                sums.high(sumColumn + 1, target), sums.low(sumColumn + 1, target)));
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
