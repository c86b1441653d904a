package dev.freshet.serve.http;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one subscriber has not been sent yet. The system's thread adds and never waits; past a limit
 * of steps or rows everything is dropped and the queue is overrun for good, so that a reader that
 * has stopped holds up nothing and keeps no memory. Safe for both threads.
 */
final class FeedQueue {
  private static final int STEPS_MAX = 1_000;

  /** Besides the first batch, which may be a whole table. */
  private static final long ROWS_MAX = 200_000;

  /** The changes of one step. */
  record StepChanges(long step, Batch rows) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<StepChanges> steps = new ArrayDeque<>();
  private long rows;
  private Optional<FreshetException> ended = Optional.empty();
  private boolean overrun;
  private long overrunNanos;

  void add(StepChanges changes) {
    lock.lock();
    try {
      if (overrun) {
        return;
      }
      long more = changes.rows().rowCount();
      if (steps.size() >= STEPS_MAX || (!steps.isEmpty() && rows + more > ROWS_MAX)) {
        overrun = true;
        overrunNanos = System.nanoTime();
        steps.clear();
        rows = 0;
      } else {
        steps.add(changes);
        rows += more;
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more comes; what was added before is still to be sent. */
  void end(FreshetException why) {
    lock.lock();
    try {
      ended = Optional.of(why);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Why nothing more comes, once all has been taken. */
  Optional<FreshetException> ended() {
    lock.lock();
    try {
      return steps.isEmpty() ? ended : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** The next step's changes; empty when none come in this time, or when the queue is overrun. */
  Optional<StepChanges> poll(long millis) throws InterruptedException {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      while (steps.isEmpty() && !overrun && ended.isEmpty() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      Optional<StepChanges> next = Optional.ofNullable(steps.poll());
      next.ifPresent(changes -> rows -= changes.rows().rowCount());
      return next;
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return steps.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  boolean isOverrun() {
    lock.lock();
    try {
      return overrun;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was overrun that long ago, so that its reader will hardly come back. */
  boolean isOverrunFor(long millis) {
    lock.lock();
    try {
      return overrun && System.nanoTime() - overrunNanos > TimeUnit.MILLISECONDS.toNanos(millis);
    } finally {
      lock.unlock();
    }
  }
}
