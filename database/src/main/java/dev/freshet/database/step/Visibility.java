package dev.freshet.database.step;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The step that readers see. Safe for all threads. */
public final class Visibility {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile long step;

  Visibility(long step) {
    this.step = step;
  }

  public long step() {
    return step;
  }

  void moveTo(long newStep) {
    lock.lock();
    try {
      step = newStep;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until readers see this step; {@code false} when the time ran out first. */
  public boolean await(long wanted, long timeout, TimeUnit unit) throws InterruptedException {
    if (step >= wanted) {
      return true;
    }
    long left = unit.toNanos(timeout);
    lock.lockInterruptibly();
    try {
      while (step < wanted && left > 0) {
        left = moved.awaitNanos(left);
      }
      return step >= wanted;
    } finally {
      lock.unlock();
    }
  }
}
