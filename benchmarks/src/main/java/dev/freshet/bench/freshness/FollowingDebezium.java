package dev.freshet.bench.freshness;

import dev.freshet.bench.capture.Origin;
import dev.freshet.bench.capture.Peer;
import dev.freshet.bench.harness.Signals;
import dev.freshet.measure.Told;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Debezium's embedded engine in a process of its own, which notes when its consumer gets each row.
 * One thread owns it.
 */
final class FollowingDebezium implements AutoCloseable {
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final Thread hook;
  private final BufferedReader output;
  private final Path file;

  private FollowingDebezium(Process process, Thread hook, BufferedReader output, Path file) {
    this.process = process;
    this.hook = hook;
    this.output = output;
    this.file = file;
  }

  /** What its consumer got. */
  record Got(Lanes seen, double cpuSeconds) {}

  static FollowingDebezium start(Origin origin, Path folder) throws IOException {
    Path file = folder.resolve("seen");
    Process process =
        new ProcessBuilder(
                Peer.jvm()
                    .command(
                        Peer.DEBEZIUM,
                        "follow",
                        origin.file().toString(),
                        "events",
                        "debezium",
                        "events",
                        file.toString()))
            .redirectErrorStream(true)
            .start();
    Thread hook = Signals.atExit(() -> Signals.kill(process));
    BufferedReader output = process.inputReader();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("ready")) {
        return new FollowingDebezium(process, hook, output, file);
      }
      printed.append(line).append('\n');
    }
    process.destroyForcibly();
    Runtime.getRuntime().removeShutdownHook(hook);
    throw new IOException("Debezium did not start:\n" + printed);
  }

  /**
   * Ends it when it has all.
   *
   * @throws IOException when it has other rows
   */
  Got end(Writers.Written written) throws IOException {
    process.outputWriter().write(written.rows() + "\n");
    process.outputWriter().close();
    Map<String, Double> figures = new HashMap<>();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Told.read(line).ifPresent(told -> figures.put(told.name(), told.value()));
      printed.append(line).append('\n');
    }
    if (figures.getOrDefault("all_rows", 0.0) != written.rows()
        || figures.getOrDefault("id_sum", 0.0) != written.idSum()) {
      throw new IOException("Debezium does not have the " + written + ":\n" + printed);
    }
    Lanes seen = new Lanes(Writers.LANES);
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(" ");
      seen.add(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }
    return new Got(seen, figures.getOrDefault("cpu_seconds", Double.NaN));
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
