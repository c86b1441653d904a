package dev.freshet.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * CPU seconds of this process's threads by what they are for, from Linux's {@code /proc}; all NaN
 * elsewhere. Threads that have ended are not counted. Immutable.
 *
 * @param compilers that make machine code
 * @param collectors that clear memory
 * @param others all threads of ours
 */
public record CpuShares(double compilers, double collectors, double others) {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final CpuShares UNKNOWN = new CpuShares(Double.NaN, Double.NaN, Double.NaN);
  private static final List<String> COMPILERS = List.of("C1 ", "C2 ");
  private static final List<String> COLLECTORS =
      List.of("GC Thread", "G1 ", "ParGC", "ZDriver", "ZWorker", "Shenandoah", "VM Thread");

  /** Until now, of the threads that are alive. */
  public static CpuShares now() {
    if (!Files.isDirectory(TASKS)) {
      return UNKNOWN;
    }
    double compilers = 0;
    double collectors = 0;
    double others = 0;
    try (Stream<Path> tasks = Files.list(TASKS)) {
      for (Path task : tasks.toList()) {
        double seconds = seconds(task);
        String name = name(task);
        if (COMPILERS.stream().anyMatch(name::startsWith)) {
          compilers += seconds;
        } else if (COLLECTORS.stream().anyMatch(name::startsWith)) {
          collectors += seconds;
        } else {
          others += seconds;
        }
      }
    } catch (IOException e) {
      return UNKNOWN;
    }
    return new CpuShares(compilers, collectors, others);
  }

  /** What came after an earlier reading. */
  public CpuShares since(CpuShares earlier) {
    return new CpuShares(
        compilers - earlier.compilers, collectors - earlier.collectors, others - earlier.others);
  }

  private static String name(Path task) throws IOException {
    return Files.readString(task.resolve("comm")).strip();
  }

  private static double seconds(Path task) throws IOException {
    String[] nanosWaitedSlices = Files.readString(task.resolve("schedstat")).strip().split(" ", -1);
    return Long.parseLong(nanosWaitedSlices[0]) / 1e9;
  }
}
