package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.SourceStatus.TableNote.Level;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.TableTroubles;
import dev.freshet.capture.postgres.ChangeAssembler.Form;
import dev.freshet.capture.postgres.ChangeAssembler.TextFormNeeded;
import dev.freshet.capture.postgres.ChangeAssembler.TypeLookup;
import dev.freshet.capture.postgres.PostgresConfig.WalBudget.WhenOver;
import dev.freshet.capture.postgres.SideRead.Place;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings the tables that the log does not have to those that are streamed: ones that were added,
 * resumed, or are to be read anew. One read at a time has all that can be read; one that cannot is
 * given up for a while, and is nothing to the others. The capture's task owns it.
 */
final class Joins {
  private static final long WAITS_SECONDS = 2;

  private final PostgresCapture capture;
  private final PostgresConfig config;
  private final ServerAddress address;
  private final Scheduler scheduler;
  private final Clock clock;
  private final Startup startup;
  private final List<SourceTable> known;
  private final TypeLookup lookup;
  private final Delivery delivery;

  /** The names of the tables that the log does not have. */
  private Set<String> wanted = Set.of();

  /** Of those that could not be read. */
  private final TableTroubles troubles;

  private Form form = Form.BINARY;
  private @Nullable SideRead read;

  /** The read may be of another server than the stream. */
  private boolean isSuspect;

  /**
   * @param lastPart what an earlier process may have left in the log as the last of a read
   */
  Joins(
      PostgresCapture capture,
      PostgresConfig config,
      ServerAddress address,
      Scheduler scheduler,
      Clock clock,
      SlotMemory memory,
      List<SourceTable> known,
      TypeLookup lookup,
      Part lastPart) {
    this.capture = capture;
    this.config = config;
    this.address = address;
    this.scheduler = scheduler;
    this.clock = clock;
    this.troubles = new TableTroubles(clock);
    this.startup = new Startup(config, address, memory);
    this.known = known;
    this.lookup = lookup;
    this.delivery = capture.delivery().beside(lastPart);
  }

  /** These are all that the log does not have and is to have. */
  void want(Set<String> names) {
    wanted = Set.copyOf(names);
    troubles.retain(wanted);
    SideRead reading = read;
    if (reading != null && !wanted.containsAll(reading.names())) {
      cancel(reading);
    }
    tell();
  }

  /** What {@link #want} said last. */
  Set<String> wanted() {
    return wanted;
  }

  /** None of these comes any more, whatever was read of them. */
  void leaveOut(Set<String> names) {
    Set<String> left = new HashSet<>(wanted);
    left.removeAll(names);
    want(left);
  }

  /**
   * Goes on for a bounded time, between two runs of the stream.
   *
   * @param streamed the stream has delivered everything that was committed before
   * @param kept must not be read yet
   * @throws FreshetException when the sink has failed
   */
  void advance(long streamed, Set<String> kept) {
    SideRead reading = read;
    if (reading == null) {
      begin(kept);
      return;
    }
    try {
      reading.advance(streamed);
      requireWithinBudget(reading, streamed);
    } catch (SQLException | RuntimeException e) {
      giveUp(reading, e);
    }
    tell();
  }

  private void begin(Set<String> kept) {
    Set<String> due = new TreeSet<>(wanted);
    due.removeAll(kept);
    boolean isForLater = due.isEmpty() && !wanted.isEmpty();
    if (isForLater || (delivery.isHalf() && !restart())) {
      return;
    }
    due.removeIf(troubles::isWaiting);
    if (due.stream().allMatch(troubles::contains)) {
      due = due.stream().limit(1).collect(Collectors.toSet()); // so that none is another's trouble
    } else {
      due.removeIf(troubles::contains);
    }
    Set<String> passed = new TreeSet<>(due);
    passed.removeIf(config::keepsRowsOf);
    if (passed.size() < due.size()) {
      due.removeAll(passed); // until their turn, since the others stand still meanwhile
    }
    if (!due.isEmpty()) {
      boolean isBetween = due.equals(passed);
      read =
          new SideRead(
              config,
              address,
              scheduler,
              clock,
              startup,
              known,
              isBetween ? capture.delivery() : delivery,
              lookup,
              form,
              due,
              isBetween ? Place.BETWEEN : Place.BESIDE,
              capture::wake);
      tell();
    }
  }

  /** What a read before has left without its end is void. */
  private boolean restart() {
    long now = clock.wallMicros();
    byte[] nowhere = new Position(Position.Kind.SNAPSHOT, 0, 0).encode();
    ChangeSet restart =
        new ChangeSet(SideRead.name(config), nowhere, now, now, 0, Part.RESTART, List.of());
    return delivery.offer(restart) == Answer.TAKEN;
  }

  /** The server keeps its WAL from the snapshot on. */
  private void requireWithinBudget(SideRead reading, long streamed) {
    SnapshotRun run = reading.reading();
    boolean isBounded = config.walBudget().whenOver() == WhenOver.DROP_SLOT;
    if (run == null || !isBounded) {
      return;
    }
    long kept = streamed - run.plan().point().consistentPoint();
    if (kept > config.walBudget().bytes()) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "The server keeps "
              + kept
              + " bytes of WAL while the table is read, more than wal-budget ("
              + config.walBudget().bytes()
              + "). Fix: raise wal-budget in the source's file.");
    }
  }

  /** Whether it wants to be run again soon. */
  boolean isFollowing() {
    SideRead reading = read;
    return reading != null && reading.isFollowing();
  }

  /** Whether the stream is to stop at the end of a transaction, and {@link #join} to be called. */
  boolean isNear() {
    SideRead reading = read;
    return reading != null && reading.isNear();
  }

  /** Whether a transaction of the source is under way that {@link #join} ends. */
  boolean isHolding() {
    SideRead reading = read;
    return reading != null && reading.isHolding();
  }

  /** What has come of {@link #join}. */
  sealed interface Joined {
    /**
     * The sink has the tables, up to where the stream stands, or further.
     *
     * @param since all that was committed before is in the tables, also where the stream has not
     *     come so far
     */
    record Done(Set<Integer> relations, long since) implements Joined {}

    /** It is to be called again. */
    record More() implements Joined {}

    /** The sink has no room; it is to be called again later. */
    record Full() implements Joined {}

    /** They could not be read, and the stream may go on. */
    record GivenUp() implements Joined {}
  }

  /**
   * Goes on for a bounded time, while the stream stands still.
   *
   * @param at where it stands
   */
  Joined join(Position at) {
    SideRead reading = read;
    if (reading == null) {
      return new Joined.GivenUp();
    }
    SideRead.Outcome outcome;
    try {
      outcome = reading.finish(at);
    } catch (SQLException | RuntimeException e) {
      giveUp(reading, e);
      tell();
      return new Joined.GivenUp();
    }
    return switch (outcome) {
      case MORE -> new Joined.More();
      case FULL -> new Joined.Full();
      case DONE -> {
        Joined done = new Joined.Done(reading.relations(), reading.since());
        troubles.remove(reading.names());
        cancel(reading);
        tell();
        yield done;
      }
    };
  }

  private void giveUp(SideRead reading, Exception e) {
    cancel(reading);
    Throwable sinkFailure = delivery.sinkFailure();
    if (sinkFailure != null) {
      throw sinkFailure instanceof FreshetException known
          ? known
          : new FreshetException(
              ErrorCode.INVARIANT_BROKEN, "Failed to capture: " + sinkFailure, sinkFailure);
    }
    switch (e) {
      case TextFormNeeded _ -> form = Form.TEXT;
      case TableTrouble trouble ->
          troubles.add(Set.of(trouble.table()), String.valueOf(trouble.getMessage()));
      case SQLException failed ->
          troubles.add(
              reading.names(),
              String.valueOf(PgErrors.of("read tables", address, failed).getMessage()));
      case FreshetException failed -> {
        if (failed.code().family() == ErrorFamily.BUG) {
          failed.printStackTrace(); // the status has only its message
        }
        troubles.add(reading.names(), String.valueOf(failed.getMessage()));
      }
      default -> {
        e.printStackTrace();
        troubles.add(reading.names(), "Failed to read tables: " + e);
      }
    }
  }

  private void cancel(SideRead reading) {
    reading.close();
    read = null;
  }

  /** Lets the status say how the tables are. */
  private void tell() {
    List<TableNote> notes = new ArrayList<>(troubles.notes());
    SideRead reading = read;
    if (reading != null && reading.waitedSeconds() >= WAITS_SECONDS) {
      for (String name : reading.names()) {
        if (!troubles.contains(name)) {
          notes.add(
              new TableNote(
                  name, Level.PROBLEM, "waits for transactions that are open at the server"));
        }
      }
    }
    capture.joins(notes, Optional.ofNullable(reading));
  }

  /** The stream has ended by itself: it may go on at another server, which knows of no read. */
  void streamLost() {
    SideRead reading = read;
    if (reading != null && reading.slot().isEmpty()) {
      cancel(reading); // else it may wait for ever for one that is gone
      tell();
    }
    isSuspect = read != null;
  }

  /** Whether {@link #find} is to be called before anything is joined. */
  boolean isSuspect() {
    return isSuspect;
  }

  /** Goes on with the read only at a server that has its slot. */
  void find(PgConnection queries) throws SQLException {
    SideRead reading = read;
    if (reading != null && Slot.find(queries, reading.slot().orElse("")).isEmpty()) {
      cancel(reading);
      tell();
    }
    isSuspect = false;
  }

  /** Ends what is under way. */
  void close() {
    SideRead reading = read;
    if (reading != null) {
      cancel(reading);
    }
  }
}
