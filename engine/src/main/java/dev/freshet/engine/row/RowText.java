package dev.freshet.engine.row;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row as JSON text, column names to values. Equal rows have equal texts. */
public final class RowText {
  private RowText() {}

  public static String json(Batch batch, int row) {
    StringBuilder text = new StringBuilder("{");
    for (int c = 0; c < batch.schema().columnCount(); c++) {
      text.append(c == 0 ? "" : ",");
      appendQuoted(text, batch.schema().column(c).name());
      text.append(':');
      DataType type = batch.schema().type(c);
      append(text, type, Values.read(type, batch.column(c), row));
    }
    return text.append('}').toString();
  }

  /** A value as JSON; a JSON value stands as it is. */
  public static void append(StringBuilder text, DataType type, @Nullable Object value) {
    switch (type) {
      case DataType.Array(DataType element) when value instanceof List<?> list -> {
        String separator = "[";
        for (Object item : list) {
          append(text.append(separator), element, item);
          separator = ",";
        }
        text.append(list.isEmpty() ? "[]" : "]");
      }
      case DataType.Row(List<DataType.Row.Field> fields) when value instanceof List<?> list -> {
        text.append('{');
        for (int i = 0; i < fields.size(); i++) {
          appendQuoted(text.append(i == 0 ? "" : ","), fields.get(i).name());
          append(text.append(':'), fields.get(i).type(), list.get(i));
        }
        text.append('}');
      }
      case DataType.Map map when value instanceof Map<?, ?> entries -> {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
          appendQuoted(text.append(separator), Values.text(entry.getKey()));
          append(text.append(':'), map.value(), entry.getValue());
          separator = ",";
        }
        text.append('}');
      }
      case DataType.Simple simple when simple == DataType.Simple.JSON && value != null ->
          text.append(value);
      default -> append(text, value);
    }
  }

  private static void append(StringBuilder text, @Nullable Object value) {
    switch (value) {
      case null -> text.append("null");
      case Boolean flag -> text.append(flag.booleanValue());
      case Long number -> text.append(number.longValue());
      case BigDecimal number -> text.append(number.toPlainString());
      case Double number -> appendDouble(text, number);
      case byte[] bytes -> appendQuoted(text, HexFormat.of().formatHex(bytes));
      case Object other -> appendQuoted(text, Values.text(other));
    }
  }

  private static void appendDouble(StringBuilder text, double number) {
    if (Double.isFinite(number)) {
      text.append(number);
    } else {
      appendQuoted(text, Double.toString(number));
    }
  }

  private static void appendQuoted(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        default -> {
          if (c < ' ') {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
