package dev.freshet.bench.counted;

import dev.freshet.capture.SourceStatus;
import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures from the end of the warm-up to the last row, and tells {@code seconds}, {@code
 * cpu_seconds}, {@code rows} in that time, {@code all_rows} and {@code id_sum} of all, {@code
 * peak_mb}. Safe for all threads.
 */
public final class Gauge {
  private final long warmUp;
  private final long end;
  private Arrived arrived = Arrived.NOTHING;
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

  public synchronized void add(Arrived more) {
    arrived = arrived.plus(more);
    Meter running = meter;
    if (running == null) {
      if (arrived.rows() >= warmUp) {
        begun = arrived.rows();
        meter = new Meter();
      }
    } else if (arrived.rows() >= end && !isDone) {
      Told.figure("seconds", running.seconds());
      Told.figure("cpu_seconds", running.cpuSeconds());
      Told.figure("rows", (double) (arrived.rows() - begun));
      Told.figure("all_rows", (double) arrived.rows());
      Told.figure("id_sum", (double) arrived.idSum());
      Told.figure("peak_mb", Meter.peakMemoryMb());
      isDone = true;
      notifyAll();
    }
  }

  /**
   * Waits for the last row.
   *
   * @param status what the source says of itself
   * @throws IllegalStateException when it does not come in time, or the source has failed
   */
  public synchronized void await(Duration patience, Supplier<Optional<SourceStatus>> status)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!isDone) {
      wait(200);
      Optional<SourceStatus> now = status.get();
      boolean hasFailed = now.filter(of -> of.state() == SourceStatus.State.FAILED).isPresent();
      if (!isDone && (hasFailed || System.nanoTime() > deadline)) {
        throw new IllegalStateException(arrived.rows() + " of " + end + " rows came: " + now);
      }
    }
  }
}
