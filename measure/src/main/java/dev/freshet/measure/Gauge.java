package dev.freshet.measure;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts rows and adds up their ids, which tells a row that is missing from one that came twice.
 * Measures from the end of the warm-up to the last row, and tells {@code seconds}, {@code
 * cpu_seconds}, {@code rows} in that time, {@code all_rows} and {@code id_sum} of all, {@code
 * peak_mb}. Safe for all threads.
 */
public final class Gauge {
  private final long warmUp;
  private final long end;
  private long rows;
  private long idSum;
  private long begun;
  private @Nullable Meter meter;
  private boolean isDone;

  /**
   * @param warmUp rows before the clock starts; with 0 it has started now
   */
  public Gauge(long warmUp, long end) {
    this.warmUp = warmUp;
    this.end = end;
    this.meter = warmUp == 0 ? new Meter() : null;
  }

  /**
   * Adds rows. Those with which the warm-up ends are not measured; when they are the last as well,
   * {@code rows} is 0.
   *
   * @return whether all have come
   */
  public synchronized boolean add(long count, long ids) {
    rows += count;
    idSum += ids;
    if (meter == null && rows >= warmUp) {
      begun = rows;
      meter = new Meter();
    }
    Meter running = meter;
    if (running != null && rows >= end && !isDone) {
      Told.figure("seconds", running.seconds());
      Told.figure("cpu_seconds", running.cpuSeconds());
      Told.figure("rows", (double) (rows - begun));
      Told.figure("all_rows", (double) rows);
      Told.figure("id_sum", (double) idSum);
      Told.figure("peak_mb", Meter.peakMemoryMb());
      isDone = true;
      notifyAll();
    }
    return isDone;
  }

  /**
   * Waits for the last row.
   *
   * @param hasFailed whether no row comes any more
   * @param status what the side says of itself
   * @throws IllegalStateException when it does not come, or not in time
   */
  public synchronized void await(
      Duration patience, BooleanSupplier hasFailed, Supplier<String> status)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!isDone) {
      wait(200);
      if (!isDone && (hasFailed.getAsBoolean() || System.nanoTime() > deadline)) {
        throw new IllegalStateException(rows + " of " + end + " rows came: " + status.get());
      }
    }
  }
}
