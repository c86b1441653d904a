package dev.freshet.bench;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Names;
import dev.freshet.bench.harness.Report;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.WorkFolder;
import java.io.PrintStream;
import java.util.List;

/**
 * {@code ./bench}: lists the benchmarks, or runs one. The exit code is 0 when the figures were
 * taken, whether they reach their targets or not, 1 when they could not be taken, 2 when the
 * arguments are wrong.
 */
public final class Bench {
  private Bench() {}

  public static void main(String[] args) {
    WorkFolder.deleteAllAtExit();
    System.exit(run(List.of(args), Registry.BENCHMARKS, System.out, System.err));
  }

  static int run(
      List<String> arguments, List<Benchmark> benchmarks, PrintStream out, PrintStream err) {
    if (Listing.isAskedFor(arguments)) {
      Listing.print(
          out, "bench", benchmarks.stream().map(b -> List.of(b.name(), b.summary())).toList());
      return Exit.OK;
    }
    String name = arguments.getFirst();
    for (Benchmark benchmark : benchmarks) {
      if (benchmark.name().equals(name)) {
        return measure(benchmark, arguments.subList(1, arguments.size()), out, err);
      }
    }
    err.println("Cannot find benchmark: " + name + "; ./bench lists what there is");
    return Exit.USAGE;
  }

  private static int measure(
      Benchmark benchmark, List<String> options, PrintStream out, PrintStream err) {
    Report report = new Report(Names.check(benchmark.name()));
    try {
      benchmark.run(options, report);
    } catch (Exception e) {
      int exitCode = Exit.explain(e, err);
      report.print(out);
      return exitCode;
    }
    if (report.isEmpty()) {
      return Exit.explain(
          new FreshetException(
              ErrorCode.INVARIANT_BROKEN,
              "Failed to measure: " + benchmark.name() + " took no figure"),
          err);
    }
    report.print(out);
    return Exit.OK;
  }
}
