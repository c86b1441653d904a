package dev.freshet.serve.text;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Rows as CSV (RFC 4180) with a header line; NULL is an empty field, an empty text is {@code ""}.
 */
public final class CsvText {
  private CsvText() {}

  public static String of(Batch rows) {
    StringBuilder out = new StringBuilder();
    String separator = "";
    for (Column column : rows.schema().columns()) {
      out.append(separator);
      appendField(out, column.name());
      separator = ",";
    }
    out.append("\r\n");
    for (int row = 0; row < rows.rowCount(); row++) {
      for (long n = 0; n < rows.weight(row); n++) {
        appendRow(out, rows, row);
      }
    }
    return out.toString();
  }

  private static void appendRow(StringBuilder out, Batch rows, int row) {
    for (int column = 0; column < rows.schema().columnCount(); column++) {
      if (column > 0) {
        out.append(',');
      }
      DataType type = rows.schema().type(column);
      Object value = Values.read(type, rows.column(column), row);
      if (value != null) {
        appendField(out, text(type, value));
      }
    }
    out.append("\r\n");
  }

  /** The value as text: what JSON writes, without the quotes of texts. */
  static String text(DataType type, @Nullable Object value) {
    if (value == null) {
      return "NULL";
    }
    if (value instanceof String text) {
      return text;
    }
    StringBuilder json = new StringBuilder();
    JsonText.appendValue(json, type, value);
    boolean quoted = json.length() > 1 && json.charAt(0) == '"';
    return quoted ? json.substring(1, json.length() - 1) : json.toString();
  }

  private static void appendField(StringBuilder out, String text) {
    if (!text.isEmpty()
        && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')) {
      out.append(text);
      return;
    }
    out.append('"').append(text.replace("\"", "\"\"")).append('"');
  }
}
