package dev.freshet.core.batch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * 64-bit hashes of rows, column by column. Stored on disk in sorted runs, so the functions never
 * change: a new one would be a new format version. The finaliser is MurmurHash3's fmix64 (Appleby,
 * public domain).
 */
public final class Hashing {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final long NULL_HASH = 0x6A09E667F3BCC909L;

  private Hashing() {}

  /**
   * The hash of each row over the given columns; all rows have the same hash when there are no
   * columns.
   */
  public static long[] hashRows(Batch batch, int[] columns) {
    long[] hashes = new long[batch.rowCount()];
    hashRows(batch, columns, hashes, 0, hashes.length);
    return hashes;
  }

  /** The hashes of the rows {@code from} to {@code to}, into their places. */
  public static void hashRows(Batch batch, int[] columns, long[] hashes, int from, int to) {
    Arrays.fill(hashes, from, to, SEED);
    for (int column : columns) {
      combine(batch.column(column), hashes, from, to);
    }
  }

  private static void combine(Vector vector, long[] hashes, int from, int to) {
    boolean[] nulls = vector.nulls();
    if (nulls.length > 0) {
      combineWithNulls(vector, nulls, hashes, from, to);
      return;
    }
    switch (vector) {
      case LongVector v -> {
        long[] values = v.values();
        for (int i = from; i < to; i++) {
          hashes[i] = mix(hashes[i] ^ values[i]);
        }
      }
      case BytesVector v -> {
        byte[] data = v.data();
        int[] offsets = v.offsets();
        for (int i = from; i < to; i++) {
          hashes[i] = mix(hashes[i] ^ hashBytes(data, offsets[i], offsets[i + 1]));
        }
      }
      case DoubleVector v -> {
        double[] values = v.values();
        for (int i = from; i < to; i++) {
          hashes[i] = mix(hashes[i] ^ bits(values[i]));
        }
      }
      case BooleanVector v -> {
        boolean[] values = v.values();
        for (int i = from; i < to; i++) {
          hashes[i] = mix(hashes[i] ^ (values[i] ? 1 : 0));
        }
      }
      case Int128Vector v -> {
        long[] high = v.high();
        long[] low = v.low();
        for (int i = from; i < to; i++) {
          hashes[i] = mix(mix(hashes[i] ^ low[i]) ^ high[i]);
        }
      }
    }
  }

  private static void combineWithNulls(
      Vector vector, boolean[] nulls, long[] hashes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (nulls[i]) {
        hashes[i] = mix(hashes[i] ^ NULL_HASH);
        continue;
      }
      hashes[i] =
          switch (vector) {
            case LongVector v -> mix(hashes[i] ^ v.values()[i]);
            case BytesVector v -> mix(hashes[i] ^ hashBytes(v.data(), v.start(i), v.end(i)));
            case DoubleVector v -> mix(hashes[i] ^ bits(v.values()[i]));
            case BooleanVector v -> mix(hashes[i] ^ (v.values()[i] ? 1 : 0));
            case Int128Vector v -> mix(mix(hashes[i] ^ v.low()[i]) ^ v.high()[i]);
          };
    }
  }

  /** The hash of the bytes from {@code start} to {@code end}. */
  public static long hashBytes(byte[] data, int start, int end) {
    long hash = (end - start) * SEED;
    int i = start;
    for (; i + 8 <= end; i += 8) {
      hash = mix(hash ^ (long) LONG.get(data, i));
    }
    long tail = 0;
    for (int shift = 0; i < end; i++, shift += 8) {
      tail |= (data[i] & 0xFFL) << shift;
    }
    return mix(hash ^ tail);
  }

  /** The bits that stand for a double in grouping: one NaN, and -0.0 equal to 0.0. */
  static long bits(double value) {
    return Double.doubleToLongBits(value == 0 ? 0.0 : value);
  }

  static long mix(long x) {
    long h = x;
    h ^= h >>> 33;
    h *= 0xFF51AFD7ED558CCDL;
    h ^= h >>> 33;
    h *= 0xC4CEB9FE1A85EC53L;
    h ^= h >>> 33;
    return h;
  }
}
