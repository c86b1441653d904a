package dev.freshet.capture.postgres;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A log in memory: keeps what it takes, and acknowledges at once when told which capture to tell.
 */
final class RecordingSink implements ChangeSink {
  private final List<ChangeSet> taken = new ArrayList<>();
  private volatile Capture acknowledgeTo;
  private volatile boolean full;
  private volatile int room = Integer.MAX_VALUE;
  private volatile Predicate<ChangeSet> refused = _ -> false;
  private int refusals; // guarded by this
  private boolean refusesNext; // guarded by this

  @Override
  public synchronized Answer offer(ChangeSet changes) {
    if (refusesNext) {
      refusesNext = false;
      throw new FreshetException(ErrorCode.LIMIT_EXCEEDED, "too large");
    }
    if (full || taken.size() >= room || refused.test(changes)) {
      refusals++;
      notifyAll();
      return Answer.FULL;
    }
    taken.add(changes);
    notifyAll();
    Capture capture = acknowledgeTo;
    if (capture != null && changes.part() == ChangeSet.Part.LAST) {
      capture.acknowledged(changes.position());
    }
    return Answer.TAKEN;
  }

  /** As a log refuses what is too large for it. */
  synchronized void refuseNext() {
    refusesNext = true;
  }

  /** From now on, and for what was taken before; with {@code null} nothing. */
  synchronized void acknowledgeTo(Capture capture) {
    acknowledgeTo = capture;
    if (capture == null) {
      return;
    }
    for (ChangeSet changes : taken) {
      if (changes.part() == ChangeSet.Part.LAST) {
        capture.acknowledged(changes.position());
      }
    }
  }

  synchronized List<ChangeSet> taken() {
    return new ArrayList<>(taken);
  }

  /** Loses what came last, as a crash does with what is not durable. */
  synchronized void cutTo(int count) {
    taken.subList(Math.min(count, taken.size()), taken.size()).clear();
  }

  /** Takes no more than this many change sets. */
  void limit(int count) {
    room = count;
  }

  /** Has no room for these, as long as they are so. */
  void refuse(Predicate<ChangeSet> which) {
    refused = which;
  }

  void setFull(boolean nowFull) {
    full = nowFull;
  }

  /** Waits until what was taken satisfies the condition; {@code false} after 30 s. */
  boolean await(Predicate<List<ChangeSet>> condition) throws InterruptedException {
    return await(condition, 30_000);
  }

  /** As above, for so long. */
  synchronized boolean await(Predicate<List<ChangeSet>> condition, long millis)
      throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!condition.test(taken)) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(Math.min(left, 100));
    }
    return true;
  }

  /** Waits until so many more change sets were refused. */
  synchronized void awaitRefusals(int count) throws InterruptedException {
    int wanted = refusals + count;
    long end = System.nanoTime() + 30_000_000_000L;
    while (refusals < wanted) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nothing was offered to the full sink");
      }
      wait(100);
    }
  }
}
