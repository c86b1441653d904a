package dev.freshet.bench.soak;

import dev.freshet.bench.kill.Usage;
import java.util.function.ToDoubleFunction;

/** What must stay flat, and by how much it may differ and still be called flat. */
enum Measure {
  HEAP_MIB(usage -> usage.heapBytes() / (double) (1 << 20), 0.10, 6),
  FILE_HANDLES(Usage::handles, 0.05, 4),
  THREADS(Usage::threads, 0.05, 2);

  private final ToDoubleFunction<Usage> value;
  private final double share;
  private final double least;

  Measure(ToDoubleFunction<Usage> value, double share, double least) {
    this.value = value;
    this.share = share;
    this.least = least;
  }

  double of(Usage usage) {
    return value.applyAsDouble(usage);
  }

  /** The most that a later third may have over an earlier one. */
  double allowed(double earlier) {
    return Math.max(least, share * earlier);
  }
}
