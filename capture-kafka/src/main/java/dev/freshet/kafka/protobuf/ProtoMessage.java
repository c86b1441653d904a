package dev.freshet.kafka.protobuf;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A message type. Immutable; safe for all threads. */
final class ProtoMessage {
  private final String name;
  private final ProtoField[] fields;
  private final int[] numbers;

  ProtoMessage(String name, List<ProtoField> fields) {
    this.name = name;
    this.fields =
        fields.stream()
            .sorted(Comparator.comparingInt(ProtoField::number))
            .toArray(ProtoField[]::new);
    this.numbers = Arrays.stream(this.fields).mapToInt(ProtoField::number).toArray();
  }

  /** With its package and the messages that it stands in, such as {@code shop.Order.Line}. */
  String name() {
    return name;
  }

  int fieldCount() {
    return fields.length;
  }

  /**
   * @param index in the order of numbers
   */
  ProtoField field(int index) {
    return fields[index];
  }

  /**
   * The index of the field with this number; negative when there is none.
   *
   * @param expected the index that is likely
   */
  int indexOf(int number, int expected) {
    if (expected < numbers.length && numbers[expected] == number) {
      return expected;
    }
    return Arrays.binarySearch(numbers, number);
  }

  /** The index of the field with this name, or -1. */
  int indexOf(String fieldName) {
    for (int i = 0; i < fields.length; i++) {
      if (fields[i].name().equals(fieldName)) {
        return i;
      }
    }
    return -1;
  }
}
