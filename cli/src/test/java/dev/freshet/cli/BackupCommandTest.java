package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Values;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running project is backed up, loses its state, and goes on from the backup. */
class BackupCommandTest {
  @TempDir private Path folder;

  @Test
  void bringsAProjectBackWithItsLakeAndGoesOn() throws Exception {
    Path mine = folder.resolve("mine");
    Path state = mine.resolve(".freshet");
    Path backup = folder.resolve("backup");
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.fast())) {
      execute(
          postgres,
          "CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)",
          "INSERT INTO orders SELECT i, i FROM generate_series(1, 100) i");
      writeProject(mine, postgres);
      try (FreshetSystem running = start(mine)) {
        awaitTotal(running, mine, "5050");
        assertThat(PrintedCommand.run("backup", "--project", mine.toString(), backup.toString()))
            .startsWith("Backed up ");
      }
      Files.move(state, folder.resolve("lost"));
      assertThat(PrintedCommand.run("restore", "--project", mine.toString(), backup.toString()))
          .startsWith("Restored ");
      String before = text(postgres, "SELECT pg_current_wal_lsn()");
      execute(postgres, "UPDATE orders SET amount = amount + 1");
      try (FreshetSystem running = start(mine)) {
        awaitTotal(running, mine, "5150");
        awaitConfirmed(postgres, before);
        running.publish();
        assertThat(running.publishedStep()).isPositive();
      }
      assertThat(PrintedCommand.run("log", "verify", "--project", mine.toString()))
          .contains("no damage");
      goesOnElsewhere(postgres, mine);

      Files.move(state, folder.resolve("lost-again"));
      PrintedCommand.run("restore", "--project", mine.toString(), backup.toString());
      assertThat(fails("up", mine.toString()))
          .contains("SOURCE_POSITION_LOST", "slot freshet_postgres");
    }
  }

  /** A second backup comes back at another path, with the lake, and its place can be gone. */
  private void goesOnElsewhere(EmbeddedPostgres postgres, Path mine) throws Exception {
    Path backup = folder.resolve("second");
    PrintedCommand.run("backup", "--project", mine.toString(), backup.toString());
    Path other = folder.resolve("moved here");
    Path state = mine.resolve(".freshet");
    Map<String, List<String>> before = lake(state);
    List<String> guide = linesOfAnotherPath();
    shell(
        guide
            .getFirst()
            .replace("cp -r shop", "cp -r " + mine)
            .replace("/srv/shop", "'" + other + "'"));
    Files.move(state, folder.resolve("away"));
    Map<String, Path> paths = Map.of("/srv/shop", other, "/backups/shop-monday", backup);
    PrintedCommand.run(
        Stream.of(guide.getLast().replace("./freshet ", "").split(" "))
            .map(word -> paths.getOrDefault(word, Path.of(word)).toString())
            .toArray(String[]::new));
    assertThat(lake(other.resolve(".freshet"))).isEqualTo(before).containsKey("gold.total");
    execute(postgres, "UPDATE orders SET amount = amount + 1");
    try (FreshetSystem running = start(other)) {
      awaitTotal(running, other, "5250");
      running.publish();
    }
    assertThat(lake(other.resolve(".freshet"))).containsEntry("gold.total", List.of("[5250]"));
    assertThat(state).doesNotExist();
    Files.move(folder.resolve("away"), state);
  }

  /** What docs/guides/backup.md tells to type. */
  private static List<String> linesOfAnotherPath() throws IOException {
    String guide = Files.readString(Path.of("../docs/guides/backup.md"));
    String sample = guide.substring(guide.indexOf("**Another path**"));
    List<String> lines = sample.split("```(text\n)?")[1].lines().toList();
    assertThat(lines).hasSize(2);
    return lines;
  }

  private static void shell(String line) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", line).inheritIO().start();
    assertThat(process.waitFor()).as(line).isZero();
  }

  private static Map<String, List<String>> lake(Path state) {
    LakeReader reader = LakeReader.open(new LocalStorage(state));
    Map<String, List<String>> all = new TreeMap<>();
    for (String table : reader.tableNames()) {
      List<String> rows = new ArrayList<>();
      reader.read(
          table,
          batch -> {
            for (int row = 0; row < batch.rowCount(); row++) {
              rows.add(Arrays.deepToString(Values.readRow(batch, row)));
            }
          });
      all.put(table, rows);
    }
    return all;
  }

  private static void writeProject(Path mine, EmbeddedPostgres postgres) throws IOException {
    PrintedCommand.run("init", mine.toString(), "--from", postgres.uriWithPassword("postgres"));
    Path settings = mine.resolve("freshet.yaml");
    Files.writeString(settings, Files.readString(settings).replace("port: 8790", "port: 0"));
    Path source = mine.resolve("sources/postgres.yaml");
    Files.writeString(
        source, Files.readString(source).replace(":-}", ":-" + postgres.password() + "}"));
    Files.writeString(
        mine.resolve("models/gold/total.sql"), "SELECT SUM(amount) AS total FROM orders\n");
  }

  private static FreshetSystem start(Path mine) {
    return FreshetSystem.start(ProjectReader.read(mine, Map.of(), ""));
  }

  private static void awaitTotal(FreshetSystem running, Path mine, String total)
      throws InterruptedException {
    String[] query = {
      "query", "--project", mine.toString(), "--format", "csv", "SELECT total FROM total"
    };
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < deadline && !PrintedCommand.run(query).contains(total)) {
      running.awaitApplied(100, TimeUnit.MILLISECONDS);
    }
    assertThat(PrintedCommand.run(query)).contains(total);
  }

  /** Until then the slot still has what a restored backup lacks. */
  private static void awaitConfirmed(EmbeddedPostgres postgres, String before)
      throws SQLException, InterruptedException {
    String isConfirmed = "SELECT confirmed_flush_lsn > '" + before + "' FROM pg_replication_slots";
    for (int look = 0; look < 300 && !text(postgres, isConfirmed).equals("t"); look++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(text(postgres, isConfirmed)).isEqualTo("t");
  }

  private static String text(EmbeddedPostgres postgres, String query) throws SQLException {
    try (Connection connection = postgres.connect("postgres");
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(EmbeddedPostgres postgres, String... statements) throws SQLException {
    try (Connection connection = postgres.connect("postgres");
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String fails(String... arguments) {
    StringWriter err = new StringWriter();
    int exit =
        FreshetCommand.run(
            arguments, new PrintWriter(new StringWriter(), true), new PrintWriter(err, true));
    assertThat(exit).isEqualTo(1);
    return err.toString();
  }
}
