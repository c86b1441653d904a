package dev.freshet.capture.rows;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import org.jspecify.annotations.Nullable;

/** Rows that are JSON objects. One thread owns it. */
public final class JsonRows {
  private final TableFields fields;
  private final Schema schema;
  private final RowsBuilder rows;
  private final ByteBudget budget;
  private final String what;
  private final byte[] bytes;
  private final int end;
  private @Nullable Cell[] cells = {};
  private Unsent unsent = _ -> false;

  /** Reads a column's value where it is written in another way than the column's type has it. */
  @FunctionalInterface
  public interface Cell {
    /**
     * Appends the value at the cursor, which is not null, and passes it.
     *
     * @throws CellProblem when it does not fit
     */
    void append(VectorBuilder out, JsonCursor json);
  }

  /** Knows values that stand for one that the source did not send. */
  @FunctionalInterface
  public interface Unsent {
    /** Passes such a value; returns whether there was one. */
    boolean passes(JsonCursor json);
  }

  /** For rows that come one at a time, each with a cursor of its own. */
  public JsonRows(TableFields fields, RowsBuilder rows, ByteBudget budget) {
    this(fields, rows, budget, "message", new byte[0], 0);
  }

  /**
   * @param what holds the text, for messages
   */
  JsonRows(
      TableFields fields, RowsBuilder rows, ByteBudget budget, String what, byte[] bytes, int end) {
    this.fields = fields;
    this.schema = fields.contract().schema();
    this.rows = rows;
    this.budget = budget;
    this.what = what;
    this.bytes = bytes;
    this.end = end;
  }

  /** How one object becomes a row. */
  @FunctionalInterface
  interface Reader {
    /** Fills the row that was begun from the value at the cursor, and passes it. */
    void read(JsonCursor json);
  }

  /** One object, or an array of objects. */
  void readAll(Reader reader) {
    JsonCursor json = new JsonCursor(bytes, 0, end);
    try {
      if (json.passes('[')) {
        if (!json.passes(']')) {
          do {
            readOne(json, reader);
          } while (json.passes(','));
          json.expect(']');
        }
      } else {
        readOne(json, reader);
      }
      json.requireEnd("the " + what);
    } catch (SyntaxProblem e) {
      throw invalid(e);
    }
  }

  /** An object a line. */
  void readLines() {
    int start = 0;
    while (start < end) {
      int lineEnd = start;
      while (lineEnd < end && bytes[lineEnd] != '\n') {
        lineEnd++;
      }
      readLine(start, lineEnd);
      start = lineEnd + 1;
    }
  }

  private void readLine(int start, int lineEnd) {
    JsonCursor json = new JsonCursor(bytes, start, lineEnd);
    if (json.peek() == JsonCursor.END) {
      return;
    }
    rows.begin();
    int first = json.at();
    try {
      fill(json);
      json.requireEnd("the line");
      rows.end(() -> TextCells.string(bytes, first, lineEnd).strip());
    } catch (SyntaxProblem e) {
      StringBuilder original = new StringBuilder();
      JsonText.appendText(original, TextCells.string(bytes, start, lineEnd));
      String reason = "the line is no JSON: " + e.what() + " (column " + (e.at() - start + 1) + ")";
      rows.refuse(new CellProblem(ErrorCode.ROW_MALFORMED, reason), original.toString());
    }
  }

  private void readOne(JsonCursor json, Reader reader) {
    rows.begin();
    json.peek();
    int start = json.at();
    reader.read(json);
    rows.end(() -> json.from(start));
  }

  /**
   * @param byColumn how a column's values are read, or null for the usual way; empty for all
   *     columns in the usual way
   */
  public void cells(@Nullable Cell[] byColumn) {
    cells = byColumn;
  }

  public void unsent(Unsent values) {
    unsent = values;
  }

  /**
   * Fills the row that was begun from the object at the cursor, and passes it.
   *
   * @throws SyntaxProblem when it is no JSON
   */
  public void fill(JsonCursor json) {
    if (json.peek() != '{') {
      json.skip();
      rows.problem(
          new CellProblem(
              ErrorCode.ROW_MALFORMED,
              "a row is an object of column names to values, and this is not"));
      return;
    }
    json.expect('{');
    if (json.passes('}')) {
      return;
    }
    int expected = 0;
    do {
      json.string();
      int column = column(json, expected);
      json.expect(':');
      value(json, column);
      expected = column + 1;
    } while (json.passes(','));
    json.expect('}');
  }

  private int column(JsonCursor json, int expected) {
    try {
      int column = fields.index(json.text(), json.textStart(), json.textEnd(), expected);
      if (column >= 0) {
        rows.fills(column);
      }
      return column;
    } catch (CellProblem e) {
      rows.problem(e);
      return TableFields.IGNORED;
    }
  }

  private void value(JsonCursor json, int column) {
    switch (column) {
      case TableFields.CHANGE -> change(json);
      case TableFields.IGNORED -> json.skip();
      default -> {
        json.peek();
        int start = json.at();
        if (unsent.passes(json)) {
          rows.unsent(column);
          return;
        }
        try {
          append(column, json);
        } catch (CellProblem e) {
          json.moveTo(start);
          json.skip();
          rows.failed(column, e);
        }
      }
    }
  }

  private void append(int column, JsonCursor json) {
    Cell cell = cells.length == 0 ? null : cells[column];
    if (cell == null) {
      JsonCells.append(rows.column(column), schema.type(column), json, budget);
    } else if (json.peek() == 'n') {
      json.word("null");
      rows.column(column).appendNull();
    } else {
      cell.append(rows.column(column), json);
    }
  }

  /** Fills one column of the row that was begun from the value at the cursor, and passes it. */
  public void fillColumn(int column, JsonCursor json) {
    rows.fills(column);
    value(json, column);
  }

  private void change(JsonCursor json) {
    json.peek();
    int start = json.at();
    json.skip();
    RowChange.parse(json.from(start).replace("\"", ""))
        .ifPresentOrElse(
            rows::change,
            () ->
                rows.problem(
                    CellProblem.value(
                        RowChange.FIELD
                            + " is "
                            + TextCells.fragment(json.from(start))
                            + "; it is \"upsert\" or \"delete\"")));
  }

  private FreshetException invalid(SyntaxProblem problem) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < Math.min(problem.at(), end); i++) {
      if (bytes[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    boolean isLines = problem.what().startsWith("the end of the " + what) && line > 1;
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot read the "
            + what
            + " as JSON: "
            + problem.what()
            + " (line "
            + line
            + ", column "
            + (problem.at() - lineStart + 1)
            + "). Nothing of it was taken."
            + (isLines
                ? " An object a line is sent with Content-Type: application/x-ndjson."
                : ""));
  }
}
