package dev.freshet.core.batch;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows and values as JSON text, one form for the whole system: numbers as numbers (DECIMAL with all
 * its digits; NaN and infinities as text), dates and times in ISO 8601, BINARY in Base64, JSON
 * columns embedded as they are, arrays as arrays, ROW as an object, and MAP as an object whose
 * names are the keys' texts.
 */
public final class JsonText {
  private JsonText() {}

  /** One row as an object, columns in the schema's order. */
  public static String row(Batch batch, int row) {
    StringBuilder out = new StringBuilder(64);
    appendRow(out, batch, row);
    return out.toString();
  }

  /** Appends one row as an object. */
  public static void appendRow(StringBuilder out, Batch batch, int row) {
    Schema schema = batch.schema();
    out.append('{');
    for (int i = 0; i < schema.columnCount(); i++) {
      if (i > 0) {
        out.append(',');
      }
      appendText(out, schema.column(i).name());
      out.append(':');
      appendValue(out, schema.type(i), Values.read(schema.type(i), batch.column(i), row));
    }
    out.append('}');
  }

  /** Appends a boxed value as {@link Values} describes it. */
  public static void appendValue(StringBuilder out, DataType type, @Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Boolean flag -> out.append(flag.booleanValue());
      case Double number when !Double.isFinite(number) -> appendText(out, number.toString());
      case BigDecimal number -> out.append(number.toPlainString());
      case Number number -> out.append(number);
      case byte[] bytes -> appendText(out, Base64.getEncoder().encodeToString(bytes));
      case List<?> fields when type instanceof DataType.Row row -> appendFields(out, row, fields);
      case List<?> elements -> appendElements(out, type, elements);
      case Map<?, ?> map -> appendEntries(out, (DataType.Map) type, map);
      case String text when type == DataType.Simple.JSON -> out.append(text);
      default -> appendText(out, Values.text(value));
    }
  }

  private static void appendElements(StringBuilder out, DataType type, List<?> elements) {
    DataType element = ((DataType.Array) type).element();
    out.append('[');
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      appendValue(out, element, elements.get(i));
    }
    out.append(']');
  }

  private static void appendFields(StringBuilder out, DataType.Row type, List<?> values) {
    out.append('{');
    for (int i = 0; i < values.size(); i++) {
      DataType.Row.Field field = type.fields().get(i);
      appendText(out.append(i == 0 ? "" : ","), field.name());
      appendValue(out.append(':'), field.type(), values.get(i));
    }
    out.append('}');
  }

  private static void appendEntries(StringBuilder out, DataType.Map type, Map<?, ?> map) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      appendText(out.append(separator), keyText(type.key(), entry.getKey()));
      appendValue(out.append(':'), type.value(), entry.getValue());
      separator = ",";
    }
    out.append('}');
  }

  /** A key as a member's name: its JSON, without the quotes that text has. */
  private static String keyText(DataType type, Object key) {
    if (key instanceof String text) {
      return text;
    }
    StringBuilder json = new StringBuilder();
    appendValue(json, type, key);
    boolean quoted = json.charAt(0) == '"';
    return quoted ? json.substring(1, json.length() - 1) : json.toString();
  }

  /** Appends a JSON string with its quotes. */
  public static void appendText(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
