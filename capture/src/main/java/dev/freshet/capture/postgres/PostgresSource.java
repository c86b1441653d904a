package dev.freshet.capture.postgres;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Installable;
import dev.freshet.capture.NotedTables;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Captures a PostgreSQL database, version 14 or later, by logical replication. */
public final class PostgresSource implements Installable, Pausable {
  private final PostgresConfig config;

  private final SlotMemory memory;
  private final TableMemory tables;
  private final PausedTables paused;
  private final NotedTables anew;

  /** Has room for large transactions that are not committed; {@code null} when it has not. */
  private final @Nullable SpillFolder spill;

  /**
   * A source that is sent large transactions when they are committed; the server keeps them until
   * then.
   *
   * @param memory tells later, after a crash too, that a slot is this source's own
   */
  public PostgresSource(PostgresConfig config, SlotMemory memory) {
    this(config, memory, null);
  }

  /**
   * A source that is sent large transactions as they come.
   *
   * @param memory tells later, after a crash too, that a slot is this source's own
   * @param spill keeps them until they are committed
   */
  public PostgresSource(PostgresConfig config, SlotMemory memory, @Nullable SpillFolder spill) {
    this(
        config,
        memory,
        spill,
        TableMemory.ofProcess(),
        PausedTables.ofProcess(),
        NotedTables.ofProcess());
  }

  private PostgresSource(
      PostgresConfig config,
      SlotMemory memory,
      @Nullable SpillFolder spill,
      TableMemory tables,
      PausedTables paused,
      NotedTables anew) {
    this.config = config;
    this.memory = memory;
    this.spill = spill;
    this.tables = tables;
    this.paused = paused;
    this.anew = anew;
  }

  /** The same, and it tells after a restart how tables were altered since. */
  public PostgresSource remembering(TableMemory newTables) {
    return new PostgresSource(config, memory, spill, newTables, paused, anew);
  }

  /** The same, and it leaves these tables alone. */
  public PostgresSource pausing(PausedTables newPaused) {
    return new PostgresSource(config, memory, spill, tables, newPaused, anew);
  }

  /** The same, and it remembers here which tables are to be read anew. */
  public PostgresSource rereading(NotedTables newAnew) {
    return new PostgresSource(config, memory, spill, tables, paused, newAnew);
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public SourceCheck check(Resume resume) {
    return Preflight.run(config, memory, tables, paused.now(), resume);
  }

  @Override
  public PausedTables paused() {
    return paused;
  }

  @Override
  public Optional<NotedTables> anew() {
    return Optional.of(anew);
  }

  @Override
  public boolean goesOnWithoutTables() {
    return true;
  }

  /** A resumed table is read anew in the place of its rows, so they must be told apart. */
  @Override
  public Optional<String> whyNotPaused(String table) {
    return config.keepsRowsOf(table)
        ? Optional.empty()
        : Optional.of(
            "its rows are not kept (keep: none), so that nothing would tell those that changed"
                + " meanwhile from those that were there before");
  }

  @Override
  public boolean continuesParts() {
    return true;
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    ServerAddress address = ServerAddress.parse(config.url());
    PostgresCapture capture =
        new PostgresCapture(
            config, address, scheduler, clock, memory, tables, paused, anew, spill, resume, sink);
    capture.start();
    return capture;
  }

  @Override
  public List<String> statements(Change change) {
    ServerAddress address = ServerAddress.parse(config.url());
    try (PgConnection connection = PgConnection.open(address, Purpose.QUERIES)) {
      return DdlTrigger.statements(connection, change);
    } catch (SQLException e) {
      throw PgErrors.of("look for the event trigger", address, e);
    }
  }

  @Override
  public List<String> printed(Change change) {
    List<String> statements = new ArrayList<>(statements(change));
    if (!statements.isEmpty()) {
      statements.addFirst("BEGIN");
      statements.addLast("COMMIT");
    }
    return statements;
  }

  @Override
  public void run(List<String> statements) {
    ServerAddress address = ServerAddress.parse(config.url());
    String running = "";
    try (PgConnection connection = PgConnection.open(address, Purpose.QUERIES)) {
      connection.jdbc().setAutoCommit(false);
      for (String each : statements) {
        running = each;
        connection.execute(each);
      }
      connection.jdbc().commit();
    } catch (SQLException e) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Failed to run at "
              + address
              + ": "
              + e.getMessage()
              + ". Fix: let a superuser run the statements that --print shows (an event trigger"
              + " needs one; at a managed service, its administrator). It was at:\n"
              + running
              + ";",
          e);
    }
  }
}
