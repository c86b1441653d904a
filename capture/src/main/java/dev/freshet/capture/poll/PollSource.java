package dev.freshet.capture.poll;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.jdbc.JdbcErrors;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables of any database with a JDBC driver, asked again and again for the rows whose mark (a time
 * of change, or a number that grows) is as high as the highest seen, less an overlap for rows that
 * were committed late. It cannot see
 *
 * <ul>
 *   <li>rows that are deleted
 *   <li>changes that leave the mark as it is, or whose mark is NULL once the table has been read
 *   <li>rows committed later than the overlap after their mark was set
 *   <li>values that a row had between two questions
 * </ul>
 *
 * Immutable; safe for all threads.
 */
public final class PollSource implements Pausable {
  private static final Duration HOUR = Duration.ofHours(1);

  private final PollSettings settings;
  private final Connector connector;
  private final PausedTables paused;

  public PollSource(PollSettings settings, Connector connector) {
    this(settings, connector, PausedTables.ofProcess());
  }

  private PollSource(PollSettings settings, Connector connector, PausedTables paused) {
    this.settings = settings;
    this.connector = connector;
    this.paused = paused;
  }

  /** The same, and it leaves these tables alone. */
  public PollSource pausing(PausedTables newPaused) {
    return new PollSource(settings, connector, newPaused);
  }

  /** A table that is paused is not asked for; its mark stays where it is. */
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
      for (PollSettings.Table table : settings.tables()) {
        check(connection, table, tables, problems, notes);
      }
    } catch (SQLException e) {
      problems.add(problem(JdbcErrors.of("look at the tables", settings.address(), connector, e)));
    }
    notes.add(
        "polled: deleted rows stay, and changes that leave the changed-by column as it is are not"
            + " seen");
    return new SourceCheck(tables, problems, notes);
  }

  private void check(
      Connection connection,
      PollSettings.Table table,
      List<SourceTable> tables,
      List<Problem> problems,
      List<String> notes)
      throws SQLException {
    try {
      PolledTable found = PolledTable.describe(connection, table, 1);
      tables.add(found.sourceTable());
      Schema schema = found.schema();
      for (int i = 0; i < schema.columnCount(); i++) {
        if (found.types().get(i).isText()) {
          notes.add(table.name() + "." + schema.column(i).name() + " is taken as text");
        }
      }
      if (found.mark() == Mark.LOCAL_TIME && table.overlap().compareTo(HOUR) <= 0) {
        notes.add(
            table.name()
                + "."
                + schema.column(found.markColumn()).name()
                + " is a time without a zone: if clocks are put back where it is set, changes of the"
                + " hour that comes twice are missed, unless overlap is longer than 1h");
      }
    } catch (SQLException e) {
      FreshetException said =
          JdbcErrors.of("look at table " + table.origin(), settings.address(), connector, e);
      if (said.code() == ErrorCode.SOURCE_UNREACHABLE) {
        throw e;
      }
      problems.add(problem(said));
    } catch (FreshetException e) {
      problems.add(problem(e));
    }
  }

  private static Problem problem(FreshetException e) {
    return new Problem(e.code(), String.valueOf(e.getMessage()), "");
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    PollCounters counters =
        new PollCounters(settings.tables().stream().map(PollSettings.Table::name).toList());
    PollTask task = new PollTask(settings, connector, paused, clock, resume, sink, counters);
    return new PollCapture(settings.name(), scheduler, task, counters);
  }
}
