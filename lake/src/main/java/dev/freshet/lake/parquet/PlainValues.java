package dev.freshet.lake.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Parquet's PLAIN encoding of selected rows: kernels that write to {@code target} from {@code at}
 * on and return where they ended. The target must have room.
 */
final class PlainValues {
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private PlainValues() {}

  static int putInts(long[] values, int[] rows, int from, int to, byte[] target, int at) {
    int end = at;
    for (int i = from; i < to; i++, end += 4) {
      INT.set(target, end, (int) values[rows[i]]);
    }
    return end;
  }

  static int putLongs(long[] values, int[] rows, int from, int to, byte[] target, int at) {
    int end = at;
    for (int i = from; i < to; i++, end += 8) {
      LONG.set(target, end, values[rows[i]]);
    }
    return end;
  }

  static int putFloats(double[] values, int[] rows, int from, int to, byte[] target, int at) {
    int end = at;
    for (int i = from; i < to; i++, end += 4) {
      FLOAT.set(target, end, (float) values[rows[i]]);
    }
    return end;
  }

  static int putDoubles(double[] values, int[] rows, int from, int to, byte[] target, int at) {
    int end = at;
    for (int i = from; i < to; i++, end += 8) {
      DOUBLE.set(target, end, values[rows[i]]);
    }
    return end;
  }

  /** A four-byte length and the bytes of each row. */
  static int putBytes(
      byte[] data, int[] offsets, int[] rows, int from, int to, byte[] target, int at) {
    int end = at;
    for (int i = from; i < to; i++) {
      int start = offsets[rows[i]];
      int length = offsets[rows[i] + 1] - start;
      INT.set(target, end, length);
      System.arraycopy(data, start, target, end + 4, length);
      end += 4 + length;
    }
    return end;
  }

  /** The low {@code width} bytes of each number, big-endian. */
  static int putInt128s(
      long[] high, long[] low, int[] rows, int from, int to, int width, byte[] target, int at) {
    int end = at;
    for (int i = from; i < to; i++) {
      for (int b = width - 1; b >= 0; b--) {
        long half = b < 8 ? low[rows[i]] : high[rows[i]];
        target[end++] = (byte) (half >>> (8 * (b & 7)));
      }
    }
    return end;
  }
}
