package dev.freshet.capture.postgres;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Fence;
import dev.freshet.capture.NotedTables;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Rereadable;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.SourceStatus.TableNote.Level;
import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What other threads see of a running capture; the work itself is {@link CaptureTask}'s. */
final class PostgresCapture implements Capture, Rereadable {
  private static final long STOP_MILLIS = 10_000;

  private final PostgresConfig config;
  private final Scheduler scheduler;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final NumberedSink numbered;
  private final Delivery delivery;
  private final Fences fences = new Fences();
  private final FencedReads reads;
  private final TableHistory history;
  private final CaptureTask task;
  private final PausedTables paused;

  /** Tables that are to be read anew, and that a log which is durable still has. */
  private final NotedTables anew;

  private volatile State state = State.CONNECTING;
  private volatile String lastError = "";
  private volatile String warning = "";
  private volatile long retainedBytes = -1;
  private volatile long streamStart;
  private volatile @Nullable SnapshotRun snapshot;
  private volatile int tablesToRead;

  /** Of tables that are read while the others are streamed. */
  private volatile List<TableNote> joining = List.of();

  private volatile @Nullable SideRead beside;

  /** Of those that are left alone. */
  private volatile Set<String> missing = Set.of();

  private volatile Scheduler.@Nullable Handle handle;

  PostgresCapture(
      PostgresConfig config,
      ServerAddress address,
      Scheduler scheduler,
      Clock clock,
      SlotMemory memory,
      TableMemory tables,
      PausedTables paused,
      NotedTables anew,
      @Nullable SpillFolder spill,
      Resume resume,
      ChangeSink sink) {
    this.config = config;
    this.scheduler = scheduler;
    this.paused = paused;
    this.anew = anew;
    this.numbered = new NumberedSink(sink, config.name());
    this.delivery = new Delivery(numbered, lastPart(resume));
    this.reads = new FencedReads(this, config, address, clock, memory);
    this.history =
        new TableHistory(
            tables, table -> known(address, table), config::keepsRowsOf, this::acknowledgedLsn);
    this.task =
        new CaptureTask(this, config, address, scheduler, clock, memory, history, spill, resume);
  }

  /** A table as the catalog has it now; where that cannot be asked, nobody needs it to go on. */
  private static Optional<KnownTable> known(ServerAddress address, int relation) {
    try (PgConnection queries = PgConnection.open(address, Purpose.QUERIES)) {
      return Catalog.load(queries).tables().stream()
          .filter(table -> table.oid() == relation)
          .map(CatalogTable::known)
          .findFirst();
    } catch (SQLException | FreshetException e) {
      return Optional.empty();
    }
  }

  private static Part lastPart(Resume resume) {
    return switch (resume) {
      case Resume.FromNothing nothing -> nothing.parts().isEmpty() ? Part.LAST : Part.MORE;
      case Resume.After after -> after.part();
    };
  }

  void start() {
    handle = scheduler.start("capture-" + config.name(), task);
  }

  @Override
  public void acknowledged(byte[] position) {
    numbered.acknowledged(position);
    Position told = Position.decode(position);
    if (told.kind() == Position.Kind.STREAMING) {
      acknowledged.accumulateAndGet(told.lsn(), Lsn::max);
    }
  }

  @Override
  public SourceStatus status() {
    long at = received.get();
    long upTo = acknowledged.get();
    SnapshotRun run = snapshot;
    return new SourceStatus(
        state,
        at == 0 ? "" : Lsn.text(at),
        upTo == 0 ? "" : Lsn.text(upTo),
        Math.max(0, at - Lsn.max(upTo, streamStart)),
        delivery.rows(),
        bytes.get(),
        delivery.lastCommitMicros(),
        run == null ? new SnapshotProgress(0, tablesToRead, 0, 0) : run.progress(),
        lastError.isEmpty() ? warning : lastError,
        List.of(),
        retainedBytes,
        history.changes(),
        notes());
  }

  private List<TableNote> notes() {
    List<TableNote> notes = new ArrayList<>(joining);
    for (String table : missing) {
      notes.add(
          new TableNote(
              table, Level.NOTE, "is missing at the source; it is paused and keeps its rows"));
    }
    SideRead reading = beside;
    SnapshotRun run = reading == null ? null : reading.reading();
    if (reading != null && run != null) {
      SnapshotProgress progress = run.progress();
      String text =
          "is being read: %,d of about %,d rows"
              .formatted(progress.rowsDone(), progress.rowsEstimated());
      reading.names().forEach(name -> notes.add(new TableNote(name, Level.NOTE, text)));
    }
    notes.removeIf(note -> paused.takenOut().contains(note.table()));
    return notes;
  }

  @Override
  public Optional<Rereadable> rereadable() {
    return Optional.of(this);
  }

  @Override
  public Fence fence() {
    return reads.fence();
  }

  /** Tables that are to be read anew, as far as the log does not say so durably. */
  NotedTables anew() {
    return anew;
  }

  /** What the sink has taken under the source's own name, and what of it is durable. */
  NumberedSink numbered() {
    return numbered;
  }

  PausedTables paused() {
    return paused;
  }

  /**
   * Whether other tables are to be streamed than with these left out.
   *
   * @param told those of which the log was told that it is to be as if it had nothing of them
   */
  boolean wantsOthers(Set<String> leftOut, Set<String> told) {
    return !paused.leftAlone().equals(leftOut) || !told.containsAll(anew.now());
  }

  @Override
  public void wake() {
    Scheduler.Handle started = handle;
    if (started != null) {
      started.wake();
    }
  }

  @Override
  public void close() {
    reads.close();
    Scheduler.Handle started = handle;
    if (started == null) {
      return;
    }
    started.cancel();
    try {
      started.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    task.close();
    fences.connectionLost();
    if (state != State.FAILED) {
      state = State.STOPPED;
    }
  }

  State state() {
    return state;
  }

  Fences fences() {
    return fences;
  }

  Delivery delivery() {
    return delivery;
  }

  long acknowledgedLsn() {
    return acknowledged.get();
  }

  /** The log ends here, durably. */
  void resumedAt(long lsn) {
    acknowledged.accumulateAndGet(lsn, Lsn::max);
  }

  /** What lies before is no lag of ours. */
  void streamsFrom(long lsn) {
    streamStart = lsn;
    received.accumulateAndGet(lsn, Lsn::max);
  }

  void receivedUpTo(long lsn, long newBytes) {
    received.accumulateAndGet(lsn, Lsn::max);
    bytes.addAndGet(newBytes);
  }

  void enter(State next) {
    state = next;
    if (next == State.STREAMING) {
      lastError = "";
    }
  }

  void failed(State next, String message) {
    state = next;
    lastError = message;
  }

  /**
   * How much WAL the server keeps for the slot.
   *
   * @param problem what is wrong with that; empty when nothing is
   */
  void retains(long walBytes, String problem) {
    retainedBytes = walBytes;
    warning = problem;
  }

  /** How tables are that the log does not have, and what is read of them now. */
  void joins(List<TableNote> notes, Optional<SideRead> reading) {
    joining = List.copyOf(notes);
    beside = reading.orElse(null);
  }

  /** Tables that are left alone are not at the server. */
  void missing(Set<String> tables) {
    missing = tables;
  }

  /** What the source waits for, until it does something. */
  void waits(String what) {
    warning = what;
  }

  /** The tables are read anew; why shows until they are. */
  void readsAgain(String why) {
    lastError = "The tables are read anew. " + why;
  }

  /** A snapshot goes on, of so many tables, when what changed since it was broken off is there. */
  void replays(int tables) {
    warning = "The snapshot goes on where it was: what changed since is read first.";
    snapshot = null;
    tablesToRead = tables;
    enter(State.SNAPSHOT);
  }

  void snapshotRun(SnapshotRun run) {
    warning = "";
    snapshot = run;
  }
}
