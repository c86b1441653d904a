package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.core.change.ChangeSet;
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

/**
 * Tables that a source takes later than others come whole, and the others go on where they were.
 */
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
    CaptureHarness.awaitState(capture, State.STREAMING);
    Replica replica = Replica.of(harness.awaitAll(capture));
    capture.close();
    return replica;
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
    Position end = Position.decode(harness.sink.taken().getLast().position());
    byte[] old = new Position(end.kind(), end.systemId(), end.lsn()).encode();
    assertThat(old).hasSize(18);
    Resume resume = new Resume.After(old, ChangeSet.Part.LAST, List.of());

    Capture capture = harness.start(harness.config("a", "b"), resume);
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
    harness.sql("INSERT INTO b VALUES (9999, 1)");
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
  }

  /** The publication covers the table by then, and nothing of it is in the log. */
  @Test
  void readsAnAddedTableAfterACrashBetweenPublicationAndRows() throws Exception {
    runOnce(harness.config("a"));
    Position end = Position.decode(harness.sink.taken().getLast().position());
    byte[] old = new Position(end.kind(), end.systemId(), end.lsn()).encode();
    int taken = harness.sink.taken().size();
    harness.sink.limit(taken + 1);
    Capture first =
        harness.start(
            harness.config("a", "b"), new Resume.After(old, ChangeSet.Part.LAST, List.of()));
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
      while (!capture.status().lastError().contains("waits for transactions that are open")) {
        Thread.onSpinWait();
      }
      open.commit();
      CaptureHarness.awaitState(capture, State.STREAMING);
      assertThat(capture.status().lastError()).isEmpty();
      harness.sql("INSERT INTO a VALUES (70, 0)");
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
    CaptureHarness.awaitState(capture, State.STREAMING);
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
