package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.RelationTime;
import dev.freshet.engine.RelationTime.Activity;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class FinalViewTest {
  private static final String TABLE =
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, at TIMESTAMP, amount INTEGER, WATERMARK FOR at"
          + " AS at - INTERVAL '4' SECOND)";
  private static final String VIEW =
      "CREATE VIEW minutes WITH ('emit' = 'final') AS SELECT window_start, window_end, COUNT(*) AS"
          + " n, SUM(amount) AS total FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL '1'"
          + " MINUTE)) GROUP BY window_start, window_end";

  private static final LocalDateTime START = LocalDateTime.parse("2026-11-24T09:00:00");

  private final SimulatedClock clock = new SimulatedClock();
  private final Trace trace = new Trace();
  private final SimulatedStorage storage = new SimulatedStorage(clock, trace, 1);
  private Freshet db = open();

  private Freshet open() {
    return Freshet.open(
        storage, clock, new SimulatedScheduler(clock, trace, 1), FreshetOptions.DEFAULT);
  }

  /** Loses all that no checkpoint holds; the log is read again. */
  private void kill() {
    storage.kill();
    db = open();
  }

  private void order(int id, String time, int amount) {
    db.execute(
        "INSERT INTO orders VALUES ("
            + id
            + ", TIMESTAMP '2026-11-24 "
            + time
            + "', "
            + amount
            + ")");
  }

  private List<String> minutes() {
    return db.query("SELECT window_end, n, total FROM minutes ORDER BY window_end").stream()
        .map(row -> row.get(0) + " " + row.get(1) + " " + row.get(2))
        .toList();
  }

  private RelationTime time(String relation) {
    return db.watermarks().stream()
        .filter(time -> time.relation().equals(relation))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aWindowComesOutOnceWhenTheWatermarkPassesItsEnd() {
    db.execute(TABLE);
    db.execute(VIEW);
    order(1, "09:00:10", 5);
    order(2, "09:01:03", 7);
    assertThat(minutes()).isEmpty();
    order(3, "09:00:59", 2);
    order(4, "09:01:04", 1);
    assertThat(minutes()).containsExactly("2026-11-24T09:01 2 7");
    db.execute("UPDATE orders SET amount = 100 WHERE id = 2");
    db.execute("DELETE FROM orders WHERE id = 1");
    order(5, "09:02:10", 1);
    assertThat(minutes()).containsExactly("2026-11-24T09:01 2 7", "2026-11-24T09:02 2 101");
  }

  @Test
  void aLateRowGoesToTheErrorsAndLeavesThemWhenItGoes() {
    db.execute(TABLE);
    db.execute(VIEW);
    order(1, "09:05:00", 5);
    order(2, "09:03:59", 5);
    assertThat(db.errors("minutes").stream().map(Row::toString))
        .singleElement()
        .asString()
        .contains("ROW_LATE The row came late: the watermark had passed 2026-11-24T09:04:00")
        .contains("\"id\":2");
    assertThat(time("minutes").lateChanges()).isEqualTo(1);
    db.execute("DELETE FROM orders WHERE id = 2");
    assertThat(db.errors("minutes").rowCount()).isZero();
    assertThat(time("minutes").lateChanges()).isEqualTo(2);
    assertThat(minutes()).isEmpty();
  }

  @Test
  void readingTheLogAgainGivesTheSame() {
    db.execute(TABLE);
    order(1, "09:05:00", 5);
    order(2, "09:00:00", 7);
    db.execute(VIEW);
    assertThat(minutes()).containsExactly("2026-11-24T09:01 1 7");
    order(3, "09:00:30", 9);
    order(4, "09:05:30", 9);
    assertThat(time("minutes").lateChanges()).isEqualTo(1);
    List<RelationTime> times = db.watermarks();
    kill();
    assertThat(minutes()).containsExactly("2026-11-24T09:01 1 7");
    assertThat(db.watermarks()).isEqualTo(times);
    db.close();
    db = open();
    assertThat(db.watermarks()).isEqualTo(times);
    order(5, "09:06:04", 1);
    assertThat(minutes()).containsExactly("2026-11-24T09:01 1 7", "2026-11-24T09:06 2 14");
  }

  @Test
  void oneOverManyRowsIsComputedBesideWritersAndIsTheSameAfterReadingTheLogAgain() {
    db.execute(TABLE);
    LocalDateTime start = LocalDateTime.parse("2026-11-24T09:00:00");
    db.transaction(transaction -> {
      for (int id = 100; id < 70_100; id++) {
        transaction.insert("orders", id, start.plusNanos(id * 5_000_000L), 1);
      }
    });
    db.execute(VIEW);
    List<String> minutes = minutes();
    assertThat(minutes).hasSize(5).startsWith("2026-11-24T09:01 11900 11900");
    order(1, "09:00:30", 9);
    order(2, "09:06:30", 9);
    assertThat(time("minutes").lateChanges()).isEqualTo(1);
    minutes = minutes();
    kill();
    assertThat(minutes()).hasSize(6).isEqualTo(minutes);
    assertThat(time("minutes").lateChanges()).isEqualTo(1);
  }

  @Test
  void aTimeFarAheadIsAnErrorOfTheRowAndMakesNothingLate() {
    db.execute(TABLE + " WITH ('scan.watermark.max-ahead' = '1 h')");
    db.execute(VIEW);
    clock.shiftWall(START.toEpochSecond(ZoneOffset.UTC) * 1_000_000 - clock.wallMicros());
    order(1, "09:00:10", 5);
    order(2, "10:00:01", 7);
    order(3, "09:00:20", 1);
    db.execute("INSERT INTO orders VALUES (4, TIMESTAMP '2999-01-01 00:00:00', 1)");
    order(5, "10:00:00", 1);
    assertThat(minutes()).containsExactly("2026-11-24T09:01 2 6");
    assertThat(time("minutes").aheadChanges()).isEqualTo(2);
    assertThat(time("minutes").lateChanges()).isZero();
    assertThat(db.errors("minutes").stream().map(Row::toString))
        .hasSize(2)
        .anyMatch(row ->
            row.contains(
                    "ROW_AHEAD The row came too early: its time 2999-01-01T00:00:00 was further")
                && row.contains("\"id\":4"));
    kill();
    clock.advance(Duration.ofMinutes(10).toNanos());
    db.execute("UPDATE orders SET amount = 8 WHERE id = 2");
    order(6, "10:01:10", 1);
    assertThat(minutes()).containsExactly("2026-11-24T09:01 2 6", "2026-11-24T10:01 2 9");
    db.execute("DELETE FROM orders WHERE id = 4");
    assertThat(db.errors("minutes").rowCount()).isZero();
    List<RelationTime> times = db.watermarks();
    db.close();
    db = open();
    assertThat(db.watermarks()).isEqualTo(times);
  }

  @Test
  void anIdleTableHoldsNobodyBack() {
    db.execute(TABLE);
    db.execute(
        "CREATE TABLE calls (id INTEGER PRIMARY KEY, at TIMESTAMP, WATERMARK FOR at AS at) WITH"
            + " ('scan.watermark.idle-timeout' = '30 s')");
    db.execute(
        "CREATE VIEW events AS SELECT id, at FROM orders UNION ALL SELECT id, at FROM calls");
    db.execute(
        "CREATE VIEW both WITH ('emit' = 'final') AS SELECT window_end, COUNT(*) AS n FROM"
            + " TABLE(TUMBLE(TABLE events, DESCRIPTOR(at), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end");
    order(1, "09:00:10", 5);
    order(2, "09:02:10", 5);
    assertThat(db.query("SELECT * FROM both").rowCount()).isZero();
    clock.advance(Duration.ofSeconds(31).toNanos());
    db.heartbeat();
    assertThat(time("calls").activity()).isEqualTo(Activity.IDLE);
    assertThat(db.query("SELECT n FROM both").single().longValue("n")).isEqualTo(1);
    db.execute("INSERT INTO calls VALUES (1, TIMESTAMP '2026-11-24 09:00:30')");
    assertThat(time("calls").activity()).isEqualTo(Activity.ACTIVE);
    assertThat(time("both").lateChanges()).isEqualTo(1);
    kill();
    assertThat(time("both").lateChanges()).isEqualTo(1);
    assertThat(db.query("SELECT n FROM both").single().longValue("n")).isEqualTo(1);
  }

  @Test
  void aViewWhoseStateGrowsWithoutEndIsWarnedOf() {
    db.execute(TABLE);
    assertThat(
            db.execute("CREATE VIEW pairs AS SELECT a.id, b.id AS o FROM orders AS a, orders AS b")
                .warnings())
        .containsExactly(
            "The join of orders and orders has no equality: each row is compared with every row of"
                + " the other side, and the work grows with the product of both. Add one, such as"
                + " ON a.key = b.key, or join windows of time ON a.window_start = b.window_start"
                + " AND a.window_end = b.window_end.");
    assertThat(
            db.execute(
                    "CREATE VIEW sessions AS SELECT window_start, window_end, COUNT(*) AS n FROM"
                        + " TABLE(SESSION(TABLE orders, DESCRIPTOR(at), INTERVAL '5' MINUTE)) GROUP"
                        + " BY window_start, window_end")
                .warnings())
        .singleElement()
        .asString()
        .startsWith("SESSION over orders has no PARTITION BY");
    assertThat(
            db.execute(
                    "CREATE VIEW shares AS SELECT id, amount * 1.0 / (SELECT SUM(amount) FROM"
                        + " orders) AS share FROM orders")
                .warnings())
        .isEmpty();
  }

  @Test
  void theViewsBelowAFinalOneCannotBeDropped() {
    db.execute(TABLE);
    db.execute("CREATE VIEW paid AS SELECT * FROM orders WHERE amount > 0");
    db.execute(
        "CREATE VIEW final_paid WITH ('emit' = 'final') AS SELECT window_start, COUNT(*) AS n FROM"
            + " TABLE(TUMBLE(TABLE paid, DESCRIPTOR(at), INTERVAL '1' MINUTE)) GROUP BY"
            + " window_start, window_end");
    assertThatThrownBy(() -> db.execute("DROP VIEW paid"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID))
        .hasMessage("Cannot drop paid: view final_paid reads it. Drop that first.");
    kill();
    assertThat(db.views()).containsExactly("paid", "final_paid");
  }
}
