package dev.freshet.engine.expression;

import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;

/** The unscaled values of a decimal or integer argument, in either layout, read as 128 bits. */
final class DecimalColumn {
  private static final long[] NO_HIGH = {};

  private final long[] high;
  private final long[] low;
  private final int mask;

  private DecimalColumn(long[] high, long[] low, int mask) {
    this.high = high;
    this.low = low;
    this.mask = mask;
  }

  static DecimalColumn of(Arguments arguments, int index) {
    Vector vector = arguments.vector(index);
    if (vector instanceof Int128Vector wide) {
      return new DecimalColumn(wide.high(), wide.low(), arguments.mask(index));
    }
    return new DecimalColumn(NO_HIGH, ((LongVector) vector).values(), arguments.mask(index));
  }

  long high(int row) {
    int i = row & mask;
    return high.length == 0 ? low[i] >> 63 : high[i];
  }

  long low(int row) {
    return low[row & mask];
  }

  void load(int row, Int128 into) {
    into.set(high(row), low(row));
  }

  /** The scale that a type's unscaled values have; 0 for integers. */
  static int scale(DataType type) {
    return type instanceof DataType.Decimal decimal ? decimal.scale() : 0;
  }

  /** The most digits that a type's unscaled values have. */
  static int precision(DataType type) {
    return switch (type) {
      case DataType.Decimal decimal -> decimal.precision();
      case DataType.Simple.TINYINT -> 3;
      case DataType.Simple.SMALLINT -> 5;
      case DataType.Simple.INTEGER -> 10;
      default -> 19;
    };
  }
}
