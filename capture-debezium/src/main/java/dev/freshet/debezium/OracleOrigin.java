package dev.freshet.debezium;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.history.SchemaHistoryFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * A database of Oracle, read by Debezium's connector with LogMiner. {@code pdb}, of the settings'
 * details, is the pluggable database of the tables; the URL's service is then that of the root.
 */
final class OracleOrigin implements Origin {
  static final String PDB = "pdb";

  private final ServerSettings settings;
  private final List<Path> folders;

  OracleOrigin(ServerSettings settings, List<Path> folders) {
    this.settings = settings;
    this.folders = folders;
  }

  @Override
  public String label() {
    ServerUrl address = settings.address();
    return "Oracle at " + address.host() + ":" + address.port();
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
    all.put("database.dbname", address.database());
    String pdb = settings.detail(PDB, "");
    if (!pdb.isEmpty()) {
      all.put("database.pdb.name", pdb);
    }
    all.put(
        "table.include.list",
        ServerSettings.listed(check.tables().stream().map(SourceTable::origin).toList()));
    all.put("include.schema.changes", "false");
    all.put("provide.transaction.metadata", "true");
    all.put("decimal.handling.mode", "precise");
    all.put("binary.handling.mode", "bytes");
    all.put("time.precision.mode", "adaptive");
    return all;
  }

  @Override
  public EventForm form() {
    return EventForm.MARKED_AT_COMMIT;
  }

  @Override
  public FreshetException error(Throwable failure) {
    return ConnectorErrors.of("capture", label(), failure);
  }

  /** What the check asks of it. */
  record Server(ServerSettings settings, ServerUrl address) implements JdbcCheck.Server {
    @Override
    public String driver() {
      return "oracle.jdbc.OracleDriver";
    }

    @Override
    public String jdbcUrl() {
      return "jdbc:oracle:thin:@//"
          + address.host()
          + ":"
          + address.port()
          + "/"
          + address.database();
    }

    @Override
    public Properties properties() {
      Properties properties = new Properties();
      properties.setProperty("user", address.user());
      properties.setProperty("password", address.password());
      properties.setProperty("oracle.net.CONNECT_TIMEOUT", "10000");
      return properties;
    }

    @Override
    public String schema() {
      return address.user().toUpperCase(Locale.ROOT);
    }

    @Override
    public String database() {
      return "";
    }

    @Override
    public void check(Connection connection, List<Problem> problems) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        try (ResultSet row =
            statement.executeQuery("SELECT log_mode, supplemental_log_data_min FROM v$database")) {
          if (row.next()) {
            checkLog(row.getString(1), row.getString(2), problems);
          }
        }
        String pdb = settings.detail(PDB, "");
        if (!pdb.isEmpty()) { // the tables are there
          statement.execute("ALTER SESSION SET CONTAINER = " + pdb);
        }
      }
    }

    private void checkLog(String mode, String supplemental, List<Problem> problems) {
      if (!mode.equals("ARCHIVELOG")) {
        problems.add(
            JdbcCheck.misconfigured(
                "Cannot capture Oracle at " + address.host() + ": it archives no redo logs.",
                "SHUTDOWN IMMEDIATE; STARTUP MOUNT; ALTER DATABASE ARCHIVELOG; ALTER DATABASE OPEN"));
      }
      if (supplemental.equals("NO")) {
        problems.add(
            JdbcCheck.misconfigured(
                "Cannot capture Oracle at "
                    + address.host()
                    + ": its redo logs lack what names the rows (supplemental logging).",
                "ALTER DATABASE ADD SUPPLEMENTAL LOG DATA"));
      }
    }

    @Override
    public void check(Connection connection, SourceTable table, List<Problem> problems)
        throws SQLException {
      int dot = table.origin().indexOf('.');
      String schema = table.origin().substring(0, dot);
      String name = table.origin().substring(dot + 1);
      try (var statement =
          connection.prepareStatement(
              "SELECT COUNT(*) FROM all_log_groups WHERE owner = ? AND table_name = ? AND"
                  + " log_group_type = 'ALL COLUMN LOGGING'")) {
        statement.setString(1, schema);
        statement.setString(2, name);
        try (ResultSet row = statement.executeQuery()) {
          if (row.next() && row.getInt(1) == 0) {
            problems.add(
                JdbcCheck.misconfigured(
                    "Cannot capture "
                        + table.origin()
                        + ": the redo logs do not have whole rows of it.",
                    "ALTER TABLE " + table.origin() + " ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS"));
          }
        }
      }
    }
  }
}
