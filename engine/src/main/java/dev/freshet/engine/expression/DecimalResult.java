package dev.freshet.engine.expression;

import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Layout;

/**
 * Collects a decimal result in the layout of its type. Lives for one kernel call, on one thread.
 */
final class DecimalResult {
  private static final long[] NO_HIGH = {};

  private final Arguments arguments;
  private final int precision;
  private final long[] high;
  private final long[] low;

  DecimalResult(Arguments arguments, DataType.Decimal type) {
    this.arguments = arguments;
    this.precision = type.precision();
    this.low = new long[arguments.count()];
    this.high = type.layout() == Layout.INT128 ? new long[arguments.count()] : NO_HIGH;
  }

  /** Stores the value if it has no more digits than the type; else the row fails. */
  void store(int row, Int128 value) {
    if (!value.fits(precision)) {
      arguments.failIfLive(row, FailureKind.OUT_OF_RANGE);
      return;
    }
    low[row] = value.low();
    if (high.length > 0) {
      high[row] = value.high();
    }
  }

  Vector build() {
    return precision > DataType.Decimal.MAX_LONG_PRECISION
        ? new Int128Vector(high, low, arguments.nulls(), arguments.count())
        : new LongVector(low, arguments.nulls(), arguments.count());
  }
}
