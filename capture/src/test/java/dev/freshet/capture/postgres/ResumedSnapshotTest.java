package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.capture.postgres.PostgresConfig.Rows;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A first snapshot that was broken off goes on in the middle of its tables. */
class ResumedSnapshotTest {
  private static final int ROWS = 6_000;

  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n int, body text)",
        "ALTER TABLE t ALTER body SET STORAGE EXTERNAL",
        "INSERT INTO t SELECT i, 0, CASE WHEN i % 3 = 0 THEN repeat('b', 2500) ELSE repeat('s', 80) END"
            + " FROM generate_series(1, "
            + ROWS
            + ") i");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private PostgresConfig config(String... tables) {
    return harness.config(tables).withLimits(new Limits(200, 4 << 20, 100, 128 << 10));
  }

  /** Runs until so many more change sets were taken, then dies with some of them not durable. */
  private void crashAfter(PostgresConfig config, int more, int lost) throws Exception {
    int target = harness.sink.taken().size() + more;
    harness.sink.limit(target);
    Capture capture = harness.start(config, harness.resumeWithin());
    harness.sink.await(log -> log.size() >= target);
    capture.close();
    harness.sink.cutTo(target - lost);
  }

  private Replica finish(PostgresConfig config) throws Exception {
    harness.sink.limit(Integer.MAX_VALUE);
    Capture capture = harness.start(config, harness.resumeWithin());
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
    Replica replica = Replica.ofRepeated(harness.awaitAll(capture));
    capture.close();
    return replica;
  }

  private boolean hasRestarted() {
    return harness.sink.taken().stream().anyMatch(changes -> changes.part() == Part.RESTART);
  }

  private long snapshotRows(int from) {
    return harness.sink.taken().stream()
        .skip(from)
        .flatMap(changes -> changes.tables().stream())
        .filter(table -> table.rowCount() > 0 && table.operation(0) == Operation.SNAPSHOT)
        .mapToLong(table -> table.rowCount())
        .sum();
  }

  private Map<String, List<Object>> rows(String table) throws Exception {
    Map<String, List<Object>> rows = new HashMap<>();
    try (Statement statement = harness.connection().createStatement();
        ResultSet row = statement.executeQuery("SELECT id, n, body FROM " + table)) {
      while (row.next()) {
        rows.put(row.getLong(1) + "|", List.of(row.getLong(1), row.getLong(2), row.getString(3)));
      }
    }
    return rows;
  }

  /** The slot is made when transactions that are open have ended; these may change the tables. */
  @Test
  void readsTablesAsTheSnapshotHasThem() throws Exception {
    try (Connection other = CaptureHarness.server().connect(harness.database);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("CREATE TABLE other (id int)"); // so that the slot waits for it
      Capture capture = harness.start(config("t"));
      harness.sink.acknowledgeTo(capture);
      awaitOne("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");
      statement.execute("ALTER TABLE t ADD extra int DEFAULT 5");
      other.commit();
      CaptureHarness.awaitState(capture, State.STREAMING);
      Replica replica = Replica.of(harness.awaitAll(capture));

      assertThat(replica.table("t")).hasSize(ROWS);
      assertThat(replica.table("t").values()).allMatch(row -> row.get(3).equals(5L));
    }
  }

  private void awaitOne(String count) throws Exception {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!harness.one(count).equals("1")) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not one: " + count);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Test
  void readsNoFinishedRangeAgain() throws Exception {
    crashAfter(config("t"), 20, 0);
    int before = harness.sink.taken().size();
    Replica replica = finish(config("t"));

    assertThat(hasRestarted()).isFalse();
    assertThat(replica.table("t")).isEqualTo(rows("t"));
    assertThat(snapshotRows(before)).isLessThan(ROWS - 1000);
  }

  /** Rows move to other pages and keys, and large values do not come with their changes. */
  @Test
  void losesAndDoublesNothingWhileRowsMoveOverCrashes() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> write(stop, seed));
    for (int i = 0; i < 4; i++) {
      int more = 8 + random.nextInt(20);
      crashAfter(config("t"), more, random.nextInt(4));
    }
    stop.set(true);
    writer.join();
    Replica replica = finish(config("t"));

    assertThat(replica.table("t")).as("seed " + seed).isEqualTo(rows("t"));
    assertThat(hasRestarted()).isFalse();
  }

  private void write(AtomicBoolean stop, long seed) {
    Random random = new Random(seed + 1);
    try (Connection connection = CaptureHarness.server().connect(harness.database);
        Statement statement = connection.createStatement()) {
      for (int i = 0; !stop.get(); i++) {
        int id = 1 + random.nextInt(ROWS);
        statement.execute(
            switch (random.nextInt(8)) {
              case 0 -> "DELETE FROM t WHERE id = " + id;
              case 1 -> "UPDATE t SET id = %d WHERE id = %d".formatted(100_000 + i, id);
              case 2 -> "INSERT INTO t VALUES (%d, 1, repeat('i', 2500))".formatted(200_000 + i);
              case 3 -> "UPDATE t SET body = repeat('u', 3000) WHERE id = " + id;
              case 4 ->
                  "BEGIN; UPDATE t SET n = n + 1 WHERE id BETWEEN %d AND %d; DELETE FROM t WHERE id = %d; COMMIT"
                      .formatted(id, id + 60, id + 7);
              case 5 -> "UPDATE t SET id = id + 1000000 WHERE id BETWEEN 100000 AND 199999";
              default -> "UPDATE t SET n = n + 1 WHERE id BETWEEN %d AND %d".formatted(id, id + 9);
            });
        if (i % 40 == 39) {
          statement.execute("VACUUM t"); // its places are taken by others
        }
      }
    } catch (Exception e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  @Test
  void goesOnWhenTheConnectionIsLost() throws Exception {
    harness.sink.limit(20);
    Capture capture = harness.start(config("t"));
    harness.sink.acknowledgeTo(capture);
    harness.sink.awaitRefusals(2);
    harness.sql(
        "UPDATE t SET n = 7 WHERE id % 10 = 0",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freshet'"
            + " AND datname = current_database()");
    harness.sink.limit(Integer.MAX_VALUE);
    CaptureHarness.awaitState(capture, State.STREAMING);
    Replica replica = Replica.ofRepeated(harness.awaitAll(capture));

    assertThat(hasRestarted()).isFalse();
    assertThat(replica.table("t")).isEqualTo(rows("t"));
  }

  @Test
  void readsATableAnewThatWasRewritten() throws Exception {
    harness.sql(
        "CREATE TABLE u (id int PRIMARY KEY, n int, body text)",
        "INSERT INTO u SELECT i, 0, repeat('s', 80) FROM generate_series(1, 500) i");
    crashAfter(config("u", "t"), 20, 0);
    harness.sql(
        "DELETE FROM t WHERE id <= 3000", // what is left moves to the front
        "VACUUM FULL t",
        "UPDATE u SET n = 1 WHERE id < 50");
    int before = harness.sink.taken().size();
    Replica replica = finish(config("u", "t"));

    assertThat(hasRestarted()).isFalse();
    assertThat(replica.table("t")).isEqualTo(rows("t"));
    assertThat(replica.table("u")).isEqualTo(rows("u"));
    assertThat(snapshotRows(before)).isLessThan(ROWS - 3000 + 500 + 300);
  }

  @Test
  void readsATableAnewThatHasOtherColumns() throws Exception {
    crashAfter(config("t"), 20, 0);
    harness.sql("ALTER TABLE t ADD extra int DEFAULT 5");
    Replica replica = finish(config("t"));

    assertThat(replica.table("t")).hasSize(ROWS);
    assertThat(replica.table("t").values()).allMatch(row -> row.get(3).equals(5L));
  }

  @Test
  void beginsAnewWhenRowsAreMaskedOtherwise() throws Exception {
    crashAfter(config("t"), 20, 0);
    Replica replica = finish(config("t").withMasks("t body null"));

    assertThat(hasRestarted()).isTrue();
    assertThat(replica.table("t")).isEqualTo(rows("t"));
  }

  /** What changed before the table had another shape is in the ranges that were read anew. */
  @Test
  void bringsNoOlderShapeBackOverTwoCrashes() throws Exception {
    harness.sql(
        "CREATE TABLE u (id int PRIMARY KEY, n int, body text)",
        "INSERT INTO u SELECT i, 0, repeat('s', 80) FROM generate_series(1, 500) i",
        "DELETE FROM t WHERE id <= 300",
        "VACUUM t"); // room for rows at the front
    crashAfter(config("u", "t"), 20, 0);
    harness.sql(
        "UPDATE t SET n = 7 WHERE id BETWEEN 4000 AND 4050",
        "ALTER TABLE t ADD extra int DEFAULT 5");
    crashAfter(config("u", "t"), 30, 0);
    Replica replica = finish(config("u", "t"));

    assertThat(hasRestarted()).isFalse();
    assertThat(replica.table("t")).hasSize(ROWS - 300);
    assertThat(replica.table("t").values()).allMatch(row -> row.get(3).equals(5L));
  }

  /** The log has rows under a name that stands for another table now. */
  @Test
  void beginsAnewWhenTablesHaveSwappedTheirNames() throws Exception {
    harness.sql(
        "CREATE TABLE u (id int PRIMARY KEY, n int, body text)",
        "INSERT INTO u SELECT i, 0, repeat('s', 80) FROM generate_series(1, 500) i");
    crashAfter(config("u", "t"), 20, 0);
    harness.sql(
        "ALTER TABLE t RENAME TO w", "ALTER TABLE u RENAME TO t", "ALTER TABLE w RENAME TO u");
    Replica replica = finish(config("u", "t"));

    assertThat(hasRestarted()).isTrue();
    assertThat(replica.table("t")).isEqualTo(rows("t"));
    assertThat(replica.table("u")).isEqualTo(rows("u"));
  }

  @Test
  void emptiesATableThatWasTruncated() throws Exception {
    crashAfter(config("t"), 20, 0);
    harness.sql("TRUNCATE t", "INSERT INTO t VALUES (1, 1, 'new')");

    assertThat(finish(config("t")).table("t")).isEqualTo(rows("t"));
  }

  @Test
  void readsTablesWithoutAKeyAnew() throws Exception {
    harness.sql(
        "CREATE TABLE k (id int, n int, body text)",
        "ALTER TABLE k REPLICA IDENTITY FULL",
        "INSERT INTO k SELECT i, 0, repeat('s', 80) FROM generate_series(1, 500) i");
    crashAfter(config("k", "t"), 20, 0);
    harness.sql("UPDATE k SET n = 1", "UPDATE t SET n = 1 WHERE id < 100");
    Replica replica = finish(config("k", "t"));

    assertThat(replica.table("k").values()).containsExactlyInAnyOrderElementsOf(rows("k").values());
    assertThat(replica.table("t")).isEqualTo(rows("t"));
  }

  @Test
  void beginsAnewWhenItsSlotIsGone() throws Exception {
    PostgresConfig config = config("t");
    crashAfter(config, 20, 0);
    harness.sql(
        "SELECT pg_drop_replication_slot('" + config.slot() + "')", "DELETE FROM t WHERE id < 100");
    Replica replica = finish(config);

    assertThat(hasRestarted()).isTrue();
    assertThat(replica.table("t")).isEqualTo(rows("t"));
  }

  /** They would pass twice. */
  @Test
  void beginsAnewWhenRowsOfATableOnlyPass() throws Exception {
    PostgresConfig config = config("t");
    PostgresConfig passing =
        new PostgresConfig(
            config.name(),
            config.url(),
            List.of(new TableChoice("t", "", Rows.PASSED)),
            config.slot(),
            config.publication(),
            config.snapshotConnections(),
            config.whenLost(),
            config.walBudget(),
            config.masks(),
            config.limits());
    crashAfter(passing, 20, 0);
    finish(passing);

    assertThat(hasRestarted()).isTrue();
    List<ChangeSet> log = harness.sink.taken();
    assertThat(Replica.of(log).table("t")).isEqualTo(rows("t"));
  }
}
