package dev.freshet.engine.expression;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Code points in UTF-8 bytes that are known to be valid. Positions are byte positions unless said
 * otherwise.
 */
final class Utf8 {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** What only bytes beyond ASCII have set. */
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private Utf8() {}

  static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  /** Eight bytes at a time: most texts are too short for the JVM's own vectors to pay. */
  static boolean isAscii(byte[] data, int start, int end) {
    long seen = 0;
    int i = start;
    for (; i <= end - Long.BYTES; i += Long.BYTES) {
      seen |= (long) EIGHT.get(data, i);
    }
    for (; i < end; i++) {
      seen |= data[i];
    }
    return (seen & HIGH_BITS) == 0;
  }

  /** The number of code points. */
  static int length(byte[] data, int start, int end) {
    int count = end - start;
    for (int i = start; i < end; i++) {
      count -= isContinuation(data[i]) ? 1 : 0;
    }
    return count;
  }

  /** Where the code point after the one at {@code position} starts. */
  static int next(byte[] data, int position, int end) {
    int i = position + 1;
    while (i < end && isContinuation(data[i])) {
      i++;
    }
    return i;
  }

  /** Where the code point before {@code position} starts. */
  static int previous(byte[] data, int position, int start) {
    int i = position - 1;
    while (i > start && isContinuation(data[i])) {
      i--;
    }
    return i;
  }

  /** Where the code point with this number, from 0, starts; {@code end} when there are fewer. */
  static int skip(byte[] data, int start, int end, long codePoints) {
    int i = start;
    for (long left = codePoints; left > 0 && i < end; left--) {
      i = next(data, i, end);
    }
    return i;
  }

  static boolean isValid(byte[] data, int start, int end) {
    if (isAscii(data, start, end)) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data, start, end - start));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }
}
