package dev.freshet.runtime.sink;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.core.output.Output;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Storage;
import dev.freshet.core.retry.Backoff;
import dev.freshet.core.type.Schema;
import dev.freshet.database.step.Step;
import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.dataflow.StepOutput;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries one relation's changes to one sink, beside all others. What a step changed is put into
 * the {@link Outbox} on the thread that makes steps; a task of its own writes it to the sink;
 * another makes the outbox durable, without waiting for either.
 *
 * <pre>
 *               open: it is where the outbox goes on
 *   CONNECTING ------------------------------------------> STREAMING
 *     ^  |  open: it is anywhere else, or nowhere              |
 *     |  '----------> COPYING (the whole content) ------------>|
 *     |                                                        |
 *     '------- after a while, when anything has failed <-------'
 * </pre>
 */
public final class SinkFeed implements StepOutput, Output, AutoCloseable {
  private static final String FOLDER = "sinks/";

  /** No relation computes this. */
  private static final String NOT_THERE = "";

  private static final int GROUP_ROWS = 20_000;
  private static final long ANY_STEP = Long.MAX_VALUE;
  private static final long LOOK_MILLIS = 500;

  private final SinkInput input;
  private final String kind;
  private final Sink sink;
  private final Storage storage;
  private final Clock clock;
  private final Outbox outbox;
  private final Backoff backoff;
  private final Supplier<String> generations;
  private final AtomicLong rowsWritten = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  private volatile Function<Map<String, Long>, String> identity;
  private volatile String identityNow = "";
  private volatile State state = State.CONNECTING;
  private volatile String problem = "";
  private volatile String copyWhy = "";
  private volatile long deliveredStep;
  private volatile Scheduler.@Nullable Handle writing;
  private volatile Scheduler.@Nullable Handle keeping;
  private volatile boolean closed;

  // Of the task that writes.
  private @Nullable SinkPosition position;
  private long begunStep = ANY_STEP;
  private boolean isNoted = true;
  private boolean isWaiting;
  private long retryNanos;

  /** What a sink is doing. */
  public enum State {
    CONNECTING,
    COPYING,
    STREAMING,
    FAILING
  }

  /**
   * @param sink closed when this is
   * @param outboxBytes of changes that may wait on disk
   * @param identity what the relation computes, given the positions from which on models are there
   */
  public SinkFeed(
      SinkInput input,
      String kind,
      Sink sink,
      Storage storage,
      Clock clock,
      long outboxBytes,
      Function<Map<String, Long>, String> identity) {
    this(
        input,
        kind,
        sink,
        storage,
        clock,
        outboxBytes,
        identity,
        new Backoff(Duration.ofMillis(500), Duration.ofMinutes(1)),
        () -> UUID.randomUUID().toString());
  }

  /**
   * As above, without chance of its own.
   *
   * @param backoff between tries
   * @param generations names for the contents that a sink begins with, none twice
   */
  public SinkFeed(
      SinkInput input,
      String kind,
      Sink sink,
      Storage storage,
      Clock clock,
      long outboxBytes,
      Function<Map<String, Long>, String> identity,
      Backoff backoff,
      Supplier<String> generations) {
    this.input = input;
    this.kind = kind;
    this.sink = sink;
    this.storage = storage;
    this.clock = clock;
    this.outbox = new Outbox(storage, FOLDER + input.sink(), clock, outboxBytes);
    this.identity = identity;
    this.backoff = backoff;
    this.generations = generations;
  }

  @Override
  public OptionalLong resume(
      Set<String> absent, Map<String, Long> since, long stepMin, long stepMax) {
    storage.createDirectories(FOLDER + input.sink());
    storage.syncDirectory(FOLDER.substring(0, FOLDER.length() - 1));
    storage.syncDirectory("");
    identityNow = identity.apply(since);
    String held = absent.contains(input.relation()) ? NOT_THERE : identityNow;
    return outbox.open(held, stepMin, stepMax);
  }

  @Override
  public void onStep(Step step) {
    Optional<Batch> changes = step.result().delta(input.relation()).map(delta -> delta.rows());
    if (changes.isPresent()) {
      outbox.onStep(step.number(), changes.get(), input.schema());
      wake(keeping);
    } else {
      outbox.onStep(step.number());
    }
  }

  /**
   * The relation will compute something else, or the same anew: the sink gets its whole content. On
   * the thread that makes steps, before the step that shows it.
   *
   * @param next what it will compute
   * @param since as for {@link #resume}
   */
  void onExchange(Function<Map<String, Long>, String> next, Map<String, Long> since) {
    outbox.lose("the model has changed");
    identity = next;
    identityNow = next.apply(since);
    wake(keeping);
  }

  @Override
  public long durableStep() {
    long durable = outbox.durableStep();
    if (durable < outbox.lastStep()) {
      wake(keeping); // it notes that nothing has changed since
    }
    return durable;
  }

  @Override
  public void flush() {
    outbox.flush();
  }

  /**
   * Starts the tasks of this sink.
   *
   * @param steps runs work between steps
   * @param snapshots the state after the last step
   * @return the tasks, by their names
   */
  Map<String, Scheduler.Handle> start(
      Scheduler scheduler, BetweenSteps steps, Supplier<Snapshot> snapshots) {
    String name = taskName();
    Scheduler.Handle writes = scheduler.start(name, () -> run(steps, snapshots));
    writing = writes;
    Scheduler.Handle keeps = scheduler.start(name + " outbox", this::keep);
    keeping = keeps;
    keeps.wake(); // for what came before the handle was known
    return Map.of(name, writes, name + " outbox", keeps);
  }

  /** The task's that writes to the sink. */
  String taskName() {
    return "sink " + input.sink();
  }

  /** Makes the outbox durable, whatever the sink does. */
  private Next keep() {
    boolean isDurable;
    try {
      outbox.clear();
      isDurable = outbox.flush();
    } catch (RuntimeException e) { // checkpoints wait until the disk takes it
      problem = message(e);
      isDurable = false;
    }
    wake(writing);
    return isDurable ? Next.WHEN_WOKEN : Next.afterMillis(LOOK_MILLIS);
  }

  private Next run(BetweenSteps steps, Supplier<Snapshot> snapshots) {
    if (closed) {
      return Next.DONE;
    }
    long waitNanos = retryNanos - clock.nanos();
    if (isWaiting && waitNanos > 0) {
      return new Next.After(waitNanos); // changes woke it
    }
    isWaiting = false;
    try {
      return position == null ? connect(steps, snapshots) : stream();
    } catch (RuntimeException | Error e) { // whatever it is, it concerns this sink only
      return failed(e);
    }
  }

  private static String message(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }

  private Next failed(Throwable e) {
    problem = message(e);
    state = State.FAILING;
    failures.incrementAndGet();
    disconnect();
    return closed ? Next.DONE : after(backoff.nextMillis());
  }

  private Next after(long millis) {
    isWaiting = true;
    retryNanos = clock.nanos() + millis * 1_000_000;
    return Next.afterMillis(millis);
  }

  private void disconnect() {
    position = null;
    sink.close();
  }

  /** Looks up what the sink has, and goes on there, or begins anew. */
  private Next connect(BetweenSteps steps, Supplier<Snapshot> snapshots) {
    if (state == State.STREAMING || state == State.COPYING) {
      state = State.CONNECTING;
    }
    Optional<SinkPosition> taken = sink.open();
    if (closed) { // while it connected
      sink.close();
      return Next.DONE;
    }
    begunStep = ANY_STEP;
    if (!sink.remembersPosition()) {
      Optional<SinkIntent> intent =
          SinkIntent.read(storage, intentPath())
              .filter(each -> each.receiver().equals(sink.receiver()));
      taken = intent.map(SinkIntent::taken);
      intent
          .filter(each -> each.begunStep() > each.taken().step())
          .ifPresent(each -> begunStep = each.begunStep());
    }
    if (taken.isPresent() && outbox.seek(taken.get())) {
      streaming(taken.get());
      return Next.NOW;
    }
    if (outbox.state() == Outbox.State.RECORDING) {
      outbox.lose(
          taken.isEmpty() ? "it has nothing yet" : "what it has does not go on with what is held");
    }
    return copy(steps, snapshots);
  }

  private Next copy(BetweenSteps steps, Supplier<Snapshot> snapshots) {
    copyWhy = outbox.lostWhy();
    outbox.clear();
    outbox.wipe();
    if (!snapshots.get().relations().contains(input.relation())) {
      sink.close();
      problem = "";
      state = State.CONNECTING;
      return after(LOOK_MILLIS); // a model that is still being computed
    }
    state = State.COPYING;
    outbox.prepare();
    String generation = generations.get();
    Begun begun = steps.call(() -> begin(generation, snapshots.get()), () -> closed);
    if (!begun.snapshot().schema(input.relation()).hasSameColumns(input.schema())) {
      throw new IllegalStateException("its columns have changed; start the project again");
    }
    begunStep = ANY_STEP;
    sink.replace(begun.at(), batches -> begun.snapshot().scan(input.relation(), batches));
    CrashPoint.SINK_TAKEN.reached();
    rowsWritten.addAndGet(begun.snapshot().rowCount(input.relation()));
    note(begun.at(), begun.at().step());
    backoff.reset();
    problem = "";
    if (outbox.seek(begun.at())) { // else given up meanwhile
      streaming(begun.at());
    }
    return Next.NOW;
  }

  private record Begun(SinkPosition at, Snapshot snapshot) {}

  private Begun begin(String generation, Snapshot snapshot) {
    return new Begun(outbox.begin(generation, snapshot.step(), identityNow), snapshot);
  }

  private void streaming(SinkPosition at) {
    position = at;
    deliveredStep = at.step();
    isNoted = true;
    state = State.STREAMING;
  }

  private Next stream() {
    if (outbox.state() != Outbox.State.RECORDING) {
      disconnect();
      return Next.NOW;
    }
    SinkPosition before = Objects.requireNonNull(position);
    Optional<OutboxGroup> next = outbox.next(GROUP_ROWS, begunStep, input.schema());
    if (next.isEmpty()) {
      if (outbox.state() != Outbox.State.RECORDING) {
        disconnect();
        return Next.NOW;
      }
      if (!isNoted) {
        note(before, before.step());
        isNoted = true;
      }
      problem = "";
      return Next.WHEN_WOKEN;
    }
    OutboxGroup group = next.get();
    SinkPosition after = new SinkPosition(before.generation(), group.mark().step());
    if (begunStep == ANY_STEP) {
      note(before, after.step());
    }
    isNoted = false;
    sink.write(before, after, group.changes());
    CrashPoint.SINK_TAKEN.reached();
    begunStep = ANY_STEP;
    position = after;
    deliveredStep = after.step();
    rowsWritten.addAndGet(outbox.delivered(group));
    backoff.reset();
    problem = "";
    return Next.NOW;
  }

  /** For a sink that does not remember: what it has, and what is begun. */
  private void note(SinkPosition taken, long begun) {
    if (!sink.remembersPosition()) {
      new SinkIntent(sink.receiver(), taken, begun).write(storage, intentPath());
    }
  }

  private String intentPath() {
    return FOLDER + input.sink() + "/position";
  }

  private static void wake(Scheduler.@Nullable Handle task) {
    if (task != null) {
      task.wake();
    }
  }

  @Override
  public String name() {
    return input.sink();
  }

  public String kind() {
    return kind;
  }

  public String relation() {
    return input.relation();
  }

  Schema schema() {
    return input.schema();
  }

  SinkInput input() {
    return input;
  }

  @Override
  public DeliveryGuarantee guarantee() {
    return sink.guarantee();
  }

  /** Steps in which nothing changed for it count as delivered. */
  @Override
  public long deliveredStep() {
    long last = outbox.lastStep();
    return state == State.STREAMING && outbox.isDelivered()
        ? Math.max(deliveredStep, last)
        : deliveredStep;
  }

  public State state() {
    return state;
  }

  /** Why it failed last; empty since it goes on. */
  public String problem() {
    return problem;
  }

  /** Why it got the whole content instead of changes last; empty when it did not, or at first. */
  public String copyWhy() {
    return copyWhy;
  }

  /** Rows that wait on disk for the sink. */
  public long rowsBehind() {
    return outbox.rowsBehind();
  }

  /** Bytes that wait on disk for the sink. */
  public long bytesBehind() {
    return outbox.bytesBehind();
  }

  /** Rows and changes that the sink has taken since the start. */
  public long rowsWritten() {
    return rowsWritten.get();
  }

  /** How often something failed since the start. */
  public long failures() {
    return failures.get();
  }

  /** Ends what the sink is doing; its tasks end by themselves. From any thread. */
  void stop() {
    closed = true;
    sink.close();
    wake(writing);
  }

  /** Lets go of the outbox; when its tasks have ended. */
  @Override
  public void close() {
    stop();
    outbox.close();
  }
}
