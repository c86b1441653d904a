package dev.freshet.capture.postgres;

import java.util.Locale;

/** Positions in the server's WAL: unsigned 64-bit byte offsets, written {@code X/Y} in hex. */
final class Lsn {
  private Lsn() {}

  static String text(long lsn) {
    return String.format(Locale.ROOT, "%X/%X", lsn >>> 32, lsn & 0xFFFF_FFFFL);
  }

  static long parse(String text) {
    int slash = text.indexOf('/');
    return Long.parseUnsignedLong(text.substring(0, slash), 16) << 32
        | Long.parseUnsignedLong(text.substring(slash + 1), 16);
  }

  static long max(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  static boolean isAfter(long a, long b) {
    return Long.compareUnsigned(a, b) > 0;
  }
}
