package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
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

/** Stopping, losing the connection and starting again at any point loses and repeats nothing. */
class ResumeTest {
  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void losesAndRepeatsNothingOverRestartsAtRandomPoints() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    harness.sql(
        "CREATE TABLE a (id int PRIMARY KEY, n int)",
        "CREATE TABLE b (id int PRIMARY KEY, n int)",
        "INSERT INTO a SELECT i, 0 FROM generate_series(1, 3000) i");
    PostgresConfig config = harness.config("a", "b").withLimits(new Limits(500, 1 << 20, 100));
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> write(stop, seed));
    Capture capture = null;
    for (int i = 0; i < 12; i++) {
      capture = harness.start(config, harness.resume());
      harness.sink.acknowledgeTo(capture);
      int target = harness.sink.taken().size() + 1 + random.nextInt(12);
      harness.sink.limit(target);
      harness.sink.await(log -> log.size() >= target);
      if (random.nextBoolean()) {
        harness.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freshet'"
                + " AND datname = current_database()");
        harness.sink.limit(target + random.nextInt(4));
        harness.sink.await(log -> log.size() >= target);
      }
      capture.close();
    }
    stop.set(true);
    writer.join();
    harness.sink.limit(Integer.MAX_VALUE);
    capture = harness.start(config, harness.resume());
    harness.sink.acknowledgeTo(capture);
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).as("seed " + seed).isEqualTo(rows("a"));
    assertThat(replica.table("b")).as("seed " + seed).isEqualTo(rows("b"));
    assertThat(harness.sink.taken().stream().map(ChangeSet::part)).contains(Part.RESTART);
  }

  /** Small and large transactions; every one puts as many rows into b as it takes from a. */
  private void write(AtomicBoolean stop, long seed) {
    Random random = new Random(seed + 1);
    try (Connection connection = CaptureHarness.server().connect(harness.database);
        Statement statement = connection.createStatement()) {
      for (int i = 0; !stop.get(); i++) {
        int count = random.nextInt(8) == 0 ? 1500 : 1 + random.nextInt(5);
        int from = 10_000 + i * 2_000;
        statement.execute(
            "BEGIN; INSERT INTO b SELECT g, 0 FROM generate_series(%d, %d) g; UPDATE a SET n = n + 1 WHERE id <= %d; COMMIT"
                .formatted(from, from + count, 1 + random.nextInt(20)));
        if (random.nextInt(4) == 0) {
          statement.execute("DELETE FROM b WHERE id % 7 = " + random.nextInt(7));
        }
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, List<Object>> rows(String table) throws Exception {
    Map<String, List<Object>> rows = new HashMap<>();
    try (Statement statement = harness.connection().createStatement();
        ResultSet row = statement.executeQuery("SELECT id, n FROM " + table)) {
      while (row.next()) {
        rows.put(row.getLong(1) + "|", List.of(row.getLong(1), row.getLong(2)));
      }
    }
    return rows;
  }

  @Test
  void beginsTheSnapshotAnewAfterACrashInIt() throws Exception {
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 60000)");
    PostgresConfig config = harness.config("t");
    harness.sink.limit(2);
    Capture first = harness.start(config);
    harness.sink.await(log -> log.size() == 2);
    first.close();
    harness.sql("DELETE FROM t WHERE id <= 10");
    harness.sink.limit(Integer.MAX_VALUE);
    Capture second = harness.start(config, harness.resume());
    harness.sink.acknowledgeTo(second);
    CaptureHarness.awaitState(second, State.STREAMING);
    harness.sql("INSERT INTO t VALUES (70000)");
    List<ChangeSet> log = harness.awaitAll(second);

    assertThat(log.get(2).part()).isEqualTo(Part.RESTART);
    assertThat(Replica.of(log).table("t")).hasSize(59_991);
  }

  @Test
  void cutsALargeTransactionIntoPartsAndKeepsItWhole() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, body text)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, 300000) i");
    List<ChangeSet> log = harness.awaitAll(capture);

    List<ChangeSet> parts = log.stream().filter(changes -> changes.rowCount() > 0).toList();
    assertThat(parts).hasSizeGreaterThan(29);
    assertThat(parts).allMatch(part -> part.rowCount() <= 10_000);
    long lasts = parts.stream().filter(part -> part.part() == Part.LAST).count();
    assertThat(lasts).isLessThanOrEqualTo(1);
    Replica replica = new Replica();
    for (ChangeSet changes : log) {
      replica.add(changes);
      assertThat(replica.table("t").size()).isIn(0, 300_000);
    }
  }

  @Test
  void waitsWhileTheSinkIsFull() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sink.setFull(true);
    harness.sql("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)");
    harness.sink.awaitRefusals(3);
    assertThat(Replica.of(harness.sink.taken()).table("t")).isEmpty();
    harness.sink.setFull(false);
    capture.wake();

    assertThat(Replica.of(harness.awaitAll(capture)).table("t")).hasSize(2);
  }

  @Test
  void reconnectsByItselfWhenTheConnectionBreaks() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)");
    Capture capture = harness.startAndStream(harness.config("t"));
    for (int i = 0; i < 5; i++) {
      harness.sql(
          "INSERT INTO t VALUES (" + i + ")",
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database ="
              + " current_database() AND active");
    }
    assertThat(Replica.of(harness.awaitAll(capture)).table("t")).hasSize(5);
    assertThat(capture.status().state()).isIn(State.STREAMING, State.WAITING_TO_RETRY);
  }

  @Test
  void countsSchemaVersionsOnFromTheLog() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)");
    Capture first = harness.startAndStream(harness.config("t"));
    harness.sql("ALTER TABLE t ADD n int", "INSERT INTO t VALUES (1, 2)");
    List<ChangeSet> log = harness.awaitAll(first);
    first.close();
    var last = log.getLast().tables().isEmpty() ? log.get(log.size() - 2) : log.getLast();
    var table = last.tables().getFirst();
    assertThat(table.schemaVersion()).isEqualTo(2);
    assertThat(table.rows().schema().names()).containsExactly("id", "n");
    var known =
        new dev.freshet.capture.SourceTable(
            "t", "public.t", 2, table.rows().schema(), table.keyColumns());
    Capture second =
        harness.start(
            harness.config("t"),
            new Resume.After(log.getLast().position(), Part.LAST, List.of(known)));
    harness.sink.acknowledgeTo(second);
    harness.sql("INSERT INTO t VALUES (2, 3)");
    log = harness.awaitAll(second);
    assertThat(
            log.stream()
                .flatMap(changes -> changes.tables().stream())
                .reduce((_, b) -> b)
                .orElseThrow()
                .schemaVersion())
        .isEqualTo(2);
  }
}
