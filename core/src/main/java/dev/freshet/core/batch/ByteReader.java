package dev.freshet.core.batch;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote. One thread owns it.
 *
 * <p>Every read checks what is left first, so damaged input ends in {@link
 * ErrorCode#STORAGE_DAMAGED}, never in a huge allocation or a read past the end.
 */
public final class ByteReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int position;

  public ByteReader(byte[] bytes, int start, int count) {
    this.bytes = bytes;
    this.position = start;
    this.end = start + count;
  }

  public int remaining() {
    return end - position;
  }

  public int position() {
    return position;
  }

  public int readByte() {
    need(1);
    return bytes[position++];
  }

  public int readInt() {
    need(4);
    int value = (int) INT.get(bytes, position);
    position += 4;
    return value;
  }

  /** An int that counts things of at least {@code bytesEach} bytes that follow. */
  public int readCount(int bytesEach) {
    int count = readInt();
    if (count < 0 || (long) count * bytesEach > remaining()) {
      throw damaged("a count of " + count + " with " + remaining() + " bytes left");
    }
    return count;
  }

  public long readLong() {
    need(8);
    long value = (long) LONG.get(bytes, position);
    position += 8;
    return value;
  }

  /** Passes over so many bytes. */
  public void skip(long count) {
    need(count);
    position += (int) count;
  }

  /** The byte at a distance from the position, which stays. */
  public byte peekByte(int distance) {
    needAt(distance, 1);
    return bytes[position + distance];
  }

  /** The int at a distance, in bytes, from the position, which stays. */
  public int peekInt(int distance) {
    needAt(distance, 4);
    return (int) INT.get(bytes, position + distance);
  }

  /** The long at a distance, in bytes, from the position, which stays. */
  public long peekLong(int distance) {
    needAt(distance, 8);
    return (long) LONG.get(bytes, position + distance);
  }

  /** Copies bytes at a distance from the position, which stays. */
  public void peekBytes(int distance, byte[] into, int at, int count) {
    needAt(distance, count);
    System.arraycopy(bytes, position + distance, into, at, count);
  }

  public byte[] readBytes(int count) {
    need(count);
    byte[] read = Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return read;
  }

  public byte[] readBlob() {
    return readBytes(readCount(1));
  }

  public String readText() {
    int count = readCount(1);
    String text = new String(bytes, position, count, StandardCharsets.UTF_8);
    position += count;
    return text;
  }

  public long[] readLongs(int count) {
    need(8L * count);
    long[] values = new long[count];
    source(count * 8).asLongBuffer().get(values);
    position += count * 8;
    return values;
  }

  public int[] readInts(int count) {
    need(4L * count);
    int[] values = new int[count];
    source(count * 4).asIntBuffer().get(values);
    position += count * 4;
    return values;
  }

  public double[] readDoubles(int count) {
    need(8L * count);
    double[] values = new double[count];
    source(count * 8).asDoubleBuffer().get(values);
    position += count * 8;
    return values;
  }

  public boolean[] readBits(int count) {
    need((count + 7L) >>> 3);
    boolean[] values = new boolean[count];
    for (int i = 0; i < count; i++) {
      values[i] = (bytes[position + (i >>> 3)] >>> (i & 7) & 1) == 1;
    }
    position += (count + 7) >>> 3;
    return values;
  }

  private ByteBuffer source(int size) {
    return ByteBuffer.wrap(bytes, position, size).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void need(long count) {
    if (count < 0 || count > end - position) {
      throw damaged(count + " bytes wanted, " + remaining() + " left");
    }
  }

  private void needAt(int distance, int count) {
    if (distance < 0 || count < 0 || count > end - position - distance) {
      throw damaged(count + " bytes wanted at " + distance + ", " + remaining() + " left");
    }
  }

  private static FreshetException damaged(String what) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED, "Cannot decode stored data: " + what + ".");
  }
}
