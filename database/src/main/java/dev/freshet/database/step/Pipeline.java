package dev.freshet.database.step;

import dev.freshet.contracts.Gate;
import dev.freshet.contracts.Ledger;
import dev.freshet.contracts.QuarantinedRow;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.engine.AppliedChanges;
import dev.freshet.engine.Engine;
import dev.freshet.log.Log;
import dev.freshet.log.LogReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the steps. Each run takes the complete transactions that stand durably in the log, up to a
 * bound of rows, through the gates into the engine, and moves all relations forward at once:
 *
 * <pre>
 *   log      |  A1 more | B1 last | A2 last | C1 more |
 *   step 2   |            B1      |                         number = offset behind the last transaction taken
 *   step 3   |  A1 + A2                     |               C1 waits for its end
 * </pre>
 *
 * <p>The log offset of each step depends only on the log, and a step's content only on its number;
 * so after a crash the log is read again from the checkpoint and gives the same states. One thread
 * runs it; the accessors may be called by any.
 */
public final class Pipeline implements Task, AutoCloseable {
  private final Log log;
  private final Engine engine;
  private final PipelineSettings settings;
  private final Clock clock;
  private final StepSize size;
  private final Map<String, Gated> gates = new HashMap<>();
  private final List<StepListener> listeners = new CopyOnWriteArrayList<>();
  private final Unfinished unfinished = new Unfinished();
  private final long startStep;
  private final Visibility visibility;
  private final Queue<Runnable> between = new ConcurrentLinkedQueue<>();
  private final Queue<StepChange> changes = new ConcurrentLinkedQueue<>();
  private final NavigableSet<Long> ends = new ConcurrentSkipListSet<>();
  private @Nullable LogReader reader;
  private volatile Progress progress;
  private volatile long readOffset;

  /**
   * @param engine with all relations declared; restored from a checkpoint of {@link #userData()},
   *     or new
   */
  public Pipeline(Log log, Engine engine, PipelineSettings settings, Clock clock) {
    this(log, engine, settings, clock, 0);
  }

  /**
   * As above.
   *
   * @param firstOffset no earlier record is read: the log may have forgotten them
   */
  public Pipeline(
      Log log, Engine engine, PipelineSettings settings, Clock clock, long firstOffset) {
    this.log = log;
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.size = new StepSize(settings);
    this.progress = Progress.read(engine.restoredUserData()).notBefore(firstOffset);
    this.startStep = engine.step();
    this.visibility = new Visibility(startStep);
  }

  /**
   * @param fromOffset the changes of transactions that end there or later count
   */
  private record Gated(Gate gate, long fromOffset) {}

  /** Holds a table's changes to a contract. Changes of tables without a gate are passed over. */
  public void addGate(Gate gate) {
    addGate(gate, 0);
  }

  /**
   * As {@link #addGate(Gate)}, for a table that began at this log record: earlier records are about
   * another table of its name.
   */
  public void addGate(Gate gate, long fromOffset) {
    gates.put(gate.contract().table(), new Gated(gate, fromOffset));
  }

  public void removeGate(String table) {
    gates.remove(table);
  }

  public void addListener(StepListener listener) {
    listeners.add(listener);
  }

  /**
   * Lets a step end at this one, which an earlier process made: whoever has taken it goes on behind
   * it. From any thread.
   */
  public void endStepAt(long step) {
    ends.add(step);
  }

  public void removeListener(StepListener listener) {
    listeners.remove(listener);
  }

  /**
   * Runs work on the thread that makes steps, between two of them; whoever gives it wakes that
   * thread. From any thread.
   */
  public <T> CompletableFuture<T> between(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    between.add(() -> {
      try {
        result.complete(work.get());
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  /**
   * Makes a change with the next step that takes something from the log: whoever gives it appends
   * something. From any thread.
   */
  public void atNextStep(StepChange change) {
    changes.add(change);
  }

  /**
   * What {@link Engine#checkpoint} has to keep for {@link #Pipeline}; on the thread that makes
   * steps.
   */
  public byte[] userData() {
    return progress.toBytes();
  }

  /** The first log record that a restart from a checkpoint with this {@link #userData} needs. */
  public static long firstNeededOffset(byte[] userData) {
    return Progress.read(userData).firstNeededOffset();
  }

  /** All rows ever received and what became of them. */
  public Ledger ledger() {
    return progress.ledger();
  }

  /** The step that readers see, and waiting for one. */
  public Visibility visibility() {
    return visibility;
  }

  /**
   * All durable records below this offset have been read: parts of transactions without their end
   * among them.
   */
  public long readOffset() {
    return readOffset;
  }

  /** Whether everything durable has been read and nothing but unfinished transactions waits. */
  public boolean isIdle() {
    return readOffset >= log.durableOffset();
  }

  @Override
  public Next run() {
    for (Runnable work = between.poll(); work != null; work = between.poll()) {
      work.run();
    }
    for (StepListener listener : listeners) {
      if (!listener.isReady()) {
        return Next.afterMillis(5);
      }
    }
    return step(Long.MAX_VALUE, size.rows()) ? Next.NOW : Next.WHEN_WOKEN;
  }

  /** Makes steps of what is durable below an offset, instead of {@link #run}. */
  public void runTo(long offset) {
    while (engine.step() < offset && step(offset, settings.stepRowsMax())) {
      // one bounded step after the other
    }
  }

  /**
   * Makes a step of what is durable below {@code limit}, up to a bound of rows; returns whether
   * there was anything.
   */
  private boolean step(long limit, int rowsMax) {
    long start = clock.nanos();
    LogReader in = reader();
    List<Step.Input> inputs = new ArrayList<>();
    int rows = 0;
    long end = engine.step();
    long processingMicros = 0;
    long last = Math.min(Math.min(limit, engine.boundary()), nextEnd());
    while (rows < rowsMax && in.nextOffset() < last && in.next()) {
      switch (in.part()) {
        case MORE -> unfinished.add(in.source(), in.offset());
        case RESTART -> {
          unfinished.remove(in.source());
          if (in.offset()
              >= startStep) { // a step without rows: what a restart changed shows at once
            end = in.offset() + 1;
            processingMicros = in.ingestMicros();
          }
        }
        case LAST -> {
          List<Long> parts = unfinished.remove(in.source());
          if (in.offset() >= startStep) {
            rows += readParts(parts, inputs) + in.rowCount();
            inputs.add(new Step.Input(in.offset(), in.changes()));
            end = in.offset() + 1;
            processingMicros = in.ingestMicros();
          }
        }
      }
    }
    boolean moved = end > engine.step();
    if (moved) {
      take(inputs, end, processingMicros);
      size.took(rows, clock.nanos() - start);
    }
    readOffset = in.nextOffset();
    return moved;
  }

  private long nextEnd() {
    ends.headSet(engine.step(), true).clear();
    return ends.isEmpty() ? Long.MAX_VALUE : ends.first();
  }

  private LogReader reader() {
    if (reader == null) {
      reader = log.read(progress.firstNeededOffset());
    }
    return reader;
  }

  /** Reads the earlier parts of a transaction again; returns their rows. */
  private int readParts(List<Long> offsets, List<Step.Input> inputs) {
    if (offsets.isEmpty()) {
      return 0;
    }
    int rows = 0;
    int taken = 0;
    try (LogReader again = log.read(offsets.get(0))) {
      while (taken < offsets.size() && again.next()) {
        if (again.offset() == offsets.get(taken)) {
          inputs.add(new Step.Input(again.offset(), again.changes()));
          rows += again.rowCount();
          taken++;
        }
      }
    }
    return rows;
  }

  private void take(List<Step.Input> inputs, long end, long processingMicros) {
    Optional<StepChange> change = Optional.ofNullable(changes.poll());
    change.ifPresent(StepChange::before);
    List<QuarantinedRow> quarantined = new ArrayList<>();
    Ledger ledger = Ledger.EMPTY;
    boolean begins = true;
    List<List<Gate.Result>> checked = check(inputs);
    for (int i = 0; i < inputs.size(); i++) {
      Step.Input input = inputs.get(i);
      if (begins) {
        engine.pass(input.offset(), input.changes().ingestMicros());
      }
      begins = input.changes().part() == Part.LAST;
      for (Gate.Result each : checked.get(i)) {
        ledger = ledger.plus(apply(each, input.offset(), quarantined));
      }
    }
    var result = engine.step(end, processingMicros);
    CrashPoint.STEP_MADE.reached();
    progress = progress.next(unfinished.firstNeeded(end), ledger);
    Step step = new Step(result, inputs, quarantined, ledger);
    for (StepListener listener : listeners) {
      listener.onStep(step);
    }
    change.ifPresent(each -> each.after(step));
    visibility.moveTo(end);
  }

  /** What the gates let through of each input; what it touches is looked up for all at once. */
  private List<List<Gate.Result>> check(List<Step.Input> inputs) {
    List<List<Gate.Result>> checked = new ArrayList<>(inputs.size());
    Map<String, List<TableChanges>> accepted = new LinkedHashMap<>();
    long[] ends = ends(inputs);
    for (int i = 0; i < ends.length; i++) {
      Step.Input input = inputs.get(i);
      List<Gate.Result> results = new ArrayList<>();
      for (TableChanges table : input.changes().tables()) {
        Gated gated = gates.get(table.table());
        if (gated != null && ends[i] >= gated.fromOffset()) {
          Gate.Result result = gated.gate().check(table, input.offset());
          results.add(result);
          accepted.computeIfAbsent(table.table(), _ -> new ArrayList<>()).add(result.accepted());
        }
      }
      checked.add(results);
    }
    accepted.forEach(engine::foresee);
    return checked;
  }

  /** Where the transaction of each input ends. */
  private static long[] ends(List<Step.Input> inputs) {
    long[] ends = new long[inputs.size()];
    for (int i = ends.length - 1; i >= 0; i--) {
      boolean isEnd = i == ends.length - 1 || inputs.get(i).changes().part() == Part.LAST;
      ends[i] = isEnd ? inputs.get(i).offset() : ends[i + 1];
    }
    return ends;
  }

  private Ledger apply(Gate.Result checked, long offset, List<QuarantinedRow> quarantined) {
    AppliedChanges applied = engine.apply(checked.accepted());
    quarantined.addAll(checked.quarantined());
    for (RejectedRow row : applied.unresolved()) {
      quarantined.add(
          new QuarantinedRow(
              checked.accepted().table(), offset, row.operation(), row.original(), row.reason()));
    }
    long unresolved = applied.unresolved().size();
    Ledger ledger = checked.ledger();
    return new Ledger(
        ledger.received(), ledger.applied() - unresolved, ledger.quarantined() + unresolved);
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
