package dev.freshet.debezium;

import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.MySqlSettings.Address;
import dev.freshet.debezium.MySqlSettings.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a database of MariaDB or MySQL holds that could be captured; for scaffolding a project from
 * it.
 *
 * @param tables in order of their names, without views
 */
public record MySqlInspection(String database, List<Table> tables) {
  /**
   * A table as it would be captured.
   *
   * @param key the key's column names; empty when the table has none
   */
  public record Table(String name, Schema schema, List<String> key) {
    public Table {
      key = List.copyOf(key);
    }
  }

  public MySqlInspection {
    tables = List.copyOf(tables);
  }

  /**
   * Looks at a database; changes nothing there.
   *
   * @param url {@code mariadb://user:password@host:port/database} or {@code mysql://...}
   * @param drivers folders with the jars of drivers; those that are not there have none
   * @param password for a URL without one
   * @throws FreshetException when it cannot be reached or read, or its driver is missing
   */
  public static MySqlInspection of(String url, String password, Tls tls, List<Path> drivers) {
    MySqlSettings settings = settings(url, password, tls);
    Address address = settings.address();
    try (ConnectorLoader loader = ConnectorLoader.of(drivers)) {
      for (Problem problem : new MySqlOrigin(settings, drivers).missing(loader)) {
        throw new FreshetException(problem.code(), problem.message() + " Fix: " + problem.fix());
      }
      try (Connection connection = MySqlDriver.connect(loader, settings, address)) {
        return read(new MySqlCatalog(connection), address.database());
      }
    } catch (SQLException e) {
      throw ConnectorErrors.of("inspect the database", address.toString(), e);
    } catch (IOException | ReflectiveOperationException e) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot load the driver of "
              + address.flavour().product
              + ": "
              + e
              + ". Fix: put the driver's jar "
              + address.flavour().driverArtifact
              + " there anew.",
          e);
    }
  }

  /**
   * The name of the database that a URL means.
   *
   * @throws FreshetException CONFIG_INVALID when the URL is none
   */
  public static String databaseOf(String url) {
    return settings(url, "", Tls.OFF).address().database();
  }

  private static MySqlSettings settings(String url, String password, Tls tls) {
    return new MySqlSettings("init", url, password, List.of(), tls, Optional.empty(), Map.of());
  }

  private static MySqlInspection read(MySqlCatalog catalog, String database) throws SQLException {
    List<Table> tables = new ArrayList<>();
    for (String name : catalog.tables(database)) {
      SourceTable found = catalog.table(database, name, name, new ArrayList<>());
      tables.add(
          new Table(
              name,
              found.schema(),
              Arrays.stream(found.keyColumns())
                  .mapToObj(column -> found.schema().column(column).name())
                  .toList()));
    }
    return new MySqlInspection(database, tables);
  }
}
