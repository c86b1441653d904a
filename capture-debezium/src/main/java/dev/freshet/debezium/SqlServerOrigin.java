package dev.freshet.debezium;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.debezium.history.SchemaHistoryFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** A database of SQL Server, read by Debezium's connector from its change tables (CDC). */
final class SqlServerOrigin implements Origin {
  private final ServerSettings settings;
  private final List<Path> folders;

  SqlServerOrigin(ServerSettings settings, List<Path> folders) {
    this.settings = settings;
    this.folders = folders;
  }

  @Override
  public String label() {
    ServerUrl address = settings.address();
    return "SQL Server at " + address.host() + ":" + address.port();
  }

  @Override
  public String connectorClass() {
    return settings.kind().connectorClass;
  }

  @Override
  public SourceCheck check(
      ConnectorLoader loader, Resume resume, SchemaHistoryFile history, Set<String> later) {
    ServerUrl address = settings.address();
    List<Problem> missing = missing(loader);
    return missing.isEmpty()
        ? new JdbcCheck(settings, label(), new Server(settings, address))
            .run(loader, resume, history)
        : new SourceCheck(List.of(), missing);
  }

  @Override
  public List<Problem> missing(ConnectorLoader loader) {
    return BroughtJars.problems(settings.kind(), folders, loader);
  }

  @Override
  public Map<String, String> configuration(SourceCheck check, Shapes shapes) {
    ServerUrl address = settings.address();
    Map<String, String> all = settings.common();
    all.put("database.hostname", address.host());
    all.put("database.port", Integer.toString(address.port()));
    all.put("database.user", address.user());
    all.put("database.password", address.password());
    all.put("database.names", address.database());
    encryption(settings.tls()).forEach((name, value) -> all.put("driver." + name, value));
    all.put(
        "table.include.list",
        ServerSettings.listed(check.tables().stream().map(SourceTable::origin).toList()));
    all.put("include.schema.changes", "false");
    all.put("provide.transaction.metadata", "false");
    all.put("decimal.handling.mode", "precise");
    all.put("binary.handling.mode", "bytes");
    all.put("time.precision.mode", "adaptive");
    return all;
  }

  /** As the driver has it, which by itself wants encryption and a certificate that is trusted. */
  static Map<String, String> encryption(Tls tls) {
    return switch (tls) {
      case OFF -> Map.of("encrypt", "false");
      case REQUIRED -> Map.of("encrypt", "true", "trustServerCertificate", "true");
      case VERIFY_CA, VERIFY_FULL -> Map.of("encrypt", "true", "trustServerCertificate", "false");
    };
  }

  @Override
  public EventForm form() {
    return EventForm.BY_COMMIT;
  }

  @Override
  public FreshetException error(Throwable failure) {
    return ConnectorErrors.of("capture", label(), failure);
  }

  /** What the check asks of it. */
  record Server(ServerSettings settings, ServerUrl address) implements JdbcCheck.Server {
    private static final String IS_CAPTURED =
        """
        SELECT is_cdc_enabled FROM sys.databases WHERE name = DB_NAME()\
        """;
    private static final String CHANGE_TABLES =
        """
        SELECT COUNT(*) FROM cdc.change_tables AS t
        JOIN sys.objects AS o ON o.object_id = t.source_object_id
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        WHERE s.name = ? AND o.name = ?\
        """;

    @Override
    public String driver() {
      return "com.microsoft.sqlserver.jdbc.SQLServerDriver";
    }

    @Override
    public String jdbcUrl() {
      return "jdbc:sqlserver://" + address.host() + ":" + address.port();
    }

    @Override
    public Properties properties() {
      Properties properties = new Properties();
      properties.setProperty("user", address.user());
      properties.setProperty("password", address.password());
      properties.setProperty("databaseName", address.database());
      properties.setProperty("loginTimeout", "10");
      encryption(settings.tls()).forEach(properties::setProperty);
      settings
          .properties()
          .forEach((name, value) -> {
            if (name.startsWith("driver.")) {
              properties.setProperty(name.substring("driver.".length()), value);
            }
          });
      return properties;
    }

    @Override
    public String schema() {
      return settings.kind().schema;
    }

    @Override
    public String database() {
      return address.database();
    }

    @Override
    public void check(Connection connection, List<Problem> problems) throws SQLException {
      if (number(connection, IS_CAPTURED) == 0) {
        problems.add(
            JdbcCheck.misconfigured(
                "Cannot capture database "
                    + address.database()
                    + ": change data capture is not enabled for it.",
                "in the database, as its owner with the role sysadmin: EXEC sys.sp_cdc_enable_db"
                    + " (and let the SQL Server Agent run)"));
      }
    }

    @Override
    public void check(Connection connection, SourceTable table, List<Problem> problems)
        throws SQLException {
      if (!problems.isEmpty()) {
        return; // the change tables may not be there
      }
      int dot = table.origin().indexOf('.');
      String schema = table.origin().substring(0, dot);
      String name = table.origin().substring(dot + 1);
      if (number(connection, CHANGE_TABLES, schema, name) == 0) {
        problems.add(
            JdbcCheck.misconfigured(
                "Cannot capture "
                    + table.origin()
                    + ": change data capture is not enabled for it, or the user may not read schema"
                    + " cdc.",
                "EXEC sys.sp_cdc_enable_table @source_schema = N'"
                    + schema
                    + "', @source_name = N'"
                    + name
                    + "', @role_name = NULL; and GRANT SELECT ON SCHEMA::cdc TO ["
                    + address.user()
                    + "]"));
      }
    }

    private static int number(Connection connection, String query, String... parameters)
        throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(query)) {
        for (int i = 0; i < parameters.length; i++) {
          statement.setString(i + 1, parameters[i]);
        }
        try (ResultSet row = statement.executeQuery()) {
          return row.next() ? row.getInt(1) : 0;
        }
      }
    }
  }
}
