package dev.freshet.core.batch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A vector of byte strings: all bytes in one array, row i from {@code offsets[i]} to {@code
 * offsets[i + 1]}.
 */
public final class BytesVector implements Vector {
  private final byte[] data;
  private final int[] offsets;
  private final boolean[] nulls;
  private final int length;

  public BytesVector(byte[] data, int[] offsets, boolean[] nulls, int length) {
    this.data = data;
    this.offsets = offsets;
    this.nulls = nulls;
    this.length = length;
  }

  /** The bytes of all rows; not to be written to. */
  public byte[] data() {
    return data;
  }

  /** {@code length + 1} offsets into {@link #data()}, ascending; not to be written to. */
  public int[] offsets() {
    return offsets;
  }

  public int start(int row) {
    return offsets[row];
  }

  public int end(int row) {
    return offsets[row + 1];
  }

  /** A copy of the row's bytes. */
  public byte[] copyOf(int row) {
    return Arrays.copyOfRange(data, offsets[row], offsets[row + 1]);
  }

  /** The row's bytes as UTF-8 text. */
  public String text(int row) {
    return new String(data, offsets[row], offsets[row + 1] - offsets[row], StandardCharsets.UTF_8);
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
    return data.length + (long) offsets.length * 4 + nulls.length;
  }
}
