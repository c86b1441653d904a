package dev.freshet.lake.parquet;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Arrays;

/**
 * Definition or repetition levels of one page and their encoding: Parquet's hybrid of runs and
 * bit-packed groups, with a four-byte length in front.
 */
final class Levels {
  private final int usual;
  private final int bitWidth;
  private byte[] levels = {};
  private boolean uniform = true;
  private int count;

  /**
   * @param usual the level that most values have
   */
  Levels(int usual, int max) {
    this.usual = usual;
    this.bitWidth = 32 - Integer.numberOfLeadingZeros(max);
  }

  int count() {
    return count;
  }

  void addUsual(int more) {
    if (!uniform) {
      ensure(count + more);
      Arrays.fill(levels, count, count + more, (byte) usual);
    }
    count += more;
  }

  void add(int level) {
    if (uniform && level == usual) {
      count++;
      return;
    }
    if (uniform) {
      uniform = false;
      ensure(count + 1);
      Arrays.fill(levels, 0, count, (byte) usual);
    }
    ensure(count + 1);
    levels[count++] = (byte) level;
  }

  /** Appends the encoded levels and forgets them. */
  void flush(ByteWriter out) {
    int lengthAt = out.length();
    out.writeInt(0);
    if (uniform) {
      writeVarint(out, count << 1);
      out.writeByte(usual);
    } else {
      packGroups(out);
    }
    out.setInt(lengthAt, out.length() - lengthAt - 4);
    count = 0;
    uniform = true;
  }

  private void packGroups(ByteWriter out) {
    int groups = (count + 7) >>> 3;
    ensure(groups * 8);
    Arrays.fill(levels, count, groups * 8, (byte) 0);
    writeVarint(out, (groups << 1) | 1);
    for (int at = 0; at < groups * 8; at += 8) {
      int packed = 0;
      for (int i = 0; i < 8; i++) {
        packed |= levels[at + i] << (i * bitWidth);
      }
      for (int b = 0; b < bitWidth; b++) {
        out.writeByte(packed >>> (8 * b));
      }
    }
  }

  private void ensure(int needed) {
    if (needed > levels.length) {
      levels = Arrays.copyOf(levels, Math.max(1024, Math.max(needed + 8, levels.length * 2)));
    }
  }

  private static void writeVarint(ByteWriter out, int value) {
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      out.writeByte((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  /** Decodes {@code count} levels of at most two bits from the bytes from {@code start} on. */
  static void decode(byte[] bytes, int start, int end, int max, byte[] target, int count) {
    int bitWidth = 32 - Integer.numberOfLeadingZeros(max);
    int at = start;
    int filled = 0;
    while (filled < count) {
      int header = 0;
      int shift = 0;
      int part;
      do {
        if (at >= end || shift > 28) {
          throw damaged();
        }
        part = bytes[at++];
        header |= (part & 0x7F) << shift;
        shift += 7;
      } while (part < 0);
      if ((header & 1) == 0) {
        int run = Math.min(header >>> 1, count - filled);
        if (run == 0 || at >= end) {
          throw damaged();
        }
        Arrays.fill(target, filled, filled + run, bytes[at++]);
        filled += run;
      } else {
        int groups = header >>> 1;
        if (groups == 0 || at + groups * bitWidth > end) {
          throw damaged();
        }
        filled = unpack(bytes, at, groups, bitWidth, target, filled, count);
        at += groups * bitWidth;
      }
    }
  }

  private static int unpack(
      byte[] bytes, int start, int groups, int bitWidth, byte[] target, int from, int count) {
    int filled = from;
    int mask = (1 << bitWidth) - 1;
    int at = start;
    for (int g = 0; g < groups && filled < count; g++) {
      int packed = 0;
      for (int b = 0; b < bitWidth; b++) {
        packed |= (bytes[at++] & 0xFF) << (8 * b);
      }
      int values = Math.min(8, count - filled);
      for (int i = 0; i < values; i++) {
        target[filled++] = (byte) ((packed >>> (i * bitWidth)) & mask);
      }
    }
    return filled;
  }

  private static FreshetException damaged() {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED, "Cannot read a data file: its levels are damaged.");
  }
}
