package dev.freshet.runtime.system;

import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.retry.Backoff;
import dev.freshet.engine.ViewFailure;
import dev.freshet.runtime.project.Project;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a project, and starts it anew when a part without which the others cannot go on has failed:
 * after a while, which grows as long as it fails. A model whose computation fails twice in a row is
 * left out then, with those that read it, and computed anew beside the others later.
 *
 * <pre>
 *             a part failed             all parts have ended, waited
 *   RUNNING ----------------> STOPPING -----------------------------> RUNNING, or waiting again
 * </pre>
 *
 * Safe for all threads.
 */
public final class Supervisor implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;
  private static final long STOP_MILLIS = 30_000;
  private static final Duration HELD_MAX = Duration.ofMinutes(5);

  private final RestartPolicy policy;
  private final Consumer<FreshetSystem> onStart;
  private final Backoff backoff;
  private final Scheduler.Handle task;

  /** Of the task's thread. */
  private final Map<String, String> held = new HashMap<>();

  private final Set<String> blamed = new HashSet<>();
  private Project project;
  private FunctionLibrary functions;
  private long restarts;
  private long startedNanos = System.nanoTime();
  private Duration heldFor;
  private @Nullable FreshetSystem stopping;

  private volatile @Nullable FreshetSystem system;
  private volatile String problem = "";
  private volatile boolean closed;

  private Supervisor(FreshetSystem first, RestartPolicy policy, Consumer<FreshetSystem> onStart) {
    this.policy = policy;
    this.onStart = onStart;
    this.backoff = new Backoff(policy.first(), policy.last());
    this.heldFor = policy.held();
    this.system = first;
    this.project = first.project();
    this.functions = first.functions();
    this.task = Scheduler.threads().start("supervisor", this::look);
  }

  /**
   * Starts a project.
   *
   * @param onStart is given each system, the first one and those that take the place of a failed
   *     one
   * @throws dev.freshet.core.error.FreshetException when the first start fails; then nothing runs
   */
  public static Supervisor start(Project project, Consumer<FreshetSystem> onStart) {
    return start(project, RestartPolicy.DEFAULT, onStart);
  }

  static Supervisor start(Project project, RestartPolicy policy, Consumer<FreshetSystem> onStart) {
    FreshetSystem first = FreshetSystem.start(project, policy);
    try {
      onStart.accept(first);
      return new Supervisor(first, policy, onStart);
    } catch (RuntimeException e) {
      first.close();
      throw e;
    }
  }

  /** The running system; empty between a failure and the next start. */
  public Optional<FreshetSystem> system() {
    return Optional.ofNullable(system);
  }

  /** Why no system runs; empty while one does. */
  public String problem() {
    return problem;
  }

  private Next look() {
    FreshetSystem running = system;
    if (running == null) {
      return startAgain();
    }
    Optional<Throwable> failure = running.failure();
    if (failure.isPresent()) {
      return end(running, failure.get());
    }
    if (System.nanoTime() - startedNanos > policy.sound().toNanos()) {
      backoff.reset();
      blamed.clear();
    }
    return Next.afterMillis(LOOK_MILLIS);
  }

  private Next end(FreshetSystem failed, Throwable failure) {
    project = failed.project();
    functions = failed.functions();
    problem = message(failure);
    system = null;
    stopping = failed;
    try {
      failed.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return await(failure);
  }

  private Next startAgain() {
    FreshetSystem before = stopping;
    if (before != null && !before.hasEnded()) { // two at once would write to one folder
      return Next.afterMillis(LOOK_MILLIS);
    }
    stopping = null;
    restarts++;
    try {
      Restart restart = new Restart(restarts, Optional.of(functions), held, heldFor);
      run(new SystemStart(project, restart).start());
      return Next.afterMillis(LOOK_MILLIS);
    } catch (RuntimeException | Error e) {
      problem = message(e);
      return await(e);
    }
  }

  private void run(FreshetSystem next) {
    try {
      onStart.accept(next);
    } catch (RuntimeException | Error e) {
      next.close();
      throw e;
    }
    startedNanos = System.nanoTime();
    system = next;
    problem = "";
    if (!held.isEmpty()) {
      held.clear(); // the system computes them itself
      heldFor = heldFor.compareTo(HELD_MAX) < 0 ? heldFor.multipliedBy(2) : heldFor;
    }
    if (closed) { // who closes did not wait for so long
      next.close();
    }
  }

  private Next await(Throwable failure) {
    if (failure instanceof ViewFailure broken) {
      for (String view : broken.views()) {
        if (!blamed.add(view)) {
          held.put(view, message(failure));
        }
      }
    }
    return Next.afterMillis(backoff.nextMillis());
  }

  private static String message(Throwable failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }

  /** Stops what runs, as {@link FreshetSystem#close} does. */
  @Override
  public void close() {
    closed = true;
    task.cancel();
    try {
      task.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    FreshetSystem running = system;
    system = null;
    if (running != null) {
      running.close();
    }
  }
}
