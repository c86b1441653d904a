package dev.freshet.core.port;

import org.jspecify.annotations.Nullable;

/**
 * Runs the parts of the system. A part is a {@link Task}: a state machine that does a bounded piece
 * of work each time it is run and says when it wants to run again. Implementations: one thread per
 * task, and a simulator that runs all tasks in one thread in an order drawn from a seed. All
 * hand-overs between tasks go through state that both may touch, followed by {@link Handle#wake()}.
 */
public interface Scheduler {
  /** Starts a task. A name is unique while its task runs. */
  Handle start(String name, Task task);

  /** One part of the system. Never run by two threads at once. */
  interface Task {
    /**
     * Does a bounded piece of work. In the real system it may block on its own source for a bounded
     * time. What it throws ends the task and is kept for {@link Handle#failure()}.
     */
    Next run() throws Exception;
  }

  /** When a task wants to run again. */
  sealed interface Next {
    /** At once, after others had their turn. */
    record Now() implements Next {}

    /** When woken. */
    record WhenWoken() implements Next {}

    /** When woken, or after this time. */
    record After(long nanos) implements Next {}

    /** Never: the task is done. */
    record Done() implements Next {}

    Next NOW = new Now();
    Next WHEN_WOKEN = new WhenWoken();
    Next DONE = new Done();

    static Next afterMillis(long millis) {
      return new After(millis * 1_000_000);
    }
  }

  /** A started task. Safe for all threads. */
  interface Handle {
    /** Makes the task run again soon. A wake during a run is not lost. */
    void wake();

    /** Whether the task has ended, in whatever way. */
    boolean isDone();

    /** What the task threw, or {@code null}. */
    @Nullable Throwable failure();

    /**
     * Ends the task after its current run. Nothing is interrupted (that would close file channels):
     * a task that blocks on a source bounds its wait.
     */
    void cancel();

    /** Waits until the task has ended; {@code false} when the time ran out first. */
    boolean join(long millis) throws InterruptedException;
  }

  /** One platform thread per task. */
  static Scheduler threads() {
    return new ThreadScheduler();
  }
}
