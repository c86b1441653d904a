package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.postgres.ChangeAssembler.Form;
import dev.freshet.capture.postgres.ChangeAssembler.TextFormNeeded;
import dev.freshet.capture.postgres.CommittedOrder.NoRoom;
import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.capture.postgres.ReplicationStream.Large;
import dev.freshet.capture.postgres.StreamRun.OtherTables;
import dev.freshet.capture.postgres.StreamRun.OverBudget;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.retry.Backoff;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The capture's state machine. Where it stands is what it holds:
 *
 * <pre>
 *         parts of a snapshot          up to date          snapshot done
 * CONNECT --------------------> REPLAY -----------> SNAPSHOT ----------+
 *    |  \\                         |     no position     |              |
 *    |  ^ `-----------------------+-------------------> |              |
 *    |  +---- wait, retry --------+---------------------+              v
 *    |  ^                                                           CONNECT
 *    |  +---- wait, retry -------+
 *    +------------------> STREAM +
 *          has position
 * </pre>
 */
final class CaptureTask implements Scheduler.Task {
  private static final long SNAPSHOT_POLL_MILLIS = 10;
  private static final long SLOT_RELEASE_MILLIS = 100;

  private final PostgresCapture capture;
  private final PostgresConfig config;
  private final ServerAddress address;
  private final Scheduler scheduler;
  private final Clock clock;
  private final SlotMemory memory;
  private final @Nullable SpillFolder spill;
  private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

  /** For what is not mended by waiting: someone has to do something first. */
  private final Backoff patience = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));

  private final List<SourceTable> known;
  private final TableHistory history;

  /** What the sink has taken of a first snapshot. */
  private final SnapshotTrail trail;

  /** Position of the last whole group in the log; {@code null} before the first. */
  private @Nullable Position position;

  private List<TableShape> shapes = List.of();

  /** When the shapes were read that a stream began with. */
  private TableHistory.Shown shown = TableHistory.Shown.THERE;

  private boolean textForm;

  /**
   * The server keeps large transactions until they are committed: there was no room, or it failed.
   */
  private boolean leavesLargeToServer;

  /** Whether the stream has them as they come. */
  private boolean takesLargeEarly;

  private boolean hasStreamed;

  /** Why the slot is to be dropped, until it is. */
  private @Nullable String overBudget;

  /** With the tables that are left out of what runs now. */
  private Startup startup;

  /** What the log was told to read anew. */
  private final ToldAnew told;

  private @Nullable PgConnection replication;
  private @Nullable Replay replay;

  /** Reads nothing while changes are replayed; {@code null} otherwise. */
  private @Nullable PgConnection waiting;

  private @Nullable SnapshotRun snapshot;
  private @Nullable StreamRun stream;

  CaptureTask(
      PostgresCapture capture,
      PostgresConfig config,
      ServerAddress address,
      Scheduler scheduler,
      Clock clock,
      SlotMemory memory,
      TableHistory history,
      @Nullable SpillFolder spill,
      Resume resume) {
    this.capture = capture;
    this.config = config;
    this.address = address;
    this.scheduler = scheduler;
    this.clock = clock;
    this.spill = spill;
    this.history = history;
    this.memory = memory;
    this.startup = new Startup(config, address, memory);
    this.told = new ToldAnew(capture.anew());
    switch (resume) {
      case Resume.FromNothing nothing -> {
        this.known = List.of();
        this.trail = SnapshotTrail.of(nothing.parts());
      }
      case Resume.After after -> {
        this.known = after.tables();
        this.trail = new SnapshotTrail();
        this.position = Position.decode(after.position());
      }
    }
  }

  @Override
  public Next run() {
    try {
      StreamRun streaming = stream;
      if (streaming != null) {
        return stream(streaming);
      }
      String over = overBudget;
      if (over != null) {
        return dropSlot(over);
      }
      Replay replaying = replay;
      if (replaying != null) {
        return replay(replaying);
      }
      SnapshotRun reading = snapshot;
      if (reading != null) {
        return watch(reading);
      }
      return connect();
    } catch (TextFormNeeded e) {
      textForm = true;
      release();
      return Next.NOW;
    } catch (OtherTables e) {
      release();
      shapes = List.of(); // those of the tables that are captured now
      return Next.NOW;
    } catch (NoRoom e) {
      leavesLargeToServer = true;
      release();
      return Next.NOW;
    } catch (OverBudget e) {
      release();
      overBudget = e.getMessage();
      return Next.NOW;
    } catch (SQLException e) {
      if (takesLargeEarly && stream != null && PgErrors.isInternal(e)) {
        // It may decode a transaction that is open wrongly, such as one that rolled back a change
        // of
        // a table, and would do so again and again.
        leavesLargeToServer = true;
      }
      return failed(PgErrors.of("capture", address, e));
    } catch (FreshetException e) {
      return failed(e);
    } catch (RuntimeException | Error e) {
      return failed(new FreshetException(ErrorCode.INVARIANT_BROKEN, "Failed to capture: " + e, e));
    }
  }

  /** The server lives; what becomes of the source the next connection finds out. */
  private Next dropSlot(String why) {
    try (PgConnection queries = PgConnection.open(address, Purpose.QUERIES)) {
      if (!startup.dropSlot(queries)) {
        return Next.afterMillis(SLOT_RELEASE_MILLIS);
      }
      overBudget = null;
    } catch (SQLException e) {
      return failed(PgErrors.of("drop the slot", address, e));
    } catch (FreshetException e) {
      return failed(e);
    }
    capture.retains(-1, "");
    capture.failed(State.WAITING_TO_RETRY, why);
    return Next.afterMillis(backoff.nextMillis());
  }

  private Next failed(FreshetException e) {
    release();
    if (e.code().family() == ErrorFamily.BUG) {
      e.printStackTrace(); // the status has only its message, which tells nobody where it lies
    }
    String message = String.valueOf(e.getMessage());
    Throwable sinkFailure = capture.delivery().sinkFailure();
    if (sinkFailure != null) {
      capture.failed(State.FAILED, message);
      if (sinkFailure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) sinkFailure;
    }
    if (e.code().retry() == ErrorCode.Retry.HELPS) {
      capture.failed(State.WAITING_TO_RETRY, message);
      return Next.afterMillis(backoff.nextMillis());
    }
    capture.failed(State.FAILED, message);
    return Next.afterMillis(patience.nextMillis());
  }

  private Next connect() throws SQLException {
    capture.enter(State.CONNECTING);
    leaveOut();
    if (mayResume()) {
      return resume();
    }
    if (!restartDelivered()) {
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    PgConnection opened = PgConnection.open(address, Purpose.REPLICATION);
    replication = opened;
    Server server = Server.identify(opened);
    Position from = position;
    if (from == null || from.kind() == Position.Kind.SNAPSHOT) {
      beginSnapshot(opened, server);
    } else {
      beginStream(opened, server, from);
    }
    return stream == null && snapshot == null
        ? Next.afterMillis(backoff.nextMillis()) // there is no room for what would come
        : Next.NOW;
  }

  /** A first snapshot is of all tables: only the log's end can tell which of them it lacks. */
  private void leaveOut() {
    Position at = position;
    boolean isFirst = at == null || at.kind() == Position.Kind.SNAPSHOT;
    Set<String> leftOut = isFirst ? Set.of() : capture.paused().now();
    if (!startup.leftOut().equals(leftOut)) {
      startup = new Startup(config, address, memory, leftOut);
      shapes = List.of();
    }
    capture.paused().noticed(leftOut);
  }

  /** After a half-delivered group its parts are declared void before anything else is delivered. */
  private boolean restartDelivered() {
    Position at = position;
    if (!capture.delivery().isHalf()) {
      return true;
    }
    Position from = at == null ? new Position(Position.Kind.SNAPSHOT, 0, 0) : at;
    long now = clock.wallMicros();
    ChangeSet restart =
        new ChangeSet(config.name(), from.encode(), now, now, 0, Part.RESTART, List.of());
    boolean isTaken = capture.delivery().offer(restart) == Answer.TAKEN;
    if (isTaken) {
      trail.clear();
    }
    return isTaken;
  }

  /** Whether a first snapshot was broken off of which something is of use. */
  private boolean mayResume() {
    Position at = position;
    boolean isFirst = at == null || at.kind() == Position.Kind.SNAPSHOT;
    return isFirst && config.mayRepeatRows() && trail.isUsable() && capture.delivery().isHalf();
  }

  private Next resume() throws SQLException {
    PgConnection holder = PgConnection.open(address, Purpose.REPLICATION);
    replication = holder;
    Server server = Server.identify(holder);
    PgConnection queries = PgConnection.open(address, Purpose.QUERIES);
    waiting = queries;
    capture.waits("The snapshot goes on: this waits for transactions that are open at the server.");
    Optional<SnapshotPlan> plan = startup.prepareResumed(queries, holder, server, known, trail);
    if (plan.isEmpty()) {
      trail.clear(); // then it begins anew
      release();
      return Next.NOW;
    }
    replay(plan.get(), server);
    return Next.NOW;
  }

  private void replay(SnapshotPlan plan, Server server) throws SQLException {
    List<TableShape> read =
        plan.tables().stream()
            .map(SnapshotPlan.Part::shape)
            .filter(shape -> plan.read().containsKey(shape.relation()))
            .toList();
    boolean binary = !textForm && read.stream().allMatch(TableShape::hasBinary);
    Form form = binary ? Form.BINARY : Form.TEXT;
    Rereads rereads = new Rereads();
    ChangeAssembler assembler =
        new ChangeAssembler(
            config.name(),
            clock,
            config.limits(),
            read,
            this::lookUp,
            form,
            plan.underWay().withTables(trail.since()),
            TableHistory.ofItself(read),
            rereads);
    PgConnection opened = PgConnection.open(address, Purpose.REPLICATION);
    try {
      ReplicationStream raw =
          ReplicationStream.start(
              opened,
              clock,
              config,
              plan.underWay().lsn(),
              server.protocol(),
              form,
              Large.COMMITTED);
      replay = new Replay(plan, raw, assembler, rereads, capture.delivery(), clock);
    } catch (SQLException | RuntimeException e) {
      opened.abort();
      throw e;
    }
    position = plan.underWay();
    capture.replays(plan.tables().size());
  }

  private Next replay(Replay replaying) throws SQLException {
    Next next = replaying.run();
    if (!(next instanceof Next.Done)) {
      return next;
    }
    SnapshotPlan rest = replaying.toRead();
    replaying.close();
    replay = null;
    PgConnection queries = Objects.requireNonNull(waiting);
    waiting = null;
    shapes = rest.tables().stream().map(SnapshotPlan.Part::shape).toList();
    begin(queries, rest);
    return Next.NOW;
  }

  private void beginSnapshot(PgConnection holder, Server server) throws SQLException {
    PgConnection queries = PgConnection.open(address, Purpose.QUERIES);
    try {
      beginSnapshot(queries, startup.prepareSnapshot(queries, holder, server, known), server);
    } catch (SQLException | RuntimeException e) {
      queries.close();
      throw e;
    }
  }

  private void beginSnapshot(PgConnection queries, SnapshotPlan plan, Server server) {
    position = new Position(Position.Kind.SNAPSHOT, server.systemId(), 0);
    shapes = plan.tables().stream().map(SnapshotPlan.Part::shape).toList();
    begin(queries, plan);
  }

  private void begin(PgConnection queries, SnapshotPlan plan) {
    SnapshotRun run =
        new SnapshotRun(config, address, clock, plan, capture.delivery(), trail, capture::wake);
    capture.snapshotRun(run);
    capture.enter(State.SNAPSHOT);
    snapshot = run;
    run.start(scheduler, queries);
  }

  private Next watch(SnapshotRun run) throws SQLException {
    Throwable failure = run.failure();
    if (failure != null) {
      switch (failure) {
        case SQLException e -> throw e;
        case FreshetException e -> throw e;
        default ->
            throw new FreshetException(
                ErrorCode.INVARIANT_BROKEN, "Failed to read the snapshot: " + failure, failure);
      }
    }
    if (isPaused(run.plan())) {
      throw new OtherTables();
    }
    if (!run.isDone()) {
      return Next.afterMillis(SNAPSHOT_POLL_MILLIS);
    }
    told.forget(capture.durable());
    if (!told.names().isEmpty() && run.plan().kind() == SnapshotPlan.Kind.LATER) {
      return Next.afterMillis(SNAPSHOT_POLL_MILLIS); // behind it the log has the tables again
    }
    if (run.offer(run.lastPart()) == Answer.FULL) {
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    position = run.plan().done();
    history.forget(
        run.plan().tables().stream()
            .map(part -> part.shape().relation())
            .collect(Collectors.toSet()));
    shown = TableHistory.Shown.THERE;
    release();
    return Next.NOW;
  }

  /** Whether one of the tables is paused that are read in the place of what the log has of them. */
  private boolean isPaused(SnapshotPlan plan) {
    return plan.kind() == SnapshotPlan.Kind.LATER
        && plan.tables().stream().anyMatch(part -> capture.paused().contains(part.shape().name()));
  }

  private void beginStream(PgConnection opened, Server server, Position from) throws SQLException {
    boolean isRead = shapes.isEmpty();
    PgConnection queries = PgConnection.open(address, Purpose.QUERIES);
    try {
      Optional<Problem> lost = startup.lost(queries, server, from);
      if (lost.isPresent() && mayReadAgain(server, from)) {
        if (!hasRoom(from)) {
          queries.close(); // a new slot would only keep WAL again
          opened.abort();
          replication = null;
          return;
        }
        shapes = List.of(); // as they are then
        begin(queries, startup.prepareAgain(queries, opened, server, known));
        capture.readsAgain(lost.get().message());
        return; // the snapshot has the connection
      }
      startup.checkResume(queries, server, from);
      if (shapes.isEmpty()) {
        // What the log holds is durable; what was delivered since is acknowledged by the sink.
        if (!hasStreamed) {
          capture.resumedAt(from.lsn());
        }
        Set<String> anew = told.left();
        Startup.Tables tables = startup.tables(queries, server, known, from, anew);
        Position before = from.withTables(tables.captured());
        boolean isUnnamed = from.tables().isEmpty() && !tables.added().isEmpty();
        if ((isUnnamed || !anew.isEmpty()) && !tells(before)) {
          queries.close();
          opened.abort();
          replication = null;
          return; // there is no room
        }
        told.told(startup.relations(queries, anew));
        if (!tables.added().isEmpty()) {
          position = before;
          capture.waits(
              "Tables are added or read anew: this waits for transactions that are open at the server.");
          begin(
              queries,
              startup.prepareAdded(queries, opened, server, known, before, tables.added()));
          return; // the snapshot has the connection
        }
        position = before;
        shapes = tables.shapes();
        shown = TableHistory.Shown.LATER;
      }
    } catch (SQLException | RuntimeException e) {
      queries.close();
      throw e;
    }
    queries.close();
    stream(opened, server);
    if (isRead) {
      history.expect(shapes, server.walEnd());
    }
  }

  /**
   * Positions that the sink has not made durable yet may be told to the server later, so they must
   * not be higher than those to come.
   */
  private boolean mayReadAgain(Server server, Position from) {
    return !hasStreamed
        || (server.systemId() == from.systemId() && !Lsn.isAfter(from.lsn(), server.walEnd()));
  }

  /**
   * Says in the log which tables it has, before the publication covers more of them: behind that
   * nothing else would tell them from those that are being added.
   */
  private boolean tells(Position at) {
    long now = clock.wallMicros();
    ChangeSet nothing =
        new ChangeSet(config.name(), at.encode(), now, now, 0, Part.LAST, List.of());
    return capture.delivery().offer(nothing) == Answer.TAKEN;
  }

  /** Whether the sink takes anything: a change set that says nothing new. */
  private boolean hasRoom(Position at) {
    long now = clock.wallMicros();
    ChangeSet nothing =
        new ChangeSet(config.name(), at.encode(), now, now, 0, Part.RESTART, List.of());
    return capture.delivery().offer(nothing) == Answer.TAKEN;
  }

  private void stream(PgConnection opened, Server server) throws SQLException {
    Position from = Objects.requireNonNull(position);
    boolean binary = !textForm && shapes.stream().allMatch(TableShape::hasBinary);
    Form form = binary ? Form.BINARY : Form.TEXT;
    history.begin(shapes, from.lsn(), shown);
    ChangeAssembler assembler =
        new ChangeAssembler(
            config.name(), clock, config.limits(), shapes, this::lookUp, form, from, history);
    SpillFolder folder = emptySpillFolder();
    Large large = folder == null ? Large.COMMITTED : Large.EARLY;
    ReplicationStream raw =
        ReplicationStream.start(opened, clock, config, from.lsn(), server.protocol(), form, large);
    CommittedOrder messages = new CommittedOrder(raw, folder);
    hasStreamed = true;
    takesLargeEarly = large == Large.EARLY;
    stream =
        new StreamRun(
            capture,
            config,
            clock,
            raw,
            messages,
            assembler,
            new SlotWatch(config, address, clock, startup.leftOut()),
            startup.leftOut(),
            told.names());
    capture.streamsFrom(from.lsn());
    capture.enter(State.STREAMING);
  }

  /** Where large transactions may wait; {@code null} when they are left to the server. */
  private @Nullable SpillFolder emptySpillFolder() {
    SpillFolder folder = spill;
    if (folder == null) {
      return null;
    }
    folder.clear();
    boolean mayHold = folder.holds() == SpillFolder.Holds.ROWS && !leavesLargeToServer;
    return mayHold ? folder : null;
  }

  private ColumnType lookUp(int oid, int typmod) {
    try (PgConnection queries = PgConnection.open(address, Purpose.QUERIES)) {
      return TypeCatalog.load(queries).resolve(oid, typmod);
    } catch (SQLException e) {
      throw PgErrors.of("look up a type", address, e);
    }
  }

  private Next stream(StreamRun run) throws SQLException {
    Next next = run.run();
    told.forget(capture.durable());
    Position at = Objects.requireNonNull(position);
    if (run.position() != at.lsn()) {
      position = at.at(run.position());
      backoff.reset();
      patience.reset();
    }
    return next;
  }

  /** Gives up connections and what was received but not delivered. */
  void release() {
    StreamRun streaming = stream;
    if (streaming != null) {
      position = streaming.delivered(position);
      shapes = streaming.shapes();
      streaming.close();
      stream = null;
      capture.fences().connectionLost();
    }
    Replay replaying = replay;
    if (replaying != null) {
      replaying.close();
      replay = null;
    }
    PgConnection idle = waiting;
    if (idle != null) {
      idle.abort();
      waiting = null;
    }
    SnapshotRun reading = snapshot;
    if (reading != null) {
      reading.close();
      snapshot = null;
    }
    PgConnection open = replication;
    if (open != null) {
      open.abort();
      replication = null;
    }
  }
}
