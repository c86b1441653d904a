package dev.freshet.kafka.protobuf;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a field holds, repeated or not. */
sealed interface ProtoType {
  /** How a value is told from the next (Protobuf's "wire types"). */
  enum Wire {
    VARINT,
    FIXED64,
    LENGTH,
    GROUP,
    END_GROUP,
    FIXED32
  }

  Wire wire();

  /** As a schema writes it. */
  String text();

  /** Types without parameters. */
  enum Scalar implements ProtoType {
    DOUBLE(Wire.FIXED64),
    FLOAT(Wire.FIXED32),
    INT32(Wire.VARINT),
    INT64(Wire.VARINT),
    UINT32(Wire.VARINT),
    UINT64(Wire.VARINT),
    SINT32(Wire.VARINT),
    SINT64(Wire.VARINT),
    FIXED32(Wire.FIXED32),
    FIXED64(Wire.FIXED64),
    SFIXED32(Wire.FIXED32),
    SFIXED64(Wire.FIXED64),
    BOOL(Wire.VARINT),
    STRING(Wire.LENGTH),
    BYTES(Wire.LENGTH);

    private final Wire wire;

    Scalar(Wire wire) {
      this.wire = wire;
    }

    @Override
    public Wire wire() {
      return wire;
    }

    @Override
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Scalar> of(String text) {
      for (Scalar scalar : values()) {
        if (scalar.text().equals(text)) {
          return Optional.of(scalar);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Names for numbers.
   *
   * @param names by number; of several for one number the first
   * @param first the number that a field has which is not written
   */
  record Names(String text, Map<Integer, String> names, int first) implements ProtoType {
    public Names {
      names = Map.copyOf(names);
    }

    @Override
    public Wire wire() {
      return Wire.VARINT;
    }

    /** The name of a number; the number's digits when it has none. */
    String name(int number) {
      String name = names.get(number);
      return name == null ? Integer.toString(number) : name;
    }
  }

  /**
   * A message, by its full name: messages may hold themselves.
   *
   * @param wire {@link Wire#LENGTH}, or {@link Wire#GROUP} for proto2's groups
   */
  record Message(String text, Wire wire) implements ProtoType {}

  /** A map: each of its entries is a message with a key and a value. */
  record Entries(ProtoMessage entry) implements ProtoType {
    static final int KEY = 0;
    static final int VALUE = 1;

    @Override
    public Wire wire() {
      return Wire.LENGTH;
    }

    ProtoField key() {
      return entry.field(KEY);
    }

    ProtoField value() {
      return entry.field(VALUE);
    }

    @Override
    public String text() {
      return "map<" + key().type().text() + ", " + value().type().text() + ">";
    }
  }
}
