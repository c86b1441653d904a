package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.crash.CrashPoint;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real process is killed while a table is paused, and while it is read again. */
@Timeout(240)
class PausedTableKillTest {
  private static final int ROWS = 300_000;
  private static final String SUMS =
      "SELECT COUNT(*) AS n, SUM(n) AS s FROM %s WHERE id >= 0"; // of both sides

  @TempDir private Path folder;
  @TempDir private Path home;
  private final HttpClient client = HttpClient.newHttpClient();

  private record Running(Process process, String address) implements AutoCloseable {
    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private Running up(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FreshetCommand.class.getName(), "up", folder.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output = process.inputReader();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("Web page")) {
        return new Running(process, line.substring("Web page".length()).strip());
      }
      printed.append(line).append('\n');
    }
    throw new AssertionError("it did not start: " + printed);
  }

  private String post(Running running, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(running.address() + path))
            .POST(BodyPublishers.ofString(body))
            .build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private String status(Running running) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(running.address() + "/v1/status?format=text")).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private void await(Running running, String sql, String expected) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String answer = post(running, "/v1/sql?format=csv", sql);
    while (!answer.replace("\r\n", " ").strip().endsWith(expected)) {
      assertThat(System.nanoTime()).as("%s %s", answer, status(running)).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
      answer = post(running, "/v1/sql?format=csv", sql);
    }
  }

  private static void sql(EmbeddedPostgres server, String statements) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(statements);
    }
  }

  private static String sums(EmbeddedPostgres server, String table) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        var row = statement.executeQuery(SUMS.formatted(table))) {
      row.next();
      return row.getString(1) + "," + row.getString(2);
    }
  }

  @Test
  void staysPausedAndComesRightWhateverItIsKilledIn() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      sql(
          server,
          "CREATE TABLE big (id int PRIMARY KEY, n int); CREATE TABLE small (id int PRIMARY KEY, n"
              + " int); INSERT INTO big SELECT i, 1 FROM generate_series(1, "
              + ROWS
              + ") i");
      Files.writeString(folder.resolve("freshet.yaml"), "name: shop\nserve: {port: 0}\n");
      Files.createDirectories(folder.resolve("sources"));
      Files.writeString(
          folder.resolve("sources/shop.yaml"),
          "kind: postgres\nurl: "
              + server.uriWithPassword("postgres")
              + "\ntables: [big, small]\n");
      String before = sums(server, "big");
      try (Running running = up()) {
        await(running, SUMS.formatted("big"), before);
        assertThat(post(running, "/v1/sources/shop/pause?table=big", ""))
            .contains("\"paused\":[\"big\"]");
        sql(
            server,
            "UPDATE big SET n = 2 WHERE id % 3 = 0; DELETE FROM big WHERE id % 10 = 1; INSERT INTO"
                + " small VALUES (1, 1)");
        await(running, SUMS.formatted("small"), "1,1");
      } // killed while the table is paused
      sql(server, "INSERT INTO small VALUES (2, 1); INSERT INTO big VALUES (1000001, 1)");
      try (Running running = up()) {
        await(running, SUMS.formatted("small"), "2,2");
        await(running, SUMS.formatted("big"), before);
        assertThat(status(running)).contains("source shop paused: big");
        assertThat(post(running, "/v1/sources/shop/resume", "")).contains("\"paused\":[]");
        while (!status(running).contains("big is being read")
            && !sumsOf(running, "big").equals(sums(server, "big"))) {
          Thread.onSpinWait();
        }
      } // killed while it is read, if the machine is not too fast for that
      sql(server, "UPDATE big SET n = 7 WHERE id < 100; INSERT INTO small VALUES (3, 1)");
      try (Running running = up()) {
        await(running, SUMS.formatted("small"), "3,3");
        await(running, SUMS.formatted("big"), sums(server, "big"));
        sql(server, "UPDATE big SET n = 8 WHERE id > 299000; DELETE FROM small WHERE id = 1");
        await(running, SUMS.formatted("big"), sums(server, "big"));
        await(running, SUMS.formatted("small"), "2,2");
        assertThat(post(running, "/v1/reconcile?source=shop&format=text", ""))
            .contains(": all equal");
      }
    } finally {
      client.shutdownNow();
    }
  }

  /**
   * The folder decides: put back before the next start, the table is there as if nothing had been.
   */
  @Test
  void isOutAfterwardsWhereverItIsKilledWhileATableIsTakenOut() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      sql(
          server,
          "CREATE TABLE big (id int PRIMARY KEY, n int); CREATE TABLE small (id int PRIMARY KEY, n"
              + " int); INSERT INTO big VALUES (1, 1), (2, 1)");
      write("freshet.yaml", "name: shop\nserve: {port: 0}\n");
      String source = "kind: postgres\nurl: " + server.uriWithPassword("postgres") + "\ntables: ";
      write("sources/shop.yaml", source + "[big, small]\n");
      write("models/gold/total.sql", "SELECT SUM(n) AS total FROM big\n");
      String total = "SELECT total FROM total";
      try (Running running = up(CrashPoint.MODELS_SWAPPED.option(1))) {
        await(running, total, "2");
        takeOut(running, source);
      }
      sql(server, "UPDATE big SET n = 5 WHERE id = 1; INSERT INTO small VALUES (1, 1)");
      write("sources/shop.yaml", source + "[big, small]\n");
      write("models/gold/total.sql", "SELECT SUM(n) AS total FROM big\n");
      try (Running running = up(CrashPoint.MODELS_STEPPED.option(1))) {
        await(running, total, "6");
        await(running, SUMS.formatted("small"), "1,1");
        takeOut(running, source);
      }
      sql(server, "UPDATE big SET n = 7 WHERE id = 2; INSERT INTO small VALUES (2, 1)");
      try (Running running = up()) {
        await(running, SUMS.formatted("small"), "2,2");
        assertThat(post(running, "/v1/sql?format=csv", "SELECT * FROM big"))
            .contains("unknown table big.");
        assertThat(status(running)).doesNotContain("big", "total");
      }
    }
  }

  /** Leaves the file without the table, and the process dead in the middle of taking that. */
  private void takeOut(Running running, String source) throws Exception {
    write("sources/shop.yaml", source + "[small]\n");
    Files.delete(folder.resolve("models/gold/total.sql"));
    assertThatThrownBy(() -> post(running, "/v1/apply", "")).isInstanceOf(IOException.class);
    assertThat(running.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(running.process().exitValue()).isEqualTo(CrashPoint.EXIT);
  }

  /** A file that is half read when its table is paused, and one that comes while it is killed. */
  @Test
  void readsFilesOnWhereTheyWereWhenItIsKilled() throws Exception {
    Files.writeString(folder.resolve("freshet.yaml"), "name: shop\nserve: {port: 0}\n");
    write(
        "sources/inbox.yaml",
        "kind: files\npath: inbox\ntables: [big, small]\nsettle: 0s\npoll-interval: 50ms\n");
    write("contracts/big.yaml", "columns: {id: BIGINT, n: BIGINT}\n");
    write("contracts/small.yaml", "columns: {id: BIGINT, n: BIGINT}\n");
    write("inbox/big.csv", "id,n\n" + "1,1\n".repeat(ROWS));
    write("inbox/small.csv", "id,n\n1,1\n");
    String before;
    try (Running running = up()) {
      while (sumsOf(running, "big").startsWith("0,")) {
        Thread.onSpinWait();
      }
      assertThat(post(running, "/v1/sources/inbox/pause?table=big", ""))
          .contains("\"paused\":[\"big\"],\"noticed\":true");
      await(running, SUMS.formatted("small"), "1,1");
      write("inbox/small-2.csv", "id,n\n2,1\n");
      await(running, SUMS.formatted("small"), "2,2");
      before = sumsOf(running, "big");
    } // killed while the table is paused
    write("inbox/big-2.csv", "id,n\n2,5\n");
    write("inbox/small-3.csv", "id,n\n3,1\n");
    try (Running running = up()) {
      await(running, SUMS.formatted("small"), "3,3");
      assertThat(sumsOf(running, "big")).isEqualTo(before);
      assertThat(status(running)).contains("source inbox paused: big");
      assertThat(post(running, "/v1/sources/inbox/resnapshot?table=big", ""))
          .contains("a file is read once");
      assertThat(post(running, "/v1/sources/inbox/resume", "")).contains("\"paused\":[]");
    } // killed while it goes on
    try (Running running = up()) {
      await(running, SUMS.formatted("big"), (ROWS + 1) + "," + (ROWS + 5));
    } finally {
      client.shutdownNow();
    }
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private String sumsOf(Running running, String table) throws Exception {
    return post(running, "/v1/sql?format=csv", SUMS.formatted(table))
        .lines()
        .skip(1)
        .findFirst()
        .orElse("");
  }
}
