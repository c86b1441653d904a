package dev.freshet.runtime.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.capture.postgres.SlotMemory;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.LogReader;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log tells a source after a restart how far its first snapshot had come. */
@Timeout(120)
class ResumedSnapshotTest {
  private static final int ROWS = 20_000;
  private static final int ROOM = 40;

  @TempDir private Path home;
  @TempDir private Path state;

  private final SlotMemory memory = SlotMemory.ofProcess();

  @Test
  void goesOnBehindWhatTheLogHas() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast());
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id int PRIMARY KEY, note text)");
      statement.execute(
          "INSERT INTO t SELECT i, repeat('x', 80) FROM generate_series(1, " + ROWS + ") i");
      PostgresConfig config =
          PostgresConfig.of(
                  "shop", server.uriWithPassword("postgres"), List.of(TableChoice.of("t")))
              .withLimits(new Limits(200, 4 << 20, 300, 64 << 10));
      try (EmbeddedLog log = open()) {
        run(config, log, new AtomicLong(ROOM), feed -> log.endOffset() >= ROOM);
      }
      statement.execute("UPDATE t SET note = 'changed' WHERE id % 10 = 0");
      try (EmbeddedLog log = open()) {
        run(
            config,
            log,
            new AtomicLong(Long.MAX_VALUE),
            feed ->
                feed.status().orElseThrow().state() == State.STREAMING
                    && log.lastPosition("shop").isPresent());
        assertThat(parts(log)).doesNotContain(Part.RESTART).contains(Part.LAST);
        assertThat(rows(log)).isBetween((long) ROWS, ROWS + ROWS / 4L);
      }
    }
  }

  private EmbeddedLog open() {
    return EmbeddedLog.open(new LocalStorage(state), "log", Clock.system(), LogSettings.DEFAULT);
  }

  /** Until the condition holds. The log takes no more than {@code room} records. */
  private void run(
      PostgresConfig config, EmbeddedLog log, AtomicLong room, Predicate<SourceFeed> until) {
    Scheduler scheduler = Scheduler.threads();
    Scheduler.Handle commits = log.startCommits(scheduler);
    FreeSpace space =
        new FreeSpace(
            () -> log.endOffset() < room.get() ? Long.MAX_VALUE : 0, 1, new HurriedClock());
    try (SourceFeed feed =
        new SourceFeed(new PostgresSource(config, memory), log, Clock.system(), space)) {
      feed.start(scheduler, feed.resume(List.of()));
      while (!until.test(feed)) {
        LockSupport.parkNanos(1_000_000);
      }
    } finally {
      commits.cancel();
    }
  }

  private static List<Part> parts(EmbeddedLog log) {
    List<Part> parts = new ArrayList<>();
    try (LogReader reader = log.read(0)) {
      while (reader.next()) {
        parts.add(reader.part());
      }
    }
    return parts;
  }

  private static long rows(EmbeddedLog log) {
    long rows = 0;
    try (LogReader reader = log.read(0)) {
      while (reader.next()) {
        rows += reader.rowCount();
      }
    }
    return rows;
  }

  /** Each look at it is seconds after the one before, so that nothing is remembered. */
  private static final class HurriedClock implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanos() {
      return nanos.addAndGet(10_000_000_000L);
    }

    @Override
    public long wallMicros() {
      return nanos.get() / 1000;
    }
  }
}
