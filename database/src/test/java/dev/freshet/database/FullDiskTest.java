package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FullDiskTest {
  private static final long KEPT = 1 << 20;

  private final SimulatedClock clock = new SimulatedClock();
  private final SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);

  @Test
  void refusesWritesBeforeTheDiskIsFullAndGoesOnWhenThereIsRoom() {
    try (Freshet db = open(KEPT)) {
      db.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      db.execute("INSERT INTO t VALUES (1)");

      storage.limitBytes(storage.usedBytes() + KEPT - 1);
      clock.advance(Duration.ofSeconds(2).toNanos());
      assertThatThrownBy(() -> db.execute("INSERT INTO t VALUES (2)"))
          .isInstanceOfSatisfying(
              FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
          .hasMessage(
              "Cannot write: the disk of /simulated has 1023 KiB free, and 1024 KiB are to stay"
                  + " free. Nothing was written. Free some space: writing then goes on.");
      assertThat(db.query("SELECT id FROM t").rowCount()).isEqualTo(1);

      storage.limitBytes(Long.MAX_VALUE);
      clock.advance(Duration.ofSeconds(2).toNanos());
      db.execute("INSERT INTO t VALUES (3)");
    }
    try (Freshet db = open(KEPT)) {
      assertThat(db.query("SELECT id FROM t ORDER BY id").stream().map(row -> row.longValue("id")))
          .containsExactly(1L, 3L);
    }
  }

  @Test
  void writesUntilTheDiskIsFullWhenNothingIsToStayFree() {
    try (Freshet db = open(0)) {
      db.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      storage.limitBytes(storage.usedBytes() + (KEPT >> 1));
      clock.advance(Duration.ofSeconds(2).toNanos());
      db.execute("INSERT INTO t VALUES (1)");
      assertThat(db.find("t", 1L)).isPresent();
      storage.limitBytes(Long.MAX_VALUE);
    }
  }

  private Freshet open(long keptFreeBytes) {
    return Freshet.open(
        storage,
        clock,
        new SimulatedScheduler(clock, new Trace(), 1),
        FreshetOptions.DEFAULT.withKeptFreeBytes(keptFreeBytes));
  }
}
