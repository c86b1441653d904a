package dev.freshet.testing.simulation;

import dev.freshet.core.error.Check;
import dev.freshet.core.port.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs all tasks in the caller's thread, one step after the other, in an order drawn from a seed.
 * When nothing can run, time jumps to the next moment at which something can. One thread owns it.
 */
public final class SimulatedScheduler implements Scheduler {
  private static final int JOIN_STEPS_MAX = 1_000_000;

  private final SimulatedClock clock;
  private final Trace trace;
  private final RandomGenerator random;
  private final List<SimulatedTask> tasks = new ArrayList<>();

  public SimulatedScheduler(SimulatedClock clock, Trace trace, long seed) {
    this.clock = clock;
    this.trace = trace;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public Handle start(String name, Task task) {
    Check.that(
        tasks.stream().noneMatch(t -> t.name.equals(name)), "a task's name is unique: " + name);
    SimulatedTask started = new SimulatedTask(name, task);
    tasks.add(started);
    trace.add("start " + name, tasks.size());
    return started;
  }

  /** Runs one task; {@code false} when none can ever run again without help from outside. */
  public boolean step() {
    List<SimulatedTask> runnable = runnable();
    if (runnable.isEmpty()) {
      long dueNanos = Long.MAX_VALUE;
      for (SimulatedTask task : tasks) {
        dueNanos = task.running ? dueNanos : Math.min(dueNanos, task.dueNanos);
      }
      if (dueNanos == Long.MAX_VALUE) {
        return false;
      }
      clock.advance(dueNanos - clock.nanos());
      runnable = runnable();
    }
    SimulatedTask chosen = runnable.get(random.nextInt(runnable.size()));
    trace.add(chosen.name, clock.nanos());
    chosen.run();
    return true;
  }

  private List<SimulatedTask> runnable() {
    List<SimulatedTask> runnable = new ArrayList<>();
    for (SimulatedTask task : tasks) {
      if (!task.running && (task.woken || task.dueNanos <= clock.nanos())) {
        runnable.add(task);
      }
    }
    return runnable;
  }

  /**
   * Runs tasks until the condition holds; returns how many steps it took.
   *
   * @throws AssertionError on a deadlock (the condition does not hold and nothing can run), or
   *     after {@code stepsMax} steps
   */
  public int runUntil(BooleanSupplier condition, int stepsMax) {
    int steps = 0;
    while (!condition.getAsBoolean()) {
      if (steps == stepsMax) {
        throw new AssertionError("no end after " + steps + " steps; tasks: " + tasks);
      }
      if (!step()) {
        throw new AssertionError(
            "deadlock after " + steps + " steps: nothing can run; tasks: " + tasks);
      }
      steps++;
    }
    return steps;
  }

  /** Runs at most {@code steps} steps, fewer when nothing can run. */
  public void run(int steps) {
    int left = steps;
    while (left > 0 && step()) {
      left--;
    }
  }

  /** The process dies: no task runs again. */
  public void kill() {
    for (SimulatedTask task : tasks) {
      task.done = true;
    }
    tasks.clear();
    trace.add("kill tasks", 0);
  }

  /** Names of the tasks that have not ended, in order of their start. */
  public List<String> running() {
    return tasks.stream().map(t -> t.name).toList();
  }

  private final class SimulatedTask implements Handle {
    private final String name;
    private final Task task;
    private boolean woken = true;
    private long dueNanos = Long.MAX_VALUE;
    private boolean running;
    private boolean cancelled;
    private boolean done;
    private @Nullable Throwable failure;

    SimulatedTask(String name, Task task) {
      this.name = name;
      this.task = task;
    }

    void run() {
      woken = false;
      dueNanos = Long.MAX_VALUE;
      running = true;
      boolean more = false;
      try {
        more = !cancelled && plan(task.run());
      } catch (Throwable e) { // kept for failure(): whoever started the task decides
        failure = e;
      } finally {
        running = false;
      }
      if ((!more || cancelled) && !done) {
        done = true;
        tasks.remove(this);
      }
    }

    private boolean plan(Next next) {
      switch (next) {
        case Next.Now _ -> woken = true;
        case Next.WhenWoken _ -> {}
        case Next.After after ->
            dueNanos = clock.nanos() + Math.min(after.nanos(), Long.MAX_VALUE / 4);
        case Next.Done _ -> {
          return false;
        }
      }
      return true;
    }

    @Override
    public void wake() {
      woken = true;
    }

    @Override
    public boolean isDone() {
      return done;
    }

    @Override
    public @Nullable Throwable failure() {
      return failure;
    }

    @Override
    public void cancel() {
      cancelled = true;
      woken = true;
    }

    @Override
    public boolean join(long millis) {
      long endNanos = clock.nanos() + millis * 1_000_000;
      for (int i = 0; i < JOIN_STEPS_MAX && !done && clock.nanos() < endNanos; i++) {
        if (!step()) {
          break;
        }
      }
      return done;
    }

    @Override
    public String toString() {
      return name + (woken ? " (ready)" : dueNanos < Long.MAX_VALUE ? " (sleeping)" : " (waiting)");
    }
  }
}
