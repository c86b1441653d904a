package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands change sets to the sink, one at a time, and counts them. Transactions under one name follow
 * each other; those under another name may come between their parts. Safe for all threads.
 */
final class Delivery {
  private final ReentrantLock lock;
  private final ChangeSink sink;
  private boolean half; // guarded by lock
  private final AtomicLong rows;
  private volatile long lastCommitMicros;
  private final AtomicReference<@Nullable Throwable> sinkFailure;

  /**
   * @param lastPart the part of the last change set in the log
   */
  Delivery(ChangeSink sink, Part lastPart) {
    this.lock = new ReentrantLock(true); // workers of a read would let the stream wait for long
    this.sink = sink;
    this.rows = new AtomicLong();
    this.sinkFailure = new AtomicReference<>();
    this.half = lastPart == Part.MORE;
  }

  private Delivery(Delivery main, Part lastPart) {
    this.lock = main.lock;
    this.sink = main.sink;
    this.rows = main.rows;
    this.sinkFailure = main.sinkFailure;
    this.half = lastPart == Part.MORE;
  }

  /**
   * To the same sink, under another name.
   *
   * @param lastPart the part of the last change set that the log may have under it
   */
  Delivery beside(Part lastPart) {
    return new Delivery(this, lastPart);
  }

  ChangeSink.Answer offer(ChangeSet changes) {
    return offer(changes, false);
  }

  /**
   * As above, of changes that the source did not send: when the sink refuses them as too large it
   * has not taken them, and the source goes on without.
   */
  ChangeSink.Answer offerCorrections(ChangeSet changes) {
    return offer(changes, true);
  }

  private ChangeSink.Answer offer(ChangeSet changes, boolean mayBeRefused) {
    lock.lock();
    try {
      ChangeSink.Answer answer = offerToSink(changes, mayBeRefused);
      if (answer == ChangeSink.Answer.TAKEN) {
        half = changes.part() == Part.MORE;
        rows.addAndGet(changes.rowCount());
        if (changes.part() == Part.LAST) {
          lastCommitMicros = changes.sourceMicros();
        }
      }
      return answer;
    } finally {
      lock.unlock();
    }
  }

  private ChangeSink.Answer offerToSink(ChangeSet changes, boolean mayBeRefused) {
    try {
      return sink.offer(changes);
    } catch (RuntimeException | Error e) {
      boolean isRefused =
          e instanceof FreshetException known && known.code() == ErrorCode.LIMIT_EXCEEDED;
      if (!mayBeRefused || !isRefused) {
        sinkFailure.set(e);
      }
      throw e;
    }
  }

  /**
   * What the sink threw, or {@code null}. The source cannot mend it by trying again: the changes
   * may have been taken before it, and would be there twice.
   */
  @Nullable Throwable sinkFailure() {
    return sinkFailure.get();
  }

  /** Whether parts were delivered whose last one has not been. */
  boolean isHalf() {
    lock.lock();
    try {
      return half;
    } finally {
      lock.unlock();
    }
  }

  long rows() {
    return rows.get();
  }

  long lastCommitMicros() {
    return lastCommitMicros;
  }
}
