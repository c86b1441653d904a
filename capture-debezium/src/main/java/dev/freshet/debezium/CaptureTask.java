package dev.freshet.debezium;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.core.retry.Backoff;
import dev.freshet.debezium.Origin.Shapes;
import dev.freshet.debezium.history.SchemaHistories;
import dev.freshet.debezium.history.SchemaHistoryFile;
import dev.freshet.debezium.inside.StoredSchemaHistory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Runs a connector, delivers what it reads, and starts it again when it fails. What is delivered
 * next is always what follows the last change set that the sink took: after a failure the connector
 * begins there.
 */
final class CaptureTask implements Task {
  private static final long FULL_RETRY_MILLIS = 20;

  /** For how long the stream waits for a read that is behind it, each time. */
  private static final long BESIDE_NANOS = 100_000_000;

  /** For so long a place is where a connector is, and not half of one place and half of another. */
  private static final long SILENT_NANOS = 200_000_000;

  private final DebeziumCapture capture;
  private final DebeziumSource source;
  private final Origin origin;
  private final Clock clock;
  private final ChangeSink sink;
  private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

  /** For what is not mended by waiting: someone has to do something first. */
  private final Backoff patience = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));

  private final Beside beside;
  private final Wishes wishes;
  private final Map<String, SourceTable> tables = new LinkedHashMap<>();

  /** Tables as the state has them, for those that the server may not have any more. */
  private final List<SourceTable> held = new ArrayList<>();

  /** What the connector has sent, and was not looked at. */
  private final Queue<SourceRecord> waiting = new ArrayDeque<>();

  /** The tables' names in Freshet. */
  private Set<String> names = Set.of();

  private Position position = Position.NOTHING;
  private boolean isHalf;
  private @Nullable Throwable sinkFailure;
  private @Nullable ChangeSet pending;
  private @Nullable Assembler assembler;
  private @Nullable ConnectorRun run;
  private String historyId = "";
  private long heartbeatNanos;
  private long heardNanos;

  /** Where the connector was when it last had nothing to tell, and since when. */
  private @Nullable Place silent;

  private long silentNanos;

  CaptureTask(
      DebeziumCapture capture,
      DebeziumSource source,
      Scheduler scheduler,
      Clock clock,
      Resume resume,
      ChangeSink sink) {
    this.capture = capture;
    this.source = source;
    this.origin = source.origin();
    this.clock = clock;
    this.sink = sink;
    if (resume instanceof Resume.After after) {
      position = Position.read(after.position()).withPart(0);
      isHalf = after.part() == Part.MORE;
      for (SourceTable table : after.tables()) {
        if (table.origin().isEmpty()) {
          held.add(table);
        } else {
          tables.put(table.name(), table);
        }
      }
    }
    wishes = new Wishes(source, position);
    beside = new Beside(source, scheduler, clock, !position.leftOut().isEmpty(), capture::wake);
  }

  /** All up to the change set of this position is durable. */
  void acknowledged(Position durable) {
    wishes.durable(durable);
  }

  @Override
  public Next run() {
    try {
      return work();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      release();
      return Next.DONE;
    } catch (Exception | Error e) {
      return failed(e);
    }
  }

  private Next work() throws Exception {
    ConnectorRun running = run;
    Assembler assembling = assembler;
    if (running == null || assembling == null) {
      return connect();
    }
    if (!deliver(assembling)) {
      heardNanos = clock.nanos();
      return Next.afterMillis(FULL_RETRY_MILLIS);
    }
    boolean isNews = read(running, assembling);
    if (assembling.position().isStreaming()) {
      readBeside(assembling);
    }
    long now = clock.nanos();
    if (isNews || assembling.isInSnapshot()) {
      heardNanos = now;
    } else if (now - heardNanos > source.pace().silence().toNanos()) {
      throw new FreshetException(
          ErrorCode.SOURCE_UNREACHABLE,
          "Lost the connection to "
              + origin.label()
              + ": nothing was heard of it for "
              + source.pace().silence().toSeconds()
              + " s.");
    }
    capture.enter(assembling.isInSnapshot() ? State.SNAPSHOT : State.STREAMING);
    if (now - heartbeatNanos > source.pace().heartbeat().toNanos()) {
      heartbeatNanos = now;
      pending = pending == null ? assembling.heartbeat() : pending;
    }
    return deliver(assembling) ? Next.NOW : Next.afterMillis(FULL_RETRY_MILLIS);
  }

  /**
   * Reads on, up to where a table joins or is left out; what follows waits until that is delivered.
   * Returns whether anything came.
   */
  private boolean read(ConnectorRun running, Assembler assembling) throws InterruptedException {
    wishes.look(names, assembling);
    if (waiting.isEmpty()) {
      waiting.addAll(running.poll());
    }
    boolean isNews = !waiting.isEmpty();
    if (!isNews) {
      passSilently(running, assembling);
    }
    while (!isTurn(assembling) && !waiting.isEmpty()) {
      assembling.accept(waiting.remove());
    }
    return isNews;
  }

  /** Lets tables be read that are left out, for a bounded time. */
  private void readBeside(Assembler assembling) throws InterruptedException {
    long end = clock.nanos() + BESIDE_NANOS;
    do {
      if (!deliver(assembling)) {
        return;
      }
      beside.advance(wishes.wanted(names, assembling), assembling, end);
      isTurn(assembling);
    } while (beside.isReady() && clock.nanos() - end < 0);
    capture.notes(beside.notes());
  }

  /** Finds out whether the stream is where a table joins though there was no record of that. */
  private void passSilently(ConnectorRun running, Assembler assembling) {
    Place awaited = assembling.isBetweenTransactions() ? beside.awaited(assembling) : null;
    Place at = awaited == null ? null : running.readTo();
    if (awaited == null || at == null || !at.equals(silent)) {
      silent = at;
      silentNanos = clock.nanos();
    } else if (clock.nanos() - silentNanos > SILENT_NANOS && !at.isBefore(awaited)) {
      assembling.passesTo(awaited);
    }
  }

  /**
   * Leaves out what is wanted so. Returns whether something is to be delivered before the stream
   * goes on.
   */
  private boolean isTurn(Assembler assembling) {
    if (!assembling.isBetweenTransactions() || beside.isReady()) {
      return beside.isReady();
    }
    if (beside.isThere(assembling)) {
      beside.join(assembling);
      return true;
    }
    if (wishes.isDue()) {
      Set<String> told = wishes.apply(names, assembling);
      told.forEach(beside::giveUp);
      if (!told.isEmpty()) {
        assembling.tell();
      }
    }
    return false;
  }

  private Next connect() throws ReflectiveOperationException {
    capture.enter(State.CONNECTING);
    if (!restartDelivered()) {
      return Next.afterMillis(FULL_RETRY_MILLIS);
    }
    SchemaHistoryFile history = source.history();
    ConnectorLoader loader = source.loader();
    // A table that is not in the snapshot could not be read later: its shape would not be known.
    Set<String> later = position.isStreaming() ? source.leftAlone(position) : Set.of();
    SourceCheck check = origin.check(loader, resume(), history, later).orThrow();
    boolean isLost = position.isStreaming() && history.count() < position.shapes();
    if (isLost || !position.isStreaming()) {
      history.clear();
    }
    history.note(Origin.names(check).keySet());
    check.tables().forEach(table -> tables.putIfAbsent(table.name(), table));
    names = Set.copyOf(Origin.names(check).values());
    position = wishes.connected(names, position);
    historyId = SchemaHistories.register(history);
    Map<String, String> configuration =
        new HashMap<>(origin.configuration(check, isLost ? Shapes.LOST : Shapes.KNOWN));
    configuration.put("schema.history.internal", StoredSchemaHistory.class.getName());
    configuration.put(StoredSchemaHistory.ID, historyId);
    configuration.put("schema.history.internal.store.only.captured.tables.ddl", "true");
    assembler =
        new Assembler(
            source.name(),
            clock,
            Origin.names(check),
            List.copyOf(tables.values()),
            position,
            history::count,
            origin.form());
    run = ConnectorRun.start(loader, origin.connectorClass(), configuration, position.offset());
    heartbeatNanos = clock.nanos();
    heardNanos = clock.nanos();
    capture.enter(position.isStreaming() ? State.STREAMING : State.SNAPSHOT);
    return Next.NOW;
  }

  private Resume resume() {
    List<SourceTable> known = new ArrayList<>(held);
    known.addAll(tables.values());
    return position.isStreaming()
        ? new Resume.After(position.toBytes(), Part.LAST, known)
        : Resume.FROM_NOTHING;
  }

  /** Parts without their last one are declared void before anything else is delivered. */
  private boolean restartDelivered() {
    if (!isHalf) {
      return true;
    }
    long now = clock.wallMicros();
    return offer(
        new ChangeSet(source.name(), position.toBytes(), now, now, 0, Part.RESTART, List.of()));
  }

  /** Offers all that is ready; returns whether all was taken. */
  private boolean deliver(Assembler assembling) {
    while (true) {
      ChangeSet next = pending == null ? assembling.poll() : pending;
      next = next == null ? beside.poll() : next;
      if (next == null) {
        return true;
      }
      pending = next;
      if (!offer(next)) {
        return false;
      }
      pending = null;
    }
  }

  private boolean offer(ChangeSet changes) {
    Answer answer;
    try {
      answer = sink.offer(changes);
    } catch (RuntimeException | Error e) {
      sinkFailure = e;
      throw e;
    }
    if (answer == Answer.FULL) {
      return false;
    }
    capture.delivered(changes);
    if (!changes.source().equals(source.name())) {
      beside.taken(changes);
      return true;
    }
    isHalf = changes.part() == Part.MORE;
    if (changes.part() == Part.LAST) {
      position = Position.read(changes.position());
      backoff.reset();
      patience.reset();
    }
    return true;
  }

  private Next failed(Throwable failure) {
    release();
    FreshetException e = origin.error(failure);
    String message = String.valueOf(e.getMessage());
    Throwable ofSink = sinkFailure;
    if (ofSink != null) {
      capture.failed(State.FAILED, message);
      if (ofSink instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) ofSink;
    }
    if (e.code().retry() == ErrorCode.Retry.HELPS) {
      capture.failed(State.WAITING_TO_RETRY, message);
      return Next.afterMillis(backoff.nextMillis());
    }
    capture.failed(State.FAILED, message);
    return Next.afterMillis(patience.nextMillis());
  }

  /** Ends the connector, and forgets what was read but not delivered. */
  void release() {
    pending = null;
    waiting.clear();
    silent = null;
    beside.release();
    Assembler assembling = assembler;
    if (assembling != null) {
      assembling.tables().forEach(table -> tables.put(table.name(), table));
      assembler = null;
    }
    ConnectorRun running = run;
    if (running != null) {
      run = null;
      running.close();
    }
    if (!historyId.isEmpty()) {
      SchemaHistories.forget(historyId);
      historyId = "";
    }
  }
}
