package dev.freshet.testing.simulation;

import dev.freshet.core.port.Storage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A disk that, while it hangs, ends no sync of a file or a directory. Safe for all threads. */
public final class HangingDisk extends ForwardingStorage {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean hangs;
  private int waiting;

  public HangingDisk(Storage disk) {
    super(disk);
  }

  /** From now on no sync that begins ends. */
  public void hang() {
    set(true);
  }

  /** All syncs go on. */
  public void goOn() {
    set(false);
  }

  private void set(boolean next) {
    lock.lock();
    try {
      hangs = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until somebody waits for a sync. */
  public void awaitSync() throws InterruptedException {
    lock.lock();
    try {
      while (waiting == 0) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void passWhenItWorks() {
    lock.lock();
    try {
      waiting++;
      changed.signalAll();
      while (hangs) {
        changed.awaitUninterruptibly();
      }
      waiting--;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void syncDirectory(String directory) {
    passWhenItWorks();
    super.syncDirectory(directory);
  }

  @Override
  protected File opened(File file) {
    return new ForwardingFile(file) {
      @Override
      public void sync() {
        passWhenItWorks();
        super.sync();
      }
    };
  }
}
