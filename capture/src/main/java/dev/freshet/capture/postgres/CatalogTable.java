package dev.freshet.capture.postgres;

import dev.freshet.core.type.Column.Nullability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A table, view or the like as the server's catalog describes it.
 *
 * @param kind pg_class.relkind: 'r' table, 'p' partitioned table, 'v' view, 'm' materialized view,
 *     'f' foreign table
 * @param persistence pg_class.relpersistence: 'p' permanent, 'u' unlogged, 't' temporary
 * @param replicaIdentity pg_class.relreplident: 'd' primary key, 'n' nothing, 'f' whole row, 'i'
 *     index
 * @param rowEstimate the planner's, 0 when it has none
 */
record CatalogTable(
    int oid,
    String schemaName,
    String tableName,
    char kind,
    char persistence,
    char replicaIdentity,
    long rowEstimate,
    boolean isPartition,
    boolean isSelectable,
    boolean isOwned,
    List<CatalogColumn> columns,
    List<CatalogIndex> indexes) {
  /**
   * @param sqlType the type as the server writes it
   * @param isGenerated computed by the server; not in the stream
   */
  record CatalogColumn(PgColumn column, String sqlType, boolean isGenerated) {
    KnownTable.KnownColumn known() {
      return new KnownTable.KnownColumn(
          column.number(),
          column.name(),
          column.typeOid(),
          column.typmod(),
          column.nullability() == Nullability.NOT_NULL,
          isGenerated,
          sqlType);
    }
  }

  /**
   * A unique index over plain columns, without a condition.
   *
   * @param columns its key columns' names
   */
  record CatalogIndex(
      boolean isPrimary, boolean isReplicaIdentity, boolean isNotNull, List<String> columns) {}

  String origin() {
    return schemaName + "." + tableName;
  }

  String qualified() {
    return Sql.quote(schemaName) + "." + Sql.quote(tableName);
  }

  boolean isTable() {
    return kind == 'r' || kind == 'p';
  }

  /** The columns that the stream carries when the publication does not list any. */
  List<PgColumn> streamedColumns() {
    return columns.stream()
        .filter(column -> !column.isGenerated())
        .map(CatalogColumn::column)
        .toList();
  }

  /**
   * The key's column names: the replica identity's index, else the primary key, else, with REPLICA
   * IDENTITY FULL, a unique index over NOT NULL columns, else all columns. Empty when updates and
   * deletes could not be told apart.
   */
  List<String> key() {
    return switch (replicaIdentity) {
      case 'd' -> primaryKey().orElse(List.of());
      case 'i' ->
          indexes.stream()
              .filter(CatalogIndex::isReplicaIdentity)
              .findFirst()
              .map(CatalogIndex::columns)
              .orElse(List.of());
      case 'f' -> primaryKey().or(this::uniqueKey).orElseGet(this::allColumns);
      default -> List.of();
    };
  }

  /** Whether the key is one that the server holds unique. */
  boolean hasUniqueKey() {
    return replicaIdentity == 'f' ? primaryKey().or(this::uniqueKey).isPresent() : !key().isEmpty();
  }

  Optional<List<String>> primaryKey() {
    return indexes.stream().filter(CatalogIndex::isPrimary).findFirst().map(CatalogIndex::columns);
  }

  private Optional<List<String>> uniqueKey() {
    return indexes.stream().filter(CatalogIndex::isNotNull).findFirst().map(CatalogIndex::columns);
  }

  private List<String> allColumns() {
    return streamedColumns().stream().map(PgColumn::name).toList();
  }

  /**
   * The table as it will be captured.
   *
   * @param published the columns that the publication lists, or empty for all
   */
  TableShape shape(String name, List<String> published) {
    List<PgColumn> taken = new ArrayList<>();
    for (CatalogColumn column : columns) {
      boolean listed = published.contains(column.column().name());
      if (published.isEmpty() ? !column.isGenerated() : listed) {
        taken.add(column.column());
      }
    }
    List<String> names = taken.stream().map(PgColumn::name).toList();
    int[] key = key().stream().mapToInt(names::indexOf).filter(index -> index >= 0).toArray();
    int[] all = IntStream.range(0, taken.size()).toArray();
    boolean[] identity = new boolean[taken.size()];
    if (replicaIdentity == 'f') {
      Arrays.fill(identity, true);
    } else {
      for (int index : key) {
        identity[index] = true;
      }
    }
    return TableShape.of(
        oid, schemaName, tableName, name, 1, taken, key.length == 0 ? all : key, identity, known());
  }

  /** With all its columns. */
  KnownTable known() {
    List<String> keyNames =
        switch (replicaIdentity) {
          case 'i' -> key();
          case 'n' -> List.of();
          default -> primaryKey().orElse(List.of());
        };
    return new KnownTable(
        oid,
        schemaName,
        tableName,
        keyNames.stream().map(this::number).toList(),
        columns.stream().map(CatalogColumn::known).toList());
  }

  private int number(String name) {
    return columns.stream()
        .filter(column -> column.column().name().equals(name))
        .findFirst()
        .map(column -> column.column().number())
        .orElse(KnownTable.NO_NUMBER);
  }

  static Nullability nullability(boolean isNotNull) {
    return isNotNull ? Nullability.NOT_NULL : Nullability.NULLABLE;
  }
}
