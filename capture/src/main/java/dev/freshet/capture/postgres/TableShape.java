package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import java.util.Arrays;
import java.util.List;

/**
 * A captured table as the stream shows it at one time.
 *
 * @param relation the table's object id at the server
 * @param schemaName the table's schema at the server
 * @param tableName the table's name at the server
 * @param name the table's name in Freshet
 * @param version counts the shapes seen, as in {@link TableChanges#schemaVersion}
 * @param key positions of the key's columns
 * @param identity which columns the server sends of an old row: those of the replica identity
 * @param catalog the table as the server's catalog had it when it was read last
 */
@SuppressWarnings("ArrayRecordComponent") // read-only; owned by the decoder
record TableShape(
    int relation,
    String schemaName,
    String tableName,
    String name,
    int version,
    List<PgColumn> columns,
    int[] key,
    boolean[] identity,
    Schema schema,
    KnownTable catalog) {
  static TableShape of(
      int relation,
      String schemaName,
      String tableName,
      String name,
      int version,
      List<PgColumn> columns,
      int[] key,
      boolean[] identity,
      KnownTable catalog) {
    Schema schema = new Schema(columns.stream().map(PgColumn::column).toList());
    return new TableShape(
        relation,
        schemaName,
        tableName,
        name,
        version,
        List.copyOf(columns),
        key,
        identity,
        schema,
        catalog);
  }

  TableShape withVersion(int newVersion) {
    return of(relation, schemaName, tableName, name, newVersion, columns, key, identity, catalog);
  }

  boolean sameColumns(List<PgColumn> others) {
    if (others.size() != columns.size()) {
      return false;
    }
    for (int i = 0; i < others.size(); i++) {
      if (!columns.get(i).sameShape(others.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether these, of the same shape, are known by no more than they were. */
  boolean sameNumbers(List<PgColumn> others) {
    for (int i = 0; i < others.size(); i++) {
      if (columns.get(i).number() != others.get(i).number()) {
        return false;
      }
    }
    return true;
  }

  boolean sameIdentity(boolean[] other) {
    return Arrays.equals(identity, other);
  }

  boolean hasBinary() {
    return columns.stream().allMatch(column -> column.type().hasBinary());
  }

  /** The table at the server, quoted where that is needed in SQL. */
  String qualified() {
    return Sql.quote(schemaName) + "." + Sql.quote(tableName);
  }

  String origin() {
    return schemaName + "." + tableName;
  }

  SourceTable toSourceTable() {
    return new SourceTable(name, origin(), version, schema, key.clone());
  }
}
