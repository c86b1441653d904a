package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.core.change.ChangeSet;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table's ranges of pages, read by several connections, are one snapshot. */
class SnapshotRangesTest {
  private static final int ROWS = 20_000;

  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private PostgresConfig config(int connections, String... tables) {
    return harness
        .config(tables)
        .withLimits(new Limits(1000, 4 << 20, 300, 64 << 10))
        .withSnapshotConnections(connections);
  }

  /** Each transaction moves an amount and with it the row, often into another range. */
  @Test
  void readsOneTableByRangesWhileItsRowsMove() throws Exception {
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n int, note text)",
        "INSERT INTO t SELECT i, 100, repeat('x', 80) FROM generate_series(1, " + ROWS + ") i");
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> move(stop));
    PostgresConfig config = config(3, "t");
    harness.sink.limit(2);
    Capture capture = harness.start(config);
    harness.sink.acknowledgeTo(capture);
    harness.sink.awaitRefusals(3);
    SnapshotProgress progress = capture.status().snapshot();
    harness.sink.limit(Integer.MAX_VALUE);
    CaptureHarness.awaitState(capture, State.STREAMING);
    stop.set(true);
    writer.join();
    List<ChangeSet> log = harness.awaitAll(capture);

    assertThat(progress.tables()).isEqualTo(1);
    assertThat(progress.rowsDone()).isPositive();
    assertThat(progress.rowsEstimated()).isGreaterThanOrEqualTo(progress.rowsDone());
    Replica replica = new Replica(); // finds rows that come twice
    for (ChangeSet changes : log) {
      replica.add(changes);
      long sum = replica.table("t").values().stream().mapToLong(row -> (long) row.get(1)).sum();
      assertThat(sum).isIn(0L, 100L * ROWS);
    }
    assertThat(replica.table("t")).hasSize(ROWS);
    assertThat(capture.status().snapshot().rowsDone()).isEqualTo(ROWS);
  }

  private void move(AtomicBoolean stop) {
    try (Connection connection = CaptureHarness.server().connect(harness.database);
        Statement statement = connection.createStatement()) {
      for (int i = 0; !stop.get(); i++) {
        statement.execute(
            "BEGIN; UPDATE t SET n = n - 1 WHERE id = %d; UPDATE t SET n = n + 1 WHERE id = %d; COMMIT"
                .formatted(1 + i * 37 % ROWS, 1 + i * 101 % ROWS));
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void appliesTheRowFilterToEachRange() throws Exception {
    CaptureHarness.needsServer(15); // row filters
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, note text)",
        "INSERT INTO t SELECT i, repeat('x', 80) FROM generate_series(1, 5000) i");
    PostgresConfig config = config(2, "t");
    harness.sql("CREATE PUBLICATION " + config.publication() + " FOR TABLE t WHERE (id % 2 = 0)");
    Capture capture = harness.startAndStream(config);

    assertThat(Replica.of(harness.awaitAll(capture)).table("t")).hasSize(2500);
  }

  /** Nothing of it is seen by the old snapshot then, although the rows are all there. */
  @Test
  void beginsAnewWhenATableIsRewrittenBeforeItIsRead() throws Exception {
    harness.sql(
        "CREATE TABLE a (id int PRIMARY KEY, note text)",
        "INSERT INTO a SELECT i, repeat('x', 80) FROM generate_series(1, 5000) i",
        "CREATE TABLE b (id int PRIMARY KEY, n int)",
        "INSERT INTO b SELECT i, i FROM generate_series(1, 500) i");
    harness.sink.limit(1);
    Capture capture = harness.start(config(1, "a", "b"));
    harness.sink.acknowledgeTo(capture);
    harness.sink.awaitRefusals(1);
    harness.sql("ALTER TABLE b ALTER n TYPE bigint");
    harness.sink.limit(Integer.MAX_VALUE);
    CaptureHarness.awaitState(capture, State.STREAMING);
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("b")).hasSize(500);
    assertThat(replica.table("a")).hasSize(5000);
  }
}
