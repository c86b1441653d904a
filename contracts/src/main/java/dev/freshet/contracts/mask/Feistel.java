package dev.freshet.contracts.mask;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keyed permutations of small sets: FFX (Bellare, Rogaway and Spies, "The FFX Mode of Operation for
 * Format-Preserving Encryption", draft 1.1, 2010), of which NIST's FF1 (SP 800-38G) is an instance.
 * An alternating Feistel network with characterwise addition, so that each place has a radix of its
 * own. As in FF1 the round function is the CBC-MAC of AES, continued in counter mode.
 *
 * <pre>
 * round i, even     left  = left  + F(i, right)      each place modulo its radix
 * round i, odd      right = right + F(i, left)
 *
 * F: first block    kind | round | 0 | 0 | places (4) | first place (4) | last place (4)
 *    second block   the tweak: what all that is permuted together has in common
 *    further        the ranks of the other half, two bytes each, zeros at the end
 * </pre>
 *
 * The first block tells how many follow, so no input is the beginning of another, without which a
 * CBC-MAC would not be safe. One thread owns it.
 */
final class Feistel {
  static final int BLOCK = 16;

  private static final int TEXT = 1;
  private static final int NUMBER = 2;
  private static final int TWEAK = 3;

  private final Cipher chained;
  private final Cipher single;
  private final byte[] tweak = new byte[BLOCK];
  private final byte[] last = new byte[BLOCK];
  private byte[] input = new byte[8 * BLOCK];
  private byte[] output = new byte[8 * BLOCK];

  /**
   * @param key of 32 bytes
   */
  Feistel(byte[] key) {
    try {
      SecretKeySpec secret = new SecretKeySpec(key, "AES");
      chained = Cipher.getInstance("AES/CBC/NoPadding");
      chained.init(Cipher.ENCRYPT_MODE, secret, new IvParameterSpec(new byte[BLOCK]));
      single = Cipher.getInstance("AES/ECB/NoPadding");
      single.init(Cipher.ENCRYPT_MODE, secret);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES", e);
    }
  }

  /**
   * Makes the tweak of what is permuted next.
   *
   * @param form what stays as it is; values of different form are permuted on their own
   */
  void tweak(byte[] form, int length) {
    int padded = BLOCK + (length + BLOCK - 1) / BLOCK * BLOCK;
    begin(padded, TWEAK, 0, length, 0, 0);
    System.arraycopy(form, 0, input, BLOCK, length);
    mac(padded);
    System.arraycopy(last, 0, tweak, 0, BLOCK);
  }

  /**
   * Permutes all sequences of such ranks.
   *
   * @param ranks replaced by those that they become
   * @param radixes of the places
   * @param count of places, 2 or more
   */
  void permute(int[] ranks, int[] radixes, int count) {
    int half = count / 2;
    int rounds = rounds(count);
    for (int round = 0; round < rounds; round++) {
      if ((round & 1) == 0) {
        add(ranks, radixes, round, count, 0, half, half, count);
      } else {
        add(ranks, radixes, round, count, half, count, 0, half);
      }
    }
  }

  private void add(
      int[] ranks, int[] radixes, int round, int count, int to, int toEnd, int from, int fromEnd) {
    int length = 2 * BLOCK + ((fromEnd - from) * 2 + BLOCK - 1) / BLOCK * BLOCK;
    begin(length, TEXT, round, count, from, fromEnd);
    System.arraycopy(tweak, 0, input, BLOCK, BLOCK);
    for (int i = from, at = 2 * BLOCK; i < fromEnd; i++) {
      input[at++] = (byte) (ranks[i] >> 8);
      input[at++] = (byte) ranks[i];
    }
    mac(length);
    expand((toEnd - to + 1) / 2);
    for (int i = to, at = 0; i < toEnd; i++, at += Long.BYTES) {
      int addend = (int) Long.remainderUnsigned(readLong(output, at), radixes[i]);
      ranks[i] = (ranks[i] + addend) % radixes[i];
    }
  }

  /**
   * Permutes the numbers from 0 to {@code size - 1}: those of a rectangle of at least as many,
   * again and again until the number is one of them ("cycle walking").
   */
  long permute(long value, long size) {
    long rows = (long) Math.ceil(Math.sqrt((double) size));
    long columns = (size - 1) / rows + 1;
    int rounds = rounds(size);
    long walked = value;
    do {
      long row = walked / columns;
      long column = walked % columns;
      for (int round = 0; round < rounds; round++) {
        if ((round & 1) == 0) {
          row = (row + addend(round, size, column, rows)) % rows;
        } else {
          column = (column + addend(round, size, row, columns)) % columns;
        }
      }
      walked = row * columns + column;
    } while (walked >= size);
    return walked;
  }

  private long addend(int round, long size, long other, long modulus) {
    begin(3 * BLOCK, NUMBER, round, 0, 0, 0);
    System.arraycopy(tweak, 0, input, BLOCK, BLOCK);
    writeLong(input, 2 * BLOCK, size);
    writeLong(input, 2 * BLOCK + Long.BYTES, other);
    mac(3 * BLOCK);
    return Long.remainderUnsigned(readLong(last, 0), modulus);
  }

  /** As FFX's parameters for decimal digits: the fewer values, the more rounds. */
  private static int rounds(int places) {
    return switch (places) {
      case 0, 1, 2 -> 36;
      case 3 -> 30;
      case 4, 5 -> 24;
      case 6, 7, 8, 9 -> 18;
      default -> 12;
    };
  }

  private static int rounds(long size) {
    int digits = 0;
    for (long rest = size - 1; rest > 0; rest /= 10) {
      digits++;
    }
    return rounds(digits);
  }

  private void begin(int length, int kind, int round, int count, int from, int to) {
    reserve(length);
    Arrays.fill(input, 0, length, (byte) 0);
    input[0] = (byte) kind;
    input[1] = (byte) round;
    writeInt(input, 4, count);
    writeInt(input, 8, from);
    writeInt(input, 12, to);
  }

  private void reserve(int length) {
    if (input.length < length) {
      input = new byte[Math.max(length, input.length * 2)];
      output = new byte[input.length];
    }
  }

  /** The last block of the chain, into {@link #last}. */
  private void mac(int length) {
    try {
      chained.doFinal(input, 0, length, output, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("whole blocks can be enciphered", e);
    }
    System.arraycopy(output, length - BLOCK, last, 0, BLOCK);
  }

  /** So many blocks that follow from the last, into {@link #output}. */
  private void expand(int blocks) {
    int length = blocks * BLOCK;
    reserve(length);
    for (int block = 0; block < blocks; block++) {
      int at = block * BLOCK;
      System.arraycopy(last, 0, input, at, BLOCK);
      writeInt(input, at + 12, readInt(input, at + 12) ^ (block + 1));
    }
    try {
      single.doFinal(input, 0, length, output, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("whole blocks can be enciphered", e);
    }
  }

  private static long readLong(byte[] bytes, int at) {
    return ((long) readInt(bytes, at) << 32) | Integer.toUnsignedLong(readInt(bytes, at + 4));
  }

  private static int readInt(byte[] bytes, int at) {
    return (bytes[at] << 24)
        | ((bytes[at + 1] & 0xff) << 16)
        | ((bytes[at + 2] & 0xff) << 8)
        | (bytes[at + 3] & 0xff);
  }

  static void writeLong(byte[] bytes, int at, long value) {
    writeInt(bytes, at, (int) (value >> 32));
    writeInt(bytes, at + 4, (int) value);
  }

  static void writeInt(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }
}
