package dev.freshet.capture.postgres;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The stream's description of a table (PostgreSQL manual, 54.9, Relation).
 *
 * <pre>
 * | 'R' | oid | schema \0 | name \0 | identity | column count | per column: flags, name \0, type oid, typmod |
 * </pre>
 */
record RelationMessage(int relation, String schemaName, String tableName, List<Column> columns) {
  /**
   * @param isIdentity whether the column belongs to the replica identity
   */
  record Column(boolean isIdentity, String name, int typeOid, int typmod) {}

  static RelationMessage parse(byte[] message, int start) {
    int relation = Cells.int4(message, start + 1);
    int at = start + 5;
    String schemaName = text(message, at);
    at = afterText(message, at);
    String tableName = text(message, at);
    at = afterText(message, at) + 1;
    int count = Cells.int2(message, at);
    at += 2;
    List<Column> columns = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      boolean isIdentity = (message[at] & 1) != 0;
      String name = text(message, at + 1);
      at = afterText(message, at + 1);
      columns.add(
          new Column(isIdentity, name, Cells.int4(message, at), Cells.int4(message, at + 4)));
      at += 8;
    }
    return new RelationMessage(relation, schemaName, tableName, columns);
  }

  private static String text(byte[] message, int at) {
    return new String(message, at, afterText(message, at) - 1 - at, StandardCharsets.UTF_8);
  }

  private static int afterText(byte[] message, int at) {
    int end = at;
    while (message[end] != 0) {
      end++;
    }
    return end + 1;
  }
}
