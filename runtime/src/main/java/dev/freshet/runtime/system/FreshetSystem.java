package dev.freshet.runtime.system;

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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

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
   * @throws dev.freshet.core.error.FreshetException when it cannot start; then nothing of it runs
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
    return changes.isIdle() && parts.tasks().values().stream().allMatch(Scheduler.Handle::isDone);
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
   * @throws dev.freshet.core.error.FreshetException when it cannot be taken; then nothing has
   *     changed
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
   * @throws dev.freshet.core.error.FreshetException {@link
   *     dev.freshet.core.error.ErrorCode#STORAGE_FAILED} when the log is failed or closed
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
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try (lock;
        Log _ = parts.log()) {
      try {
        endAll();
        if (parts.tasks().values().stream().allMatch(FreshetSystem::isSound)) {
          parts.dataflow().saveAll();
        }
      } finally {
        parts.sinks().close();
        parts.dataflow().close();
      }
    }
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
    for (Scheduler.Handle task : parts.tasks().values()) {
      task.cancel();
    }
    for (Scheduler.Handle task : parts.tasks().values()) {
      join(task);
    }
  }

  private static boolean isSound(Scheduler.Handle task) {
    return task.isDone() && task.failure() == null;
  }

  private static void join(Scheduler.Handle task) {
    try {
      task.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The names of all tables and models, in the order in which they depend on each other. */
  public List<String> relations() {
    return parts.serving().models().relations().stream().map(relation -> relation.name()).toList();
  }
}
