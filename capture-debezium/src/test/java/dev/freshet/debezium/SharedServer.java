package dev.freshet.debezium;

import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.mariadb.MariaDbServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One MariaDB for all tests of the JVM: a start takes seconds. Each test has a database. */
final class SharedServer {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static MariaDbServer server;

  private SharedServer() {}

  static synchronized MariaDbServer get() {
    if (server == null) {
      try {
        Path directory = Files.createTempDirectory("freshet-mariadb-");
        MariaDbServer started = MariaDbServer.start(directory);
        Runtime.getRuntime().addShutdownHook(new Thread(started::close));
        server = started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return server;
  }

  /** Makes a database, and returns its name. */
  static String newDatabase() {
    String name = "db" + NEXT.incrementAndGet();
    get().execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
    return name;
  }

  static MySqlSettings settings(String database, String... tables) {
    return settingsOf(
        "mariadb://" + MariaDbServer.ADMIN + "@127.0.0.1:" + get().port() + "/" + database,
        MariaDbServer.PASSWORD,
        tables);
  }

  static MySqlSettings settingsOf(String url, String password, String... tables) {
    return new MySqlSettings(
        "shop",
        url,
        password,
        Arrays.stream(tables).map(table -> new TableChoice(table, "")).toList(),
        Tls.OFF,
        Optional.empty(),
        Map.of());
  }

  static final List<Path> NO_DRIVERS = List.of(Path.of("/nonexistent/drivers"));
}
