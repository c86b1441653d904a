package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.postgres.ChangeAssembler.Form;
import dev.freshet.capture.postgres.ChangeAssembler.TypeLookup;
import dev.freshet.capture.postgres.ReplicationStream.Large;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads tables while the stream of the others goes on, until the log has them as of the very place
 * where that stands. The capture's task owns it, and runs it between two runs of the stream.
 *
 * <pre>
 * others      B..C B..C B..C B..C B..C B..C B..C |P  these tables too
 * here        PREPARE |C READ ............ FOLLOW |
 * log, name   TRUNCATE, all rows as of C .. changes from C to P, LAST
 * </pre>
 *
 * <p>PREPARE waits until the transactions that were open have ended, in a thread of its own. FOLLOW
 * takes the tables' changes since C from the slot that made the snapshot, never further than the
 * others' stream is. When it is near, that stops between two transactions, and the rest follows.
 */
final class SideRead {
  /** Where the log has what is read. */
  enum Place {
    /** Between the parts and transactions of the others, under a name of its own. */
    BESIDE,
    /**
     * In one transaction of the source, which says itself that the tables have joined: the others'
     * stream stands still from the snapshot on. For rows of which nobody would notice that they
     * come again.
     */
    BETWEEN
  }

  private enum Stage {
    PREPARE,
    READ,
    FOLLOW
  }

  /** So little is soon read: the other tables' stream may wait for it. */
  private static final long NEAR_BYTES = 1 << 20;

  /**
   * Following may be no faster than the stream is. When it took longer than reading, and than this,
   * the stream waits for all that is left.
   */
  private static final long FOLLOW_NANOS_MIN = 10_000_000_000L;

  /** The stream waits no longer for a server that sends nothing. */
  private static final long STUCK_NANOS = 30_000_000_000L;

  private final PostgresConfig config;
  private final ServerAddress address;
  private final Scheduler scheduler;
  private final Clock clock;
  private final Delivery delivery;
  private final TypeLookup lookup;
  private final Runnable whenChanged;
  private final Form form;
  private final Set<String> names;
  private final Place place;
  private final SidePreparation preparation;
  private final Scheduler.Handle preparing;
  private final long startNanos;
  private volatile Stage stage = Stage.PREPARE;
  private volatile @Nullable SnapshotRun run;
  private @Nullable Replay replay;
  private long readNanos;
  private long followNanos;
  private boolean isNear;
  private long stoppedAt = -1;
  private long movedTo;
  private long movedNanos;
  private @Nullable ChangeSet last;

  /**
   * Begins to read.
   *
   * @param delivery under the name of this place, with nothing half delivered
   * @param form of the values in the stream
   * @param whenChanged is called when there is something to do here
   */
  SideRead(
      PostgresConfig config,
      ServerAddress address,
      Scheduler scheduler,
      Clock clock,
      Startup startup,
      List<SourceTable> known,
      Delivery delivery,
      TypeLookup lookup,
      Form form,
      Set<String> names,
      Place place,
      Runnable whenChanged) {
    this.config = config;
    this.place = place;
    this.address = address;
    this.scheduler = scheduler;
    this.clock = clock;
    this.delivery = delivery;
    this.lookup = lookup;
    this.form = form;
    this.names = new TreeSet<>(names);
    this.whenChanged = whenChanged;
    this.startNanos = clock.nanos();
    this.preparation = new SidePreparation(address, startup, known, this.names, whenChanged);
    this.preparing = scheduler.start("capture-" + name(config) + "-prepare", preparation);
  }

  /** Under which name the log has what is read so: its parts come between those of the source. */
  static String name(PostgresConfig config) {
    return config.name() + "/tables";
  }

  private String source() {
    return switch (place) {
      case BESIDE -> name(config);
      case BETWEEN -> config.name();
    };
  }

  Set<String> names() {
    return names;
  }

  /** Whether the source's own transaction is under way with what is read. */
  boolean isHolding() {
    return place == Place.BETWEEN && stage != Stage.PREPARE;
  }

  /**
   * Goes on for a bounded time.
   *
   * @param streamed the others' stream has delivered everything that was committed before
   */
  void advance(long streamed) throws SQLException {
    switch (stage) {
      case PREPARE -> {
        requireAlive(preparing.failure());
        if (place == Place.BETWEEN) {
          isNear = preparing.isDone();
        } else {
          read();
        }
      }
      case READ -> follow();
      case FOLLOW -> {
        Replay following = Objects.requireNonNull(replay);
        following.run(streamed);
        long left = streamed - following.reached();
        long took = clock.nanos() - followNanos;
        isNear |= left <= NEAR_BYTES || took > Math.max(FOLLOW_NANOS_MIN, readNanos);
      }
    }
  }

  /** Whether it wants to be run again soon, and not only when it is told of something. */
  boolean isFollowing() {
    return stage == Stage.FOLLOW;
  }

  /** Whether the stream may stop for what is left. Once it is so, it stays so. */
  boolean isNear() {
    return isNear;
  }

  private void read() throws SQLException {
    requireAlive(preparing.failure());
    if (!preparing.isDone()) {
      return;
    }
    SnapshotPlan plan = preparation.plan();
    SnapshotRun reading =
        new SnapshotRun(
            config, source(), address, clock, plan, delivery, new SnapshotTrail(), whenChanged);
    run = reading;
    stage = Stage.READ;
    reading.start(scheduler, preparation.queries());
  }

  private void follow() throws SQLException {
    SnapshotRun reading = Objects.requireNonNull(run);
    requireAlive(reading.failure());
    if (!reading.isDone() || reading.open() == Answer.FULL) {
      return;
    }
    SnapshotPlan plan = reading.plan();
    List<TableShape> shapes = plan.tables().stream().map(SnapshotPlan.Part::shape).toList();
    boolean binary = form == Form.BINARY && shapes.stream().allMatch(TableShape::hasBinary);
    Form used = binary ? Form.BINARY : Form.TEXT;
    ChangeAssembler assembler =
        new ChangeAssembler(
            source(),
            clock,
            config.limits(),
            shapes,
            lookup,
            used,
            plan.underWay(),
            TableHistory.ofItself(shapes));
    ReplicationStream stream =
        ReplicationStream.start(
            preparation.replication(),
            clock,
            config,
            plan.point().slot(),
            plan.point().consistentPoint(),
            preparation.server().protocol(),
            used,
            Large.COMMITTED);
    replay = new Replay(plan.underWay(), stream, assembler, delivery, clock, 0);
    followNanos = clock.nanos();
    readNanos = followNanos - startNanos;
    stage = Stage.FOLLOW;
  }

  private static void requireAlive(@Nullable Throwable failure) throws SQLException {
    switch (failure) {
      case null -> {}
      case SQLException e -> throw e;
      case TableTrouble e -> throw e;
      case FreshetException e -> throw e;
      default ->
          throw new FreshetException(
              ErrorCode.INVARIANT_BROKEN, "Failed to read tables: " + failure, failure);
    }
  }

  /** What has come of {@link #finish}. */
  enum Outcome {
    /** The sink has the tables. */
    DONE,
    /** There is more to do. */
    MORE,
    /** The sink has no room. */
    FULL
  }

  /**
   * Goes on for a bounded time, while the others' stream stands still.
   *
   * @param at where that stands, the same in all calls
   */
  Outcome finish(Position at) throws SQLException {
    switch (stage) {
      case PREPARE -> {
        read();
        return Outcome.MORE;
      }
      case READ -> {
        follow();
        return Outcome.MORE;
      }
      case FOLLOW -> {}
    }
    long streamed = at.lsn();
    Replay following = Objects.requireNonNull(replay);
    if (last == null) {
      Replay.Outcome outcome = following.run(streamed);
      switch (outcome) {
        case FULL -> {
          return Outcome.FULL;
        }
        case MORE -> {
          requireMoving(following, streamed);
          return Outcome.MORE;
        }
        case COMPLETE -> last = last(following, at);
      }
    }
    return delivery.offer(Objects.requireNonNull(last)) == Answer.FULL
        ? Outcome.FULL
        : Outcome.DONE;
  }

  private void requireMoving(Replay following, long streamed) {
    long now = clock.nanos();
    if (stoppedAt != streamed || movedTo != following.received()) {
      stoppedAt = streamed;
      movedTo = following.received();
      movedNanos = now;
    } else if (now - movedNanos > STUCK_NANOS) {
      throw new FreshetException(
          ErrorCode.SOURCE_UNREACHABLE,
          "Cannot read the tables' changes at "
              + address
              + ": the server has sent nothing for "
              + STUCK_NANOS / 1_000_000_000
              + " s.");
    }
  }

  /** It names every table, so that empty ones are known too. */
  private ChangeSet last(Replay following, Position at) {
    long now = clock.wallMicros();
    Position end =
        switch (place) {
          case BESIDE -> Objects.requireNonNull(run).plan().underWay();
          case BETWEEN -> at.joined(relations(), since());
        };
    return new ChangeSet(
        source(),
        end.encode(),
        now,
        now,
        0,
        Part.LAST,
        following.shapes().stream().map(shape -> new TableBuffer(shape).take()).toList());
  }

  /** The tables' object ids; only when they have been read. */
  Set<Integer> relations() {
    Set<Integer> relations = new TreeSet<>();
    Objects.requireNonNull(run)
        .plan()
        .tables()
        .forEach(part -> relations.add(part.shape().relation()));
    return relations;
  }

  /** All that was committed before is in what was read. */
  long since() {
    return Objects.requireNonNull(run).plan().point().consistentPoint();
  }

  /** The slot at the server that this read lives by; empty before there is one. */
  Optional<String> slot() {
    return preparing.isDone() ? preparation.slot() : Optional.empty();
  }

  /** How long the server has been asked for a snapshot, in seconds; 0 when it has given one. */
  long waitedSeconds() {
    return stage == Stage.PREPARE && !preparing.isDone()
        ? (clock.nanos() - startNanos) / 1_000_000_000
        : 0;
  }

  /** What is read, while it is; {@code null} otherwise. Safe for all threads. */
  @Nullable SnapshotRun reading() {
    return run;
  }

  /** Ends all that it began. What was delivered without its end is left to the owner. */
  void close() {
    boolean isPreparing = !preparing.isDone();
    preparing.cancel();
    if (isPreparing) {
      preparation.cancel();
    } else {
      preparation.abort();
    }
    SnapshotRun reading = run;
    if (reading != null) {
      reading.abort();
    }
    Replay following = replay;
    if (following != null) {
      following.close();
    }
  }
}
