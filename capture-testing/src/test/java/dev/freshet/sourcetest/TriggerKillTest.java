package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.trigger.TriggerSource;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process is killed with SIGKILL again and again, while transactions overlap. */
@Timeout(400)
class TriggerKillTest {
  private static final int ACCOUNTS = 50;
  private static final int WRITERS = 3;
  private static final int KILLS = 3;

  @TempDir private Path folder;
  private EmbeddedPostgres server;
  private final AtomicBoolean isOver = new AtomicBoolean();

  @Test
  void losesNothingAndRepeatsNothing() throws Exception {
    server = EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.fast());
    try {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL)");
        statement.execute("CREATE TABLE moves (id bigserial PRIMARY KEY, amount int NOT NULL)");
        statement.execute(
            "INSERT INTO accounts SELECT i, 1000 FROM generate_series(1, " + ACCOUNTS + ") i");
      }
      TriggerSource source = TriggerProcess.source(url(), EmbeddedPostgres.USER, password());
      source.run(source.statements(Change.INSTALL));
      killUnderLoad();
      compare();
    } finally {
      server.close();
    }
  }

  private String url() {
    return "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres";
  }

  private String password() {
    return server.password();
  }

  private void killUnderLoad() throws Exception {
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int seed = i;
      writers.add(Thread.ofPlatform().start(() -> write(seed)));
    }
    try {
      for (int i = 0; i < KILLS; i++) {
        Process process = startProcess();
        try {
          awaitBytes(process, logBytes() + 10_000L * (i + 1));
        } finally {
          process.destroyForcibly().waitFor();
        }
      }
    } finally {
      isOver.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
    }
    Process process = startProcess();
    try {
      await(process, () -> count("freshet_bank_changes") == 0);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Each transaction moves an amount, slowly, and notes it; some are undone. */
  private void write(int seed) {
    Random random = new Random(seed);
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!isOver.get()) {
        int first = 1 + random.nextInt(ACCOUNTS - 1);
        int second = first + 1 + random.nextInt(ACCOUNTS - first);
        statement.execute("UPDATE accounts SET balance = balance - 7 WHERE id = " + first);
        LockSupport.parkNanos(random.nextInt(3_000_000));
        statement.execute("UPDATE accounts SET balance = balance + 7 WHERE id = " + second);
        statement.execute("INSERT INTO moves (amount) VALUES (7)");
        if (random.nextInt(10) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Applies what counts, and judges each change: a row that is inserted twice, or changed before it
   * was there, was repeated or lost; and behind each transaction the balances have their sum.
   */
  private void compare() throws Exception {
    Map<String, Map<Long, Long>> tables = new TreeMap<>();
    try (FileLog log = new FileLog(folder.resolve("log"))) {
      for (ChangeSet changes : log.whole()) {
        for (TableChanges table : changes.tables()) {
          Map<Long, Long> rows = tables.computeIfAbsent(table.table(), _ -> new TreeMap<>());
          for (int row = 0; row < table.rowCount(); row++) {
            Long before = rows.put(number(table, row, 0), number(table, row, 1));
            assertThat(before == null).isEqualTo(table.operation(row) != Operation.UPDATE);
          }
        }
        if (changes.part() == Part.LAST && tables.containsKey("accounts")) {
          assertThat(tables.get("accounts").values().stream().mapToLong(Long::longValue).sum())
              .isEqualTo(ACCOUNTS * 1000L);
        }
      }
    }
    assertThat(tables.get("accounts")).isEqualTo(rows("accounts"));
    assertThat(tables.get("moves")).isEqualTo(rows("moves"));
  }

  private static long number(TableChanges table, int row, int column) {
    Object value =
        Values.read(table.rows().schema().type(column), table.rows().column(column), row);
    return Long.parseLong(String.valueOf(value));
  }

  private Process startProcess() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TriggerProcess.class.getName(),
            url(),
            EmbeddedPostgres.USER,
            password(),
            folder.resolve("log").toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  private long logBytes() {
    try {
      Path log = folder.resolve("log");
      return Files.exists(log) ? Files.size(log) : 0;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitBytes(Process process, long bytes) throws Exception {
    await(process, () -> logBytes() >= bytes);
  }

  /** A condition that may ask the database. */
  private interface Condition {
    boolean isSo() throws Exception;
  }

  private void await(Process process, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
    while (!condition.isSo()) {
      assertThat(process.isAlive() && System.nanoTime() < deadline)
          .as("%s", Files.readString(folder.resolve("out")))
          .isTrue();
      LockSupport.parkNanos(5_000_000);
    }
  }

  private long count(String table) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  private Map<Long, Long> rows(String table) throws SQLException {
    Map<Long, Long> rows = new TreeMap<>();
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
      while (row.next()) {
        rows.put(row.getLong(1), row.getLong(2));
      }
    }
    return rows;
  }
}
