package dev.freshet.serve.http;

import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves the page with made-up data that change, to look at it. Arguments: a port, how many
 * seconds, and optionally {@code waiting}, {@code late} or {@code broken}.
 */
final class ShopServer {
  private ShopServer() {}

  public static void main(String[] arguments) {
    ShopBackend backend = new ShopBackend();
    String mood = arguments.length > 2 ? arguments[2] : "";
    switch (mood) {
      case "waiting" -> backend.snapshotPercent(37);
      case "late" -> backend.stale(640);
      case "broken" ->
          backend.problem(
              "Source shop: connection refused. Start the database, or mend the address.");
      default -> {}
    }
    long seconds = Long.parseLong(arguments[1]);
    Random random = new Random(7);
    List<String> names = backend.relations().stream().map(relation -> relation.name()).toList();
    try (HttpServer server =
        HttpServer.start(backend, "127.0.0.1", Integer.parseInt(arguments[0]))) {
      System.out.println(server.address());
      for (long tick = 0; tick < seconds * 5; tick++) {
        for (String name : names) {
          if (random.nextInt(4) > 0) {
            backend.step(name, 1 + random.nextInt(60), 1 + random.nextInt(2));
          }
          if (tick % 5 == 0) {
            backend.rate(
                name,
                name.equals("assortment") ? 0 : 20 + names.indexOf(name) * 9 + random.nextInt(60));
          }
        }
        LockSupport.parkNanos(200_000_000L);
      }
    }
  }
}
