package dev.freshet.core.port;

/**
 * The only source of time in Freshet. Implementations: the machine's, and a simulated one. Safe for
 * all threads.
 */
public interface Clock {
  /** Wall-clock time, microseconds since 1970-01-01T00:00Z. May step backwards. */
  long wallMicros();

  /** A monotonic reading in nanoseconds, for durations only. */
  long nanos();

  /** The machine's clocks. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
