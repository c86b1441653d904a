package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import java.util.Arrays;

/** Writes the byte strings of a result row by row. Lives for one kernel call, on one thread. */
final class BytesOutput {
  /** The most bytes that a function may make of one row. */
  static final int MAX_ROW_BYTES = 16 << 20;

  private final int[] offsets;
  private final int count;
  private byte[] data;
  private int position;
  private int row;

  BytesOutput(int count, int expectedBytes) {
    this.count = count;
    this.offsets = new int[count + 1];
    this.data = new byte[Math.max(16, Math.min(expectedBytes, 64 << 20))];
  }

  void append(byte[] source, int start, int end) {
    ensure(end - start);
    System.arraycopy(source, start, data, position, end - start);
    position += end - start;
  }

  void append(byte[] source) {
    append(source, 0, source.length);
  }

  void appendByte(int value) {
    ensure(1);
    data[position++] = (byte) value;
  }

  /** Appends ASCII text with the letters from {@code first} to {@code last} in the other case. */
  void appendCaseChanged(byte[] source, int start, int end, char first, char last) {
    int length = end - start;
    ensure(length);
    for (int i = 0; i < length; i++) {
      byte b = source[start + i];
      data[position + i] = (byte) (b >= first && b <= last ? b ^ 0x20 : b);
    }
    position += length;
  }

  /** Appends a code point as UTF-8. */
  void appendCodePoint(int codePoint) {
    if (codePoint < 0x80) {
      appendByte(codePoint);
    } else if (codePoint < 0x800) {
      appendByte(0xC0 | codePoint >> 6);
      appendByte(0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
      appendByte(0xE0 | codePoint >> 12);
      appendByte(0x80 | (codePoint >> 6 & 0x3F));
      appendByte(0x80 | (codePoint & 0x3F));
    } else {
      appendByte(0xF0 | codePoint >> 18);
      appendByte(0x80 | (codePoint >> 12 & 0x3F));
      appendByte(0x80 | (codePoint >> 6 & 0x3F));
      appendByte(0x80 | (codePoint & 0x3F));
    }
  }

  /** Appends ASCII characters. */
  void appendAscii(String text) {
    int length = text.length();
    ensure(length);
    for (int i = 0; i < length; i++) {
      data[position + i] = (byte) text.charAt(i);
    }
    position += length;
  }

  /** Appends the number with leading zeros up to {@code width} digits. */
  void appendPadded(long number, int width) {
    int digits = Math.max(width, digits(number));
    ensure(digits);
    long rest = number;
    for (int i = position + digits - 1; i >= position; i--) {
      data[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    position += digits;
  }

  private static int digits(long number) {
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  /** The bytes that the current row has so far. */
  int rowBytes() {
    return position - offsets[row];
  }

  /** Drops what the current row has so far. */
  void clearRow() {
    position = offsets[row];
  }

  void endRow() {
    offsets[++row] = position;
  }

  BytesVector build(boolean[] nulls) {
    return new BytesVector(data, offsets, nulls, count);
  }

  private void ensure(int bytes) {
    int needed = Math.addExact(position, bytes);
    if (needed > data.length) {
      long doubled = Math.min((long) data.length * 2, Integer.MAX_VALUE - 8);
      data = Arrays.copyOf(data, (int) Math.max(needed, doubled));
    }
  }
}
