package dev.freshet.kafka.message;

import dev.freshet.capture.connect.ConnectTimes;
import dev.freshet.capture.connect.Decimals;
import dev.freshet.capture.connect.Times;
import dev.freshet.capture.connect.Times.Unit;
import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.JsonCells;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.JsonRows;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.kafka.json.JsonTree;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How values of JSON are read that mean more than they say: by Connect's schema, or as declared.
 */
final class DebeziumCells {
  private DebeziumCells() {}

  /** For messages without a schema: numbers in columns of times count the unit. */
  static JsonRows.@Nullable Cell[] declared(Schema table, Optional<Unit> unit) {
    JsonRows.@Nullable Cell[] cells = new JsonRows.Cell[table.columnCount()];
    for (int i = 0; i < cells.length; i++) {
      DataType type = table.type(i);
      if (unit.isPresent() && Times.isTime(type)) {
        cells[i] = time(type, type == Simple.DATE ? Unit.DAYS : unit.get());
      }
    }
    return cells;
  }

  /**
   * For messages with Connect's schema of an envelope.
   *
   * @param schema as {@code schema} of the message has it
   */
  static JsonRows.@Nullable Cell[] ofSchema(Schema table, Object schema) {
    JsonRows.@Nullable Cell[] cells = new JsonRows.Cell[table.columnCount()];
    for (Object part : JsonTree.list(schema, "fields")) {
      if (JsonTree.text(part, "field").equals("after")) {
        for (Object field : JsonTree.list(part, "fields")) {
          int column = table.indexOf(JsonTree.text(field, "field"));
          if (column >= 0) {
            cells[column] = cell(table.type(column), field);
          }
        }
      }
    }
    return cells;
  }

  private static JsonRows.@Nullable Cell cell(DataType type, Object field) {
    String name = JsonTree.text(field, "name");
    Unit unit = ConnectTimes.unit(name, type);
    if (unit != null) {
      return time(type, unit);
    }
    if (name.equals("org.apache.kafka.connect.data.Decimal")
        && type instanceof DataType.Decimal decimal) {
      return decimal(decimal, JsonTree.text(JsonTree.field(field, "parameters"), "scale"));
    }
    if (name.equals("io.debezium.data.Json") && type == Simple.JSON) {
      return (out, json) -> {
        json.string();
        TextCells.appendField(
            out, type, json.text(), json.textStart(), json.textEnd(), ByteBudget.UNBOUNDED);
      };
    }
    return null;
  }

  private static JsonRows.Cell decimal(DataType.Decimal type, String scaleText) {
    int scale;
    try {
      scale = Integer.parseInt(scaleText);
    } catch (NumberFormatException e) {
      String what =
          "its schema gives the scale \""
              + TextCells.fragment(scaleText)
              + "\", which is no number";
      return (_, _) -> {
        throw CellProblem.value(what);
      };
    }
    return (out, json) -> {
      json.string();
      byte[] unscaled = base64(json.textAsString());
      Decimals.append(out, type, unscaled, 0, unscaled.length, scale);
    };
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw CellProblem.value(TextCells.fragment(text) + " is no Base64");
    }
  }

  private static JsonRows.Cell time(DataType type, Unit unit) {
    return (out, json) -> {
      int next = json.peek();
      if (next == '-' || (next >= '0' && next <= '9')) {
        Times.append(out, type, unit, whole(json));
      } else {
        JsonCells.append(out, type, json, ByteBudget.UNBOUNDED);
      }
    };
  }

  private static long whole(JsonCursor json) {
    json.number();
    String text = json.textAsString();
    try {
      if (json.isWholeNumber()) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      // answered below
    }
    throw CellProblem.value(TextCells.fragment(text) + " is no whole number of 64 bits");
  }
}
