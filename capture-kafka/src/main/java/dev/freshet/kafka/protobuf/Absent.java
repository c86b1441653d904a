package dev.freshet.kafka.protobuf;

import dev.freshet.kafka.protobuf.ProtoType.Scalar;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What fields hold that are not written, in the form in which they would be. */
final class Absent {
  private Absent() {}

  /** What a field has that may not be told from one that was never set: zero, or empty. */
  static byte[] value(ProtoType type) {
    return switch (type) {
      case ProtoType.Names names -> varint(names.first());
      case Scalar _, ProtoType.Message _, ProtoType.Entries _ ->
          switch (type.wire()) {
            case VARINT -> new byte[1];
            case FIXED64 -> new byte[8];
            case FIXED32 -> new byte[4];
            case LENGTH, GROUP, END_GROUP -> new byte[0];
          };
    };
  }

  /**
   * What proto2's {@code [default = ...]} says.
   *
   * @throws IllegalArgumentException when it is no value of the type
   */
  static byte[] value(ProtoType type, String written) {
    return switch (type) {
      case Scalar scalar -> scalar(scalar, written);
      case ProtoType.Names names -> {
        for (Map.Entry<Integer, String> each : names.names().entrySet()) {
          if (each.getValue().equals(written)) {
            yield varint(each.getKey());
          }
        }
        throw new IllegalArgumentException(written);
      }
      case ProtoType.Message _, ProtoType.Entries _ -> throw new IllegalArgumentException(written);
    };
  }

  private static byte[] scalar(Scalar type, String written) {
    return switch (type) {
      case DOUBLE -> fixed64(Double.doubleToLongBits(real(written)));
      case FLOAT -> fixed32(Float.floatToIntBits((float) real(written)));
      case INT32, INT64, UINT32 -> varint(Long.decode(written));
      case UINT64 ->
          varint(
              written.startsWith("0x")
                  ? Long.parseUnsignedLong(written.substring(2), 16)
                  : Long.parseUnsignedLong(written));
      case SINT32, SINT64 -> {
        long value = Long.decode(written);
        yield varint((value << 1) ^ (value >> 63));
      }
      case FIXED32, SFIXED32 -> fixed32(Long.decode(written).intValue());
      case FIXED64, SFIXED64 -> fixed64(Long.decode(written));
      case BOOL -> varint(truth(written) ? 1 : 0);
      case STRING -> written.getBytes(StandardCharsets.UTF_8);
      case BYTES -> written.getBytes(StandardCharsets.ISO_8859_1);
    };
  }

  private static boolean truth(String written) {
    if (!written.equals("true") && !written.equals("false")) {
      throw new IllegalArgumentException(written);
    }
    return written.equals("true");
  }

  private static double real(String written) {
    return switch (written) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan", "-nan" -> Double.NaN;
      default -> Double.parseDouble(written);
    };
  }

  private static byte[] fixed32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] fixed64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }
}
