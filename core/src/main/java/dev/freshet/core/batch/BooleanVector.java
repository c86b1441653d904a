package dev.freshet.core.batch;

/** A vector of {@code boolean} values. */
public final class BooleanVector implements Vector {
  private final boolean[] values;
  private final boolean[] nulls;
  private final int length;

  public BooleanVector(boolean[] values, boolean[] nulls, int length) {
    this.values = values;
    this.nulls = nulls;
    this.length = length;
  }

  /** The backing array; not to be written to. */
  public boolean[] values() {
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
    return (long) values.length * 1 + nulls.length;
  }
}
