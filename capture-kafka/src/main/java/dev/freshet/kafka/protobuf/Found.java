package dev.freshet.kafka.protobuf;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.kafka.protobuf.ProtoField.Rule;
import dev.freshet.kafka.protobuf.ProtoType.Wire;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Where the fields of one message lie: they come in any order, some not at all, some often. One
 * thread owns it.
 *
 * <pre>
 * fields    0    1    2                    first and last occurrence of each, or NONE
 *           |    |
 * found    [0]->[2]  [1]->[3]->[4]         wire, start and end of its value, and the next
 * </pre>
 */
final class Found {
  private static final int NONE = -1;

  private final ProtoMessage message;
  private final ProtoCursor scan = new ProtoCursor();
  private final ProtoCursor value = new ProtoCursor();
  private final int[] first;
  private final int[] last;
  private int[] next;
  private int[] starts;
  private int[] ends;
  private Wire[] wires;
  private int count;
  private byte[] bytes = {};
  private int unknown;

  Found(ProtoMessage message) {
    this.message = message;
    this.first = new int[message.fieldCount()];
    this.last = new int[first.length];
    int expected = Math.max(4, first.length);
    this.next = new int[expected];
    this.starts = new int[expected];
    this.ends = new int[expected];
    this.wires = new Wire[expected];
  }

  ProtoMessage message() {
    return message;
  }

  /**
   * Finds the fields between two positions.
   *
   * @throws CellProblem when the bytes are no such message
   */
  Found read(byte[] newBytes, int start, int end) {
    bytes = newBytes;
    count = 0;
    unknown = 0;
    Arrays.fill(first, NONE);
    Arrays.fill(last, NONE);
    scan.reset(newBytes, start, end);
    int expected = 0;
    while (scan.next()) {
      int index = message.indexOf(scan.number(), expected);
      if (index < 0) {
        unknown = unknown == 0 ? scan.number() : unknown;
        continue;
      }
      ProtoField field = message.field(index);
      requireWire(field);
      if (field.oneof() != ProtoField.ALONE && first[index] == NONE) {
        clear(field.oneof());
      }
      add(index);
      expected = field.rule() == Rule.REPEATED ? index : index + 1;
    }
    return this;
  }

  /** As {@link #read(byte[], int, int)}, of the value at a cursor. */
  Found read(ProtoCursor in) {
    return read(in.bytes(), in.at(), in.end());
  }

  private void requireWire(ProtoField field) {
    Wire written = scan.wire();
    Wire declared = field.type().wire();
    boolean isPacked = written == Wire.LENGTH && field.rule() == Rule.REPEATED;
    if (written != declared && !(isPacked && declared != Wire.GROUP)) {
      throw ProtoCursor.malformed(
          "field "
              + field.name()
              + " ("
              + field.number()
              + ") is not written as "
              + field.type().text());
    }
  }

  /** Of alternatives the last one counts. */
  private void clear(int oneof) {
    for (int i = 0; i < first.length; i++) {
      if (message.field(i).oneof() == oneof) {
        first[i] = NONE;
        last[i] = NONE;
      }
    }
  }

  private void add(int index) {
    if (count == next.length) {
      int size = count * 2;
      next = Arrays.copyOf(next, size);
      starts = Arrays.copyOf(starts, size);
      ends = Arrays.copyOf(ends, size);
      wires = Arrays.copyOf(wires, size);
    }
    next[count] = NONE;
    starts[count] = scan.valueStart();
    ends[count] = scan.valueEnd();
    wires[count] = scan.wire();
    if (first[index] == NONE) {
      first[index] = count;
    } else {
      next[last[index]] = count;
    }
    last[index] = count++;
  }

  /** The number of a field that the schema has not; 0 when there is none. */
  int unknown() {
    return unknown;
  }

  boolean has(int index) {
    return first[index] != NONE;
  }

  /** Whether a field is there once, and its value is these bytes. */
  boolean isOnly(int index, byte[] wanted) {
    int only = first[index];
    return only != NONE
        && only == last[index]
        && ends[only] - starts[only] == wanted.length
        && Arrays.equals(bytes, starts[only], ends[only], wanted, 0, wanted.length);
  }

  /** The value of a field that is there. Good until the next is asked for. */
  ProtoCursor value(int index) {
    int at = last[index];
    if (at != first[index] && message.field(index).type() instanceof ProtoType.Message) {
      byte[] whole = merged(index);
      return value.reset(whole, 0, whole.length);
    }
    return value.reset(bytes, starts[at], ends[at]);
  }

  /** The parts of a message that was written in several; one behind the other they are it. */
  private byte[] merged(int index) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int at = first[index]; at != NONE; at = next[at]) {
      whole.write(bytes, starts[at], ends[at] - starts[at]);
    }
    return whole.toByteArray();
  }

  /** Each value of a repeated field, packed or not. */
  void each(int index, Consumer<ProtoCursor> action) {
    ProtoType type = message.field(index).type();
    for (int at = first[index]; at != NONE; at = next[at]) {
      if (wires[at] == type.wire()) {
        action.accept(value.reset(bytes, starts[at], ends[at]));
      } else {
        packed(type, starts[at], ends[at], action);
      }
    }
  }

  private void packed(ProtoType type, int start, int end, Consumer<ProtoCursor> action) {
    int at = start;
    while (at < end) {
      scan.reset(bytes, at, end);
      switch (type.wire()) {
        case VARINT -> scan.readVarint();
        case FIXED64 -> scan.readFixed64();
        case FIXED32 -> scan.readFixed32();
        case LENGTH, GROUP, END_GROUP -> throw new IllegalStateException("never packed");
      }
      int after = scan.at();
      action.accept(value.reset(bytes, at, after));
      at = after;
    }
  }
}
