package dev.freshet.capture.rows;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows of comma-separated values (RFC 4180), with the columns' names in the first line unless the
 * dialect names them. A field without quotes and without text is NULL; one with quotes and no text
 * is the empty text. One thread owns it.
 */
final class CsvRows {
  private final TableFields fields;
  private final Schema schema;
  private final RowsBuilder rows;
  private final ByteBudget budget;
  private final CsvDialect dialect;
  private final byte delimiter;
  private final byte quote;
  private final String what;
  private final byte[] bytes;
  private final int end;
  private int at;
  private int recordStart;

  /** The record read last: where each field lies in {@link #text}, and whether it had quotes. */
  private final byte[] text;

  private int[] ends = new int[16];
  private boolean[] quoted = new boolean[16];
  private int count;

  /**
   * @param what holds the text, for messages
   */
  CsvRows(
      TableFields fields,
      RowsBuilder rows,
      ByteBudget budget,
      CsvDialect dialect,
      String what,
      byte[] bytes,
      int end) {
    this.fields = fields;
    this.schema = fields.contract().schema();
    this.rows = rows;
    this.budget = budget;
    this.dialect = dialect;
    this.delimiter = dialect.delimiter();
    this.quote = dialect.quote();
    this.what = what;
    this.bytes = bytes;
    this.end = end;
    this.text = new byte[end];
    boolean hasMark =
        end >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
    this.at = hasMark ? 3 : 0;
  }

  void readAll() {
    List<String> names = dialect.names().isEmpty() ? firstLine() : dialect.names();
    int[] columns = new int[names.size()];
    Set<String> seen = new HashSet<>();
    for (int field = 0; field < columns.length; field++) {
      columns[field] = column(names.get(field), seen);
    }
    while (readRecord()) {
      row(names, columns);
    }
  }

  private List<String> firstLine() {
    if (!readRecord()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot read the " + what + " as CSV: it is empty. Its first line names the columns.");
    }
    List<String> names = new ArrayList<>();
    for (int field = 0; field < count; field++) {
      names.add(TextCells.string(text, start(field), ends[field]));
    }
    return names;
  }

  private int column(String name, Set<String> seen) {
    try {
      if (!seen.add(name)) {
        throw new CellProblem(
            ErrorCode.REQUEST_INVALID,
            "column " + TextCells.fragment(name) + " stands twice in it");
      }
      return fields.index(name);
    } catch (CellProblem e) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot read the first line of the CSV: "
              + e.reason()
              + ". The first line names the columns, separated by commas.");
    }
  }

  private int start(int field) {
    return field == 0 ? 0 : ends[field - 1];
  }

  private void row(List<String> names, int[] columns) {
    rows.begin();
    if (count != columns.length) {
      String reason =
          "it has "
              + count
              + (count == 1 ? " field" : " fields")
              + ", and the first line "
              + columns.length;
      rows.refuse(new CellProblem(ErrorCode.ROW_MALFORMED, reason), line());
      return;
    }
    for (int field = 0; field < columns.length; field++) {
      int column = columns[field];
      if (column == TableFields.CHANGE) {
        change(field);
      } else if (column >= 0) {
        cell(field, column);
      }
    }
    rows.end(() -> original(names, columns));
  }

  private void cell(int field, int column) {
    rows.fills(column);
    if (start(field) == ends[field] && !quoted[field]) {
      rows.column(column).appendNull();
      return;
    }
    try {
      TextCells.appendField(
          rows.column(column), schema.type(column), text, start(field), ends[field], budget);
    } catch (CellProblem e) {
      rows.failed(column, e);
    }
  }

  private void change(int field) {
    String says = TextCells.string(text, start(field), ends[field]);
    if (says.isEmpty()) {
      return;
    }
    RowChange.parse(says)
        .ifPresentOrElse(
            rows::change,
            () ->
                rows.problem(
                    CellProblem.value(
                        RowChange.FIELD
                            + " is "
                            + TextCells.fragment(says)
                            + "; it is upsert or delete")));
  }

  /**
   * Without the fields that are left out: their names are the sender's, and could be as long as the
   * body, once for each refused row.
   */
  private String original(List<String> names, int[] columns) {
    StringBuilder out = new StringBuilder("{");
    for (int field = 0; field < count; field++) {
      if (columns[field] != TableFields.IGNORED) {
        out.append(out.length() == 1 ? "" : ",");
        JsonText.appendText(out, names.get(field));
        out.append(':');
        JsonText.appendText(out, TextCells.string(text, start(field), ends[field]));
      }
    }
    return out.append('}').toString();
  }

  /** The record as it came: its fields have no names. */
  private String line() {
    StringBuilder out = new StringBuilder();
    JsonText.appendText(out, TextCells.string(bytes, recordStart, at).stripTrailing());
    return out.toString();
  }

  /** Reads the next record that is no empty line; returns whether there was one. */
  private boolean readRecord() {
    while (at < end && (bytes[at] == '\n' || bytes[at] == '\r')) {
      at++;
    }
    if (at >= end) {
      return false;
    }
    count = 0;
    recordStart = at;
    int size = 0;
    while (true) {
      boolean hasQuotes = at < end && bytes[at] == quote;
      size = hasQuotes ? quotedField(size) : plainField(size);
      endField(size, hasQuotes);
      if (at >= end) {
        return true;
      }
      byte separator = bytes[at++];
      if (separator == '\r' && at < end && bytes[at] == '\n') {
        at++;
      }
      if (separator != delimiter) {
        return true;
      }
    }
  }

  private int plainField(int size) {
    int length = size;
    while (at < end && bytes[at] != delimiter && bytes[at] != '\n' && bytes[at] != '\r') {
      text[length++] = bytes[at++];
    }
    return length;
  }

  private int quotedField(int size) {
    int begin = at;
    int length = size;
    at++;
    while (at < end) {
      byte b = bytes[at++];
      if (b != quote) {
        text[length++] = b;
      } else if (at < end && bytes[at] == quote) {
        text[length++] = b;
        at++;
      } else {
        if (at < end && bytes[at] != delimiter && bytes[at] != '\n' && bytes[at] != '\r') {
          throw unreadable("text stands behind a closing quote", at);
        }
        return length;
      }
    }
    throw unreadable("a quote is not closed", begin);
  }

  private void endField(int size, boolean hasQuotes) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
      quoted = Arrays.copyOf(quoted, count * 2);
    }
    quoted[count] = hasQuotes;
    ends[count++] = size;
  }

  private FreshetException unreadable(String problem, int position) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot read the "
            + what
            + " as CSV: "
            + problem
            + " (line "
            + line
            + "). Nothing of it was taken. A quote within a field is doubled.");
  }
}
