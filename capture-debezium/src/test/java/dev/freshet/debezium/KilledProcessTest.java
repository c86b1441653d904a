package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.mariadb.MariaDbServer;
import dev.freshet.sourcetest.FileLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A real process is killed with SIGKILL again and again, while transactions go on. */
@EnabledIf("serverIsHere")
@Timeout(300)
class KilledProcessTest {
  private static final int ACCOUNTS = 50;
  private static final int KILLS = 4;
  private static final int SNAPSHOT_ROWS = 20_000;

  @TempDir private Path folder;
  private final String database = serverIsHere() ? SharedServer.newDatabase() : "";
  private final AtomicBoolean isOver = new AtomicBoolean();

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @Test
  void losesNothingAndRepeatsNothing() throws Exception {
    SharedServer.get()
        .execute(
            "USE " + database,
            "CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL)",
            "CREATE TABLE moves (id BIGINT PRIMARY KEY AUTO_INCREMENT, amount INT NOT NULL)",
            "INSERT INTO accounts SELECT seq, 1000 FROM seq_1_to_" + ACCOUNTS,
            "INSERT INTO moves SELECT seq, 0 FROM seq_1_to_" + SNAPSHOT_ROWS);
    Thread writer = Thread.ofPlatform().start(this::write);
    Random random = new Random(7);
    for (int i = 0; i < KILLS; i++) {
      Process process = startProcess();
      long before = logBytes();
      awaitMore(before);
      Thread.sleep(random.nextInt(1_500));
      process.destroyForcibly().waitFor();
    }
    isOver.set(true);
    writer.join();
    long moves = count("moves");
    Process process = startProcess();
    try {
      awaitMoves(moves);
    } finally {
      process.destroyForcibly().waitFor();
    }
    try (FileLog log = new FileLog(folder.resolve("log"))) {
      Map<String, Map<Long, Long>> tables = replay(log.whole());
      assertThat(tables.get("moves")).hasSize((int) moves);
      assertThat(tables.get("accounts")).isEqualTo(balances());
    }
  }

  /** Each transaction moves an amount and notes it; some are undone. */
  private void write() {
    Random random = new Random(1);
    try (Connection connection = SharedServer.get().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("USE " + database);
      connection.setAutoCommit(false);
      while (!isOver.get()) {
        int amount = random.nextInt(100);
        statement.execute(
            "UPDATE accounts SET balance = balance - "
                + amount
                + " WHERE id = "
                + (1 + random.nextInt(ACCOUNTS)));
        statement.execute(
            "UPDATE accounts SET balance = balance + "
                + amount
                + " WHERE id = "
                + (1 + random.nextInt(ACCOUNTS)));
        statement.execute("INSERT INTO moves (amount) VALUES (" + amount + ")");
        if (random.nextInt(10) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
        Thread.sleep(2);
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Applies what counts, and judges each change: a row that is inserted twice, or changed before it
   * was there, was repeated or lost; and behind each transaction the balances have their sum.
   */
  private static Map<String, Map<Long, Long>> replay(List<ChangeSet> whole) {
    Map<String, Map<Long, Long>> tables = new TreeMap<>();
    for (ChangeSet changes : whole) {
      for (TableChanges table : changes.tables()) {
        Map<Long, Long> rows = tables.computeIfAbsent(table.table(), _ -> new TreeMap<>());
        for (int row = 0; row < table.rowCount(); row++) {
          long id = number(table, row, 0);
          boolean isNew = rows.put(id, number(table, row, 1)) == null;
          Operation operation = table.operation(row);
          assertThat(isNew)
              .as("%s %s of row %d", table.table(), operation, id)
              .isEqualTo(operation != Operation.UPDATE);
        }
      }
      if (changes.part() == ChangeSet.Part.LAST) {
        assertThat(tables.get("accounts").values().stream().mapToLong(Long::longValue).sum())
            .isEqualTo(ACCOUNTS * 1000L);
      }
    }
    return tables;
  }

  private static long number(TableChanges table, int row, int column) {
    Object value =
        Values.read(table.rows().schema().type(column), table.rows().column(column), row);
    return Long.parseLong(String.valueOf(value));
  }

  private Process startProcess() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CapturingProcess.class.getName(),
            "mariadb://"
                + MariaDbServer.ADMIN
                + "@127.0.0.1:"
                + SharedServer.get().port()
                + "/"
                + database,
            MariaDbServer.PASSWORD,
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  private long logBytes() throws IOException {
    Path log = folder.resolve("log");
    return Files.exists(log) ? Files.size(log) : 0;
  }

  private void awaitMore(long before) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (logBytes() <= before) {
      assertThat(System.nanoTime())
          .as("%s", Files.readString(folder.resolve("out")))
          .isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private void awaitMoves(long count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (true) {
      Files.copy(
          folder.resolve("log"),
          folder.resolve("copy"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      try (FileLog log = new FileLog(folder.resolve("copy"))) {
        long moves =
            log.whole().stream()
                .flatMap(changes -> changes.tables().stream())
                .filter(table -> table.table().equals("moves"))
                .mapToLong(TableChanges::rowCount)
                .sum();
        if (moves >= count) {
          return;
        }
      }
      Files.delete(folder.resolve("copy"));
      assertThat(System.nanoTime())
          .as("%s", Files.readString(folder.resolve("out")))
          .isLessThan(deadline);
      Thread.sleep(200);
    }
  }

  private long count(String table) throws SQLException {
    try (Connection connection = SharedServer.get().connect();
        var row =
            connection
                .createStatement()
                .executeQuery("SELECT COUNT(*) FROM " + database + "." + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  private Map<Long, Long> balances() throws SQLException {
    Map<Long, Long> balances = new TreeMap<>();
    try (Connection connection = SharedServer.get().connect();
        var row =
            connection
                .createStatement()
                .executeQuery("SELECT id, balance FROM " + database + ".accounts")) {
      while (row.next()) {
        balances.put(row.getLong(1), row.getLong(2));
      }
    }
    return balances;
  }
}
