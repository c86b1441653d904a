package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.NotedTables;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.mariadb.MariaDbServer;
import dev.freshet.sourcetest.RecordingLog;
import dev.freshet.sourcetest.WholeTransactions;
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
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Tables of a real MariaDB that are left alone, resumed and read anew, while others go on. */
@EnabledIf("serverIsHere")
@Timeout(120)
class MySqlPausedTablesTest {
  private static final List<String> B = List.of("b");

  /** As the state has it: of the server it says nothing. */
  private static final List<SourceTable> HELD =
      List.of(
          new SourceTable(
              "b",
              "",
              1,
              Schema.of(
                  Column.notNull("id", DataType.Simple.INTEGER),
                  Column.notNull("n", DataType.Simple.INTEGER)),
              new int[] {0}));

  @TempDir private Path folder;
  private final RecordingLog log = new RecordingLog();
  private final PausedTables paused = PausedTables.ofProcess();
  private final NotedTables anew = NotedTables.ofProcess();
  private String database = "";

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @BeforeEach
  void makeTables() {
    database = SharedServer.newDatabase();
    execute(
        "CREATE TABLE a (id INT PRIMARY KEY, n INT NOT NULL)",
        "CREATE TABLE b (id INT PRIMARY KEY, n INT NOT NULL)",
        "INSERT INTO a VALUES (1, 100), (2, 100)",
        "INSERT INTO b VALUES (1, 100), (2, 100), (3, 100)");
  }

  @AfterEach
  void dropTables() {
    execute("DROP DATABASE " + database);
  }

  private void execute(String... statements) {
    List<String> all = new ArrayList<>(List.of("USE " + database));
    all.addAll(List.of(statements));
    SharedServer.get().execute(all.toArray(String[]::new));
  }

  private Capture start(RecordingLog into) {
    DebeziumSource source =
        DebeziumSource.ofMySql(
                SharedServer.settings(database, "a", "b"),
                SharedServer.NO_DRIVERS,
                () -> new LocalStorage(folder))
            .pausing(paused)
            .rereading(anew);
    Resume resume = into.resume();
    if (resume instanceof Resume.After after) {
      resume = new Resume.After(after.position(), after.part(), HELD);
    }
    Capture capture = source.start(Scheduler.threads(), Clock.system(), resume, into);
    into.follows(capture);
    return capture;
  }

  private Capture startAndStream() {
    Capture capture = start(log);
    log.await(() -> rows("b", Operation.SNAPSHOT) >= 3);
    return capture;
  }

  private void pause(Capture capture) throws InterruptedException {
    paused.pause(B);
    capture.wake();
    assertThat(paused.awaitNoticed(30_000)).isTrue();
  }

  private void readAnew(Capture capture) {
    anew.add(B);
    capture.wake();
  }

  private long rows(String table, Operation operation) {
    long count = 0;
    for (ChangeSet changes : log.all()) {
      for (TableChanges each : changes.tables()) {
        for (int i = 0; i < each.rowCount() && each.table().equals(table); i++) {
          count += each.operation(i) == operation ? 1 : 0;
        }
      }
    }
    return count;
  }

  /** A table as the server has it. */
  private List<String> table(String name) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = SharedServer.get().connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM " + database + "." + name)) {
      while (row.next()) {
        rows.add("{\"id\":" + row.getInt(1) + ",\"n\":" + row.getInt(2) + "}");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    rows.sort(null);
    return rows;
  }

  private void awaitContent(RecordingLog of, String table) {
    List<String> rows = table(table);
    of.await(() -> rows.equals(of.content().get(table)));
  }

  private boolean isLeftOut() {
    int last = log.size() - 1;
    while (log.read(last).part() != Part.LAST || !log.read(last).source().equals("shop")) {
      last--;
    }
    return Position.read(log.read(last).position()).leftOut().contains("b");
  }

  @Test
  void leavesATableAloneAndReadsItWhenItIsResumed() throws Exception {
    List<String> before = table("b");
    try (Capture capture = startAndStream()) {
      pause(capture);
      execute(
          "BEGIN",
          "UPDATE a SET n = 90 WHERE id = 1",
          "UPDATE b SET n = 110 WHERE id = 1",
          "COMMIT",
          "DELETE FROM b WHERE id = 2");
      awaitContent(log, "a");
      assertThat(log.content().get("b")).isEqualTo(before);
    }
    execute("INSERT INTO b VALUES (4, 5)", "UPDATE a SET n = 80 WHERE id = 2");
    try (Capture capture = start(log)) {
      awaitContent(log, "a");
      execute("INSERT INTO b VALUES (5, 5)", "INSERT INTO a VALUES (5, 5)");
      awaitContent(log, "a");
      assertThat(log.content().get("b")).as("after a restart").isEqualTo(before);

      paused.resume(B);
      capture.wake();
      log.await(() -> log.all().getLast().source().equals("shop") && !isLeftOut());
      assertThat(log.content().get("b")).isEqualTo(table("b"));
      execute("UPDATE b SET n = 7 WHERE id = 5", "DELETE FROM b WHERE id = 1");
      awaitContent(log, "b");
    }
    assertThat(rows("a", Operation.SNAPSHOT)).isEqualTo(2);
    assertThat(rows("a", Operation.UPDATE)).isEqualTo(2);
    assertThat(rows("a", Operation.INSERT)).isEqualTo(1);
    assertThat(rows("b", Operation.TRUNCATE)).isEqualTo(1);
    assertThat(rows("b", Operation.SNAPSHOT)).isEqualTo(3 + 4);
    assertThat(rows("b", Operation.UPDATE)).as("only what came since").isEqualTo(1);
  }

  /** What a process that was killed left of its log goes on to the same, wherever it was cut. */
  @Test
  void readsATableAnewThoughItIsKilledAtAnyTime() {
    try (Capture capture = startAndStream()) {
      readAnew(capture);
      log.await(() -> rows("b", Operation.TRUNCATE) == 1 && !isLeftOut());
      assertThat(anew.now()).isEmpty();
      execute(
          "BEGIN",
          "UPDATE b SET n = 99 WHERE id = 1",
          "UPDATE a SET n = 101 WHERE id = 1",
          "COMMIT");
      awaitContent(log, "b");
    }
    List<ChangeSet> all = log.all();
    List<String> records = all.stream().map(MySqlPausedTablesTest::text).toList();
    assertThat(records)
        .containsExactly(
            "shop LAST 5",
            "shop LAST 0 without b",
            "shop/tables MORE 1 without b",
            "shop/tables MORE 3 without b",
            "shop/tables LAST 0 without b",
            "shop LAST 0",
            "shop LAST 2");
    for (int kept : List.of(2, 4, 5)) {
      RecordingLog killed = RecordingLog.ofFirst(log, kept);
      try (Capture _ = start(killed)) {
        awaitContent(killed, "b");
        awaitContent(killed, "a");
      }
      assertSums(killed, "killed after " + kept);
    }
  }

  private static String text(ChangeSet changes) {
    boolean isLeftOut = Position.read(changes.position()).leftOut().contains("b");
    return changes.source()
        + " "
        + changes.part()
        + " "
        + changes.rowCount()
        + (isLeftOut ? " without b" : "");
  }

  @Test
  void readsWhatATableHasBecome() throws Exception {
    try (Capture capture = startAndStream()) {
      pause(capture);
      execute("DROP TABLE b");
      paused.resume(B);
      capture.wake();
      log.await(() -> capture.status().notes().stream().anyMatch(MySqlPausedTablesTest::isMissing));
      execute("INSERT INTO a VALUES (9, 9)");
      awaitContent(log, "a");
    }
    try (Capture _ = start(log)) {
      execute("INSERT INTO a VALUES (10, 9)");
      awaitContent(log, "a");
      assertThat(log.content().get("b")).hasSize(3);
      execute("CREATE TABLE b (id INT PRIMARY KEY, s VARCHAR(9))");
      log.await(() -> log.content().getOrDefault("b", List.of()).isEmpty() && !isLeftOut());
      execute("INSERT INTO b VALUES (7, 'new')");
      log.await(() -> List.of("{\"id\":7,\"s\":\"new\"}").equals(log.content().get("b")));
    }
  }

  /** What a first snapshot lacks could not be read later. */
  @Test
  void beginsWithNoSnapshotThatLacksAPausedTable() {
    execute("RENAME TABLE b TO c");
    paused.pause(B);
    try (Capture capture = start(log)) {
      log.await(() -> capture.status().state() == SourceStatus.State.FAILED);
      assertThat(capture.status().lastError()).contains("Cannot find table " + database + ".b");
    }
    execute("RENAME TABLE c TO b");
    try (Capture _ = start(log)) {
      log.await(() -> rows("b", Operation.SNAPSHOT) == 3);
    }
  }

  private static boolean isMissing(TableNote note) {
    return note.level() == TableNote.Level.PROBLEM
        && note.table().equals("b")
        && note.text().contains("Cannot find table");
  }

  /** Transactions move amounts between the tables, while one is left alone and read anew. */
  @Test
  void losesAndRepeatsNothingWhileTransactionsGoOn() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    execute("INSERT INTO b SELECT seq, 0 FROM seq_10_to_3000");
    Thread writer = Thread.ofPlatform().start(() -> write(isOver));
    Random random = new Random(11);
    try {
      for (int run = 0; run < 2; run++) {
        try (Capture capture = run == 0 ? startAndStream() : start(log)) {
          pause(capture);
          paused.resume(B);
          capture.wake();
          log.await(() -> !isLeftOut());
          readAnew(capture);
          log.await(() -> anew.now().isEmpty() && !isLeftOut());
          readAnew(capture);
          long truncated = rows("b", Operation.TRUNCATE);
          int parts = random.nextInt(4);
          log.await(() -> rows("b", Operation.TRUNCATE) > truncated);
          int size = log.size();
          log.await(() -> log.size() >= size + parts);
          pause(capture);
          paused.resume(B);
          capture.wake();
        }
      }
    } finally {
      isOver.set(true);
      writer.join();
    }
    try (Capture _ = start(log)) {
      awaitContent(log, "a");
      awaitContent(log, "b");
      log.await(() -> !isLeftOut());
    }
    assertSums(log, "all");
  }

  private void write(AtomicBoolean isOver) {
    Random random = new Random(1);
    try (Connection connection = SharedServer.get().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("USE " + database);
      connection.setAutoCommit(false);
      while (!isOver.get()) {
        int amount = 1 + random.nextInt(9);
        statement.execute("UPDATE a SET n = n - " + amount + " WHERE id = " + random.nextInt(1, 3));
        statement.execute("UPDATE b SET n = n + " + amount + " WHERE id = " + random.nextInt(1, 4));
        connection.commit();
        Thread.sleep(1);
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Behind each transaction that leaves nothing out, both tables are of one time. */
  private static void assertSums(RecordingLog of, String what) {
    Map<String, Map<String, Integer>> tables = new TreeMap<>();
    int sum = -1;
    for (ChangeSet changes : WholeTransactions.of(of.all())) {
      changes.tables().forEach(table -> apply(tables, table));
      boolean isWhole =
          changes.part() == Part.LAST
              && changes.source().equals("shop")
              && Position.read(changes.position()).leftOut().isEmpty();
      if (isWhole) {
        int now =
            tables.values().stream()
                .flatMap(rows -> rows.values().stream())
                .mapToInt(Integer::intValue)
                .sum();
        assertThat(now).as(what).isEqualTo(sum < 0 ? now : sum);
        sum = now;
      }
    }
    assertThat(sum).as(what).isPositive();
  }

  private static void apply(Map<String, Map<String, Integer>> tables, TableChanges changes) {
    Map<String, Integer> rows = tables.computeIfAbsent(changes.table(), _ -> new TreeMap<>());
    for (int i = 0; i < changes.rowCount(); i++) {
      if (changes.operation(i) == Operation.TRUNCATE) {
        rows.clear();
        continue;
      }
      String id = text(changes, i, 0);
      boolean isThere = rows.put(id, Integer.parseInt(text(changes, i, 1))) != null;
      assertThat(isThere)
          .as("row %s of %s", id, changes.table())
          .isEqualTo(changes.operation(i) == Operation.UPDATE);
    }
  }

  private static String text(TableChanges changes, int row, int column) {
    return String.valueOf(
        Values.read(changes.rows().schema().type(column), changes.rows().column(column), row));
  }
}
