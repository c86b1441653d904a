package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import java.sql.SQLException;
import java.util.List;

/**
 * What a database holds that could be captured; for scaffolding a project from it.
 *
 * @param database the database's name
 * @param serverVersion such as 180006
 * @param tables its tables in order of schema and name; views, partitions and temporary tables are
 *     left out
 */
public record Inspection(String database, int serverVersion, List<Table> tables) {
  /**
   * A table that could be captured.
   *
   * @param columns the columns that the stream would carry
   * @param key the key's column names; empty when the table has none
   * @param rowEstimate the server's own, 0 when it has none
   * @param problems what keeps the table from being captured as it is, each with its fix
   */
  public record Table(
      String schemaName,
      String tableName,
      List<TableColumn> columns,
      List<String> key,
      long rowEstimate,
      List<Problem> problems) {
    public Table {
      columns = List.copyOf(columns);
      key = List.copyOf(key);
      problems = List.copyOf(problems);
    }

    /** The table's schema in Freshet. */
    public Schema schema() {
      return new Schema(columns.stream().map(TableColumn::column).toList());
    }
  }

  /**
   * @param column the column in Freshet
   * @param serverType the type as the server writes it
   */
  public record TableColumn(Column column, String serverType) {}

  public Inspection {
    tables = List.copyOf(tables);
  }

  /**
   * Looks at a database; changes nothing there.
   *
   * @param url {@code postgres://user:password@host:port/database}
   * @throws FreshetException when it cannot be reached or read
   */
  public static Inspection of(String url) {
    return of(url, "");
  }

  /**
   * As above.
   *
   * @param password for a URL without one
   */
  public static Inspection of(String url, String password) {
    ServerAddress parsed = ServerAddress.parse(url);
    ServerAddress address = parsed.password().isEmpty() ? parsed.withPassword(password) : parsed;
    try (PgConnection connection = PgConnection.open(address, Purpose.QUERIES)) {
      Catalog catalog = Catalog.load(connection);
      List<Table> tables =
          catalog.tables().stream()
              .filter(
                  table -> table.isTable() && !table.isPartition() && table.persistence() != 't')
              .map(table -> describe(table, address.user()))
              .toList();
      return new Inspection(address.database(), Server.versionOf(connection), tables);
    } catch (SQLException e) {
      throw PgErrors.of("inspect the database", address, e);
    }
  }

  /**
   * The name of the database that a URL means.
   *
   * @throws FreshetException CONFIG_INVALID when the URL is none
   */
  public static String databaseOf(String url) {
    return ServerAddress.parse(url).database();
  }

  private static Table describe(CatalogTable table, String user) {
    List<TableColumn> columns =
        table.columns().stream()
            .filter(column -> !column.isGenerated())
            .map(column -> new TableColumn(column.column().column(), column.sqlType()))
            .toList();
    return new Table(
        table.schemaName(),
        table.tableName(),
        columns,
        table.key(),
        table.rowEstimate(),
        TableRules.problems(table, user));
  }
}
