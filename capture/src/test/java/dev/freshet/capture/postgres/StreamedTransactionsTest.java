package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Fence;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large transactions arrive while they are open, and come out when they are committed. */
class StreamedTransactionsTest {
  private static final String FOLDER = "sources/shop.spill";

  private static final long KEPT_FREE = 256L << 20;

  @TempDir private Path state;
  private CaptureHarness harness;
  private Capture capture;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql(
        "ALTER DATABASE " + harness.database + " SET logical_decoding_work_mem = '64kB'",
        "CREATE TABLE a (id int PRIMARY KEY, n int, note text)",
        "CREATE TABLE b (id int PRIMARY KEY, n int, note text)");
  }

  @AfterEach
  void close() throws Exception {
    if (capture != null) {
      capture.close();
    }
    harness.close();
  }

  private void start(Resume resume) throws Exception {
    SpillFolder spill =
        new SpillFolder(() -> new LocalStorage(state), FOLDER, KEPT_FREE, SpillFolder.Holds.ROWS);
    capture =
        new PostgresSource(harness.config("a", "b"), harness.memory, spill)
            .start(Scheduler.threads(), Clock.system(), resume, harness.sink);
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
  }

  private static String rows(String table, int from, int count) {
    return "INSERT INTO %s SELECT i, 0, repeat('x', 90) FROM generate_series(%d, %d) i"
        .formatted(table, from, from + count - 1);
  }

  private List<String> files() throws Exception {
    Path folder = state.resolve(FOLDER);
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private void awaitFiles(int count) throws Exception {
    long end = System.nanoTime() + 30_000_000_000L;
    while (files().size() != count) {
      if (System.nanoTime() > end) {
        throw new AssertionError(files() + " are not " + count + " files: " + capture.status());
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private Connection connect() throws Exception {
    Connection connection = CaptureHarness.server().connect(harness.database);
    connection.setAutoCommit(false);
    return connection;
  }

  private List<ChangeSet> delivered() {
    return harness.sink.taken().stream().filter(changes -> changes.rowCount() > 0).toList();
  }

  @Test
  void ordersThemByCommitWithoutWhatWasRolledBack() throws Exception {
    start(Resume.FROM_NOTHING);
    try (Connection first = connect();
        Connection second = connect();
        Statement one = first.createStatement();
        Statement two = second.createStatement()) {
      one.execute(rows("a", 1, 2000));
      two.execute(rows("b", 1, 2000));
      one.execute("SAVEPOINT s");
      one.execute(rows("a", 10_000, 2000));
      one.execute("UPDATE a SET n = 9 WHERE id < 100");
      awaitFiles(2);
      one.execute("ROLLBACK TO SAVEPOINT s");
      one.execute("UPDATE a SET n = 1 WHERE id = 5");
      harness.sql("INSERT INTO a VALUES (50000, 7, 'small')");
      harness.awaitAll(capture);
      assertThat(delivered()).hasSize(1); // only what is committed
      second.commit();
      harness.awaitAll(capture);
      assertThat(Replica.of(harness.sink.taken()).table("b")).hasSize(2000);
      assertThat(Replica.of(harness.sink.taken()).table("a")).hasSize(1);
      first.commit();
    }
    List<ChangeSet> log = harness.awaitAll(capture);

    Replica replica = Replica.of(log);
    assertThat(replica.table("a")).hasSize(2001);
    assertThat(replica.table("a").get("5|")).startsWith(5L, 1L);
    assertThat(replica.table("a").get("6|")).startsWith(6L, 0L);
    awaitFiles(0);
    assertThat(
            harness.one(
                "SELECT stream_txns >= 2 FROM pg_stat_replication_slots s JOIN pg_replication_slots r"
                    + " USING (slot_name) WHERE r.database = current_database()"))
        .isEqualTo("t");
  }

  @Test
  void dropsOneThatIsRolledBackWhole() throws Exception {
    start(Resume.FROM_NOTHING);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(rows("a", 1, 3000));
      awaitFiles(1);
      connection.rollback();
    }
    awaitFiles(0);
    harness.sql("INSERT INTO a VALUES (1, 1, '')");

    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).hasSize(1);
  }

  /** The server sends it again from its beginning. */
  @Test
  void startsWithOneThatWasOpenWhenItStopped() throws Exception {
    start(Resume.FROM_NOTHING);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(rows("a", 1, 3000));
      awaitFiles(1);
      capture.close();
      assertThat(files()).isEmpty();
      Files.writeString(state.resolve(FOLDER).resolve("12345"), "left by a crash");
      harness.sql("INSERT INTO b VALUES (1, 1, '')");
      start(harness.resume());
      statement.execute(rows("a", 5000, 3000));
      awaitFiles(1);
      connection.commit();
    }
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).hasSize(6000);
    assertThat(replica.table("b")).hasSize(1);
    awaitFiles(0);
  }

  /** Waits until the server has decoded what was written, of open transactions too. */
  private void awaitDecoded() throws Exception {
    String end = harness.one("SELECT pg_current_wal_insert_lsn()");
    long deadline = System.nanoTime() + 30_000_000_000L;
    String question =
        "SELECT coalesce(bool_or(sent_lsn >= '"
            + end
            + "'), false) FROM pg_stat_replication JOIN pg_replication_slots ON pid = active_pid"
            + " WHERE database = current_database()";
    while (!harness.one(question).equals("t")) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not decoded: " + capture.status());
      }
      harness.sql("SELECT pg_logical_emit_message(true, 'test', '')"); // has the WAL flushed
      LockSupport.parkNanos(5_000_000);
    }
  }

  /**
   * The server may fail at it when it sends the transaction early ("could not map filenumber"), and
   * then always; when it sends it at its commit it does not.
   */
  @Test
  void takesTheShapeThatATableHasWithinIt() throws Exception {
    start(Resume.FROM_NOTHING);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(rows("a", 1, 2000));
      statement.execute("SAVEPOINT s");
      statement.execute("ALTER TABLE a ADD extra int");
      statement.execute(
          "INSERT INTO a SELECT i, 0, repeat('x', 90), 3 FROM generate_series(3000, 4999) i");
      awaitDecoded();
      statement.execute("ROLLBACK TO SAVEPOINT s");
      statement.execute(rows("a", 6000, 2000));
      statement.execute("ALTER TABLE a ADD other text");
      statement.execute(
          "INSERT INTO a SELECT i, 0, repeat('x', 90), 'o' FROM generate_series(9000, 9999) i");
      connection.commit();
    }
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).hasSize(5000);
    assertThat(replica.table("a").get("9000|")).endsWith("o");
    assertThat(replica.table("a").get("6000|")).hasSize(3);
  }

  @Test
  void cutsALargeOneIntoParts() throws Exception {
    start(Resume.FROM_NOTHING);
    harness.sql(rows("a", 1, 60_000));
    List<ChangeSet> log = harness.awaitAll(capture);

    assertThat(log).allMatch(changes -> changes.rowCount() <= 10_000);
    assertThat(delivered().stream().filter(changes -> changes.part() == Part.MORE))
        .hasSizeGreaterThan(4);
    assertThat(Replica.of(log).table("a")).hasSize(60_000);
  }

  @Test
  void isReadAtOnePositionWhileOneIsOpen() throws Exception {
    start(Resume.FROM_NOTHING);
    harness.sql(rows("b", 1, 3000));
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(rows("a", 1, 3000));
      awaitFiles(1);
      harness.sql("INSERT INTO a VALUES (70000, 1, '')");
      List<Long> rows = new ArrayList<>();
      try (Fence fence = capture.rereadable().orElseThrow().fence()) {
        fence.read("a", changes -> rows.add((long) changes.rowCount()));
        assertThat(rows).containsExactly(1L);
        assertThat(Replica.of(harness.sink.taken()).table("a")).hasSize(1);
        assertThat(Replica.of(harness.sink.taken()).table("b")).hasSize(3000);
      }
      connection.commit();
    }

    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).hasSize(3001);
  }

  /** With protocol options as they are, a prepared transaction is one when it is committed. */
  @Test
  void takesPreparedTransactionsWhenTheyAreCommitted() throws Exception {
    start(Resume.FROM_NOTHING);
    harness.sql(
        "BEGIN; " + rows("a", 1, 3000) + "; PREPARE TRANSACTION 'large'",
        "BEGIN; " + rows("a", 4000, 10) + "; PREPARE TRANSACTION 'small'",
        "BEGIN; " + rows("a", 5000, 3000) + "; PREPARE TRANSACTION 'void'",
        "INSERT INTO b VALUES (1, 1, '')");
    harness.awaitAll(capture);
    assertThat(Replica.of(harness.sink.taken()).table("a")).isEmpty();
    harness.sql("COMMIT PREPARED 'small'", "ROLLBACK PREPARED 'void'", "COMMIT PREPARED 'large'");
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).hasSize(3010).doesNotContainKey("5000|");
    awaitFiles(0);
  }

  @Test
  void passesOverLogicalMessages() throws Exception {
    start(Resume.FROM_NOTHING);
    harness.sql(
        "SELECT pg_logical_emit_message(false, 'other', 'between transactions')",
        "BEGIN; SELECT pg_logical_emit_message(true, 'other', 'within'); "
            + rows("a", 1, 3000)
            + "; SELECT pg_logical_emit_message(true, 'other', 'within'); COMMIT");

    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).hasSize(3000);
  }

  @Test
  void leavesThemToTheServerWhenThereIsNoRoom() throws Exception {
    SpillFolder spill =
        new SpillFolder(() -> new FullStorage(state), FOLDER, KEPT_FREE, SpillFolder.Holds.ROWS);
    capture =
        new PostgresSource(harness.config("a", "b"), harness.memory, spill)
            .start(Scheduler.threads(), Clock.system(), Resume.FROM_NOTHING, harness.sink);
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
    harness.sql(rows("a", 1, 8000));

    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).hasSize(8000);
    assertThat(files()).isEmpty();
  }

  /** The log takes nothing while the disk is short of room, which is held here. */
  @Test
  void givesUpItsRoomWhenTheLogWaitsForIt() throws Exception {
    FullStorage disk = new FullStorage(state);
    disk.setFreeBytes(10L << 30);
    SpillFolder spill = new SpillFolder(() -> disk, FOLDER, KEPT_FREE, SpillFolder.Holds.ROWS);
    capture =
        new PostgresSource(harness.config("a", "b"), harness.memory, spill)
            .start(Scheduler.threads(), Clock.system(), Resume.FROM_NOTHING, harness.sink);
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
    try (Connection connection = connect();
        Statement large = connection.createStatement()) {
      large.execute(rows("a", 1, 8000));
      awaitFiles(1);
      harness.sink.setFull(true);
      harness.sql(rows("b", 1, 1));
      harness.sink.awaitRefusals(3);
      assertThat(files()).as("the log waits for something else").hasSize(1);

      disk.setFreeBytes(KEPT_FREE);
      awaitFiles(0);
      harness.sink.setFull(false);
      connection.commit();
    }

    Replica replica = Replica.of(harness.awaitAll(capture));
    assertThat(replica.table("a")).hasSize(8000);
    assertThat(replica.table("b")).hasSize(1);
  }
}
