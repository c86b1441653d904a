package dev.freshet.core.batch;

/** A vector of {@code long} values. */
public final class LongVector implements Vector {
  private final long[] values;
  private final boolean[] nulls;
  private final int length;

  public LongVector(long[] values, boolean[] nulls, int length) {
    this.values = values;
    this.nulls = nulls;
    this.length = length;
  }

  /** The backing array; not to be written to. */
  public long[] values() {
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
