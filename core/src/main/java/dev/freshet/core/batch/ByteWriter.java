package dev.freshet.core.batch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing byte array with little-endian writes. One thread owns it. */
public final class ByteWriter {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int length;

  public ByteWriter(int expectedBytes) {
    bytes = new byte[Math.max(16, expectedBytes)];
  }

  public int length() {
    return length;
  }

  /** The backing array, valid up to {@link #length()} until the next write. */
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  public void clear() {
    length = 0;
  }

  public void writeByte(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
  }

  public void writeInt(int value) {
    ensure(4);
    INT.set(bytes, length, value);
    length += 4;
  }

  public void writeLong(long value) {
    ensure(8);
    LONG.set(bytes, length, value);
    length += 8;
  }

  /** Writes over four bytes written before. */
  public void setInt(int position, int value) {
    INT.set(bytes, position, value);
  }

  public void writeBytes(byte[] source, int start, int count) {
    ensure(count);
    System.arraycopy(source, start, bytes, length, count);
    length += count;
  }

  /** The number of bytes, then the bytes. */
  public void writeBlob(byte[] source) {
    writeInt(source.length);
    writeBytes(source, 0, source.length);
  }

  public void writeText(String text) {
    writeBlob(text.getBytes(StandardCharsets.UTF_8));
  }

  public void writeLongs(long[] values, int count) {
    writeLongs(values, 0, count);
  }

  public void writeLongs(long[] values, int start, int count) {
    int size = Math.multiplyExact(count, 8);
    ensure(size);
    target(size).asLongBuffer().put(values, start, count);
    length += size;
  }

  public void writeInts(int[] values, int count) {
    int size = Math.multiplyExact(count, 4);
    ensure(size);
    target(size).asIntBuffer().put(values, 0, count);
    length += size;
  }

  /** Values that fit into four bytes each. */
  void writeAsInts(long[] values, int count) {
    int size = Math.multiplyExact(count, 4);
    ensure(size);
    byte[] to = bytes;
    int at = length;
    for (int i = 0; i < count; i++) {
      INT.set(to, at + i * 4, (int) values[i]);
    }
    length = at + size;
  }

  /** Values that fit into one byte each. */
  void writeAsBytes(long[] values, int count) {
    ensure(count);
    byte[] to = bytes;
    int at = length;
    for (int i = 0; i < count; i++) {
      to[at + i] = (byte) values[i];
    }
    length = at + count;
  }

  public void writeDoubles(double[] values, int count) {
    int size = Math.multiplyExact(count, 8);
    ensure(size);
    target(size).asDoubleBuffer().put(values, 0, count);
    length += size;
  }

  /** The next bytes, which are there already. */
  private ByteBuffer target(int size) {
    return ByteBuffer.wrap(bytes, length, size).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Eight flags a byte, first flag in the lowest bit. */
  public void writeBits(boolean[] values, int count) {
    int byteCount = (count + 7) >>> 3;
    ensure(byteCount);
    Arrays.fill(bytes, length, length + byteCount, (byte) 0);
    for (int i = 0; i < count; i++) {
      if (values[i]) {
        bytes[length + (i >>> 3)] |= (byte) (1 << (i & 7));
      }
    }
    length += byteCount;
  }

  private void ensure(int count) {
    int needed = Math.addExact(length, count);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes,
              Math.max(needed, (int) Math.min((long) bytes.length * 2, Integer.MAX_VALUE - 8)));
    }
  }
}
