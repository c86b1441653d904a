package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot under way: workers share a queue of tables' slices and deliver parts in any order;
 * when all are done the owner delivers the last part. Safe for all threads.
 */
final class SnapshotRun {
  static final long FULL_RETRY_MILLIS = 5;
  private static final long JOIN_MILLIS = 5_000;

  private final PostgresConfig config;
  private final String source;
  private final ServerAddress address;
  private final Clock clock;
  private final SnapshotPlan plan;
  private final Delivery delivery;
  private final SnapshotTrail trail;
  private final Runnable whenChanged;
  private final ConcurrentLinkedQueue<Slice> queue;
  private final List<SnapshotWorker> workers = new ArrayList<>();
  private final List<Scheduler.Handle> handles = new CopyOnWriteArrayList<>();
  private final int sliceCount;
  private final SnapshotMeter meter;

  /** Goes before all others; {@code null} when there is none, or it was taken. */
  private @Nullable ChangeSet opening; // guarded by this

  /**
   * @param source the name under which the rows come
   * @param trail learns what the log has of the snapshot
   */
  SnapshotRun(
      PostgresConfig config,
      String source,
      ServerAddress address,
      Clock clock,
      SnapshotPlan plan,
      Delivery delivery,
      SnapshotTrail trail,
      Runnable whenChanged) {
    this.config = config;
    this.source = source;
    this.address = address;
    this.clock = clock;
    this.plan = plan;
    this.delivery = delivery;
    this.trail = trail;
    this.whenChanged = whenChanged;
    List<Slice> slices = plan.slices(config.limits().rangeBytes());
    this.queue = new ConcurrentLinkedQueue<>(slices);
    this.sliceCount = slices.size();
    this.meter = new SnapshotMeter(clock, plan.tables(), slices);
    this.opening = opening();
  }

  /** What the log has of the tables goes before the first row comes. */
  private @Nullable ChangeSet opening() {
    if (plan.emptied().isEmpty()) {
      return null;
    }
    List<TableChanges> truncated = new ArrayList<>();
    List<Position.Read> nothing = new ArrayList<>();
    for (SnapshotPlan.Part part : plan.tables()) {
      int relation = part.shape().relation();
      if (plan.emptied().contains(relation)) {
        TableBuffer buffer = new TableBuffer(part.shape());
        buffer.truncate();
        truncated.add(buffer.take());
        nothing.add(Position.Read.nothing(relation, plan.point().consistentPoint()));
      }
    }
    return part(nothing, truncated);
  }

  /**
   * @param connection the first worker's; the others open theirs when the first has not been enough
   *     for a while
   */
  void start(Scheduler scheduler, PgConnection connection) {
    int count = Math.max(1, Math.min(config.snapshotConnections(), sliceCount));
    for (int i = 0; i < count; i++) {
      SnapshotWorker worker =
          i == 0 ? SnapshotWorker.first(this, connection) : SnapshotWorker.further(this);
      workers.add(worker);
      handles.add(scheduler.start("capture-" + source + "-snapshot-" + i, worker));
    }
  }

  boolean isDone() {
    return handles.stream().allMatch(Scheduler.Handle::isDone) && failure() == null;
  }

  /** What ended a worker before its time, or {@code null}. */
  @Nullable Throwable failure() {
    for (Scheduler.Handle handle : handles) {
      Throwable failure = handle.failure();
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** As {@link #close}, of workers that may wait for the server for long. */
  void abort() {
    workers.forEach(SnapshotWorker::abort);
    close();
  }

  /** Ends all workers and their connections. */
  void close() {
    handles.forEach(Scheduler.Handle::cancel);
    for (Scheduler.Handle handle : handles) {
      try {
        handle.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    workers.forEach(SnapshotWorker::abort);
  }

  SnapshotProgress progress() {
    return meter.progress();
  }

  ServerAddress address() {
    return address;
  }

  /** Whether the sink has not failed. */
  boolean hasSink() {
    return delivery.sinkFailure() == null;
  }

  SnapshotPlan plan() {
    return plan;
  }

  boolean hasNext() {
    return !queue.isEmpty();
  }

  @Nullable Slice next() {
    return queue.poll();
  }

  void sliceDone(Slice slice, long rows) {
    meter.done(slice, rows);
  }

  /** Nothing is left; who waits to see whether one is need not wait longer. */
  void workerDone() {
    handles.forEach(Scheduler.Handle::wake);
    whenChanged.run();
  }

  boolean isPartFull(int rows, int bytes) {
    return rows >= config.limits().partRows() || bytes >= config.limits().partBytes();
  }

  /** Whether the log is to tell that the slice has been read. */
  boolean keeps(Slice slice) {
    return plan.kind() == SnapshotPlan.Kind.FIRST && slice.isKept();
  }

  /** Rows of a slice that has more. */
  ChangeSet partOf(TableChanges changes) {
    return part(List.of(), List.of(changes));
  }

  /** The last rows of a slice, if there are any. */
  ChangeSet lastPartOf(Slice slice, TableChanges changes) {
    List<Position.Read> done =
        keeps(slice)
            ? List.of(
                new Position.Read(slice.relation(), slice.part().fingerprint(), slice.range()))
            : List.of();
    boolean isEmpty = changes.rowCount() == 0 && changes.rejected().isEmpty();
    return part(done, isEmpty ? List.of() : List.of(changes));
  }

  private ChangeSet part(List<Position.Read> done, List<TableChanges> changes) {
    boolean isFirst = plan.kind() == SnapshotPlan.Kind.FIRST;
    Position at = isFirst ? plan.underWay().withReads(done) : plan.underWay();
    return changeSet(at.encode(), ChangeSet.Part.MORE, changes);
  }

  /**
   * The part that completes the snapshot; it names every table, so that empty ones are known too.
   */
  ChangeSet lastPart() {
    return changeSet(
        plan.done().encode(),
        ChangeSet.Part.LAST,
        plan.tables().stream().map(part -> new TableBuffer(part.shape()).take()).toList());
  }

  private ChangeSet changeSet(byte[] position, ChangeSet.Part part, List<TableChanges> changes) {
    long now = clock.wallMicros();
    return new ChangeSet(source, position, now, now, 0, part, changes);
  }

  /** Offers rows of a slice. */
  Answer offer(Slice slice, ChangeSet part) {
    Answer answer = offer(part);
    if (answer == Answer.TAKEN) {
      meter.read(slice.relation(), part.rowCount());
    }
    return answer;
  }

  synchronized Answer offer(ChangeSet part) {
    return open() == Answer.FULL ? Answer.FULL : offerNow(part);
  }

  /** Offers what goes before all rows, unless it was taken: there may be no rows. */
  synchronized Answer open() {
    ChangeSet first = opening;
    if (first != null && offerNow(first) == Answer.FULL) {
      return Answer.FULL;
    }
    opening = null;
    return Answer.TAKEN;
  }

  private Answer offerNow(ChangeSet part) {
    Answer answer = delivery.offer(part);
    boolean isKept = plan.kind() == SnapshotPlan.Kind.FIRST && part.part() == ChangeSet.Part.MORE;
    if (answer == Answer.TAKEN && isKept) {
      trail.taken(Position.decode(part.position()));
    }
    return answer;
  }
}
