package dev.freshet.bench.freshness;

import dev.freshet.bench.capture.Origin;
import dev.freshet.bench.capture.Peer;
import dev.freshet.bench.harness.ReadyProcess;
import dev.freshet.measure.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Debezium's embedded engine in a process of its own, which notes when its consumer gets each row.
 * One thread owns it.
 */
final class FollowingDebezium implements AutoCloseable {
  private static final int LINES_SHOWN = 100;
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration CATCH_UP = Duration.ofMinutes(21);

  private final ReadyProcess process;
  private final Printed printed;
  private final Path file;

  private FollowingDebezium(ReadyProcess process, Printed printed, Path file) {
    this.process = process;
    this.printed = printed;
    this.file = file;
  }

  /** Belongs to the thread that reads the process's lines until that has ended. */
  private static final class Printed {
    private final Map<String, Double> figures = new HashMap<>();
    private final Deque<String> last = new ArrayDeque<>();

    void add(String line) {
      Told.read(line).ifPresent(told -> figures.put(told.name(), told.value()));
      last.addLast(line);
      if (last.size() > LINES_SHOWN) {
        last.removeFirst();
      }
    }

    double figure(String name) {
      return figures.getOrDefault(name, Double.NaN);
    }
  }

  /** What its consumer got. */
  record Got(Lanes seen, double cpuSeconds) {}

  static FollowingDebezium start(Origin origin, Path folder) throws IOException {
    Path file = folder.resolve("seen");
    List<String> command =
        Peer.jvm()
            .command(
                Peer.DEBEZIUM,
                "follow",
                origin.file().toString(),
                "events",
                "debezium",
                "events",
                file.toString());
    Printed printed = new Printed();
    return new FollowingDebezium(
        ReadyProcess.start(command, "ready", READY, printed::add), printed, file);
  }

  /**
   * Ends it when it has all.
   *
   * @throws IOException when it has other rows
   */
  Got end(Writers.Written written) throws IOException, InterruptedException {
    process.finish(written.rows() + "\n", CATCH_UP);
    if (printed.figure("all_rows") != written.rows()
        || printed.figure("id_sum") != written.idSum()) {
      throw new IOException(
          "Debezium does not have the " + written + ":\n" + String.join("\n", printed.last));
    }
    Lanes seen = new Lanes(Writers.LANES);
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(" ");
      seen.add(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }
    return new Got(seen, printed.figure("cpu_seconds"));
  }

  @Override
  public void close() {
    process.close();
  }
}
