package dev.freshet.core.batch;

/** A vector of {@code double} values. */
public final class DoubleVector implements Vector {
  private final double[] values;
  private final boolean[] nulls;
  private final int length;

  public DoubleVector(double[] values, boolean[] nulls, int length) {
    this.values = values;
    this.nulls = nulls;
    this.length = length;
  }

  /** The backing array; not to be written to. */
  public double[] values() {
    return values;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public boolean[] nulls() {
    return nulls;
  }

  @Override
  public long bytes() {
    return (long) values.length * 8 + nulls.length;
  }
}
