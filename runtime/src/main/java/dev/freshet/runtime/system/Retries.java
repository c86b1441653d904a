package dev.freshet.runtime.system;

import dev.freshet.core.port.Scheduler;
import dev.freshet.core.retry.Backoff;
import dev.freshet.runtime.dataflow.Dataflow;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Starts tasks so that one that fails runs again after a while, beside all others. Not the steps:
 * what one that failed leaves cannot be gone on with. Safe for all threads.
 */
final class Retries implements Scheduler {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LAST = Duration.ofMinutes(1);

  private final Scheduler scheduler;
  private final Map<String, Retried> tasks = new ConcurrentHashMap<>();

  Retries(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public Handle start(String name, Task task) {
    if (name.equals(Dataflow.STEPS)) {
      return scheduler.start(name, task);
    }
    Retried retried = new Retried(task);
    tasks.put(name, retried);
    return scheduler.start(name, retried);
  }

  /** Why tasks that wait to run again failed, by their names. */
  Map<String, String> problems() {
    Map<String, String> problems = new TreeMap<>();
    tasks.forEach((name, task) -> {
      if (!task.problem.isEmpty()) {
        problems.put(name, task.problem);
      }
    });
    return problems;
  }

  /** How often a task failed and was run again. */
  long count() {
    return tasks.values().stream().mapToLong(task -> task.failures.get()).sum();
  }

  private static final class Retried implements Task {
    private final Task task;
    private final Backoff backoff = new Backoff(FIRST, LAST);
    private volatile String problem = "";
    private final AtomicLong failures = new AtomicLong();

    Retried(Task task) {
      this.task = task;
    }

    @Override
    public Next run() throws Exception {
      Next next;
      try {
        next = task.run();
      } catch (RuntimeException e) {
        problem = Objects.requireNonNullElse(e.getMessage(), e.toString());
        failures.incrementAndGet();
        return Next.afterMillis(backoff.nextMillis());
      }
      problem = "";
      backoff.reset();
      return next;
    }
  }
}
