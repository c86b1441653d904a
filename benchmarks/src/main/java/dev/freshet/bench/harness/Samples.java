package dev.freshet.bench.harness;

import java.util.Arrays;

/** Durations in nanoseconds, each kept, so that percentiles are exact. One thread owns it. */
public final class Samples {
  private long[] nanos = new long[1024];
  private int count;

  public void add(long sample) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = sample;
  }

  /** Adds all samples of another. */
  public void addAll(Samples other) {
    for (int i = 0; i < other.count; i++) {
      add(other.nanos[i]);
    }
  }

  /** The sample that a share of all, such as 0.99, does not exceed; NaN without samples. */
  public double millis(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int index = (int) Math.ceil(share * count) - 1;
    return sorted[Math.clamp(index, 0, count - 1)] / 1e6;
  }

  public double micros(double share) {
    return millis(share) * 1e3;
  }
}
