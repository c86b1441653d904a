package dev.freshet.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Wall-clock time and the whole process's CPU time since it was made. Immutable. */
public final class Meter {
  private static final Path STATUS = Path.of("/proc/self/status");

  private final long startNanos = System.nanoTime();
  private final long startCpuNanos = processCpuNanos();

  public double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** Of all threads, compilers and collectors included. */
  public double cpuSeconds() {
    return (processCpuNanos() - startCpuNanos) / 1e9;
  }

  /** The most memory that this process has had resident, in MB of 10^6 bytes; NaN where unknown. */
  public static double peakMemoryMb() {
    return status("VmHWM:");
  }

  /** The memory that this process has resident now, in MB of 10^6 bytes; NaN where unknown. */
  public static double residentMb() {
    return status("VmRSS:");
  }

  /** CPU time of the whole process since its start, in nanoseconds. */
  public static long processCpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  private static double status(String field) {
    if (!Files.isReadable(STATUS)) {
      return Double.NaN;
    }
    try {
      List<String> lines = Files.readAllLines(STATUS);
      for (String line : lines) {
        if (line.startsWith(field)) {
          String kib = line.substring(field.length()).replace("kB", "").strip();
          return Long.parseLong(kib) * 1024 / 1e6;
        }
      }
      return Double.NaN;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
