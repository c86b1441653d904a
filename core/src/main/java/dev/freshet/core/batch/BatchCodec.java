package dev.freshet.core.batch;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.Schema;
import java.util.Arrays;

/**
 * Batches as bytes, little-endian, without checksum (who stores them adds one):
 *
 * <pre>
 * batch   rowCount:int  weightForm:byte (0 all +1, 1 explicit)  [weights:long*]  vector per column
 * vector  nullForm:byte (0 none, 1 bits)  [null bits]  then by layout
 *         BOOLEAN bits | LONG width:byte (1, 4, 8) values | INT128 high:long* low:long* | DOUBLE double*
 *         | BYTES offsets:int* (rowCount + 1, the first 0)  data
 * </pre>
 *
 * A null's value is written as zero (BYTES: empty), so that equal batches have equal bytes.
 */
public final class BatchCodec {
  private BatchCodec() {}

  public static void write(ByteWriter out, Batch batch) {
    int count = batch.rowCount();
    out.writeInt(count);
    if (allOnes(batch.weights(), count)) {
      out.writeByte(0);
    } else {
      out.writeByte(1);
      out.writeLongs(batch.weights(), count);
    }
    for (Vector column : batch.columns()) {
      writeVector(out, column);
    }
  }

  /**
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when the bytes are not a batch of
   *     this schema
   */
  public static Batch read(ByteReader in, Schema schema) {
    int count = in.readInt();
    if (count < 0) {
      throw damaged("row count " + count);
    }
    long[] weights;
    if (in.readByte() == 1) {
      weights = in.readLongs(count);
    } else {
      if (count > 8L * in.remaining() && schema.columnCount() > 0) {
        throw damaged("row count " + count);
      }
      weights = new long[count];
      Arrays.fill(weights, 1);
    }
    Vector[] columns = new Vector[schema.columnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = readVector(in, schema.type(i).layout(), count);
    }
    return new Batch(schema, columns, weights, count);
  }

  /**
   * Reads some rows of a batch, without making anything of the others.
   *
   * @param rows ascending
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when the bytes are not a batch of
   *     this schema with these rows
   */
  public static Batch read(ByteReader in, Schema schema, int[] rows) {
    int count = in.readInt();
    if (rows.length > 0 && (rows[0] < 0 || rows[rows.length - 1] >= count)) {
      throw damaged("row count " + count);
    }
    long[] weights = new long[rows.length];
    if (in.readByte() == 1) {
      readSome(in, count, rows, weights);
    } else {
      Arrays.fill(weights, 1);
    }
    Vector[] columns = new Vector[schema.columnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = readVector(in, schema.type(i).layout(), count, rows);
    }
    return new Batch(schema, columns, weights, rows.length);
  }

  /**
   * What the weights of a batch come to.
   *
   * @param least 1 for no rows
   */
  public record Weights(int rowCount, long sum, long least) {}

  /**
   * Reads no more of a batch than its weights.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when the bytes are not a batch
   */
  public static Weights readWeights(ByteReader in) {
    int count = in.readInt();
    if (count < 0) {
      throw damaged("row count " + count);
    }
    if (in.readByte() != 1) {
      return new Weights(count, count, 1);
    }
    long sum = 0;
    long least = Long.MAX_VALUE;
    for (long weight : in.readLongs(count)) {
      sum += weight;
      least = Math.min(least, weight);
    }
    return new Weights(count, sum, count == 0 ? 1 : least);
  }

  static void writeVector(ByteWriter out, Vector vector) {
    int count = vector.length();
    boolean[] nulls = vector.nulls();
    boolean hasNulls = anyTrue(nulls, count);
    out.writeByte(hasNulls ? 1 : 0);
    if (hasNulls) {
      out.writeBits(nulls, count);
    }
    switch (vector) {
      case BooleanVector v ->
          out.writeBits(hasNulls ? withoutNulls(v.values(), nulls, count) : v.values(), count);
      case LongVector v ->
          writeNarrow(out, hasNulls ? withoutNulls(v.values(), nulls, count) : v.values(), count);
      case Int128Vector v -> {
        out.writeLongs(hasNulls ? withoutNulls(v.high(), nulls, count) : v.high(), count);
        out.writeLongs(hasNulls ? withoutNulls(v.low(), nulls, count) : v.low(), count);
      }
      case DoubleVector v ->
          out.writeDoubles(hasNulls ? withoutNulls(v.values(), nulls, count) : v.values(), count);
      case BytesVector v -> writeByteStrings(out, v, count);
    }
  }

  static Vector readVector(ByteReader in, Layout layout, int count) {
    boolean[] nulls = in.readByte() == 1 ? in.readBits(count) : Vector.NO_NULLS;
    return switch (layout) {
      case BOOLEAN -> new BooleanVector(in.readBits(count), nulls, count);
      case LONG -> new LongVector(readNarrow(in, count), nulls, count);
      case INT128 -> new Int128Vector(in.readLongs(count), in.readLongs(count), nulls, count);
      case DOUBLE -> new DoubleVector(in.readDoubles(count), nulls, count);
      case BYTES -> readByteStrings(in, nulls, count);
    };
  }

  private static Vector readVector(ByteReader in, Layout layout, int count, int[] rows) {
    boolean[] nulls = in.readByte() == 1 ? readBits(in, count, rows) : Vector.NO_NULLS;
    int some = rows.length;
    return switch (layout) {
      case BOOLEAN -> new BooleanVector(readBits(in, count, rows), nulls, some);
      case LONG -> new LongVector(readNarrow(in, count, rows), nulls, some);
      case INT128 -> {
        long[] high = readSome(in, count, rows, new long[some]);
        yield new Int128Vector(high, readSome(in, count, rows, new long[some]), nulls, some);
      }
      case DOUBLE -> {
        double[] values = new double[some];
        for (int i = 0; i < some; i++) {
          values[i] = Double.longBitsToDouble(in.peekLong(Long.BYTES * rows[i]));
        }
        in.skip((long) Double.BYTES * count);
        yield new DoubleVector(values, nulls, some);
      }
      case BYTES -> readByteStrings(in, nulls, count, rows);
    };
  }

  private static long[] readSome(ByteReader in, int count, int[] rows, long[] values) {
    for (int i = 0; i < rows.length; i++) {
      values[i] = in.peekLong(Long.BYTES * rows[i]);
    }
    in.skip((long) Long.BYTES * count);
    return values;
  }

  private static boolean[] readBits(ByteReader in, int count, int[] rows) {
    boolean[] values = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = (in.peekByte(rows[i] >>> 3) >>> (rows[i] & 7) & 1) == 1;
    }
    in.skip((count + 7L) >>> 3);
    return values;
  }

  private static long[] readNarrow(ByteReader in, int count, int[] rows) {
    int width = in.readByte();
    long[] values = new long[rows.length];
    switch (width) {
      case 1 -> {
        for (int i = 0; i < rows.length; i++) {
          values[i] = in.peekByte(rows[i]);
        }
      }
      case 4 -> {
        for (int i = 0; i < rows.length; i++) {
          values[i] = in.peekInt(Integer.BYTES * rows[i]);
        }
      }
      case 8 -> {
        return readSome(in, count, rows, values);
      }
      default -> throw damaged("integer width " + width);
    }
    in.skip((long) width * count);
    return values;
  }

  private static BytesVector readByteStrings(
      ByteReader in, boolean[] nulls, int count, int[] rows) {
    int[] starts = new int[rows.length];
    int[] offsets = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      starts[i] = in.peekInt(Integer.BYTES * rows[i]);
      int length = in.peekInt(Integer.BYTES * (rows[i] + 1)) - starts[i];
      if (length < 0) {
        throw damaged("offsets descend at row " + rows[i]);
      }
      offsets[i + 1] = Math.addExact(offsets[i], length);
    }
    int dataBytes = in.peekInt(Integer.BYTES * count);
    in.skip(Integer.BYTES * (count + 1L));
    byte[] data = new byte[offsets[rows.length]];
    for (int i = 0; i < rows.length; i++) {
      in.peekBytes(starts[i], data, offsets[i], offsets[i + 1] - offsets[i]);
    }
    in.skip(dataBytes);
    return new BytesVector(data, offsets, nulls, rows.length);
  }

  private static void writeByteStrings(ByteWriter out, BytesVector vector, int count) {
    int[] offsets = vector.offsets();
    int base = count == 0 ? 0 : offsets[0];
    int end = count == 0 ? 0 : offsets[count];
    if (base == 0 && count > 0) {
      out.writeInts(offsets, count + 1);
    } else {
      for (int i = 0; i < count; i++) {
        out.writeInt(offsets[i] - base);
      }
      out.writeInt(end - base);
    }
    out.writeBytes(vector.data(), base, end - base);
  }

  private static BytesVector readByteStrings(ByteReader in, boolean[] nulls, int count) {
    int[] offsets = in.readInts(count + 1);
    if (offsets[0] != 0) {
      throw damaged("first offset " + offsets[0]);
    }
    for (int i = 0; i < count; i++) {
      if (offsets[i + 1] < offsets[i]) {
        throw damaged("offsets descend at row " + i);
      }
    }
    return new BytesVector(in.readBytes(offsets[count]), offsets, nulls, count);
  }

  /** Integers in the fewest of 1, 4 or 8 bytes that hold them all. */
  private static void writeNarrow(ByteWriter out, long[] values, int count) {
    long min = 0;
    long max = 0;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    if (min >= Byte.MIN_VALUE && max <= Byte.MAX_VALUE) {
      out.writeByte(1);
      out.writeAsBytes(values, count);
    } else if (min >= Integer.MIN_VALUE && max <= Integer.MAX_VALUE) {
      out.writeByte(4);
      out.writeAsInts(values, count);
    } else {
      out.writeByte(8);
      out.writeLongs(values, count);
    }
  }

  private static long[] readNarrow(ByteReader in, int count) {
    int width = in.readByte();
    return switch (width) {
      case 1 -> {
        byte[] read = in.readBytes(count);
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
          values[i] = read[i];
        }
        yield values;
      }
      case 4 -> {
        int[] read = in.readInts(count);
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
          values[i] = read[i];
        }
        yield values;
      }
      case 8 -> in.readLongs(count);
      default -> throw damaged("integer width " + width);
    };
  }

  private static long[] withoutNulls(long[] values, boolean[] nulls, int count) {
    long[] clean = Arrays.copyOf(values, count);
    for (int i = 0; i < count; i++) {
      if (nulls[i]) {
        clean[i] = 0;
      }
    }
    return clean;
  }

  private static double[] withoutNulls(double[] values, boolean[] nulls, int count) {
    double[] clean = Arrays.copyOf(values, count);
    for (int i = 0; i < count; i++) {
      if (nulls[i]) {
        clean[i] = 0;
      }
    }
    return clean;
  }

  private static boolean[] withoutNulls(boolean[] values, boolean[] nulls, int count) {
    boolean[] clean = Arrays.copyOf(values, count);
    for (int i = 0; i < count; i++) {
      clean[i] &= !nulls[i];
    }
    return clean;
  }

  private static boolean allOnes(long[] weights, int count) {
    for (int i = 0; i < count; i++) {
      if (weights[i] != 1) {
        return false;
      }
    }
    return true;
  }

  private static boolean anyTrue(boolean[] flags, int count) {
    for (int i = 0; i < Math.min(flags.length, count); i++) {
      if (flags[i]) {
        return true;
      }
    }
    return false;
  }

  private static FreshetException damaged(String what) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED, "Cannot decode a stored batch: " + what + ".");
  }
}
