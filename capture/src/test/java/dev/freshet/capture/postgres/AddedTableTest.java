package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.SourceStatus.TableNote.Level;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.capture.postgres.PostgresConfig.Rows;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.capture.postgres.PostgresConfig.WhenLost;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tables that a source takes later than others come whole, and the others go on where they were.
 */
@Timeout(120)
class AddedTableTest {
  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql(
        "CREATE TABLE a (id int PRIMARY KEY, n int)",
        "CREATE TABLE b (id int PRIMARY KEY, n int)",
        "INSERT INTO a SELECT i, 0 FROM generate_series(1, 50) i",
        "INSERT INTO b SELECT i, 0 FROM generate_series(1, 2000) i");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private Replica runOnce(PostgresConfig config) throws Exception {
    Capture capture = harness.start(config, harness.resume());
    harness.sink.acknowledgeTo(capture);
    awaitStreamed(capture, config);
    Replica replica = Replica.of(harness.awaitAll(capture));
    capture.close();
    return replica;
  }

  /** Waits until all tables are streamed, those that are read beside the others too. */
  private void awaitStreamed(Capture capture, PostgresConfig config) throws Exception {
    CaptureHarness.awaitState(capture, State.STREAMING);
    harness.awaitNamed(
        true, config.tables().stream().map(TableChoice::name).toArray(String[]::new));
  }

  private long snapshotRows(String table) {
    return harness.sink.taken().stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(changes -> changes.table().equals(table))
        .mapToLong(TableChanges::rowCount)
        .sum();
  }

  @Test
  void readsOnlyTheAddedTableWhole() throws Exception {
    runOnce(harness.config("a"));
    long rowsOfA = snapshotRows("a");
    harness.sql("UPDATE b SET n = 1 WHERE id <= 10", "INSERT INTO a VALUES (51, 1)");

    Replica replica = runOnce(harness.config("a", "b"));

    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
    assertThat(snapshotRows("a")).isEqualTo(rowsOfA + 1);

    harness.sql("UPDATE b SET n = 2 WHERE id <= 20");
    assertThat(runOnce(harness.config("a", "b")).table("b")).isEqualTo(rows("b"));
    assertThat(harness.one("SELECT count(*) FROM pg_replication_slots WHERE temporary"))
        .isEqualTo("0");
  }

  /** The log of an older version does not say which tables it has. */
  @Test
  void readsAnAddedTableBehindALogThatDoesNotNameItsTables() throws Exception {
    runOnce(harness.config("a"));
    Position end = Position.decode(harness.own().getLast().position());
    byte[] old = new Position(end.kind(), end.systemId(), end.lsn()).encode();
    assertThat(old).hasSize(18);
    Resume resume = new Resume.After(old, ChangeSet.Part.LAST, List.of());

    Capture capture = harness.start(harness.config("a", "b"), resume);
    harness.sink.acknowledgeTo(capture);
    awaitStreamed(capture, harness.config("a", "b"));
    harness.sql("INSERT INTO b VALUES (9999, 1)");
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
  }

  /** The publication covers the table by then, and nothing of it is in the log. */
  @Test
  void readsAnAddedTableAfterACrashBetweenPublicationAndRows() throws Exception {
    runOnce(harness.config("a"));
    Position end = Position.decode(harness.own().getLast().position());
    byte[] old = new Position(end.kind(), end.systemId(), end.lsn()).encode();
    int taken = harness.sink.taken().size();
    harness.sink.limit(taken + 2);
    Capture first =
        harness.start(
            harness.config("a", "b"), new Resume.After(old, ChangeSet.Part.LAST, List.of()));
    harness.sink.acknowledgeTo(first);
    harness.sink.awaitRefusals(1);
    first.close();
    assertThat(
            harness.one(
                "SELECT count(*) FROM pg_publication_tables WHERE pubname = '%s' AND tablename = 'b'"
                    .formatted(harness.config("a").publication())))
        .isEqualTo("1");
    harness.sink.limit(Integer.MAX_VALUE);

    assertThat(runOnce(harness.config("a", "b")).table("b")).isEqualTo(rows("b"));
  }

  @Test
  void saysWhatATransactionThatIsOpenKeepsItFrom() throws Exception {
    runOnce(harness.config("a"));
    try (Connection open = CaptureHarness.server().connect(harness.database);
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("INSERT INTO b VALUES (5000, 0)");
      Capture capture = harness.start(harness.config("a", "b"), harness.resume());
      harness.sink.acknowledgeTo(capture);
      CaptureHarness.awaitNotes(
          capture,
          new TableNote("b", Level.PROBLEM, "waits for transactions that are open at the server"));
      harness.sql("INSERT INTO a VALUES (70, 0)");
      assertThat(Replica.of(harness.awaitAll(capture)).table("a")).isEqualTo(rows("a"));
      open.commit();
      awaitStreamed(capture, harness.config("a", "b"));
      CaptureHarness.awaitNotes(capture);
      assertThat(capture.status().lastError()).isEmpty();
      harness.sql("INSERT INTO a VALUES (71, 0)");
      assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b"));
    }
  }

  /** What changed while it was left out is nowhere in the stream. */
  @Test
  void readsATableAnewThatWasLeftOutForAWhile() throws Exception {
    runOnce(harness.config("a", "b"));
    harness.sql("INSERT INTO a VALUES (60, 1)");
    runOnce(harness.config("a"));
    harness.sql("DELETE FROM b WHERE id > 5", "INSERT INTO a VALUES (61, 1)");
    runOnce(harness.config("a"));

    Replica replica = runOnce(harness.config("a", "b"));

    assertThat(replica.table("b")).isEqualTo(rows("b")).hasSize(5);
    assertThat(replica.table("a")).isEqualTo(rows("a"));
  }

  @Test
  void readsATableAnewThatWasMadeAnew() throws Exception {
    runOnce(harness.config("a", "b"));
    harness.sql(
        "DROP TABLE b",
        "CREATE TABLE b (id int PRIMARY KEY, n int)",
        "INSERT INTO b VALUES (1, 7)");

    assertThat(runOnce(harness.config("a", "b")).table("b")).isEqualTo(rows("b")).hasSize(1);
  }

  private static final String SIDE_SLOTS =
      "SELECT coalesce(min(slot_name), '') FROM pg_replication_slots"
          + " WHERE temporary AND database = current_database()";

  private static final String WAITING =
      "SELECT count(*) FROM pg_replication_slots JOIN pg_stat_activity ON pid = active_pid"
          + " WHERE temporary AND datname = current_database() AND wait_event_type = 'Lock'";

  /** A server that waits does not notice by itself that nobody waits for it. */
  @Test
  void leavesNothingAtTheServerWhenItEndsWhileThatWaits() throws Exception {
    runOnce(harness.config("a"));
    try (Connection open = CaptureHarness.server().connect(harness.database);
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("INSERT INTO b VALUES (5000, 0)");
      Capture capture = harness.start(harness.config("a", "b"), harness.resume());
      harness.sink.acknowledgeTo(capture);
      long end = System.nanoTime() + 20_000_000_000L;
      while (!harness.one(WAITING).equals("1")) {
        assertThat(System.nanoTime()).as("the server does not wait").isLessThan(end);
      }
      capture.close();
      end = System.nanoTime() + 10_000_000_000L;
      while (!harness.one(SIDE_SLOTS).isEmpty()) {
        assertThat(System.nanoTime()).as("the slot is still there").isLessThan(end);
      }
    }
  }

  private String awaitOtherSideSlot(String than) throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    String now = harness.one(SIDE_SLOTS);
    while (now.isEmpty() || now.equals(than)) {
      assertThat(System.nanoTime()).as("no other slot than " + than).isLessThan(end);
      now = harness.one(SIDE_SLOTS);
    }
    return now;
  }

  /** The server that it waits for may be gone. */
  @Test
  void asksAnewForASnapshotWhenTheStreamWasLost() throws Exception {
    runOnce(harness.config("a"));
    try (Connection open = CaptureHarness.server().connect(harness.database);
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("INSERT INTO b VALUES (5000, 0)");
      Capture capture = harness.start(harness.config("a", "b"), harness.resume());
      harness.sink.acknowledgeTo(capture);
      String first = awaitOtherSideSlot("");
      harness.one(
          "SELECT count(pg_terminate_backend(active_pid)) FROM pg_replication_slots"
              + " WHERE slot_name = '%s'".formatted(harness.config("a").slot()));
      awaitOtherSideSlot(first);
      open.commit();
      awaitStreamed(capture, harness.config("a", "b"));
      assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b"));
    }
  }

  /** Its rows are read in the form of the stream, and once. */
  @Test
  void readsATableOfATypeThatIsTextInTheStreamOnce() throws Exception {
    harness.sql(
        "CREATE TABLE c (id int PRIMARY KEY, p point)",
        "INSERT INTO c SELECT i, point(i, i) FROM generate_series(1, 100) i");
    runOnce(harness.config("a"));
    Replica replica = runOnce(harness.config("a", "c"));
    harness.sql("INSERT INTO c VALUES (101, point(1, 1))");
    runOnce(harness.config("a", "c"));
    assertThat(replica.table("c")).hasSize(100);
    assertThat(snapshotRows("c")).isEqualTo(100 + 1 + 1); // with TRUNCATE
  }

  /** The server may not know yet that nobody reads from it. */
  private void dropSlot(String slot) throws Exception {
    String active = "SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'";
    long end = System.nanoTime() + 20_000_000_000L;
    while (harness.one(active).equals("t")) {
      assertThat(System.nanoTime()).as("the slot is still read from").isLessThan(end);
    }
    harness.one("SELECT pg_drop_replication_slot('" + slot + "')");
  }

  /** The log's tables are read anew; those that it has not come when they can. */
  @Test
  void readsAllAnewThoughAnAddedTableCannotBeRead() throws Exception {
    runOnce(harness.config("a"));
    dropSlot(harness.config("a").slot());
    harness.sql("INSERT INTO a VALUES (80, 0)");
    PostgresConfig config = harness.config("a", "b", "c").withWhenLost(WhenLost.RESNAPSHOT);
    Capture capture = harness.start(config, harness.resume());
    harness.sink.acknowledgeTo(capture);
    harness.sql("INSERT INTO a VALUES (81, 0)");
    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).isEqualTo(rows("a"));
    harness.awaitNamed(true, "a", "b");
    harness.sql("CREATE TABLE c (id int PRIMARY KEY, n int)", "INSERT INTO c VALUES (1, 1)");
    awaitStreamed(capture, config);
    Replica replica = Replica.of(harness.awaitAll(capture));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
    assertThat(replica.table("c")).isEqualTo(rows("c"));
  }

  /** Else it would count as captured after a crash, and nobody would read it. */
  @Test
  void coversATableNotBeforeTheLogSaysDurablyThatItHasItNot() throws Exception {
    PostgresConfig config = harness.config("a", "b");
    runOnce(config);
    harness.sql(
        "ALTER PUBLICATION " + config.publication() + " DROP TABLE b",
        "UPDATE b SET n = 3 WHERE id <= 100");
    int taken = harness.sink.taken().size();
    harness.sink.acknowledgeTo(null);
    Capture capture = harness.start(config, harness.resume());
    requireNotCovered(capture);
    harness.sink.cutTo(taken);

    assertThat(runOnce(config).table("b")).isEqualTo(rows("b"));
  }

  @Test
  void coversAnAddedTableNotBeforeALogNamesItsTablesDurably() throws Exception {
    runOnce(harness.config("a"));
    Position end = Position.decode(harness.own().getLast().position());
    byte[] old = new Position(end.kind(), end.systemId(), end.lsn()).encode();
    harness.sink.acknowledgeTo(null);
    requireNotCovered(
        harness.start(
            harness.config("a", "b"), new Resume.After(old, ChangeSet.Part.LAST, List.of())));
  }

  /** Waits for longer than it takes to read the table. */
  private void requireNotCovered(Capture capture) throws Exception {
    CaptureHarness.awaitState(capture, State.STREAMING);
    harness.awaitNamed(false, "b");
    assertThat(harness.sink.await(log -> isPartBeside(log.getLast()), 1_500)).isFalse();
    capture.close();
    String covering =
        "SELECT count(*) FROM pg_publication_tables WHERE pubname = '%s' AND tablename = 'b'";
    assertThat(harness.one(covering.formatted(harness.config("a").publication()))).isEqualTo("0");
  }

  private boolean isPartBeside(ChangeSet changes) {
    return !harness.isOwn(changes) && changes.part() == ChangeSet.Part.MORE;
  }

  /** Nobody would notice that its rows come again. */
  @Test
  void readsATableThatKeepsNoRowsOnceThoughTheLogEndsAnywhere() throws Exception {
    PostgresConfig config = keepingNoRowsOfB();
    runOnce(harness.config("a"));
    int before = harness.sink.taken().size();
    runOnce(config);
    List<ChangeSet> log = harness.sink.taken();
    int oid = Integer.parseInt(harness.one("SELECT 'b'::regclass::oid::int"));
    for (int end = before + 1; end <= log.size(); end++) {
      List<ChangeSet> kept = log.subList(0, end);
      ChangeSet last =
          kept.stream()
              .filter(changes -> harness.isOwn(changes) && changes.part() == ChangeSet.Part.LAST)
              .reduce((_, next) -> next)
              .orElseThrow();
      assertThat(Position.decode(last.position()).tables().containsKey(oid))
          .as("the log's first %s records", end)
          .isEqualTo(!Replica.of(kept).table("b").isEmpty());
    }
    assertThat(count(log, "b", Operation.TRUNCATE)).isZero();
    assertThat(Replica.of(log).table("b")).hasSize(2000);
  }

  private PostgresConfig keepingNoRowsOfB() {
    return PostgresConfig.of(
            harness.database,
            harness.url(),
            List.of(TableChoice.of("a"), new TableChoice("b", "", Rows.PASSED)))
        .withLimits(new Limits(300, 1 << 20, 100));
  }

  /** A checkpoint may have what came of its rows: read whole, they would count twice. */
  @Test
  void letsATableThatKeepsNoRowsGoOnAfterAStartWithoutIt() throws Exception {
    runOnce(keepingNoRowsOfB());
    PostgresConfig without = harness.config("a").withLimits(new Limits(300, 1 << 20, 60_000));
    Capture capture = harness.start(without, harness.resume());
    CaptureHarness.awaitState(capture, State.STREAMING);
    capture.close();
    runOnce(keepingNoRowsOfB());
    assertThat(snapshotRows("b")).isEqualTo(2000);

    runOnce(harness.config("a", "b"));
    capture = harness.start(without, harness.resume());
    CaptureHarness.awaitState(capture, State.STREAMING);
    assertThat(Position.decode(harness.own().getLast().position()).tables())
        .as("the rows of what keeps them are told to be gone")
        .hasSize(1);
  }

  private static long count(List<ChangeSet> log, String table, Operation operation) {
    return log.stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(changes -> changes.table().equals(table))
        .mapToLong(changes -> {
          long count = 0;
          for (int i = 0; i < changes.rowCount(); i++) {
            count += changes.operation(i) == operation ? 1 : 0;
          }
          return count;
        })
        .sum();
  }

  @Test
  void losesAndRepeatsNothingWhileTablesAreAddedUnderLoadAndRunsEndAnywhere() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> write(stop));
    for (int i = 0; i < 14; i++) {
      PostgresConfig config =
          (random.nextInt(3) == 0 ? harness.config("a") : harness.config("a", "b"))
              .withLimits(new Limits(300, 1 << 20, 100));
      Capture capture = harness.start(config, harness.resume());
      harness.sink.acknowledgeTo(capture);
      int target = harness.sink.taken().size() + 1 + random.nextInt(12);
      harness.sink.limit(target);
      harness.sink.await(log -> log.size() >= target);
      capture.close();
    }
    harness.sink.limit(Integer.MAX_VALUE);
    Capture capture = harness.start(harness.config("a", "b"), harness.resume());
    harness.sink.acknowledgeTo(capture);
    awaitStreamed(capture, harness.config("a", "b"));
    stop.set(true);
    writer.join();
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).as("seed " + seed).isEqualTo(rows("a"));
    assertThat(replica.table("b")).as("seed " + seed).isEqualTo(rows("b"));
  }

  /** Each transaction changes both; some stay open for a while, begun before others end. */
  private void write(AtomicBoolean stop) {
    try (Connection first = CaptureHarness.server().connect(harness.database);
        Connection second = CaptureHarness.server().connect(harness.database);
        Statement one = first.createStatement();
        Statement other = second.createStatement()) {
      for (int i = 0; !stop.get(); i++) {
        int id = 10_000 + 2 * i;
        one.execute("BEGIN; INSERT INTO a VALUES (" + id + ", 0)");
        one.execute("INSERT INTO b VALUES (" + id + ", 0)");
        other.execute(
            "BEGIN; INSERT INTO b VALUES (%d, 1); UPDATE b SET n = n + 1 WHERE id = %d; DELETE FROM b WHERE id = %d; COMMIT"
                .formatted(id + 1, 1 + i % 500, 500 + i));
        one.execute("UPDATE a SET n = n + 1 WHERE id = " + (1 + i % 50) + "; COMMIT");
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, List<Object>> rows(String table) throws Exception {
    Map<String, List<Object>> rows = new HashMap<>();
    try (Statement statement = harness.connection().createStatement();
        ResultSet found = statement.executeQuery("SELECT id, n FROM " + table)) {
      while (found.next()) {
        rows.put(found.getLong(1) + "|", List.of(found.getLong(1), found.getLong(2)));
      }
    }
    return rows;
  }
}
