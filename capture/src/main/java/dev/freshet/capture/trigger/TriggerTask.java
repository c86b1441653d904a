package dev.freshet.capture.trigger;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.jdbc.JdbcErrors;
import dev.freshet.capture.jdbc.Session;
import dev.freshet.capture.trigger.Installation.Lack;
import dev.freshet.capture.trigger.Reading.Piece;
import dev.freshet.capture.trigger.Reading.Plan;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.retry.Backoff;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the change table again and again, delivers what is new in it, and deletes what the log has.
 * After a failure the log tells what was delivered, and the rest is read again; parts of a
 * transaction that were delivered are declared void.
 */
final class TriggerTask implements Scheduler.Task {
  private static final long FULL_RETRY_MILLIS = 100;
  private static final long ACKNOWLEDGE_MILLIS = 10;
  private static final long LOOK_NANOS = Duration.ofSeconds(10).toNanos();
  private static final String READ = "read the change table";

  private final TriggerSettings settings;
  private final Connector connector;
  private final PausedTables paused;
  private final Clock clock;
  private final ChangeSink sink;
  private final TriggerCounters counters;
  private final Session reads;
  private final Session deletes;
  private final Delivered delivered;
  private final Map<String, SourceTable> known = new HashMap<>();
  private final Set<String> knownBefore = new HashSet<>();
  private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));
  private final Backoff patience = new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(1));
  private Map<String, TriggerSettings.Table> tablesById = Map.of();
  private TriggerPosition position;
  private boolean isHalf;
  private @Nullable Dialect dialect;
  private @Nullable ChangeTable changes;
  private @Nullable Reading reading;
  private @Nullable ChangeSet pending;
  private @Nullable Piece pendingPiece;
  private @Nullable Throwable sinkFailure;
  private long dueNanos;
  private long lookNanos;
  private String installation = "";

  TriggerTask(
      TriggerSettings settings,
      Connector connector,
      PausedTables paused,
      Clock clock,
      Resume resume,
      ChangeSink sink,
      TriggerCounters counters) {
    this.settings = settings;
    this.connector = connector;
    this.paused = paused;
    this.clock = clock;
    this.sink = sink;
    this.counters = counters;
    this.reads = new Session(connector, this::prepare);
    this.deletes =
        new Session(connector, connection -> Dialect.of(connection).prepareToDelete(connection));
    this.dueNanos = clock.nanos();
    this.lookNanos = clock.nanos();
    switch (resume) {
      case Resume.FromNothing _ -> this.position = TriggerPosition.BEGINNING;
      case Resume.After after -> {
        this.position = TriggerPosition.read(after.position());
        this.isHalf = after.part() == Part.MORE;
        after.tables().forEach(table -> known.put(table.name(), table));
        settings.tables().forEach(table -> knownBefore.add(table.name()));
      }
    }
    this.delivered = new Delivered(position.delivered(), position.deliveries());
    counters.at(position);
    counters.acknowledged(position);
  }

  /** All change sets up to this number are durable. From any thread. */
  void acknowledged(long deliveries) {
    delivered.acknowledged(deliveries);
  }

  private void prepare(Connection connection) throws SQLException {
    Dialect found = Dialect.of(connection);
    found.prepare(connection);
    ChangeTable table = found.changeTable(connection, settings.changeTable());
    tablesById = found.tablesById(connection, settings);
    connection.rollback();
    if (!found.claim(connection, table)) {
      throw new FreshetException(
          ErrorCode.SOURCE_UNREACHABLE,
          "Cannot read change table "
              + table.sql()
              + ": another Freshet reads it, or the one before is still connected. What one takes"
              + " the other does not see, so each project needs a change table of its own"
              + " (change-table:).");
    }
    dialect = found;
    changes = table;
    lookNanos = clock.nanos();
  }

  @Override
  public Next run() {
    try {
      return work();
    } catch (SQLException e) {
      return failed(JdbcErrors.of(READ, settings.address(), connector, e));
    } catch (FreshetException e) {
      if (sinkFailure != null) {
        throw e;
      }
      return failed(e);
    } catch (RuntimeException | LinkageError e) {
      if (sinkFailure != null) {
        throw e;
      }
      return failed(JdbcErrors.of(READ, settings.address(), connector, e));
    }
  }

  private Next failed(FreshetException e) {
    boolean helps = e.code().retry() == ErrorCode.Retry.HELPS;
    counters.failed(helps ? State.WAITING_TO_RETRY : State.FAILED, String.valueOf(e.getMessage()));
    reading = null;
    pending = null;
    pendingPiece = null;
    reads.release();
    deletes.release();
    return Next.afterMillis((helps ? backoff : patience).nextMillis());
  }

  private Next work() throws SQLException {
    if (pending == null && reading == null && isHalf) {
      pending = changes(Part.RESTART, position, List.of(), clock.wallMicros());
    }
    ChangeSet waiting = pending;
    if (waiting != null) {
      return deliver(waiting) ? Next.NOW : Next.afterMillis(FULL_RETRY_MILLIS);
    }
    boolean isBetween = reading == null || delivered.isMuch();
    if (isBetween ? delivered.isDue() : delivered.isFull()) {
      deleteSome();
      return Next.NOW;
    }
    if (delivered.isMuch()) {
      return Next.afterMillis(ACKNOWLEDGE_MILLIS);
    }
    Reading under = reading;
    if (under == null) {
      return begin();
    }
    read(under);
    return Next.NOW;
  }

  private boolean deliver(ChangeSet waiting) {
    try {
      if (sink.offer(waiting) == Answer.FULL) {
        return false;
      }
    } catch (RuntimeException | Error e) {
      sinkFailure = e; // it may have been taken before, and would be there twice
      counters.failed(State.FAILED, String.valueOf(e.getMessage()));
      throw e;
    }
    pending = null;
    isHalf = waiting.part() == Part.MORE;
    counters.delivered(waiting);
    Piece piece = pendingPiece;
    if (piece != null && waiting.part() == Part.LAST) {
      position = next(piece);
      delivered.add(position.deliveries(), piece.ids());
      knownBefore.addAll(piece.readWhole().keySet());
      counters.at(position);
    }
    pendingPiece = null;
    return true;
  }

  /** Where the source is once a piece that ends a transaction is delivered. */
  private TriggerPosition next(Piece piece) {
    Map<String, String> tables = new TreeMap<>(position.tables());
    tables.keySet().removeAll(piece.toReadAnew());
    tables.putAll(piece.readWhole());
    return new TriggerPosition(
        position.deliveries() + 1, installation, tables, delivered.with(piece.ids()));
  }

  private void deleteSome() throws SQLException {
    ChangeTable table = changes;
    if (table == null) {
      reads.connection();
      reads.connection().rollback();
      table = requireChanges();
    }
    if (!installation.isEmpty() || isSameInstallation(table)) {
      delivered.deleteSome(deletes, table);
    }
  }

  private boolean isSameInstallation(ChangeTable table) throws SQLException {
    Connection connection = reads.connection();
    settle(requireDialect().installation(connection, table), table);
    connection.rollback();
    return delivered.isDue();
  }

  /** Notes which change table it is; of another than before nothing was delivered. */
  private void settle(String found, ChangeTable table) {
    if (found.isEmpty()) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot read change table "
              + table.sql()
              + " of source "
              + settings.name()
              + ": it is not there. Fix: freshet source install "
              + settings.name());
    }
    if (!found.equals(installation) && !found.equals(position.installation())) {
      delivered.forget();
      position = new TriggerPosition(position.deliveries(), found, Map.of(), new IdRanges());
    }
    installation = found;
  }

  private Dialect requireDialect() throws SQLException {
    Dialect found = dialect;
    if (found == null) {
      throw new SQLException("there is no connection", "08003");
    }
    return found;
  }

  private ChangeTable requireChanges() throws SQLException {
    ChangeTable found = changes;
    if (found == null) {
      throw new SQLException("there is no connection", "08003");
    }
    return found;
  }

  private Next begin() throws SQLException {
    Set<String> leftAlone = paused.now();
    paused.noticed(leftAlone);
    long wait = dueNanos - clock.nanos();
    if (wait > 0) {
      return new Next.After(wait);
    }
    boolean isNew = !reads.isOpen();
    Connection connection = reads.connection();
    Dialect with = requireDialect();
    ChangeTable table = requireChanges();
    if (isNew || clock.nanos() - lookNanos >= 0) {
      lookNanos = clock.nanos() + LOOK_NANOS;
      lookAround(connection, with, table);
    }
    Set<String> leftOut = leftOut();
    if (!leftOut.isEmpty()) {
      connection.rollback();
      offer(Piece.toReadAnew(leftOut), clock.wallMicros());
      return Next.NOW;
    }
    List<TriggerSettings.Table> unread =
        settings.tables().stream()
            .filter(each -> !position.tables().containsKey(each.name()))
            .filter(each -> !leftAlone.contains(each.name()))
            .toList();
    if (!unread.isEmpty()) {
      List<CapturedTable> shapes = shapes(connection, with, unread);
      connection.rollback();
      with.keepShapes(connection, shapes);
    }
    Set<String> changed =
        new HashSet<>(Catalog.texts(connection, "SELECT DISTINCT tbl FROM " + table.sql()));
    Set<String> waiting =
        tablesById.entrySet().stream()
            .filter(each -> leftAlone.contains(each.getValue().name()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    changed.removeAll(waiting);
    counters.reads(unread.isEmpty() ? State.STREAMING : State.SNAPSHOT);
    backoff.reset();
    patience.reset();
    if (changed.isEmpty() && unread.isEmpty()) {
      connection.rollback();
      return later();
    }
    reading = Reading.begin(connection, plan(connection, with, table, unread, changed, waiting));
    return Next.NOW;
  }

  /**
   * Tables that were read whole and are not taken any more, or not from there. The log has to have
   * that before their changes are thrown away, or they are missing when the table comes back.
   */
  private Set<String> leftOut() {
    Set<String> leftOut = new TreeSet<>();
    position
        .tables()
        .forEach((name, id) -> {
          TriggerSettings.Table now = tablesById.get(id);
          if (now == null || !now.name().equals(name)) {
            leftOut.add(name);
          }
        });
    return leftOut;
  }

  private Next later() {
    dueNanos = clock.nanos() + settings.every().toNanos();
    return new Next.After(settings.every().toNanos());
  }

  private Plan plan(
      Connection connection,
      Dialect with,
      ChangeTable table,
      List<TriggerSettings.Table> unread,
      Set<String> changed,
      Set<String> waiting)
      throws SQLException {
    List<TriggerSettings.Table> needed =
        settings.tables().stream()
            .filter(each -> unread.contains(each) || changed.contains(idOf(each)))
            .toList();
    Map<String, CapturedTable> shapes = new HashMap<>();
    List<CapturedTable> whole = new ArrayList<>();
    for (CapturedTable shape : shapes(connection, with, needed)) {
      CapturedTable versioned = versioned(shape);
      shapes.put(versioned.id(), versioned);
      if (unread.contains(versioned.table())) {
        whole.add(versioned);
      }
    }
    Map<String, String> unreadable = new HashMap<>();
    needed.stream()
        .filter(each -> !shapes.containsKey(idOf(each)))
        .forEach(each -> unreadable.put(idOf(each), each.name()));
    return new Plan(
        with, table, waiting, shapes, unreadable, delivered.copy(), whole, Set.copyOf(knownBefore));
  }

  private String idOf(TriggerSettings.Table table) {
    return tablesById.entrySet().stream()
        .filter(each -> each.getValue().equals(table))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  private CapturedTable versioned(CapturedTable shape) {
    SourceTable before = known.get(shape.table().name());
    CapturedTable versioned = before == null ? shape : shape.since(before);
    known.put(shape.table().name(), versioned.sourceTable());
    return versioned;
  }

  /** Those of the tables that can be captured; of others the status tells why not. */
  private List<CapturedTable> shapes(
      Connection connection, Dialect with, List<TriggerSettings.Table> tables) throws SQLException {
    List<CapturedTable> shapes = new ArrayList<>();
    for (TriggerSettings.Table each : tables) {
      try {
        shapes.add(with.describe(connection, each));
      } catch (FreshetException e) {
        counters.lacks(String.valueOf(e.getMessage()));
      }
    }
    return shapes;
  }

  /** Somebody may have taken away a trigger, or added a column that no trigger writes. */
  private void lookAround(Connection connection, Dialect with, ChangeTable table)
      throws SQLException {
    settle(with.installation(connection, table), table);
    counters.lacks("");
    List<CapturedTable> shapes =
        shapes(
            connection,
            with,
            settings.tables().stream().filter(each -> !paused.contains(each.name())).toList());
    List<Lack> lacks = with.lacks(connection, table, shapes);
    if (!lacks.isEmpty()) {
      counters.lacks(
          lacks.stream().map(Lack::message).collect(Collectors.joining(". "))
              + ". Fix: freshet source install "
              + settings.name());
    }
    connection.rollback();
  }

  private void read(Reading under) throws SQLException {
    Piece piece = under.next();
    if (under.isAtEnd()) {
      reading = null;
      reads.connection().rollback();
      dueNanos = clock.nanos() + settings.every().toNanos();
    }
    if (piece.part() == Part.MORE) {
      if (!piece.tables().isEmpty()) {
        offer(piece, changes(Part.MORE, position, piece.tables(), micros(piece)));
      }
    } else if (!piece.isEmpty() || isHalf) {
      offer(piece, micros(piece));
    } else {
      delivered.add(position.deliveries(), piece.ids());
    }
  }

  /** One that ends a transaction. */
  private void offer(Piece piece, long micros) {
    offer(piece, changes(Part.LAST, next(piece), piece.tables(), micros));
  }

  private void offer(Piece piece, ChangeSet set) {
    pending = set;
    pendingPiece = piece;
  }

  private long micros(Piece piece) {
    return piece.micros() == 0 ? clock.wallMicros() : piece.micros();
  }

  private ChangeSet changes(Part part, TriggerPosition at, List<TableChanges> tables, long micros) {
    return new ChangeSet(
        settings.name(), at.toBytes(), micros, clock.wallMicros(), at.deliveries(), part, tables);
  }

  /** Gives up the connections for good. From any thread, to end a question that hangs. */
  void close() {
    reads.close();
    deletes.close();
  }
}
