package dev.freshet.kafka.avro;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.kafka.budget.DecodeBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.avro.Schema;

/**
 * Reads Avro's binary encoding (specification 1.12, "Binary Encoding") from an array, without
 * copies. One thread owns it.
 */
public final class AvroCursor {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int DEPTH_MAX = 100;

  private final DecodeBudget budget;
  private byte[] bytes = {};
  private int at;
  private int end;

  /**
   * @param budget of the message or body that the bytes are of
   */
  public AvroCursor(DecodeBudget budget) {
    this.budget = budget;
  }

  DecodeBudget budget() {
    return budget;
  }

  /** Begins to read other bytes. */
  public void reset(byte[] newBytes, int start, int newEnd) {
    bytes = newBytes;
    at = start;
    end = newEnd;
  }

  public int at() {
    return at;
  }

  public void moveTo(int position) {
    at = position;
  }

  /** Passes a text or bytes if they are these; returns whether they were. */
  boolean passesText(byte[] wanted) {
    int start = at;
    long length = readLong();
    if (length == wanted.length
        && length <= end - at
        && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
      at += wanted.length;
      return true;
    }
    at = start;
    return false;
  }

  /** Passes a byte if it is this; returns whether it was. */
  boolean passesByte(int wanted) {
    boolean isNext = at < end && bytes[at] == wanted;
    at += isNext ? 1 : 0;
    return isNext;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Refuses bytes behind the last value: they were written with another schema. */
  public void requireEnd() {
    if (at != end) {
      throw malformed((end - at) + " bytes are left behind its last field");
    }
  }

  private static CellProblem malformed(String what) {
    return new CellProblem(ErrorCode.ROW_MALFORMED, "it is not of its Avro schema: " + what);
  }

  /** An int or long: variable length, zigzag. */
  long readLong() {
    byte[] from = bytes;
    int position = at;
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (position >= end) {
        throw malformed("it ends inside a number");
      }
      byte b = from[position++];
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        at = position;
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw malformed("a number has more than ten bytes");
  }

  int readInt() {
    long value = readLong();
    if (value != (int) value) {
      throw malformed(value + " is no int");
    }
    return (int) value;
  }

  /** The length of a text, of bytes or of a name; so many bytes are there. */
  int readLength() {
    long length = readLong();
    if (length < 0 || length > end - at) {
      throw malformed("a value of " + length + " bytes begins where " + (end - at) + " are left");
    }
    return (int) length;
  }

  /** Passes bytes; returns where they begin. */
  int pass(int count) {
    if (count > end - at) {
      throw malformed("it ends inside a value");
    }
    int start = at;
    at += count;
    return start;
  }

  boolean readBoolean() {
    return bytes[pass(1)] != 0;
  }

  float readFloat() {
    return Float.intBitsToFloat((int) INTS.get(bytes, pass(4)));
  }

  double readDouble() {
    return Double.longBitsToDouble((long) LONGS.get(bytes, pass(8)));
  }

  /** Which branch of a union, or symbol of an enum, follows. */
  int readIndex(int count) {
    long index = readLong();
    if (index < 0 || index >= count) {
      throw malformed("it chooses number " + index + " of " + count);
    }
    return (int) index;
  }

  /**
   * The number of items in the next block of an array or map, 0 behind the last; a block's size in
   * bytes is passed.
   */
  long readBlock() {
    long count = readLong();
    if (count < 0) {
      readLong();
      count = -count;
    }
    if (count < 0 || count > budget.valuesLeft()) {
      throw malformed("its arrays have far more items than it has bytes");
    }
    return count;
  }

  /** A text or symbol; empty when it is null or something else, which is passed. */
  public String readText(Schema schema) {
    switch (schema.getType()) {
      case STRING -> {
        return AvroJson.text(this, readLength());
      }
      case ENUM -> {
        return schema.getEnumSymbols().get(readIndex(schema.getEnumSymbols().size()));
      }
      case UNION -> {
        return readText(schema.getTypes().get(readIndex(schema.getTypes().size())));
      }
      default -> {
        skip(schema);
        return "";
      }
    }
  }

  /** Where the record at the cursor begins, behind its union's branch; -1 when it is none. */
  public int rowStart(Schema schema) {
    int start = at;
    Schema found = schema;
    if (schema.getType() == Schema.Type.UNION) {
      found = schema.getTypes().get(readIndex(schema.getTypes().size()));
    }
    int rowStart = found.getType() == Schema.Type.RECORD ? at : -1;
    at = start;
    return rowStart;
  }

  /** Passes a value. */
  public void skip(Schema schema) {
    skip(schema, 0);
  }

  /** Counts a value; refuses one too many, or nested too deep. */
  void visit(int depth) {
    budget.value();
    if (depth > DEPTH_MAX) {
      throw malformed("it is nested deeper than " + DEPTH_MAX + " levels");
    }
  }

  private void skip(Schema schema, int depth) {
    visit(depth);
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> pass(1);
      case INT, LONG, ENUM -> readLong();
      case FLOAT -> pass(4);
      case DOUBLE -> pass(8);
      case STRING, BYTES -> pass(readLength());
      case FIXED -> pass(schema.getFixedSize());
      case UNION -> skip(schema.getTypes().get(readIndex(schema.getTypes().size())), depth + 1);
      case RECORD -> schema.getFields().forEach(field -> skip(field.schema(), depth + 1));
      case ARRAY -> {
        for (long count = readBlock(); count > 0; count = readBlock()) {
          for (long i = 0; i < count; i++) {
            skip(schema.getElementType(), depth + 1);
          }
        }
      }
      case MAP -> {
        for (long count = readBlock(); count > 0; count = readBlock()) {
          for (long i = 0; i < count; i++) {
            pass(readLength());
            skip(schema.getValueType(), depth + 1);
          }
        }
      }
    }
  }
}
