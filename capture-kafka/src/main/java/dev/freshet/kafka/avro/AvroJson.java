package dev.freshet.kafka.avro;

import dev.freshet.core.batch.JsonText;
import dev.freshet.kafka.budget.DecodeBudget;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.avro.Schema;

/** Values as JSON text: records and maps are objects, bytes are Base64. */
final class AvroJson {
  private AvroJson() {}

  /** Writes the value at the cursor, and passes it. */
  static void write(StringBuilder out, Schema schema, AvroCursor in) {
    write(out, schema, in, 0);
  }

  private static void write(StringBuilder out, Schema schema, AvroCursor in, int depth) {
    in.visit(depth);
    switch (schema.getType()) {
      case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, STRING, ENUM, BYTES, FIXED -> {
        int start = out.length();
        single(out, schema, in);
        in.budget().make(out.length() - start + 1L);
      }
      case UNION ->
          write(out, schema.getTypes().get(in.readIndex(schema.getTypes().size())), in, depth + 1);
      case RECORD -> {
        in.budget().make(DecodeBudget.AROUND_BYTES);
        out.append('{');
        for (Schema.Field field : schema.getFields()) {
          in.budget().make(field.name().length() + DecodeBudget.AROUND_BYTES);
          out.append(field.pos() == 0 ? "" : ",");
          JsonText.appendText(out, field.name());
          out.append(':');
          write(out, field.schema(), in, depth + 1);
        }
        out.append('}');
      }
      case ARRAY -> {
        in.budget().make(DecodeBudget.AROUND_BYTES);
        String separator = "[";
        for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
          for (long i = 0; i < count; i++) {
            out.append(separator);
            separator = ",";
            write(out, schema.getElementType(), in, depth + 1);
          }
        }
        out.append(separator.equals("[") ? "[]" : "]");
      }
      case MAP -> {
        in.budget().make(DecodeBudget.AROUND_BYTES);
        String separator = "{";
        for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
          for (long i = 0; i < count; i++) {
            out.append(separator);
            separator = ",";
            int start = out.length();
            JsonText.appendText(out, text(in, in.readLength()));
            in.budget().make(out.length() - start + DecodeBudget.AROUND_BYTES);
            out.append(':');
            write(out, schema.getValueType(), in, depth + 1);
          }
        }
        out.append(separator.equals("{") ? "{}" : "}");
      }
    }
  }

  private static void single(StringBuilder out, Schema schema, AvroCursor in) {
    switch (schema.getType()) {
      case NULL -> out.append("null");
      case BOOLEAN -> out.append(in.readBoolean());
      case INT, LONG -> out.append(in.readLong());
      case FLOAT -> number(out, in.readFloat());
      case DOUBLE -> number(out, in.readDouble());
      case STRING -> JsonText.appendText(out, text(in, in.readLength()));
      case ENUM -> {
        int count = schema.getEnumSymbols().size();
        JsonText.appendText(out, schema.getEnumSymbols().get(in.readIndex(count)));
      }
      case BYTES -> bytes(out, in, in.readLength());
      case FIXED -> bytes(out, in, schema.getFixedSize());
      case UNION, RECORD, ARRAY, MAP -> throw new IllegalStateException(schema.getName());
    }
  }

  /** JSON has no NaN and no infinities; they are texts. */
  private static void number(StringBuilder out, double value) {
    if (Double.isFinite(value)) {
      out.append(value);
    } else {
      JsonText.appendText(out, Double.toString(value));
    }
  }

  private static void bytes(StringBuilder out, AvroCursor in, int count) {
    byte[] value = new byte[count];
    System.arraycopy(in.bytes(), in.pass(count), value, 0, count);
    JsonText.appendText(out, Base64.getEncoder().encodeToString(value));
  }

  static String text(AvroCursor in, int count) {
    return new String(in.bytes(), in.pass(count), count, StandardCharsets.UTF_8);
  }
}
