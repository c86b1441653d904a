package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.CatalogTable.CatalogColumn;
import dev.freshet.capture.postgres.CatalogTable.CatalogIndex;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The user tables of a database, read at one moment. */
final class Catalog {
  private static final String USER_TABLES =
      """
      n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')\
      """;

  private final List<CatalogTable> tables;
  private final TypeCatalog types;

  private Catalog(List<CatalogTable> tables, TypeCatalog types) {
    this.tables = tables;
    this.types = types;
  }

  static Catalog load(PgConnection connection) throws SQLException {
    TypeCatalog types = TypeCatalog.load(connection);
    Map<Integer, List<CatalogColumn>> columns = columns(connection, types);
    Map<Integer, List<CatalogIndex>> indexes = indexes(connection);
    List<CatalogTable> tables = new ArrayList<>();
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, c.relreplident,
                       greatest(c.reltuples, 0)::bigint, c.relispartition,
                       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
                       pg_has_role(c.relowner, 'USAGE')
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE %s
                ORDER BY n.nspname, c.relname
                """
                    .formatted(USER_TABLES))) {
      while (row.next()) {
        int oid = (int) row.getLong(1);
        tables.add(
            new CatalogTable(
                oid,
                row.getString(2),
                row.getString(3),
                row.getString(4).charAt(0),
                row.getString(5).charAt(0),
                row.getString(6).charAt(0),
                row.getLong(7),
                row.getBoolean(8),
                row.getBoolean(9),
                row.getBoolean(10),
                columns.getOrDefault(oid, List.of()),
                indexes.getOrDefault(oid, List.of())));
      }
    }
    return new Catalog(tables, types);
  }

  private static Map<Integer, List<CatalogColumn>> columns(
      PgConnection connection, TypeCatalog types) throws SQLException {
    Map<Integer, List<CatalogColumn>> columns = new HashMap<>();
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
                       format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', a.attnum
                FROM pg_attribute a
                JOIN pg_class c ON c.oid = a.attrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE a.attnum > 0 AND NOT a.attisdropped AND %s
                ORDER BY a.attrelid, a.attnum
                """
                    .formatted(USER_TABLES))) {
      while (row.next()) {
        int type = (int) row.getLong(3);
        int typmod = row.getInt(4);
        PgColumn column =
            new PgColumn(
                row.getInt(8),
                row.getString(2),
                type,
                typmod,
                types.resolve(type, typmod),
                CatalogTable.nullability(row.getBoolean(5)));
        columns
            .computeIfAbsent((int) row.getLong(1), _ -> new ArrayList<>())
            .add(new CatalogColumn(column, row.getString(6), row.getBoolean(7)));
      }
    }
    return columns;
  }

  private static Map<Integer, List<CatalogIndex>> indexes(PgConnection connection)
      throws SQLException {
    Map<Integer, List<CatalogIndex>> indexes = new HashMap<>();
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT i.indrelid, i.indisprimary, i.indisreplident,
                       bool_and(a.attnotnull), array_agg(a.attname::text ORDER BY k.ord)
                FROM pg_index i
                CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                WHERE i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
                  AND i.indexprs IS NULL AND k.ord <= i.indnkeyatts
                GROUP BY i.indexrelid, i.indrelid, i.indisprimary, i.indisreplident
                ORDER BY i.indrelid, i.indexrelid\
                """)) {
      while (row.next()) {
        Array names = row.getArray(5);
        indexes
            .computeIfAbsent((int) row.getLong(1), _ -> new ArrayList<>())
            .add(
                new CatalogIndex(
                    row.getBoolean(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    List.of((String[]) names.getArray())));
      }
    }
    return indexes;
  }

  List<CatalogTable> tables() {
    return tables;
  }

  TypeCatalog types() {
    return types;
  }

  Optional<CatalogTable> find(String schemaName, String tableName) {
    return tables.stream()
        .filter(t -> t.schemaName().equals(schemaName) && t.tableName().equals(tableName))
        .findFirst();
  }
}
