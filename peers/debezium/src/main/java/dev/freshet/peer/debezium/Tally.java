package dev.freshet.peer.debezium;

import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts rows and adds up their ids, and tells the figures from the end of the warm-up to the last
 * row. One thread adds.
 */
final class Tally {
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
  Tally(long warmUp, long end) {
    this.warmUp = warmUp;
    this.end = end;
    this.meter = warmUp == 0 ? new Meter() : null;
  }

  /** Adds rows; {@code true} once all have come. */
  synchronized boolean add(long count, long ids) {
    rows += count;
    idSum += ids;
    Meter running = meter;
    if (running == null) {
      if (rows >= warmUp) {
        begun = rows;
        meter = new Meter();
      }
    } else if (rows >= end && !isDone) {
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
   * @param failure why none comes any more; empty while some may
   * @throws IllegalStateException when it does not come, or not in time
   */
  synchronized void await(long seconds, Supplier<String> failure) throws InterruptedException {
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    while (!isDone) {
      wait(200);
      String why = failure.get();
      if (!isDone && (!why.isEmpty() || System.nanoTime() > deadline)) {
        throw new IllegalStateException(rows + " of " + end + " rows came: " + why);
      }
    }
  }
}
