package dev.freshet.bench.simulate;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.log.Log;
import dev.freshet.testing.property.Draws;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends the transactions of a {@link SimulatedDatabase}, whole or in parts, from where it is told
 * to resume: what follows the last position in the log comes again after a crash. Notes in the
 * {@link LogModel} what the sink took. One thread owns it.
 */
final class SimulatedSource implements Source, Capture, Scheduler.Task {
  static final String NAME = "shop";
  private static final long RETRY_MILLIS = 5;

  private final SimulatedDatabase database;
  private final LogModel model;
  private final Log log;
  private final Draws draws;
  private final long pauseNanosMax;
  private final PlantedBug bug;
  private final AcknowledgementListener listener;
  private final ArrayDeque<ChangeSet> parts = new ArrayDeque<>();
  private @Nullable ChangeSink sink;
  private @Nullable Clock clock;
  private Scheduler.@Nullable Handle task;
  private long next;

  /** Hears which transactions the source may forget. */
  @FunctionalInterface
  interface AcknowledgementListener {
    void acknowledged(long transaction);
  }

  SimulatedSource(
      SimulatedDatabase database,
      LogModel model,
      Log log,
      Draws draws,
      long pauseNanosMax,
      PlantedBug bug,
      AcknowledgementListener listener) {
    this.database = database;
    this.model = model;
    this.log = log;
    this.draws = draws;
    this.pauseNanosMax = pauseNanosMax;
    this.bug = bug;
    this.listener = listener;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SourceCheck check(Resume resume) {
    throw new UnsupportedOperationException("nothing asks a simulated source");
  }

  /** The transaction behind which the source resumes. */
  static long position(Resume resume) {
    return switch (resume) {
      case Resume.FromNothing _ -> 0;
      case Resume.After after -> ByteBuffer.wrap(after.position()).getLong();
    };
  }

  @Override
  public Capture start(Scheduler scheduler, Clock atClock, Resume resume, ChangeSink into) {
    long restart = model.endOffset();
    if (log.endOffset() > restart) {
      model.append(restart, 0, changes(0, Part.RESTART, List.of(), atClock));
    }
    boolean skips = bug == PlantedBug.SOURCE_SKIPS && position(resume) > 0;
    next = position(resume) + (skips ? 2 : 1);
    clock = atClock;
    sink = into;
    task = scheduler.start("source", this);
    return this;
  }

  @Override
  public Next run() {
    if (parts.isEmpty() && !cutNext()) {
      return Next.WHEN_WOKEN;
    }
    long offset = log.endOffset();
    ChangeSet part = parts.element();
    switch (Objects.requireNonNull(sink).offer(part)) {
      case FULL -> {
        return Next.afterMillis(RETRY_MILLIS);
      }
      case TAKEN -> model.append(offset, next, parts.remove());
    }
    if (part.part() == Part.LAST) {
      if (bug == PlantedBug.ACKNOWLEDGED_EARLY) {
        listener.acknowledged(next);
      }
      next++;
    }
    return draws.chance(0.5) ? Next.NOW : new Next.After(draws.between(1, pauseNanosMax));
  }

  /** Cuts the next transaction into parts; {@code false} when all have been sent. */
  private boolean cutNext() {
    if (next > database.transactionsMax()) {
      return false;
    }
    while (!database.has(next)) {
      database.commit();
    }
    List<RowChange> changes = database.transaction(next).changes();
    int partRowsMax = draws.chance(0.3) ? draws.between(1, 10) : Integer.MAX_VALUE;
    int from = 0;
    while (changes.size() - from > partRowsMax) {
      parts.add(part(Part.MORE, changes.subList(from, from + partRowsMax)));
      from += partRowsMax;
    }
    parts.add(part(Part.LAST, changes.subList(from, changes.size())));
    return true;
  }

  /** Only behind the last part is the transaction's own position. */
  private ChangeSet part(Part part, List<RowChange> changes) {
    long position = part == Part.LAST ? next : next - 1;
    return changes(position, part, changes, Objects.requireNonNull(clock));
  }

  private ChangeSet changes(long position, Part part, List<RowChange> changes, Clock atClock) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(position).array();
    long now = atClock.wallMicros();
    return new ChangeSet(NAME, bytes, now, now, next, part, ChangeEncoder.encode(changes));
  }

  @Override
  public void acknowledged(byte[] position) {
    listener.acknowledged(ByteBuffer.wrap(position).getLong());
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(
        SourceStatus.State.STREAMING,
        Long.toString(next - 1),
        "",
        0,
        0,
        0,
        0,
        SourceStatus.SnapshotProgress.NONE,
        "");
  }

  @Override
  public void wake() {
    Objects.requireNonNull(task).wake();
  }

  /** The task that sends. */
  Scheduler.Handle task() {
    return Objects.requireNonNull(task);
  }

  @Override
  public void close() {
    task().cancel();
  }
}
