package dev.freshet.lake.keyed;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * 128 bits that stand for a key: the hash of {@link Hashing} and a second, differently mixed one.
 * Two keys of a table of n rows share both by chance with probability n²/2^129 (below 10^-18 for a
 * thousand million rows), far below that of an undetected memory error, so the index stores no
 * keys. A single BIGINT-like key is exact: the first hash is then a bijection. Kept in memory only,
 * so the functions may change.
 */
public final class KeyHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED = 0xD6E8FEB86659FD93L;
  private static final long FACTOR = 0xA0761D6478BD642FL;
  private static final long NULL_HASH = 0xE7037ED1A0B428DBL;

  private final long[] first;
  private final long[] second;

  private KeyHash(long[] first, long[] second) {
    this.first = first;
    this.second = second;
  }

  /** Hashes the given columns of every row. */
  public static KeyHash of(Batch batch, int[] columns) {
    int count = batch.rowCount();
    long[] second = new long[count];
    Arrays.fill(second, SEED);
    for (int column : columns) {
      combine(batch.column(column), second, count);
    }
    return new KeyHash(Hashing.hashRows(batch, columns), second);
  }

  /** The first hashes, one per row; not to be written to. */
  public long[] first() {
    return first;
  }

  /** The second hashes, one per row; not to be written to. */
  public long[] second() {
    return second;
  }

  /** The hash of a key with one more number at its end; for either of the two hashes. */
  public static long extend(long hash, long number) {
    return mix((hash * FACTOR) ^ number);
  }

  private static void combine(Vector vector, long[] hashes, int count) {
    boolean[] nulls = vector.nulls();
    for (int i = 0; i < count; i++) {
      long cell = nulls.length > 0 && nulls[i] ? NULL_HASH : 0;
      hashes[i] = Long.rotateLeft(hashes[i], 23) * FACTOR + cell;
    }
    switch (vector) {
      case LongVector v -> {
        long[] values = v.values();
        for (int i = 0; i < count; i++) {
          hashes[i] = mix(hashes[i] + (isNull(nulls, i) ? 0 : values[i]));
        }
      }
      case BytesVector v -> {
        byte[] data = v.data();
        for (int i = 0; i < count; i++) {
          hashes[i] =
              mix(hashes[i] + (isNull(nulls, i) ? 0 : hashBytes(data, v.start(i), v.end(i))));
        }
      }
      case DoubleVector v -> {
        double[] values = v.values();
        for (int i = 0; i < count; i++) {
          hashes[i] = mix(hashes[i] + (isNull(nulls, i) ? 0 : bits(values[i])));
        }
      }
      case BooleanVector v -> {
        boolean[] values = v.values();
        for (int i = 0; i < count; i++) {
          hashes[i] = mix(hashes[i] + (!isNull(nulls, i) && values[i] ? 1 : 0));
        }
      }
      case Int128Vector v -> {
        for (int i = 0; i < count; i++) {
          long cell = isNull(nulls, i) ? 0 : mix((v.high()[i] * FACTOR) ^ v.low()[i]);
          hashes[i] = mix(hashes[i] + cell);
        }
      }
    }
  }

  private static boolean isNull(boolean[] nulls, int row) {
    return nulls.length > 0 && nulls[row];
  }

  private static long bits(double value) {
    return Double.doubleToLongBits(value == 0 ? 0.0 : value);
  }

  private static long hashBytes(byte[] data, int start, int end) {
    long hash = SEED ^ (end - start);
    int i = start;
    for (; i + 8 <= end; i += 8) {
      hash = mix(hash * FACTOR + (long) LONG.get(data, i));
    }
    long tail = 0;
    for (int shift = 0; i < end; i++, shift += 8) {
      tail |= (data[i] & 0xFFL) << shift;
    }
    return mix(hash * FACTOR + tail);
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long mix(long x) {
    long h = x;
    h = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
    h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
    return h ^ (h >>> 31);
  }
}
