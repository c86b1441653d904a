package dev.freshet.serve.text;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Column;
import dev.freshet.serve.backend.Backend.QueryResult;
import java.util.Locale;

/** An answer as an aligned table, and a last line with its row count, step and time. */
public final class ResultText {
  private static final int CELL_CHARS_MAX = 60;

  private ResultText() {}

  public static String of(QueryResult result) {
    Batch rows = result.rows();
    TextTable table =
        new TextTable(rows.schema().columns().stream().map(Column::name).toArray(String[]::new));
    long count = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      for (long n = 0; n < rows.weight(row); n++) {
        table.row(cells(rows, row));
        count++;
      }
    }
    return String.join("\n", table.lines())
        + String.format(
            Locale.ROOT,
            "%n(%,d row%s%s, step %,d, %.1f ms)%n",
            count,
            count == 1 ? "" : "s",
            result.truncated() ? ", more were cut off" : "",
            result.step(),
            result.nanos() / 1e6);
  }

  private static String[] cells(Batch rows, int row) {
    String[] cells = new String[rows.schema().columnCount()];
    for (int column = 0; column < cells.length; column++) {
      String text =
          CsvText.text(
              rows.schema().type(column),
              Values.read(rows.schema().type(column), rows.column(column), row));
      String line = text.replace("\n", "\\n");
      cells[column] =
          line.length() > CELL_CHARS_MAX ? line.substring(0, CELL_CHARS_MAX - 3) + "..." : line;
    }
    return cells;
  }
}
