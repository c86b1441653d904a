package dev.freshet.kafka.protobuf;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.kafka.protobuf.ProtoType.Wire;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads Protobuf's binary encoding (protobuf.dev, "Encoding") from an array, without copies. It
 * stands on fields, which {@link #next} passes one by one, or on one value, which is all bytes up
 * to its end. One thread owns it.
 */
final class ProtoCursor {
  static final int DEPTH_MAX = 100;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final Wire[] WIRES = Wire.values();

  private byte[] bytes = {};
  private int at;
  private int end;
  private int number;
  private Wire wire = Wire.VARINT;
  private int valueStart;
  private int valueEnd;

  ProtoCursor reset(byte[] newBytes, int start, int newEnd) {
    bytes = newBytes;
    at = start;
    end = newEnd;
    return this;
  }

  static CellProblem malformed(String what) {
    return new CellProblem(ErrorCode.ROW_MALFORMED, "it is not of its Protobuf schema: " + what);
  }

  byte[] bytes() {
    return bytes;
  }

  int at() {
    return at;
  }

  int end() {
    return end;
  }

  boolean isAtEnd() {
    return at >= end;
  }

  /** Passes a field; false when there is none left. */
  boolean next() {
    if (at >= end) {
      return false;
    }
    readTag();
    if (wire == Wire.END_GROUP) {
      throw malformed("a group ends that did not begin");
    }
    passValue(0);
    return true;
  }

  private void readTag() {
    long tag = readVarint();
    number = (int) (tag >>> 3);
    int code = (int) (tag & 7);
    if (number <= 0 || tag >>> 32 != 0 || code >= WIRES.length) {
      throw malformed("no field begins with " + tag);
    }
    wire = WIRES[code];
  }

  private void passValue(int depth) {
    valueStart = at;
    switch (wire) {
      case VARINT -> readVarint();
      case FIXED64 -> pass(8);
      case FIXED32 -> pass(4);
      case LENGTH -> {
        long length = readVarint();
        if (length < 0 || length > end - at) {
          throw malformed(
              "a value of " + length + " bytes begins where " + (end - at) + " are left");
        }
        valueStart = at;
        at += (int) length;
      }
      case GROUP -> {
        passGroup(depth);
        return;
      }
      case END_GROUP -> throw malformed("a group ends that did not begin");
    }
    valueEnd = at;
  }

  /** A group's value is all fields up to the mark of its end. */
  private void passGroup(int depth) {
    if (depth > DEPTH_MAX) {
      throw tooDeep();
    }
    int group = number;
    int start = at;
    while (true) {
      int stop = at;
      if (at >= end) {
        throw malformed("it ends inside a group");
      }
      readTag();
      if (wire == Wire.END_GROUP) {
        if (number != group) {
          throw malformed("group " + group + " ends as group " + number);
        }
        wire = Wire.GROUP;
        valueStart = start;
        valueEnd = stop;
        return;
      }
      passValue(depth + 1);
      number = group;
    }
  }

  static CellProblem tooDeep() {
    return malformed("it is nested deeper than " + DEPTH_MAX + " levels");
  }

  /** The number of the field that was passed. */
  int number() {
    return number;
  }

  /** How the field that was passed is written. */
  Wire wire() {
    return wire;
  }

  /** Where the value of the field that was passed begins. */
  int valueStart() {
    return valueStart;
  }

  int valueEnd() {
    return valueEnd;
  }

  private int pass(int count) {
    if (count > end - at) {
      throw malformed("it ends inside a value");
    }
    int start = at;
    at += count;
    return start;
  }

  long readVarint() {
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
        return value;
      }
    }
    throw malformed("a number has more than ten bytes");
  }

  /** A number whose last bit is its sign. */
  long readZigzag() {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  int readFixed32() {
    return (int) INTS.get(bytes, pass(4));
  }

  long readFixed64() {
    return (long) LONGS.get(bytes, pass(8));
  }
}
