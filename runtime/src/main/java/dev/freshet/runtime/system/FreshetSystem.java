package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.Snapshot;
import dev.freshet.log.Log;
import dev.freshet.runtime.mask.ProjectMasks;
import dev.freshet.runtime.project.Project;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.Applied;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.http.HttpServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A running project: captures, steps, publishes and serves until closed. Safe for all threads.
 *
 * <pre>
 *   sources -> SourceFeed -> log -> Pipeline -> engine
 *                                      |-> LakeFeed -> lake
 *                                      |-> SinkFeeds -> sinks
 *                                      |-> Subscriptions, RelationMeters -> HTTP
 *                                      '-> Checkpoints
 * </pre>
 */
public final class FreshetSystem implements AutoCloseable {
  private static final long STOP_MILLIS = 10_000;
  private static final long SINK_STOP_MILLIS = 1_000;
  private static final long LOOK_NANOS = 20_000_000;
  private static final String WATCH = "watch";

  private final Parts parts;
  private final Storage.Lock lock;
  private final StatusReader status;
  private final Backend backend;
  private final ModelChanges changes;
  private final Reconciliations reconciliations;
  private final HttpServer server;
  private final ServerFile serverFile;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean hasLetGo;
  private volatile @Nullable Beside<Boolean> saving;

  FreshetSystem(
      Parts parts,
      Storage.Lock lock,
      StatusReader status,
      Backend backend,
      ModelChanges changes,
      Reconciliations reconciliations,
      HttpServer server,
      ServerFile serverFile) {
    this.parts = parts;
    this.lock = lock;
    this.status = status;
    this.backend = backend;
    this.changes = changes;
    this.reconciliations = reconciliations;
    this.server = server;
    this.serverFile = serverFile;
  }

  /**
   * Starts a project. Everything that can be checked is checked before anything is created:
   * settings, contracts and models first, then the address to listen on, then the sources.
   *
   * @throws FreshetException when it cannot start; then nothing of it runs
   */
  public static FreshetSystem start(Project project) {
    return start(project, RestartPolicy.DEFAULT);
  }

  static FreshetSystem start(Project project, RestartPolicy policy) {
    return new SystemStart(project, Restart.none(policy.held())).start();
  }

  /** The project as it runs, with all that was applied and at the address that it has now. */
  Project project() {
    Project running = parts.serving().models().project();
    return running.with(running.settings().withPort(server.port()));
  }

  /** The functions that its models call. */
  FunctionLibrary functions() {
    return parts.serving().models().functions();
  }

  /** Whether nothing of it runs any more, so that another system may use its folder. */
  boolean hasEnded() {
    return hasLetGo
        && changes.isIdle()
        && parts.tasks().values().stream().allMatch(Scheduler.Handle::isDone);
  }

  /** What ended a part without which the others cannot go on, if something did. */
  Optional<Throwable> failure() {
    return parts.tasks().entrySet().stream()
        .filter(task -> !task.getKey().equals(WATCH))
        .map(task -> task.getValue().failure())
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** The address of the web page and the HTTP interface, such as {@code http://127.0.0.1:8790}. */
  public String address() {
    return server.address();
  }

  public SystemStatus status() {
    return status.read();
  }

  public Backend backend() {
    return backend;
  }

  /**
   * Takes the project's folder as it is now, without a restart; see {@link Backend#apply}.
   *
   * @throws FreshetException when it cannot be taken; then nothing has changed
   */
  public Applied apply() {
    return changes.apply();
  }

  /**
   * From now on applies the folder whenever its files have changed and then stayed as they are for
   * a moment; the status tells what became of it.
   *
   * @param present the files before the project was read
   */
  public void watch(FolderFiles present) {
    Path folder = parts.project().directory();
    FolderWatch watch = new FolderWatch(present, () -> FolderFiles.of(folder), this::apply);
    Scheduler.Handle task = Scheduler.threads().start(WATCH, watch);
    parts.tasks().put(WATCH, task);
    if (closed.get()) {
      task.cancel();
    }
  }

  /** The state after the last step. */
  public Snapshot snapshot() {
    return parts.engine().snapshot();
  }

  /** Which columns are masked, a line for each table that has some. */
  public List<String> masked() {
    return ProjectMasks.lines(parts.serving().models().contracts());
  }

  /** The folder in which the lake's tables lie. */
  public String lakeLocation() {
    return parts.lakeLocation();
  }

  /** The step that the lake's tables show. */
  public long publishedStep() {
    return parts.lake().publishedStep();
  }

  /**
   * Waits until everything that came in before this call is durable and visible. {@code false} when
   * it is not: the time ran out, the disk is full, or it hangs; a later call may find it applied.
   * With a disk that hangs it may take some seconds longer than asked.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_FAILED} when the log is failed or closed
   */
  public boolean awaitApplied(long timeout, TimeUnit unit) throws InterruptedException {
    return new AppliedState(parts).await(timeout, unit);
  }

  /** Publishes to the lake everything that is visible now. */
  public void publish() {
    parts.lakeFeed().publishAll();
  }

  /**
   * Stops within seconds: publishes what is visible, saves the state, and lets go of everything.
   * Safe to call again.
   *
   * @throws FreshetException {@link ErrorCode#TIMED_OUT} when the state could not be saved in time,
   *     as when the disk does not answer: nothing is lost, and the folder stays locked until what
   *     writes to it, or this process, has ended
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      endAll();
      if (isStill() && storing().allMatch(task -> task.failure() == null)) {
        Beside<Boolean> save = Beside.start("save", this::save);
        saving = save;
        save.join(STOP_MILLIS);
      }
    } finally {
      if (isStill()) {
        letGo();
      } else { // what still writes must keep others from the folder
        Beside<Boolean> _ = Beside.start("stop", this::letGoWhenStill);
      }
    }
    if (!hasLetGo) {
      throw new FreshetException(
          ErrorCode.TIMED_OUT,
          "Stopped without saving the state in "
              + parts.project().settings().state()
              + ": it took more than "
              + STOP_MILLIS / 1_000
              + " s, as when the disk does not answer. Nothing is lost: the next start reads more of"
              + " the log. The folder stays locked until what writes to it, or this process, has"
              + " ended.");
    }
  }

  private boolean save() {
    parts.dataflow().saveAll();
    return true;
  }

  /** Whether nothing writes to the state any more. */
  private boolean isStill() {
    Beside<Boolean> save = saving;
    return storing().allMatch(Scheduler.Handle::isDone) && (save == null || save.isDone());
  }

  private void letGo() {
    try (lock;
        Log _ = parts.log()) {
      parts.sinks().close();
      parts.dataflow().close();
    } finally {
      hasLetGo = true;
    }
  }

  private boolean letGoWhenStill() {
    while (!isStill()) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    letGo();
    return true;
  }

  /** The tasks that write to the state; a sink's receiver may keep its task as long as it likes. */
  private Stream<Scheduler.Handle> storing() {
    return parts.tasks().entrySet().stream()
        .filter(task -> !parts.sinks().isWriting(task.getKey()))
        .map(Map.Entry::getValue);
  }

  /** Ends everything that runs; one that fails keeps no other from its end. */
  private void endAll() {
    List<Runnable> ends =
        new ArrayList<>(List.of(changes::close, reconciliations::close, serverFile::delete));
    ends.add(server::close);
    ends.add(parts.sinks()::stop);
    parts.feeds().forEach(feed -> ends.add(feed::close));
    ends.add(this::endTasks);
    RuntimeException failure = null;
    for (Runnable end : ends) {
      try {
        end.run();
      } catch (RuntimeException e) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void endTasks() {
    parts.tasks().values().forEach(Scheduler.Handle::cancel);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
    storing().forEach(task -> join(task, deadline));
    long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SINK_STOP_MILLIS);
    parts.tasks().values().forEach(task -> join(task, Math.min(soon, deadline)));
  }

  private static void join(Scheduler.Handle task, long deadlineNanos) {
    try {
      task.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The names of all tables and models, in the order in which they depend on each other. */
  public List<String> relations() {
    return parts.serving().models().relations().stream().map(relation -> relation.name()).toList();
  }
}
