package dev.freshet.capture.trigger;

import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.JsonCells;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.util.HexFormat;

/**
 * How a column's value stands in the JSON of a row. The snapshot and the triggers write it by the
 * same expression.
 */
enum CellForm {
  /** As the type has it. */
  PLAIN {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      JsonCells.append(out, type, json, ByteBudget.UNBOUNDED);
    }
  },
  /** Anything, as text; a JSON text without its quotes. */
  TEXT {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      Values.appendText(out, text(json));
    }
  },
  /** Text whose trailing blanks mean nothing: char(n). */
  BLANK_PADDED {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      String text = text(json);
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) == ' ') {
        end--;
      }
      Values.appendText(out, text.substring(0, end));
    }
  },
  /** Bytes in hexadecimal digits, of PostgreSQL behind {@code \x}. */
  HEX {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      byte[] bytes = hex(text(json));
      out.appendBytes(bytes, 0, bytes.length);
    }
  },
  /** A bit string in hexadecimal digits; the lowest byte comes first, as Debezium has it. */
  BITS {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      byte[] bytes = hex(text(json));
      for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
        byte swapped = bytes[i];
        bytes[i] = bytes[j];
        bytes[j] = swapped;
      }
      out.appendBytes(bytes, 0, bytes.length);
    }
  },
  /** A truth value as 0 or 1. */
  FLAG {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      out.appendBoolean(!text(json).equals("0"));
    }
  },
  /** Seconds since the epoch, with a fraction; 0 stands for no time. */
  EPOCH_SECONDS {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      long micros = new BigDecimal(text(json)).movePointRight(MICRO_DIGITS).longValue();
      if (micros == 0) {
        out.appendNull();
      } else {
        out.appendLong(micros);
      }
    }
  },
  /** A date, or a date and a time, where zeros stand for none. */
  DATE_OR_ZERO {
    @Override
    void append(VectorBuilder out, DataType type, JsonCursor json) {
      int start = json.at();
      if (text(json).startsWith("0000-00-00")) {
        out.appendNull();
      } else {
        json.moveTo(start);
        JsonCells.append(out, type, json, ByteBudget.UNBOUNDED);
      }
    }
  };

  private static final int MICRO_DIGITS = 6;

  /**
   * Appends the value at the cursor, which is not null.
   *
   * @throws CellProblem when it does not fit
   */
  abstract void append(VectorBuilder out, DataType type, JsonCursor json);

  private static String text(JsonCursor json) {
    if (json.peek() == '"') {
      json.string();
      return json.textAsString();
    }
    int start = json.at();
    json.skip();
    return json.from(start);
  }

  private static byte[] hex(String text) {
    try {
      return HexFormat.of().parseHex(text.startsWith("\\x") ? text.substring(2) : text);
    } catch (IllegalArgumentException e) {
      throw CellProblem.value('"' + TextCells.fragment(text) + "\" is not in hexadecimal digits");
    }
  }
}
