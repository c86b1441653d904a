package dev.freshet.peer.windows;

import dev.freshet.measure.Meter;
import dev.freshet.measure.RunControl;
import dev.freshet.measure.Told;
import java.util.Objects;

/** Tells what a run took, up to now. */
final class Figures {
  private Figures() {}

  static void tell(RunControl control) {
    Meter meter = Objects.requireNonNull(control.meter(), "events beyond the warm-up");
    double seconds = meter.seconds();
    double cpuSeconds = meter.cpuSeconds();
    Told.figure("events", (double) control.measuredEvents());
    Told.figure("seconds", seconds);
    Told.figure("cpu_seconds", cpuSeconds);
    Told.figure("peak_mb", Meter.peakMemoryMb());
  }
}
