package dev.freshet.capture.trigger;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Installable;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.jdbc.JdbcErrors;
import dev.freshet.capture.trigger.CapturedTable.ColumnShape;
import dev.freshet.capture.trigger.Installation.Lack;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables of a PostgreSQL or MariaDB whose log cannot be read: triggers write each change of a row
 * into a change table, in the transaction that makes it; the source reads that table, and deletes
 * what the log has. Each change is delivered once, in an order that is right for each row.
 * Immutable; safe for all threads.
 */
public final class TriggerSource implements Installable, Pausable {
  private final TriggerSettings settings;
  private final Connector connector;
  private final PausedTables paused;

  public TriggerSource(TriggerSettings settings, Connector connector) {
    this(settings, connector, PausedTables.ofProcess());
  }

  private TriggerSource(TriggerSettings settings, Connector connector, PausedTables paused) {
    this.settings = settings;
    this.connector = connector;
    this.paused = paused;
  }

  /** The same, and it leaves these tables alone. */
  public TriggerSource pausing(PausedTables newPaused) {
    return new TriggerSource(settings, connector, newPaused);
  }

  /** The changes of a table that is paused wait in the change table. */
  @Override
  public PausedTables paused() {
    return paused;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public SourceCheck check(Resume resume) {
    List<SourceTable> tables = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    try (Connection connection = connector.open()) {
      look(connection, tables, problems, notes);
    } catch (SQLException e) {
      problems.add(problem(JdbcErrors.of("look at the tables", settings.address(), connector, e)));
    } catch (FreshetException e) {
      problems.add(problem(e));
    }
    return new SourceCheck(tables, problems, notes);
  }

  private void look(
      Connection connection, List<SourceTable> tables, List<Problem> problems, List<String> notes)
      throws SQLException {
    Dialect dialect = Dialect.of(connection);
    ChangeTable changes = dialect.changeTable(connection, settings.changeTable());
    List<CapturedTable> shapes = new ArrayList<>();
    for (TriggerSettings.Table table : dialect.tablesById(connection, settings).values()) {
      try {
        CapturedTable shape = dialect.describe(connection, table);
        shapes.add(shape);
        tables.add(shape.sourceTable());
        notes.addAll(dialect.notes(connection, shape));
        shape.columns().stream()
            .filter(ColumnShape::isText)
            .forEach(column -> notes.add(table.name() + "." + column.name() + " is taken as text"));
      } catch (FreshetException e) {
        problems.add(problem(e));
      }
    }
    for (Lack lack : dialect.lacks(connection, changes, shapes)) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              lack.message() + ".",
              "freshet source install "
                  + settings.name()
                  + ", which runs:\n"
                  + script(lack.statements())));
    }
    for (String grant : lackingRights(connection, dialect, changes, shapes)) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot read as " + dialect.user(connection) + ": a right is missing.",
              grant + ";"));
    }
  }

  /** The rights that reading needs and the user has not, as statements that grant them. */
  private static List<String> lackingRights(
      Connection connection, Dialect dialect, ChangeTable changes, List<CapturedTable> tables)
      throws SQLException {
    String user = dialect.user(connection);
    List<String> grants = new ArrayList<>();
    boolean isThere = !dialect.installation(connection, changes).isEmpty();
    if (isThere
        && !(may(connection, "SELECT 1 FROM " + changes.sql() + " WHERE 1 = 0")
            && may(connection, "DELETE FROM " + changes.sql() + " WHERE 1 = 0"))) {
      grants.add("GRANT SELECT, DELETE ON " + changes.sql() + " TO " + user);
    }
    for (CapturedTable table : tables) {
      if (!may(connection, "SELECT 1 FROM " + table.sql() + " WHERE 1 = 0")) {
        grants.add("GRANT SELECT ON " + table.sql() + " TO " + user);
      }
    }
    return grants;
  }

  /** By a statement that does nothing; the databases look at rights first. */
  private static boolean may(Connection connection, String statement) throws SQLException {
    try (Statement probe = connection.createStatement()) {
      probe.execute(statement);
      return true;
    } catch (SQLException e) {
      if (String.valueOf(e.getSQLState()).startsWith("42")) {
        return false;
      }
      throw e;
    }
  }

  private static Problem problem(FreshetException e) {
    return new Problem(e.code(), String.valueOf(e.getMessage()), "");
  }

  private static String script(List<String> statements) {
    return String.join(";\n", statements) + ";";
  }

  @Override
  public List<String> statements(Change change) {
    try (Connection connection = connector.open()) {
      return statements(connection, Dialect.of(connection), change);
    } catch (SQLException e) {
      throw JdbcErrors.of("look at the tables", settings.address(), connector, e);
    }
  }

  @Override
  public List<String> printed(Change change) {
    try (Connection connection = connector.open()) {
      Dialect dialect = Dialect.of(connection);
      return dialect.atOnce(statements(connection, dialect, change));
    } catch (SQLException e) {
      throw JdbcErrors.of("look at the tables", settings.address(), connector, e);
    }
  }

  private List<String> statements(Connection connection, Dialect dialect, Change change)
      throws SQLException {
    ChangeTable changes = dialect.changeTable(connection, settings.changeTable());
    return switch (change) {
      case INSTALL -> installing(connection, dialect, changes);
      case UNINSTALL -> {
        List<String> tables = new ArrayList<>();
        for (TriggerSettings.Table table : settings.tables()) {
          tables.add(dialect.idOf(connection, table));
        }
        yield dialect.removal(connection, changes, tables);
      }
    };
  }

  private List<String> installing(Connection connection, Dialect dialect, ChangeTable changes)
      throws SQLException {
    List<CapturedTable> shapes = new ArrayList<>();
    for (TriggerSettings.Table table : dialect.tablesById(connection, settings).values()) {
      shapes.add(dialect.describe(connection, table));
    }
    List<Lack> lacks = dialect.lacks(connection, changes, shapes);
    List<String> statements = new ArrayList<>(Installation.statements(lacks));
    statements.addAll(dialect.removalOfOthers(connection, changes, shapes));
    return statements;
  }

  @Override
  public void run(List<String> statements) {
    String running = "";
    try (Connection connection = connector.open()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        for (String each : statements) {
          running = each;
          statement.execute(each);
        }
      }
      connection.commit();
    } catch (SQLException e) {
      FreshetException reason = JdbcErrors.of("run", settings.address(), connector, e);
      throw new FreshetException(
          reason.code() == ErrorCode.SOURCE_UNREACHABLE
              ? reason.code()
              : ErrorCode.SOURCE_MISCONFIGURED,
          "Failed to run at "
              + settings.address()
              + ": "
              + connector.withoutSecrets(JdbcErrors.text(e))
              + ". Fix: let a user who owns the tables run the statements that --print shows. It was"
              + " at:\n"
              + running
              + ";",
          e);
    }
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    TriggerCounters counters =
        new TriggerCounters(settings.tables().stream().map(TriggerSettings.Table::name).toList());
    TriggerTask task = new TriggerTask(settings, connector, paused, clock, resume, sink, counters);
    return new TriggerCapture(settings.name(), scheduler, task, counters);
  }
}
