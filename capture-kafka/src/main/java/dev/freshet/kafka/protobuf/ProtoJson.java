package dev.freshet.kafka.protobuf;

import dev.freshet.core.batch.JsonText;
import dev.freshet.kafka.budget.DecodeBudget;
import dev.freshet.kafka.protobuf.ProtoField.Rule;
import dev.freshet.kafka.protobuf.ProtoType.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values as JSON text, as Protobuf's own mapping writes them, but with the schema's names of fields
 * and with numbers as numbers. Fields that are not there are left out, unless they cannot be told
 * from such as hold zero.
 */
final class ProtoJson {
  private static final double EXACT_MAX = 1L << 53;

  private final ProtoSchema schema;
  private final DecodeBudget budget;

  /**
   * @param budget of the message that is read
   */
  ProtoJson(ProtoSchema schema, DecodeBudget budget) {
    this.schema = schema;
    this.budget = budget;
  }

  /** Writes a value, which is all that the cursor has. */
  void write(StringBuilder out, ProtoType type, ProtoCursor in, int depth) {
    int start = out.length();
    switch (type) {
      case Scalar scalar -> scalar(out, scalar, in);
      case ProtoType.Names names -> name(out, names, (int) in.readVarint());
      case ProtoType.Message message -> message(out, schema.message(message.text()), in, depth);
      case ProtoType.Entries _ -> throw new IllegalStateException("entries are repeated");
    }
    // What stands in a message has counted itself; behind each value may be a comma.
    budget.make(
        type instanceof ProtoType.Message ? DecodeBudget.AROUND_BYTES : out.length() - start + 1L);
  }

  private static void name(StringBuilder out, ProtoType.Names names, int number) {
    if (names.names().containsKey(number)) {
      JsonText.appendText(out, names.name(number));
    } else {
      out.append(number);
    }
  }

  private static void scalar(StringBuilder out, Scalar type, ProtoCursor in) {
    switch (type) {
      case BOOL -> out.append(in.readVarint() != 0);
      case DOUBLE -> number(out, Double.longBitsToDouble(in.readFixed64()));
      case FLOAT -> {
        float value = Float.intBitsToFloat(in.readFixed32());
        if (Float.isFinite(value)) {
          out.append(value);
        } else {
          number(out, value);
        }
      }
      case STRING -> JsonText.appendText(out, text(in));
      case BYTES ->
          JsonText.appendText(
              out,
              Base64.getEncoder()
                  .encodeToString(Arrays.copyOfRange(in.bytes(), in.at(), in.end())));
      case UINT64, FIXED64 -> out.append(Long.toUnsignedString(ProtoCells.integer(type, in)));
      case INT32, INT64, UINT32, SINT32, SINT64, FIXED32, SFIXED32, SFIXED64 ->
          out.append(ProtoCells.integer(type, in));
    }
  }

  static String text(ProtoCursor in) {
    ProtoCells.requireUtf8(in);
    return new String(in.bytes(), in.at(), in.end() - in.at(), StandardCharsets.UTF_8);
  }

  /** JSON has no NaN and no infinities; they are texts. */
  private static void number(StringBuilder out, double value) {
    if (Double.isFinite(value)) {
      out.append(value);
    } else {
      JsonText.appendText(out, Double.toString(value));
    }
  }

  private void message(StringBuilder out, ProtoMessage message, ProtoCursor in, int depth) {
    if (depth > ProtoCursor.DEPTH_MAX) {
      throw ProtoCursor.tooDeep();
    }
    switch (KnownMessages.of(message)) {
      case TIMESTAMP -> known(out, KnownMessages.instant(in).toString());
      case DURATION -> known(out, KnownMessages.durationText(in));
      case DATE -> known(out, KnownMessages.date(in).toString());
      case TIME_OF_DAY -> known(out, KnownMessages.time(in).toString());
      case WRAPPER -> {
        Found found = new Found(message).read(in);
        write(out, message.field(0).type(), valueOf(found, 0), depth + 1);
      }
      case STRUCT, LIST -> writeRepeated(out, new Found(message).read(in), 0, depth + 1);
      case VALUE -> anyJson(out, new Found(message).read(in), depth + 1);
      case NONE, DECIMAL -> object(out, new Found(message).read(in), depth + 1);
    }
  }

  /** A text that stands for a message; its quotes are around it. */
  private void known(StringBuilder out, String text) {
    budget.make(text.length());
    JsonText.appendText(out, text);
  }

  /** A field's value, also when it is not there but cannot be told from one that is. */
  private static ProtoCursor valueOf(Found found, int index) {
    if (found.has(index)) {
      return found.value(index);
    }
    byte[] absent = found.message().field(index).absent().orElseThrow();
    return new ProtoCursor().reset(absent, 0, absent.length);
  }

  private void object(StringBuilder out, Found found, int depth) {
    String separator = "{";
    ProtoMessage message = found.message();
    for (int i = 0; i < message.fieldCount(); i++) {
      ProtoField field = message.field(i);
      boolean isRepeated = field.rule() == Rule.REPEATED;
      if (!isRepeated && !found.has(i) && field.absent().isEmpty()) {
        if (field.rule() == Rule.REQUIRED) {
          throw ProtoCursor.malformed("required field " + field.name() + " is not there");
        }
        continue;
      }
      out.append(separator);
      separator = ",";
      budget.make(field.name().length() + DecodeBudget.AROUND_BYTES);
      JsonText.appendText(out, field.name());
      out.append(':');
      if (isRepeated) {
        writeRepeated(out, found, i, depth);
      } else {
        write(out, field.type(), valueOf(found, i), depth);
      }
    }
    out.append(separator.equals("{") ? "{}" : "}");
  }

  /** A value of google.protobuf.Value: the last of its alternatives. */
  private void anyJson(StringBuilder out, Found found, int depth) {
    for (int i = 0; i < found.message().fieldCount(); i++) {
      if (found.has(i)) {
        ProtoField field = found.message().field(i);
        switch (field.name()) {
          case "null_value" -> nothing(out);
          case "number_value" -> shortest(out, found.value(i));
          default -> write(out, field.type(), found.value(i), depth);
        }
        return;
      }
    }
    nothing(out);
  }

  private void nothing(StringBuilder out) {
    String text = "null";
    budget.make(text.length());
    out.append(text);
  }

  /** Whole numbers without a point: all numbers are doubles there. */
  private void shortest(StringBuilder out, ProtoCursor in) {
    int start = out.length();
    double value = Double.longBitsToDouble(in.readFixed64());
    if (value == Math.rint(value) && Math.abs(value) <= EXACT_MAX) {
      out.append((long) value);
    } else {
      number(out, value);
    }
    budget.make(out.length() - start);
  }

  /** Writes an array, or an object of a map's entries. */
  void writeRepeated(StringBuilder out, Found found, int index, int depth) {
    budget.make(DecodeBudget.AROUND_BYTES);
    ProtoType type = found.message().field(index).type();
    if (type instanceof ProtoType.Entries entries) {
      entries(out, found, index, entries, depth);
      return;
    }
    out.append('[');
    int start = out.length();
    found.each(
        index,
        in -> {
          out.append(out.length() == start ? "" : ",");
          write(out, type, in, depth + 1);
        });
    out.append(']');
  }

  private void entries(
      StringBuilder out, Found found, int index, ProtoType.Entries type, int depth) {
    Map<String, String> values = new LinkedHashMap<>(); // of a key that comes twice, the last
    Found entry = new Found(type.entry());
    found.each(
        index,
        in -> {
          entry.read(in);
          budget.make(DecodeBudget.AROUND_BYTES);
          StringBuilder key = new StringBuilder();
          String quote = type.key().type() == Scalar.STRING ? "" : "\"";
          key.append(quote);
          write(key, type.key().type(), valueOf(entry, ProtoType.Entries.KEY), depth + 1);
          key.append(quote);
          StringBuilder value = new StringBuilder();
          write(value, type.value().type(), valueOf(entry, ProtoType.Entries.VALUE), depth + 1);
          values.put(key.toString(), value.toString());
        });
    String separator = "{";
    for (Map.Entry<String, String> each : values.entrySet()) {
      out.append(separator);
      separator = ",";
      out.append(each.getKey()).append(':').append(each.getValue());
    }
    out.append(separator.equals("{") ? "{}" : "}");
  }
}
