package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.KnownTable.KnownColumn;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.SyntaxProblem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What our event trigger says of a table behind each statement that altered, made or dropped it: a
 * logical message of its transaction, so it stands in the stream between the rows before and those
 * behind it. Whoever may connect to the database can write such a message: nothing that decides how
 * rows are decoded is taken from it, and what cannot be read of it is passed over.
 *
 * <pre>
 * | 'M' | flags | lsn 8 | prefix \0 | length 4 | JSON in UTF-8 |
 *
 * {"xid": 731, "relation": 16384, "schema": "public", "table": "orders", "dropped": false, "key": [1],
 *  "columns": [[1, "id", 23, -1, true, false, "integer"], ...]}
 * </pre>
 *
 * @param transaction the sub-transaction that changed the table, 0 when not known
 * @param isDropped it is not there any more; it has no columns then
 */
record TableMessage(int transaction, KnownTable table, boolean isDropped) {
  static final String PREFIX = "freshet_ddl";

  private static final byte TRANSACTIONAL = 1;
  private static final byte[] PREFIX_BYTES = (PREFIX + "\0").getBytes(StandardCharsets.US_ASCII);
  private static final int PREFIX_AT = 10;

  /** Far more than the 1,600 columns that a table may have need. */
  private static final int LENGTH_MAX = 1 << 20;

  /**
   * @param start where the message begins, without a transaction behind its first byte
   */
  static Optional<TableMessage> parse(byte[] message, int start) {
    int content = start + PREFIX_AT + PREFIX_BYTES.length + 4;
    boolean isLong = message.length - content > LENGTH_MAX;
    if (message.length < content || isLong || message[start + 1] != TRANSACTIONAL) {
      return Optional.empty();
    }
    return hasPrefix(message, start) ? read(message, content, message.length) : Optional.empty();
  }

  private static boolean hasPrefix(byte[] message, int start) {
    int at = start + PREFIX_AT;
    return message.length >= at + PREFIX_BYTES.length
        && Arrays.equals(
            message, at, at + PREFIX_BYTES.length, PREFIX_BYTES, 0, PREFIX_BYTES.length);
  }

  /**
   * Names, in a message of a transaction that is open, the sub-transaction that changed the table.
   * The server names the whole transaction there, and would leave what was rolled back.
   *
   * @param start where the message begins, with a transaction behind its first byte
   */
  static void nameOwner(byte[] message, int start) {
    int behind = start + Integer.BYTES; // where it would begin without the transaction
    if (!hasPrefix(message, behind)) {
      return; // perhaps large, and not to be copied
    }
    byte[] plain = new byte[message.length - start - 4];
    plain[0] = message[start];
    System.arraycopy(message, start + 5, plain, 1, plain.length - 1);
    parse(plain, 0)
        .filter(found -> found.transaction() != 0)
        .ifPresent(found -> ByteBuffer.wrap(message).putInt(start + 1, found.transaction()));
  }

  /** A table as {@link KnownTable#json} writes it, or as the trigger does. */
  static Optional<TableMessage> read(byte[] json, int start, int end) {
    try {
      return Optional.of(read(new JsonCursor(json, start, end)));
    } catch (SyntaxProblem | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static TableMessage read(JsonCursor in) {
    int transaction = 0;
    int relation = 0;
    String schemaName = "";
    String tableName = "";
    boolean isDropped = false;
    List<Integer> key = new ArrayList<>();
    List<KnownColumn> columns = new ArrayList<>();
    in.expect('{');
    do {
      in.string();
      String name = in.textAsString();
      in.expect(':');
      switch (name) {
        case "xid" -> transaction = (int) KnownTable.whole(in);
        case "relation" -> relation = (int) KnownTable.whole(in);
        case "schema" -> schemaName = text(in);
        case "table" -> tableName = text(in);
        case "dropped" -> isDropped = KnownTable.truth(in);
        case "key" -> list(in, () -> key.add((int) KnownTable.whole(in)));
        case "columns" -> list(in, () -> columns.add(KnownTable.readColumn(in)));
        default -> in.skip();
      }
    } while (in.passes(','));
    in.expect('}');
    in.requireEnd("a table");
    return new TableMessage(
        transaction, new KnownTable(relation, schemaName, tableName, key, columns), isDropped);
  }

  private static String text(JsonCursor in) {
    in.string();
    return in.textAsString();
  }

  private static void list(JsonCursor in, Runnable element) {
    in.expect('[');
    if (in.passes(']')) {
      return;
    }
    do {
      element.run();
    } while (in.passes(','));
    in.expect(']');
  }
}
