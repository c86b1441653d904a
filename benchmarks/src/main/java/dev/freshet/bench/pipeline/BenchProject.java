package dev.freshet.bench.pipeline;

import dev.freshet.testing.files.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code examples/shop} in a folder of its own, with one gold model more: it tells which orders
 * readers see.
 *
 * @param directory the project's folder
 * @param port where it is served
 */
record BenchProject(Path directory, int port) {
  static final String NEWEST_ORDERS = "newest_orders";
  static final String NEWEST_ORDER = "newest_order";

  private static final String NEWEST_ORDERS_SQL =
      """
      /*
      description: The newest order of each channel
      key: [channel]
      freshness: 100ms
      */
      SELECT channel, COUNT(*) AS order_count, MAX(order_id) AS newest_order
      FROM orders_clean
      GROUP BY channel
      """;

  /** Copies the example into {@code directory}, which must not exist. */
  static BenchProject create(Path example, Path directory, int port) throws IOException {
    FileTrees.copy(example, directory);
    Files.writeString(
        directory.resolve("models").resolve("gold").resolve(NEWEST_ORDERS + ".sql"),
        NEWEST_ORDERS_SQL);
    Path settings = directory.resolve("freshet.yaml");
    List<String> lines =
        Files.readAllLines(settings).stream()
            .map(line -> line.strip().startsWith("port:") ? "  port: " + port : line)
            .toList();
    Files.write(settings, lines);
    return new BenchProject(directory, port);
  }

  Path state() {
    return directory.resolve(".freshet");
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }
}
