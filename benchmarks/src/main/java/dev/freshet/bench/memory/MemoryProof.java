package dev.freshet.bench.memory;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Signals;
import dev.freshet.bench.harness.Tally;
import dev.freshet.testing.files.WorkFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./prove memory}: a join and a grouping whose state is many times the budget, under
 * inserts, updates and deletes, in a JVM with a small heap; then a restart. Every row and every sum
 * must be right, and the state must really have been larger than the budget.
 */
public final class MemoryProof implements Proof {
  private static final int STATE_TO_BUDGET_MIN = 10;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String summary() {
    return "state of ten times the budget in a small heap"
        + " (--rows 1500000, --memory-mib 48, --heap-mib 512)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "rows", "memory-mib", "heap-mib");
    long memoryMib = options.number("memory-mib", 48);
    try (WorkFolder folder = WorkFolder.create("freshet-prove-memory-")) {
      Process process =
          start(
              folder.path().resolve("db"),
              options.number("heap-mib", 512),
              options.number("rows", 1_500_000),
              memoryMib << 20,
              tally.seed());
      Thread hook = Signals.atExit(process::destroyForcibly);
      try {
        follow(process, memoryMib << 20, tally);
      } finally {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }

  private static Process start(Path directory, long heapMib, long rows, long bytes, long seed)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heapMib + "m",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryWork.class.getName(),
            directory.toString(),
            String.valueOf(rows),
            String.valueOf(bytes),
            String.valueOf(seed))
        .redirectErrorStream(true)
        .start();
  }

  private static void follow(Process process, long budget, Tally tally)
      throws IOException, InterruptedException {
    long state = 0;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        if (line.startsWith(MemoryWork.RIGHT)) {
          tally.passed();
        } else if (line.startsWith(MemoryWork.WRONG)) {
          tally.failed(line);
        } else if (line.startsWith(MemoryWork.STATE)) {
          state = Long.parseLong(line.substring(MemoryWork.STATE.length()).strip());
        }
      }
    }
    int exit = process.waitFor();
    if (exit != 0) {
      tally.failed("the process ended with " + exit + " (3 is out of memory)");
    }
    if (state < STATE_TO_BUDGET_MIN * budget) {
      tally.failed(
          "the state was " + state + " bytes, less than ten times the budget; take more --rows");
    }
  }
}
