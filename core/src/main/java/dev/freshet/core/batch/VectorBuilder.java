package dev.freshet.core.batch;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Layout;
import java.util.Arrays;

/**
 * Grows one column row by row. One thread owns it. {@link #build()} hands its arrays over; the
 * builder is not used again unless {@link #reset()} gives it new ones.
 */
public final class VectorBuilder {
  private static final int MIN_CAPACITY = 16;

  private final Layout layout;
  private int length;
  private boolean[] nulls = Vector.NO_NULLS;
  private boolean[] booleans = {};
  private long[] longs = {};
  private long[] lows = {};
  private double[] doubles = {};
  private byte[] data = {};
  private int[] offsets = {0};

  public VectorBuilder(Layout layout, int expectedRows) {
    this.layout = layout;
    reserve(expectedRows);
  }

  public int length() {
    return length;
  }

  public Layout layout() {
    return layout;
  }

  /** Whether the value of this row, which was appended, is NULL. */
  public boolean isNullAt(int row) {
    return row < nulls.length && nulls[row];
  }

  public void appendNull() {
    switch (layout) {
      case BOOLEAN -> appendBoolean(false);
      case LONG -> appendLong(0);
      case INT128 -> appendInt128(0, 0);
      case DOUBLE -> appendDouble(0);
      case BYTES -> appendBytes(data, 0, 0);
    }
    if (nulls.length < length) {
      nulls = Arrays.copyOf(nulls, capacity());
    }
    nulls[length - 1] = true;
  }

  public void appendBoolean(boolean value) {
    if (length == booleans.length) {
      booleans = Arrays.copyOf(booleans, grown(length));
      growNulls(booleans.length);
    }
    booleans[length++] = value;
  }

  public void appendLong(long value) {
    if (length == longs.length) {
      longs = Arrays.copyOf(longs, grown(length));
      growNulls(longs.length);
    }
    longs[length++] = value;
  }

  public void appendInt128(long high, long low) {
    if (length == longs.length) {
      longs = Arrays.copyOf(longs, grown(length));
      lows = Arrays.copyOf(lows, longs.length);
      growNulls(longs.length);
    }
    longs[length] = high;
    lows[length++] = low;
  }

  public void appendDouble(double value) {
    if (length == doubles.length) {
      doubles = Arrays.copyOf(doubles, grown(length));
      growNulls(doubles.length);
    }
    doubles[length++] = value;
  }

  public void appendBytes(byte[] source, int start, int count) {
    byte[] target = reserveBytes(count);
    System.arraycopy(source, start, target, offsets[length], count);
    commitBytes(count);
  }

  /**
   * Makes room for one value of up to {@code count} bytes and returns the array to write it to,
   * from {@link #bytesStart()} on; {@link #commitBytes(int)} then ends the row. Lets decoders write
   * without an intermediate copy.
   */
  public byte[] reserveBytes(int count) {
    if (length + 1 == offsets.length) {
      offsets = Arrays.copyOf(offsets, grown(length) + 1);
      growNulls(offsets.length - 1);
    }
    int start = offsets[length];
    int needed = Math.addExact(start, count);
    if (needed > data.length) {
      data =
          Arrays.copyOf(
              data,
              Math.max(needed, (int) Math.min((long) data.length * 2, Integer.MAX_VALUE - 8)));
    }
    return data;
  }

  /** Makes room for the bytes of all values to come, so that no more is taken than is needed. */
  void reserveData(int bytes) {
    if (bytes > data.length) {
      data = Arrays.copyOf(data, bytes);
    }
  }

  /** Where a value reserved by {@link #reserveBytes(int)} begins. */
  public int bytesStart() {
    return offsets[length];
  }

  /** Ends a row of {@code count} bytes written after {@link #reserveBytes(int)}. */
  public void commitBytes(int count) {
    offsets[length + 1] = offsets[length] + count;
    length++;
  }

  /** Appends row {@code row} of {@code source}, which must have this builder's layout. */
  public void append(Vector source, int row) {
    if (source.isNull(row)) {
      appendNull();
      return;
    }
    switch (source) {
      case BooleanVector v -> appendBoolean(v.values()[row]);
      case LongVector v -> appendLong(v.values()[row]);
      case Int128Vector v -> appendInt128(v.high()[row], v.low()[row]);
      case DoubleVector v -> appendDouble(v.values()[row]);
      case BytesVector v -> appendBytes(v.data(), v.start(row), v.end(row) - v.start(row));
    }
  }

  /** Appends all rows of {@code source}, which must have this builder's layout. */
  public void appendAll(Vector source) {
    int count = source.length();
    if (count == 0) {
      return;
    }
    growTo(Math.addExact(length, count));
    switch (source) {
      case BooleanVector v -> System.arraycopy(v.values(), 0, booleans, length, count);
      case LongVector v -> System.arraycopy(v.values(), 0, longs, length, count);
      case Int128Vector v -> {
        System.arraycopy(v.high(), 0, longs, length, count);
        System.arraycopy(v.low(), 0, lows, length, count);
      }
      case DoubleVector v -> System.arraycopy(v.values(), 0, doubles, length, count);
      case BytesVector v -> copyBytes(v, count);
    }
    boolean[] sourceNulls = source.nulls();
    if (sourceNulls.length > 0) {
      nulls = nulls.length < capacity() ? Arrays.copyOf(nulls, capacity()) : nulls;
      System.arraycopy(sourceNulls, 0, nulls, length, count);
    }
    length += count;
  }

  private void copyBytes(BytesVector source, int count) {
    int[] from = source.offsets();
    int base = from[0];
    int size = from[count] - base;
    int start = offsets[length];
    int needed = Math.addExact(start, size);
    if (needed > data.length) {
      data =
          Arrays.copyOf(
              data,
              Math.max(needed, (int) Math.min((long) data.length * 2, Integer.MAX_VALUE - 8)));
    }
    System.arraycopy(source.data(), base, data, start, size);
    for (int i = 1; i <= count; i++) {
      offsets[length + i] = start + from[i] - base;
    }
  }

  private void growTo(int rows) {
    if (rows <= capacity()) {
      return;
    }
    int newCapacity = Math.max(rows, grown(length));
    switch (layout) {
      case BOOLEAN -> booleans = Arrays.copyOf(booleans, newCapacity);
      case LONG -> longs = Arrays.copyOf(longs, newCapacity);
      case INT128 -> {
        longs = Arrays.copyOf(longs, newCapacity);
        lows = Arrays.copyOf(lows, newCapacity);
      }
      case DOUBLE -> doubles = Arrays.copyOf(doubles, newCapacity);
      case BYTES -> offsets = Arrays.copyOf(offsets, newCapacity + 1);
    }
    growNulls(newCapacity);
  }

  public Vector build() {
    return switch (layout) {
      case BOOLEAN -> new BooleanVector(booleans, nulls, length);
      case LONG -> new LongVector(longs, nulls, length);
      case INT128 -> new Int128Vector(longs, lows, nulls, length);
      case DOUBLE -> new DoubleVector(doubles, nulls, length);
      case BYTES -> new BytesVector(data, offsets, nulls, length);
    };
  }

  /** Forgets all rows and takes new arrays; vectors built before stay valid. */
  public void reset() {
    length = 0;
    nulls = Vector.NO_NULLS;
    booleans = new boolean[0];
    longs = new long[0];
    lows = new long[0];
    doubles = new double[0];
    data = new byte[0];
    offsets = new int[] {0};
  }

  /** Drops the rows after the first {@code newLength}. */
  public void truncate(int newLength) {
    for (int i = newLength; i < Math.min(length, nulls.length); i++) {
      nulls[i] = false;
    }
    length = newLength;
  }

  private void reserve(int rows) {
    if (rows == 0) {
      return;
    }
    switch (layout) {
      case BOOLEAN -> booleans = new boolean[rows];
      case LONG -> longs = new long[rows];
      case INT128 -> {
        longs = new long[rows];
        lows = new long[rows];
      }
      case DOUBLE -> doubles = new double[rows];
      case BYTES -> {
        offsets = new int[rows + 1];
        data = new byte[(int) Math.min((long) rows * 16, 1 << 20)];
      }
    }
  }

  private int capacity() {
    return switch (layout) {
      case BOOLEAN -> booleans.length;
      case LONG, INT128 -> longs.length;
      case DOUBLE -> doubles.length;
      case BYTES -> offsets.length - 1;
    };
  }

  private void growNulls(int capacity) {
    if (nulls.length > 0) {
      nulls = Arrays.copyOf(nulls, capacity);
    }
  }

  private static int grown(int length) {
    if (length >= Integer.MAX_VALUE / 2) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot grow a batch past " + length + " rows. Use smaller steps.");
    }
    return Math.max(MIN_CAPACITY, length * 2);
  }
}
