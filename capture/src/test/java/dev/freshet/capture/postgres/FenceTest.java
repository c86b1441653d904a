package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Fence;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FenceTest {
  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static Fence fence(Capture capture) {
    return capture.rereadable().orElseThrow().fence();
  }

  private static Map<String, List<Object>> rows(Fence fence, String table) {
    Map<String, List<Object>> rows = new TreeMap<>();
    fence.read(table, changes -> put(changes, rows));
    return rows;
  }

  private static void put(TableChanges changes, Map<String, List<Object>> rows) {
    for (int i = 0; i < changes.rowCount(); i++) {
      List<Object> row = Arrays.asList(Values.readRow(changes.rows(), i));
      rows.put(row.get(0) + "|", row);
    }
  }

  /** Commits small transactions over few rows, some without waiting for the disk. */
  private final class Writer implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong commits = new AtomicLong();
    private final Thread thread;
    private Throwable failure;

    Writer(int number) {
      this.thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  write(number);
                } catch (Exception e) {
                  failure = e;
                }
              });
    }

    private void write(int number) throws SQLException {
      SplittableRandom random = new SplittableRandom(number);
      int port = CaptureHarness.server().port();
      try (Connection connection =
              DriverManager.getConnection(
                  "jdbc:postgresql://127.0.0.1:" + port + "/" + harness.database,
                  "postgres",
                  CaptureHarness.server().password());
          Statement statement = connection.createStatement()) {
        statement.execute("SET synchronous_commit = " + (number % 2 == 0 ? "on" : "off"));
        connection.setAutoCommit(false);
        while (!stop.get()) {
          // In the order of their ids, against deadlocks.
          int id = random.nextInt(30);
          statement.execute("UPDATE hot SET n = n + 1 WHERE id = " + id);
          statement.execute("UPDATE hot SET n = n - 1 WHERE id = " + (id + 1 + random.nextInt(20)));
          if (random.nextInt(4) == 0) {
            statement.execute(
                "SAVEPOINT s; INSERT INTO hot VALUES ("
                    + (100 + number)
                    + ", 0) ON CONFLICT (id) DO"
                    + " UPDATE SET n = hot.n + 1; RELEASE s");
          } else if (random.nextInt(8) == 0) {
            statement.execute("DELETE FROM hot WHERE id = " + (100 + number));
          }
          if (random.nextInt(10) == 0) {
            connection.rollback();
          } else {
            connection.commit();
            commits.incrementAndGet();
          }
        }
      }
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(failure).isNull();
    }
  }

  @Test
  void readsExactlyWhatWasDeliveredWhileOthersWrite() throws Exception {
    harness.sql(
        "CREATE TABLE hot (id int PRIMARY KEY, n bigint)",
        "INSERT INTO hot SELECT i, 0 FROM generate_series(0, 60) i");
    Capture capture = harness.startAndStream(harness.config("hot"));
    int seen = 0;
    Replica replica = new Replica();
    try (Writer a = new Writer(1);
        Writer b = new Writer(2);
        Writer c = new Writer(3);
        Writer d = new Writer(4)) {
      for (int i = 0; i < 60; i++) {
        try (Fence fence = fence(capture)) {
          List<ChangeSet> log = harness.sink.taken();
          log.subList(seen, log.size()).forEach(replica::add);
          seen = log.size();
          fence.release();
          assertThat(rows(fence, "hot")).as("fence %d", i).isEqualTo(replica.table("hot"));
        }
      }
      assertThat(a.commits.get() + b.commits.get() + c.commits.get() + d.commits.get())
          .isGreaterThan(60);
    }
    // Nothing was lost by stopping.
    try (Fence fence = fence(capture)) {
      List<ChangeSet> log = harness.sink.taken();
      log.subList(seen, log.size()).forEach(replica::add);
      assertThat(rows(fence, "hot")).isEqualTo(replica.table("hot"));
    }
  }

  @Test
  void holdsWhatComesLaterUntilItIsReleased() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t VALUES (1, 1)");
    Capture capture = harness.startAndStream(harness.config("t"));
    try (Fence fence = fence(capture)) {
      int count = harness.sink.taken().size();
      harness.sql("UPDATE t SET n = 2");
      Thread.sleep(100);
      assertThat(harness.sink.taken()).hasSize(count);
      assertThatThrownBy(() -> fence(capture))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("being done already");
      fence.release();
      harness.awaitAll(capture);
      assertThat(rows(fence, "t").get("1|")).containsExactly(1L, 1L);
    }
    try (Fence fence = fence(capture)) {
      assertThat(rows(fence, "t").get("1|")).containsExactly(1L, 2L);
    }
  }

  @Test
  void putsCorrectionsBetweenWhatCameBeforeAndWhatComesLater() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t VALUES (1, 1)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("INSERT INTO t VALUES (2, 2)");
    try (Fence fence = fence(capture)) {
      int count = harness.sink.taken().size();
      harness.sql("UPDATE t SET n = 20 WHERE id = 2");
      List<TableChanges> read = new ArrayList<>();
      fence.read("t", read::add);
      Batch rows = Rows.slice(read.getFirst().rows(), 0, 1);
      fence.correct(List.of(TableChanges.inserts("t", rows, 0)));
      fence.release();
      List<ChangeSet> log = harness.awaitAll(capture);
      assertThat(log.get(count).position()).isEqualTo(log.get(count - 1).position());
      List<TableChanges> later =
          log.stream().skip(count).flatMap(changes -> changes.tables().stream()).toList();
      assertThat(later).hasSize(2);
      assertThat(Values.readRow(later.getFirst().rows(), 0)).containsExactly(1L, 1L);
      assertThat(Values.readRow(later.getLast().rows(), 0)).containsExactly(2L, 20L);
      assertThatThrownBy(() -> fence.correct(List.of())).isInstanceOf(FreshetException.class);
    }
  }

  @Test
  void tellsWhenChangesWentOnBecauseTheConnectionWasLost() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)");
    Capture capture = harness.startAndStream(harness.config("t"));
    Fence fence = fence(capture);
    harness.sql(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active",
        "INSERT INTO t VALUES (1)");
    harness.awaitAll(capture);
    assertThatThrownBy(fence::release)
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("connection was lost");
    fence.close();
    try (Fence next = fence(capture)) {
      assertThat(rows(next, "t")).hasSize(1);
    }
  }

  @Test
  void findsRowsByKeysOfAllTypes() throws Exception {
    harness.sql(
        "CREATE TYPE mood AS ENUM ('ok', 'so''so')",
        """
        CREATE TABLE k (
          i int, t text, d date, ts timestamp, tz timestamptz, n numeric(12, 3), u uuid, b bytea, f float8,
          m mood, c char(5), l boolean, a text[], tm time, PRIMARY KEY (i, t, d, ts, tz, n, u, b, f, m, c, l, a, tm))
        """,
        """
        INSERT INTO k SELECT i, E'a\\\\b''"c\\n' || chr(8364) || i, '0044-03-15 BC', '1969-12-31 23:59:59.000001',
          '2026-01-31 12:00:00.5+02', i / 8.0, gen_random_uuid(), '\\x00ff5c27', 'NaN', 'so''so', 'ab', true,
          ARRAY['x"y', NULL, '\\'], '23:59:59.999'
        FROM generate_series(-2, 2) i
        """,
        "CREATE TABLE bag (a int, j json, e interval, p point)",
        "ALTER TABLE bag REPLICA IDENTITY FULL",
        "INSERT INTO bag VALUES (1, '{\"a\": 1}', '1 day', '(1,2)'), (NULL, NULL, NULL, NULL)");
    Capture capture = harness.startAndStream(harness.config("k", "bag"));
    try (Fence fence = fence(capture)) {
      for (String table : List.of("k", "bag")) {
        List<TableChanges> all = new ArrayList<>();
        fence.read(table, all::add);
        Batch rows = all.getFirst().rows();
        for (int i = 0; i < rows.rowCount(); i++) {
          Batch keys = Rows.slice(rows, i, i + 1).select(all.getFirst().keyColumns());
          List<TableChanges> found = new ArrayList<>();
          fence.read(table, keys, found::add);
          assertThat(found).hasSize(1);
          assertThat(found.getFirst().rows().rowCount()).isOne();
          int[] columns = all.getFirst().keyColumns();
          assertThat(Rows.equal(found.getFirst().rows(), 0, columns, rows, i, columns)).isTrue();
        }
        Batch several = rows.select(all.getFirst().keyColumns());
        Collection<TableChanges> found = new ArrayList<>();
        fence.read(table, several, found::add);
        assertThat(found.stream().mapToInt(TableChanges::rowCount).sum())
            .isEqualTo(rows.rowCount());
      }
    }
  }

  @Test
  void readsKeysWhateverTheServerTakesBackslashesFor() throws Exception {
    harness.sql(
        "ALTER DATABASE " + harness.database + " SET standard_conforming_strings = off",
        "CREATE TABLE t (k text PRIMARY KEY)",
        "INSERT INTO t VALUES (chr(92) || chr(39)), ('a' || chr(92))");
    Capture capture = harness.startAndStream(harness.config("t"));
    try (Fence fence = fence(capture)) {
      List<TableChanges> all = new ArrayList<>();
      fence.read("t", all::add);
      List<TableChanges> found = new ArrayList<>();
      fence.read("t", all.getFirst().rows(), found::add);
      assertThat(found).hasSize(1);
      assertThat(found.getFirst().rowCount()).isEqualTo(2);
    }
  }

  @Test
  void letsChangesGoOnWhenNobodyReleasesThem() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    Capture capture = harness.startAndStream(harness.config("t"));
    try (Fence fence = fence(capture)) {
      harness.sql("INSERT INTO t VALUES (2)");
      harness.awaitAll(capture);
      assertThatThrownBy(() -> fence.correct(List.of()))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("had waited for 5 s");
      assertThatThrownBy(fence::release)
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("had waited for 5 s");
    }
    try (Fence next = fence(capture)) {
      assertThat(rows(next, "t")).hasSize(2);
    }
  }

  @Test
  void givesUpReadingATableThatIsLockedWhileChangesWait() throws Exception {
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY)",
        "CREATE TABLE other (id int PRIMARY KEY)",
        "INSERT INTO other VALUES (1)");
    Capture capture = harness.startAndStream(harness.config("t", "other"));
    try (Fence fence = fence(capture)) {
      assertThat(rows(fence, "other")).hasSize(1);
      harness.sql("BEGIN", "LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
      assertThatThrownBy(() -> rows(fence, "t"))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("someone holds a lock on it");
      assertThat(rows(fence, "other")).hasSize(1);
      fence.release();
    } finally {
      harness.sql("ROLLBACK");
    }
  }

  @Test
  void tellsThatATableWasTruncatedOrRewrittenMeanwhile() throws Exception {
    harness.sql(
        "CREATE TABLE emptied (id int PRIMARY KEY)",
        "CREATE TABLE rewritten (id int PRIMARY KEY, n int)",
        "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE low PARTITION OF parts FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE high PARTITION OF parts FOR VALUES FROM (10) TO (20)",
        "CREATE TABLE same (id int PRIMARY KEY)",
        "INSERT INTO emptied VALUES (1)",
        "INSERT INTO rewritten VALUES (1, 1)",
        "INSERT INTO parts VALUES (1), (11)",
        "INSERT INTO same VALUES (1)");
    Capture capture =
        harness.startAndStream(harness.config("emptied", "rewritten", "parts", "same"));
    try (Fence fence = fence(capture)) {
      fence.release();
      harness.sql("TRUNCATE emptied", "ALTER TABLE rewritten ALTER n TYPE bigint", "TRUNCATE high");
      for (String table : List.of("emptied", "rewritten", "parts")) {
        assertThatThrownBy(() -> rows(fence, table))
            .as(table)
            .isInstanceOf(FreshetException.class)
            .hasMessageContaining("truncated or rewritten meanwhile");
      }
      assertThat(rows(fence, "same")).hasSize(1);
    }
  }

  @Test
  void readsTheOtherTablesWhenOneIsGoneOrCannotBeRead() throws Exception {
    harness.sql(
        "CREATE TABLE gone (id int PRIMARY KEY)",
        "CREATE TABLE keyless (id int PRIMARY KEY)",
        "CREATE TABLE same (id int PRIMARY KEY)",
        "INSERT INTO same VALUES (1)");
    Capture capture = harness.startAndStream(harness.config("gone", "keyless", "same"));
    harness.sql("DROP TABLE gone", "ALTER TABLE keyless DROP CONSTRAINT keyless_pkey");
    try (Fence fence = fence(capture)) {
      assertThatThrownBy(() -> rows(fence, "gone")).isInstanceOf(FreshetException.class);
      assertThatThrownBy(() -> rows(fence, "keyless")).isInstanceOf(FreshetException.class);
      assertThat(rows(fence, "same")).hasSize(1);
    }
  }

  @Test
  void streamsOnWhenTheLogRefusesACorrectionAsTooLarge() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    Capture capture = harness.startAndStream(harness.config("t"));
    try (Fence fence = fence(capture)) {
      harness.sink.refuseNext();
      assertThatThrownBy(() -> fence.correct(List.of())).hasMessage("too large");
      fence.release();
    }
    harness.sql(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active",
        "INSERT INTO t VALUES (2)");
    harness.awaitAll(capture);
  }

  @Test
  void comesAlsoWhenNobodyWrites() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    Capture capture = harness.startAndStream(harness.config("t"));
    long begin = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      try (Fence fence = fence(capture)) {
        assertThat(rows(fence, "t")).hasSize(1);
      }
    }
    assertThat((System.nanoTime() - begin) / 1_000_000).as("milliseconds").isLessThan(10_000);
  }
}
