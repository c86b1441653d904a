package dev.freshet.capture.rows;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Rows that are CloudEvents, version 1.0: the fields of {@code data} fill the columns of their
 * names, an attribute fills the column {@code ce_} and its name if the table has one. One thread
 * owns it.
 */
final class EventRows {
  private static final String COLUMN_PREFIX = "ce_";
  static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

  private final TableFields fields;
  private final Schema schema;
  private final RowsBuilder rows;
  private final JsonRows data;
  private final ByteBudget budget;

  EventRows(TableFields fields, RowsBuilder rows, JsonRows data, ByteBudget budget) {
    this.fields = fields;
    this.schema = fields.contract().schema();
    this.rows = rows;
    this.data = data;
    this.budget = budget;
  }

  /** Fills the row from the event at the cursor. */
  void fill(JsonCursor json) {
    if (json.peek() != '{') {
      data.fill(json);
      return;
    }
    json.expect('{');
    int dataStart = -1;
    boolean[] found = new boolean[REQUIRED.size()];
    if (!json.passes('}')) {
      do {
        json.string();
        String name = json.textAsString();
        json.expect(':');
        json.peek();
        if (name.equals("data")) {
          dataStart = json.at();
          json.skip();
        } else if (name.equals("data_base64")) {
          json.skip();
          rows.problem(
              CellProblem.value("its data is binary (data_base64); send data as a JSON object"));
        } else {
          found(name, found);
          attribute(name, json);
        }
      } while (json.passes(','));
      json.expect('}');
    }
    requireAll(found);
    if (dataStart >= 0) {
      int end = json.at();
      json.moveTo(dataStart);
      data.fill(json);
      json.moveTo(end);
    }
  }

  /** Fills the row from the data at the cursor and attributes that came beside it. */
  void fill(Map<String, String> attributes, JsonCursor json) {
    boolean[] found = new boolean[REQUIRED.size()];
    attributes.forEach((name, value) -> {
      found(name, found);
      if (name.equals("specversion")) {
        requireVersion(value);
      }
      int column = fields.indexOfAttribute(COLUMN_PREFIX + name);
      if (column >= 0) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        rows.fills(column);
        try {
          TextCells.appendField(
              rows.column(column), schema.type(column), text, 0, text.length, budget);
        } catch (CellProblem e) {
          rows.failed(column, e);
        }
      }
    });
    requireAll(found);
    data.fill(json);
  }

  private static void found(String name, boolean[] found) {
    int required = REQUIRED.indexOf(name);
    if (required >= 0) {
      found[required] = true;
    }
  }

  private void requireAll(boolean[] found) {
    for (int i = 0; i < found.length; i++) {
      if (!found[i]) {
        rows.problem(
            new CellProblem(
                ErrorCode.ROW_MALFORMED,
                "it is no CloudEvent: " + REQUIRED.get(i) + " is missing"));
      }
    }
  }

  private void attribute(String name, JsonCursor json) {
    int start = json.at();
    json.skip();
    String text = json.from(start);
    if (name.equals("specversion")) {
      requireVersion(text.replace("\"", ""));
    }
    int column = fields.indexOfAttribute(COLUMN_PREFIX + name);
    if (column < 0) {
      return;
    }
    try {
      rows.fills(column);
    } catch (CellProblem e) {
      rows.problem(e);
      return;
    }
    int end = json.at();
    json.moveTo(start);
    try {
      JsonCells.append(rows.column(column), schema.type(column), json, budget);
    } catch (CellProblem e) {
      rows.failed(column, e);
    }
    json.moveTo(end);
  }

  private void requireVersion(String version) {
    if (!version.equals("1.0")) {
      rows.problem(
          new CellProblem(
              ErrorCode.ROW_MALFORMED,
              "it is a CloudEvent of version " + TextCells.fragment(version) + ", not 1.0"));
    }
  }
}
