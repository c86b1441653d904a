package dev.freshet.runtime.system;

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
 *             a part failed                waited
 *   RUNNING ----------------> WAITING ----------------> RUNNING, or WAITING again
 * </pre>
 *
 * Safe for all threads.
 */
public final class Supervisor implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;
  private static final long STOP_MILLIS = 30_000;
  private static final Duration HELD_MAX = Duration.ofMinutes(5);

  private final RestartPolicy policy;
  private final Consumer<FreshetSystem> onRestart;
  private final Backoff backoff;
  private final Scheduler.Handle task;

  /** Of the task's thread. */
  private final Map<String, String> held = new HashMap<>();

  private final Set<String> blamed = new HashSet<>();
  private Project project;
  private long restarts;
  private long startedNanos = System.nanoTime();
  private Duration heldFor;

  private volatile @Nullable FreshetSystem system;
  private volatile String problem = "";

  private Supervisor(FreshetSystem first, RestartPolicy policy, Consumer<FreshetSystem> onRestart) {
    this.policy = policy;
    this.onRestart = onRestart;
    this.backoff = new Backoff(policy.first(), policy.last());
    this.heldFor = policy.held();
    this.system = first;
    this.project = first.project();
    this.task = Scheduler.threads().start("supervisor", this::look);
  }

  /**
   * Starts a project.
   *
   * @param onRestart is given each system that takes the place of a failed one
   * @throws dev.freshet.core.error.FreshetException when the first start fails; then nothing runs
   */
  public static Supervisor start(Project project, Consumer<FreshetSystem> onRestart) {
    return start(project, RestartPolicy.DEFAULT, onRestart);
  }

  static Supervisor start(
      Project project, RestartPolicy policy, Consumer<FreshetSystem> onRestart) {
    return new Supervisor(FreshetSystem.start(project), policy, onRestart);
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
    problem = message(failure);
    system = null;
    try {
      failed.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return await(failure);
  }

  private Next startAgain() {
    restarts++;
    FreshetSystem next;
    try {
      next = new SystemStart(project, new Restart(restarts, held, heldFor)).start();
    } catch (RuntimeException e) {
      problem = message(e);
      return await(e);
    }
    startedNanos = System.nanoTime();
    system = next;
    problem = "";
    if (!held.isEmpty()) {
      held.clear(); // the system computes them itself
      heldFor = heldFor.compareTo(HELD_MAX) < 0 ? heldFor.multipliedBy(2) : heldFor;
    }
    onRestart.accept(next);
    return Next.afterMillis(LOOK_MILLIS);
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
