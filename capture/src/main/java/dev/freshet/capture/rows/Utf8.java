package dev.freshet.capture.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whether bytes are UTF-8, as Unicode's table 3-7 has it: no overlong forms, no surrogates. */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /** The position of the first byte that is not part of UTF-8, or -1. */
  static int firstInvalid(byte[] bytes, int end) {
    return firstInvalid(bytes, 0, end);
  }

  /** As above, of the bytes from {@code start} on. */
  public static int firstInvalid(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end) {
      if (at + 8 <= end && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
        at += 8;
        continue;
      }
      int length = lengthAt(bytes, at, end);
      if (length == 0) {
        return at;
      }
      at += length;
    }
    return -1;
  }

  /** The length of the character at this place; 0 when there is none. */
  private static int lengthAt(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + length > end) {
      return 0;
    }
    int second = bytes[at + 1] & 0xFF;
    int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most) {
      return 0;
    }
    for (int i = at + 2; i < at + length; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
