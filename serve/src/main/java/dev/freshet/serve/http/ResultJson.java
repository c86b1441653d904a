package dev.freshet.serve.http;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.DataType;
import dev.freshet.serve.backend.Backend.QueryResult;

/** An answer as JSON: its step, columns, and each row as an array in the columns' order. */
final class ResultJson {
  private ResultJson() {}

  static String of(QueryResult result) {
    Batch rows = result.rows();
    StringBuilder out = new StringBuilder("[");
    String separator = "";
    for (int row = 0; row < rows.rowCount(); row++) {
      for (long n = 0; n < rows.weight(row); n++) {
        out.append(separator);
        appendRow(out, rows, row);
        separator = ",\n";
      }
    }
    return new Json()
        .number("step", result.step())
        .raw("columns", Json.columns(rows.schema()))
        .raw("rows", out.append(']').toString())
        .flag("truncated", result.truncated())
        .number("millis", result.nanos() / 1e6)
        .end();
  }

  private static void appendRow(StringBuilder out, Batch rows, int row) {
    out.append('[');
    for (int column = 0; column < rows.schema().columnCount(); column++) {
      if (column > 0) {
        out.append(',');
      }
      DataType type = rows.schema().type(column);
      JsonText.appendValue(out, type, Values.read(type, rows.column(column), row));
    }
    out.append(']');
  }
}
