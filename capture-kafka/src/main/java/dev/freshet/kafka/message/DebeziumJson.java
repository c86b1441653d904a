package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.JsonRows;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.kafka.json.JsonTree;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's events in JSON, with their schema ({@code {"schema": ..., "payload": ...}}) and
 * without. One thread owns it.
 */
final class DebeziumJson implements MessageReader {
  private static final int NONE = -1;

  private final RowsBuilder rows;
  private final JsonRows json;
  private final KeyReader keys;
  private final Metadata metadata;
  private final Contract contract;
  private final int[] key;
  private final JsonRows.@Nullable Cell[] declared;

  /** The schema seen last, as its bytes, and what came of it. */
  private byte[] schema = {};

  private JsonRows.@Nullable Cell[] ofSchema = {};

  DebeziumJson(
      RowsBuilder rows,
      JsonRows json,
      KeyReader keys,
      Metadata metadata,
      Contract contract,
      JsonRows.@Nullable Cell[] declared) {
    this.rows = rows;
    this.json = json;
    this.keys = keys;
    this.metadata = metadata;
    this.contract = contract;
    this.key = contract.keyColumns();
    this.declared = declared;
  }

  /** Where the parts of an event begin; {@link #NONE} for what is missing or null. */
  private static final class Parts {
    private int schema = NONE;
    private int schemaEnd = NONE;
    private int payload = NONE;
    private int before = NONE;
    private int after = NONE;
    private String operation = "";
  }

  @Override
  public void read(ConsumerRecord<byte[], byte[]> message) {
    byte[] value = message.value();
    if (value == null) {
      return; // follows a delete, for Kafka's compaction
    }
    JsonCursor cursor = JsonReader.cursor(value, "value");
    Parts parts = new Parts();
    find(cursor, parts);
    cursor.requireEnd("the value");
    if (parts.operation.isEmpty() && parts.payload >= 0) {
      cursor.moveTo(parts.payload);
      find(cursor, parts);
    }
    json.cells(cells(value, parts));
    event(message, cursor, parts);
  }

  private void event(ConsumerRecord<byte[], byte[]> message, JsonCursor cursor, Parts parts) {
    switch (Operation.of(parts.operation)) {
      case UPSERT -> {
        if (parts.after < 0) {
          throw new CellProblem(ErrorCode.ROW_MALFORMED, "it has no row after the change");
        }
        if (parts.before >= 0 && movesKey(cursor, parts)) {
          row(message, cursor, parts.before, RowChange.DELETE);
        }
        row(message, cursor, parts.after, RowChange.UPSERT);
      }
      case DELETE -> row(message, cursor, parts.before, RowChange.DELETE);
      case TRUNCATE -> rows.truncate();
      case NOTHING -> {}
    }
  }

  private void row(
      ConsumerRecord<byte[], byte[]> message, JsonCursor cursor, int start, RowChange change) {
    rows.begin();
    rows.change(change);
    if (start >= 0) {
      cursor.moveTo(start);
      json.fill(cursor);
    }
    keys.fillMissing(message.key());
    metadata.fill(rows, message);
    rows.end(() -> Originals.of(message));
  }

  private static void find(JsonCursor cursor, Parts parts) {
    if (cursor.peek() != '{') {
      throw new CellProblem(ErrorCode.ROW_MALFORMED, "it is no object, so no event of Debezium");
    }
    cursor.expect('{');
    if (cursor.passes('}')) {
      return;
    }
    do {
      cursor.string();
      String name = cursor.textAsString();
      cursor.expect(':');
      boolean isObject = cursor.peek() == '{';
      int start = isObject ? cursor.at() : NONE;
      boolean isText = cursor.peek() == '"';
      cursor.skip();
      switch (name) {
        case "schema" -> {
          parts.schema = start;
          parts.schemaEnd = cursor.at();
        }
        case "payload" -> parts.payload = start;
        case "before" -> parts.before = start;
        case "after" -> parts.after = start;
        case "op" -> parts.operation = isText ? cursor.textAsString() : "";
        default -> {}
      }
    } while (cursor.passes(','));
    cursor.expect('}');
  }

  private JsonRows.@Nullable Cell[] cells(byte[] value, Parts parts) {
    if (parts.schema < 0) {
      return declared;
    }
    if (!Arrays.equals(schema, 0, schema.length, value, parts.schema, parts.schemaEnd)) {
      byte[] other = Arrays.copyOfRange(value, parts.schema, parts.schemaEnd);
      ofSchema = DebeziumCells.ofSchema(contract.schema(), JsonTree.read(other));
      schema = other;
    }
    return ofSchema;
  }

  /**
   * Whether the table's key is another after the change. Debezium sends a delete and a create when
   * the key of its own table changes, but the key of ours may be another.
   */
  private boolean movesKey(JsonCursor cursor, Parts parts) {
    Optional<String> before = keyText(cursor, parts.before);
    return before.isPresent() && !before.equals(keyText(cursor, parts.after));
  }

  /** The key of the row that begins there; empty when it has not all of the columns. */
  private Optional<String> keyText(JsonCursor cursor, int start) {
    String[] texts = new String[key.length];
    cursor.moveTo(start);
    cursor.expect('{');
    if (!cursor.passes('}')) {
      do {
        cursor.string();
        int column = contract.schema().indexOf(cursor.textAsString());
        cursor.expect(':');
        cursor.peek();
        int from = cursor.at();
        cursor.skip();
        for (int i = 0; i < key.length; i++) {
          texts[i] = key[i] == column ? cursor.from(from) : texts[i];
        }
      } while (cursor.passes(','));
    }
    for (String text : texts) {
      if (text == null) {
        return Optional.empty();
      }
    }
    return Optional.of(String.join("\0", texts));
  }

  /** What an event does. */
  enum Operation {
    UPSERT,
    DELETE,
    TRUNCATE,
    /** It is a message in the database's log, and no row. */
    NOTHING;

    static Operation of(String text) {
      return switch (text) {
        case "c", "r", "u" -> UPSERT;
        case "d" -> DELETE;
        case "t" -> TRUNCATE;
        case "m" -> NOTHING;
        case "" ->
            throw new CellProblem(
                ErrorCode.ROW_MALFORMED,
                "it is no event of Debezium: op is missing. Rows without an envelope are read"
                    + " without envelope: debezium");
        default ->
            throw new CellProblem(
                ErrorCode.ROW_MALFORMED,
                "its op is " + TextCells.fragment(text) + "; it is c, r, u, d, t or m");
      };
    }
  }
}
