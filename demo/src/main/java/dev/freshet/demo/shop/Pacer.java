package dev.freshet.demo.shop;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Keeps one connection to its share of the rate. The schedule is fixed from the start: time lost in
 * a slow transaction is caught up, not forgotten. One thread owns it.
 */
final class Pacer {
  private final double nanosPerChange;
  private double dueNanos;

  /**
   * @param changesPerSecond 0 for no limit
   */
  Pacer(double changesPerSecond, long startNanos) {
    this.nanosPerChange = changesPerSecond == 0 ? 0 : 1e9 / changesPerSecond;
    this.dueNanos = startNanos;
  }

  /** Returns when the change after these is due, or early when stopped: then unpark the thread. */
  void await(int changes, BooleanSupplier stopped) {
    dueNanos += changes * nanosPerChange;
    if (nanosPerChange == 0) {
      return;
    }
    long wait = (long) dueNanos - System.nanoTime();
    while (wait > 0 && !stopped.getAsBoolean()) {
      LockSupport.parkNanos(wait);
      wait = (long) dueNanos - System.nanoTime();
    }
  }
}
