package dev.freshet.core.port;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One daemon thread per task. */
final class ThreadScheduler implements Scheduler {
  @Override
  public Handle start(String name, Task task) {
    TaskThread thread = new TaskThread(name, task);
    thread.start();
    return thread;
  }

  private static final class TaskThread implements Handle {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private final Task task;
    private boolean wakePending;
    private volatile boolean cancelled;
    private volatile boolean done;
    private volatile @Nullable Throwable failure;

    TaskThread(String name, Task task) {
      this.task = task;
      this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    }

    void start() {
      thread.start();
    }

    private void loop() {
      try {
        boolean more = true;
        while (more && !cancelled) {
          more = await(task.run());
        }
      } catch (Throwable e) { // kept for failure(): whoever started the task decides
        failure = e;
      } finally {
        done = true;
      }
    }

    /** Returns whether the task runs again. */
    private boolean await(Next next) throws InterruptedException {
      return switch (next) {
        case Next.Now _ -> true;
        case Next.Done _ -> false;
        case Next.WhenWoken _ -> {
          awaitWake(Long.MAX_VALUE);
          yield true;
        }
        case Next.After after -> {
          awaitWake(after.nanos());
          yield true;
        }
      };
    }

    private void awaitWake(long nanos) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        long left = nanos;
        while (!wakePending && !cancelled && left > 0) {
          left = woken.awaitNanos(left);
        }
        wakePending = false;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void wake() {
      lock.lock();
      try {
        wakePending = true;
        woken.signal();
      } finally {
        lock.unlock();
      }
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
      wake();
    }

    @Override
    public boolean join(long millis) throws InterruptedException {
      return thread.join(Duration.ofMillis(millis));
    }
  }
}
