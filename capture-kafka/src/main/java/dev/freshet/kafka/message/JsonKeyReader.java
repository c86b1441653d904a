package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.JsonRows;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.SyntaxProblem;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Keys that are JSON; Debezium's may stand in {@code payload} beside their schema. */
record JsonKeyReader(RowsBuilder rows, JsonRows json, Contract contract, int[] key)
    implements KeyReader {
  @Override
  public void fillMissing(byte @Nullable [] bytes) {
    if (!KeyReaders.isMissing(rows, key) || bytes == null) {
      return;
    }
    try {
      JsonCursor cursor = JsonReader.cursor(bytes, "key");
      if (cursor.peek() == '{') {
        object(cursor, true);
      } else {
        KeyReaders.requireOne(key, contract);
        json.fillColumn(key[0], cursor);
      }
      cursor.requireEnd("the key");
    } catch (SyntaxProblem e) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "its key is no JSON: " + e.what() + "; a plain text is read with key-format: text");
    }
  }

  private void object(JsonCursor cursor, boolean mayHavePayload) {
    cursor.expect('{');
    if (cursor.passes('}')) {
      return;
    }
    do {
      cursor.string();
      String name = cursor.textAsString();
      cursor.expect(':');
      int column = contract.schema().indexOf(name);
      if (KeyReaders.isKey(key, column) && !rows.isFilled(column)) {
        json.fillColumn(column, cursor);
      } else if (mayHavePayload && name.equals("payload") && cursor.peek() == '{') {
        object(cursor, false);
      } else {
        cursor.skip();
      }
    } while (cursor.passes(','));
    cursor.expect('}');
  }
}
