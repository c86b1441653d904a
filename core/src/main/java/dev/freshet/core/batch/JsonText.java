package dev.freshet.core.batch;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows and values as JSON text, one form for the whole system: numbers as numbers (DECIMAL with all
 * its digits; NaN and infinities as text), dates and times in ISO 8601, BINARY in Base64, JSON
 * columns embedded as they are, arrays as arrays.
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
      case List<?> elements -> appendElements(out, type, elements);
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
