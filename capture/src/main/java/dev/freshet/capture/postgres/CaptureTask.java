package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.postgres.ChangeAssembler.Form;
import dev.freshet.capture.postgres.ChangeAssembler.TextFormNeeded;
import dev.freshet.capture.postgres.CommittedOrder.NoRoom;
import dev.freshet.capture.postgres.Joins.Joined;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
  private static final long JOIN_POLL_MILLIS = 1;
  private static final int REPLAY_WAIT_MILLIS = 20;

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

  /** The tables that the log's last position names. */
  private Map<Integer, Long> named = Map.of();

  /** No table joins before the change set of this number is durable: it says which are there. */
  private long joinsAfter;

  /** What the log was told to read anew. */
  private final ToldAnew told;

  /** Reads the tables that the log does not have. */
  private final Joins joins;

  /** The position names tables that were read, and the log has not been told of that. */
  private boolean namesJoined;

  private @Nullable PgConnection replication;
  private @Nullable Replay replay;

  /** What is replayed, and what of it is to be read by keys; {@code null} otherwise. */
  private @Nullable SnapshotPlan replayed;

  private Rereads rereads = new Rereads();

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
        this.named = position.tables();
      }
    }
    this.joins =
        new Joins(
            capture,
            config,
            address,
            scheduler,
            clock,
            memory,
            known,
            this::lookUp,
            resume instanceof Resume.After ? Part.MORE : Part.LAST);
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
    joins.streamLost();
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
    leaveOut();
    capture.enter(joins.isHolding() ? State.SNAPSHOT : State.CONNECTING);
    if (mayResume()) {
      return resume();
    }
    if (joins.isSuspect()) {
      try (PgConnection queries = PgConnection.open(address, Purpose.QUERIES)) {
        joins.find(queries);
      }
    }
    if (!joins.isHolding() && !restartDelivered()) {
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    Optional<Next> joining = join();
    if (joining.isPresent()) {
      return joining.get();
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

  /** Where the stream has stopped, tables may join it; empty when it may go on. */
  private Optional<Next> join() {
    Position at = position;
    if (at == null || at.kind() == Position.Kind.SNAPSHOT) {
      return Optional.empty();
    }
    if (joins.isNear()) {
      switch (joins.join(at)) {
        case Joined.Done done -> {
          at = at.joined(done.relations(), done.since());
          position = at;
          namesJoined = true;
          history.forget(done.relations());
        }
        case Joined.More _ -> {
          return Optional.of(Next.afterMillis(JOIN_POLL_MILLIS));
        }
        case Joined.Full _ -> {
          return Optional.of(Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS));
        }
        case Joined.GivenUp _ -> {
          return Optional.of(Next.NOW); // it may have left half a transaction
        }
      }
    }
    if (namesJoined && !tells(at)) {
      return Optional.of(Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS));
    }
    namesJoined = false;
    return Optional.empty();
  }

  /** A first snapshot is of all tables: only the log's end can tell which of them it lacks. */
  private void leaveOut() {
    Position at = position;
    boolean isFirst = at == null || at.kind() == Position.Kind.SNAPSHOT;
    Set<String> leftOut = isFirst ? Set.of() : capture.paused().leftAlone();
    if (!startup.leftOut().equals(leftOut)) {
      startup = new Startup(config, address, memory, leftOut);
      shapes = List.of();
    }
    joins.leaveOut(leftOut);
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
    rereads = new Rereads();
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
              config.slot(),
              plan.underWay().lsn(),
              server.protocol(),
              form,
              Large.COMMITTED);
      replay =
          new Replay(
              plan.underWay(), raw, assembler, capture.delivery(), clock, REPLAY_WAIT_MILLIS);
      replayed = plan;
    } catch (SQLException | RuntimeException e) {
      opened.abort();
      throw e;
    }
    position = plan.underWay();
    capture.replays(plan.tables().size());
  }

  private Next replay(Replay replaying) throws SQLException {
    SnapshotPlan plan = Objects.requireNonNull(replayed);
    switch (replaying.run(plan.point().consistentPoint())) {
      case FULL -> {
        return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
      }
      case MORE -> {
        return Next.NOW;
      }
      case COMPLETE -> {}
    }
    SnapshotPlan rest = Startup.afterReplay(plan, replaying.shapes(), rereads);
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
        new SnapshotRun(
            config, config.name(), address, clock, plan, capture.delivery(), trail, capture::wake);
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
    told.forget(capture.numbered().durable());
    if (!told.names().isEmpty() && run.plan().kind() == SnapshotPlan.Kind.LATER) {
      return Next.afterMillis(SNAPSHOT_POLL_MILLIS); // behind it the log has the tables again
    }
    if (run.offer(run.lastPart()) == Answer.FULL) {
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    position = run.plan().done();
    named = run.plan().done().tables();
    history.forget(
        run.plan().tables().stream()
            .map(part -> part.shape().relation())
            .collect(Collectors.toSet()));
    shown = TableHistory.Shown.THERE;
    release();
    return Next.NOW;
  }

  /**
   * Whether one of the tables is left alone that are read in the place of what the log has of them.
   */
  private boolean isPaused(SnapshotPlan plan) {
    Set<String> leftAlone = capture.paused().leftAlone();
    return plan.kind() == SnapshotPlan.Kind.LATER
        && plan.tables().stream().anyMatch(part -> leftAlone.contains(part.shape().name()));
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
        joins.want(Set.of());
        begin(queries, startup.prepareAgain(queries, opened, server, known, from));
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
        boolean isTold = isTold(before, tables.added());
        if ((!isTold || !anew.isEmpty()) && !tells(before)) {
          queries.close();
          opened.abort();
          replication = null;
          return; // there is no room
        }
        told.told(anew, capture.numbered().whole());
        joinsAfter = capture.numbered().whole();
        joins.leaveOut(anew); // what was read before the wish is not what it wants
        joins.want(tables.added());
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
   * Whether the log's last position says all that it has to of the tables. What keeps no rows may
   * stay named when it is not there any more: it goes on when it comes back, where a log that has
   * it not would get rows twice.
   */
  private boolean isTold(Position at, Set<String> added) {
    Map<Integer, Long> left = new TreeMap<>(named);
    if (added.isEmpty()) {
      Set<Integer> passed = history.passed();
      left.keySet().removeIf(table -> passed.contains(table) && !at.tables().containsKey(table));
    }
    return at.tables().equals(left.isEmpty() && !named.isEmpty() ? Position.named(left) : left);
  }

  /**
   * Says in the log which tables it has: before the publication covers more of them, since behind
   * that nothing else would tell them from those that are being added; and when there are fewer,
   * since nobody keeps the rows of one that is not there any more, which may come back.
   */
  private boolean tells(Position at) {
    long now = clock.wallMicros();
    ChangeSet nothing =
        new ChangeSet(config.name(), at.encode(), now, now, 0, Part.LAST, List.of());
    boolean isTaken = capture.delivery().offer(nothing) == Answer.TAKEN;
    if (isTaken) {
      named = at.tables();
    }
    return isTaken;
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
        ReplicationStream.start(
            opened, clock, config, config.slot(), from.lsn(), server.protocol(), form, large);
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
            () -> capture.wantsOthers(startup.leftOut(), told.names()) || joins.isNear());
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
    told.forget(capture.numbered().durable());
    Position at = Objects.requireNonNull(position);
    if (run.position() != at.lsn()) {
      position = at.at(run.position());
      named = at.tables();
      backoff.reset();
      patience.reset();
    }
    boolean mayBegin = joinsAfter <= capture.numbered().durable();
    joins.advance(run.position(), mayBegin ? told.names() : joins.wanted());
    return joins.isFollowing() && !(next instanceof Next.After) ? Next.NOW : next;
  }

  /** Ends all that is under way. Only after the task has ended. */
  void close() {
    release();
    joins.close();
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
