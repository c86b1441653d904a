package dev.freshet.debezium;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.NotedTables;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.debezium.history.SchemaHistoryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A source that one of Debezium's connectors reads. Tables of a MariaDB or MySQL can be left alone
 * and read anew one by one. Safe for all threads.
 */
public final class DebeziumSource implements Pausable {
  /** Speaks past the log of everybody else, at each connection. Kept, or the level is lost. */
  private static final Logger BINLOG_CLIENT = Logger.getLogger("com.github.shyiko");

  private final String name;
  private final Origin origin;
  private final List<Path> drivers;
  private final Supplier<Storage> state;
  private final Pace pace;
  private final PausedTables paused;
  private final NotedTables anew;
  private final Set<String> keptNone;
  private @Nullable ConnectorLoader loader;

  /**
   * How often it does what nothing asks for.
   *
   * @param heartbeat how often its position moves while none of its tables changes
   * @param silence after which a server is taken for gone: it gives a sign of life every few
   *     seconds, and connectors do not tell when it ends
   */
  record Pace(Duration heartbeat, Duration silence) {
    static final Pace USUAL = new Pace(Duration.ofSeconds(10), Duration.ofSeconds(15));

    /** Of connectors that read a server's log by queries, which may take a while. */
    static final Pace PATIENT = new Pace(Duration.ofSeconds(10), Duration.ofMinutes(5));
  }

  DebeziumSource(
      String name, Origin origin, List<Path> drivers, Supplier<Storage> state, Pace pace) {
    this(
        name,
        origin,
        drivers,
        state,
        pace,
        PausedTables.ofProcess(),
        NotedTables.ofProcess(),
        Set.of());
  }

  private DebeziumSource(
      String name,
      Origin origin,
      List<Path> drivers,
      Supplier<Storage> state,
      Pace pace,
      PausedTables paused,
      NotedTables anew,
      Set<String> keptNone) {
    this.name = name;
    this.origin = origin;
    this.drivers = List.copyOf(drivers);
    this.state = state;
    this.pace = pace;
    this.paused = paused;
    this.anew = anew;
    this.keptNone = Set.copyOf(keptNone);
  }

  /** The same, and it leaves these tables alone. */
  public DebeziumSource pausing(PausedTables newPaused) {
    return new DebeziumSource(name, origin, drivers, state, pace, newPaused, anew, keptNone);
  }

  /** The same, and it remembers here which tables are to be read anew. */
  public DebeziumSource rereading(NotedTables newAnew) {
    return new DebeziumSource(name, origin, drivers, state, pace, paused, newAnew, keptNone);
  }

  /** The same, and rows of these tables are not kept. */
  public DebeziumSource keepingNone(Set<String> tables) {
    return new DebeziumSource(name, origin, drivers, state, pace, paused, anew, tables);
  }

  /**
   * Tables of a MariaDB or MySQL.
   *
   * @param drivers folders with the jars of drivers; those that are not there have none
   * @param state where it remembers tables' shapes; opened when the source starts
   */
  public static DebeziumSource ofMySql(
      MySqlSettings settings, List<Path> drivers, Supplier<Storage> state) {
    return ofMySql(settings, drivers, state, Pace.USUAL);
  }

  static DebeziumSource ofMySql(
      MySqlSettings settings, List<Path> drivers, Supplier<Storage> state, Pace pace) {
    return new DebeziumSource(
        settings.name(), new MySqlOrigin(settings, drivers), drivers, state, pace);
  }

  /**
   * Tables or collections of a server whose connector the user brings.
   *
   * @param folders with the jars of connector and driver; those that are not there have none
   * @param state where it remembers tables' shapes; opened when the source starts
   */
  public static DebeziumSource of(
      ServerSettings settings, List<Path> folders, Supplier<Storage> state) {
    Origin origin =
        switch (settings.kind()) {
          case SQLSERVER -> new SqlServerOrigin(settings, folders);
          case ORACLE -> new OracleOrigin(settings, folders);
          case MONGODB -> new MongoOrigin(settings, folders);
        };
    return new DebeziumSource(settings.name(), origin, folders, state, Pace.PATIENT);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SourceCheck check(Resume resume) {
    Position position =
        resume instanceof Resume.After after ? Position.read(after.position()) : Position.NOTHING;
    return origin.check(
        loader(),
        resume,
        position.isStreaming() ? history() : SchemaHistoryFile.none(),
        leftAlone(position));
  }

  /** Where one table is read beside the stream; of a source that has let it be left out. */
  Origin originOf(SourceTable table) {
    if (origin instanceof BesideOrigin beside) {
      return beside.ofTable(table.origin(), table.name());
    }
    throw new IllegalStateException("tables are left out only where they can be read beside");
  }

  /** All that would keep a connector of its own from reading; throws when there is anything. */
  SourceCheck checkOf(Origin side) {
    return side.check(loader(), Resume.FROM_NOTHING, SchemaHistoryFile.none(), Set.of()).orThrow();
  }

  /** Tables that need not be there. */
  Set<String> leftAlone(Position position) {
    Set<String> all = new TreeSet<>(position.leftOut());
    all.addAll(paused.now());
    return all;
  }

  @Override
  public PausedTables paused() {
    return paused;
  }

  /** A resumed table is read beside the stream, up to a place that both can tell. */
  @Override
  public Optional<String> whyNotPaused(String table) {
    if (keptNone.contains(table)) {
      return Optional.of(
          "its rows are not kept (keep: none), so that nothing would tell those that changed"
              + " meanwhile from those that were there before");
    }
    return origin instanceof BesideOrigin
        ? Optional.empty()
        : Optional.of(
            "when it is resumed it would have to be read, and its connector does not tell of two"
                + " places in the server's log which comes first. A table in a source of its own can"
                + " be taken out of the project and back");
  }

  @Override
  public Optional<NotedTables> anew() {
    return origin instanceof BesideOrigin ? Optional.of(anew) : Optional.empty();
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    BINLOG_CLIENT.setLevel(Level.OFF);
    DebeziumCapture capture = new DebeziumCapture(this, scheduler, clock, resume, sink);
    capture.start(scheduler);
    return capture;
  }

  Origin origin() {
    return origin;
  }

  Pace pace() {
    return pace;
  }

  SchemaHistoryFile history() {
    return SchemaHistoryFile.open(state.get(), "sources/" + name + ".shapes");
  }

  synchronized ConnectorLoader loader() {
    ConnectorLoader known = loader;
    // A jar that was missing may be there by now.
    if (known == null || !origin.missing(known).isEmpty()) {
      try {
        known = ConnectorLoader.of(drivers);
      } catch (IOException e) {
        throw new FreshetException(
            ErrorCode.STORAGE_FAILED, "Failed to read the folders of drivers: " + e, e);
      }
      loader = known;
    }
    return known;
  }
}
