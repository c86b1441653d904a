package dev.freshet.capture.trigger;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.SyntaxProblem;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.FreshetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** A row as a trigger wrote it: a JSON object of its columns. One thread owns it. */
final class RowText {
  private static final int ABSENT = -1;

  private final CapturedTable table;
  private final byte[] bytes;
  private final int[] starts;
  private final int[] ends;
  private boolean hasOthers;

  /**
   * @throws SyntaxProblem when it is no JSON object
   */
  RowText(CapturedTable table, String text) {
    this.table = table;
    this.bytes = text.getBytes(StandardCharsets.UTF_8);
    this.starts = new int[table.columns().size()];
    this.ends = new int[starts.length];
    Arrays.fill(starts, ABSENT);
    locate();
  }

  private void locate() {
    JsonCursor json = new JsonCursor(bytes, 0, bytes.length);
    json.expect('{');
    if (json.passes('}')) {
      return;
    }
    int guess = 0;
    do {
      json.string();
      String name = json.textAsString();
      json.expect(':');
      json.peek();
      int start = json.at();
      json.skip();
      // Columns come in their order, as long as the table is as it was.
      int column =
          guess < starts.length && table.columns().get(guess).name().equals(name)
              ? guess
              : table.schema().indexOf(name);
      if (column < 0) {
        hasOthers = true;
      } else {
        starts[column] = start;
        ends[column] = json.at();
        guess = column + 1;
      }
    } while (json.passes(','));
    json.expect('}');
  }

  /**
   * Whether the table has columns that the row has not, and the other way round: one may have been
   * renamed in between.
   */
  boolean isOfOtherColumns() {
    boolean lacks = false;
    for (int start : starts) {
      lacks |= start == ABSENT;
    }
    return lacks && hasOthers;
  }

  /** Whether another row has the same key, as it is written. */
  boolean hasKeyOf(RowText other) {
    for (int column : table.key()) {
      boolean isSame =
          starts[column] != ABSENT
              && other.starts[column] != ABSENT
              && Arrays.equals(
                  bytes,
                  starts[column],
                  ends[column],
                  other.bytes,
                  other.starts[column],
                  other.ends[column]);
      if (!isSame) {
        return false;
      }
    }
    return true;
  }

  /**
   * Appends the row.
   *
   * @throws CellProblem when a value does not fit; nothing is appended then
   */
  void append(BatchBuilder out) {
    int column = 0;
    try {
      for (; column < starts.length; column++) {
        appendCell(out, column);
      }
      out.endRow(1);
    } catch (CellProblem e) {
      out.abandonRow();
      throw CellProblem.value("column " + table.columns().get(column).name() + ": " + e.reason());
    }
  }

  /**
   * Appends what can be read of the row.
   *
   * @param missing is told of each column whose value does not fit
   * @throws CellProblem when that is one of the key; nothing is appended then
   */
  void appendReadable(BatchBuilder out, IntConsumer missing) {
    for (int column = 0; column < starts.length; column++) {
      int before = out.column(column).length();
      try {
        appendCell(out, column);
      } catch (CellProblem e) {
        if (isOfKey(column)) {
          out.abandonRow();
          throw e;
        }
        out.column(column).truncate(before);
        out.column(column).appendNull();
        missing.accept(column);
      }
    }
    out.endRow(1);
  }

  private boolean isOfKey(int column) {
    return Arrays.stream(table.key()).anyMatch(key -> key == column);
  }

  private void appendCell(BatchBuilder out, int column) {
    int before = out.column(column).length();
    if (starts[column] == ABSENT || bytes[starts[column]] == 'n') {
      out.column(column).appendNull();
    } else {
      CapturedTable.ColumnShape shape = table.columns().get(column);
      JsonCursor json = new JsonCursor(bytes, starts[column], ends[column]);
      try {
        shape.form().append(out.column(column), shape.type(), json);
      } catch (FreshetException | NumberFormatException | SyntaxProblem e) {
        throw CellProblem.value(String.valueOf(e.getMessage()));
      }
    }
    if (isOfKey(column) && out.column(column).isNullAt(before)) {
      throw CellProblem.value("it is of the key, and NULL");
    }
  }
}
