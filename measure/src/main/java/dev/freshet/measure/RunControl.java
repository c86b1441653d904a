package dev.freshet.measure;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Begins a peer's measurement when its sources have emitted the warm-up, and ends them when the
 * time is over. Sources run in this process and find it in a static field. Safe for all threads.
 */
public final class RunControl {
  private static volatile RunControl current = new RunControl(0, Long.MAX_VALUE);

  private final long warmUp;
  private final long limitNanos;
  private final long startNanos = System.nanoTime();
  private final AtomicLong emitted = new AtomicLong();
  private volatile @Nullable Meter meter;
  private volatile long emittedBefore;
  private volatile long measuringSinceNanos;

  private RunControl(long warmUp, long limitNanos) {
    this.warmUp = warmUp;
    this.limitNanos = limitNanos;
  }

  /** The control that sources of a job started from now on obey. */
  public static RunControl begin(long warmUp, double limitSeconds) {
    RunControl control = new RunControl(warmUp, (long) (limitSeconds * 1e9));
    current = control;
    return control;
  }

  public static RunControl current() {
    return current;
  }

  /** Asked by a source before it emits a block of events: whether it may. */
  public boolean emits(int events) {
    long now = System.nanoTime();
    if (meter != null) {
      if (now - measuringSinceNanos > limitNanos) {
        return false;
      }
    } else if (emitted.get() >= warmUp || now - startNanos > limitNanos) {
      beginMeasuring();
    }
    emitted.addAndGet(events);
    return true;
  }

  private synchronized void beginMeasuring() {
    if (meter == null) {
      emittedBefore = emitted.get();
      measuringSinceNanos = System.nanoTime();
      meter = new Meter();
    }
  }

  /** Since the warm-up; empty when that never ended. */
  public @Nullable Meter meter() {
    return meter;
  }

  /** Events emitted since the warm-up. */
  public long measuredEvents() {
    return emitted.get() - emittedBefore;
  }
}
