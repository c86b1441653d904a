package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCrashTest {
  private static final SlotMemory MEMORY = SlotMemory.ofProcess();

  @Test
  void goesOnAfterTheServerCrashedAndStopsWhenItsWalIsGone(@TempDir Path dir) throws Exception {
    PostgresOptions options =
        PostgresOptions.durable()
            .with("max_slot_wal_keep_size", "1MB")
            .with("min_wal_size", "32MB")
            .with("max_wal_size", "32MB");
    RecordingSink sink = new RecordingSink();
    EmbeddedPostgres server = EmbeddedPostgres.start(dir, options);
    PostgresOptions samePort = options.withPort(server.port());
    PostgresConfig config = config(server);
    try {
      execute(server, "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      Capture capture = start(config, Resume.FROM_NOTHING, sink);
      sink.acknowledgeTo(capture);
      CaptureHarness.awaitState(capture, State.STREAMING);
      execute(server, "INSERT INTO t VALUES (2)");
      assertThat(sink.await(log -> Replica.of(log).table("t").size() == 2)).isTrue();
      server.kill();
      CaptureHarness.awaitState(capture, State.WAITING_TO_RETRY);
      assertThat(capture.status().lastError()).contains("127.0.0.1");

      server = EmbeddedPostgres.start(dir, samePort);
      execute(server, "INSERT INTO t VALUES (3)");
      assertThat(sink.await(log -> Replica.of(log).table("t").size() == 3)).isTrue();
      capture.close();

      loseWal(server);
      ChangeSet last =
          sink.taken().stream()
              .filter(changes -> !changes.source().contains("/"))
              .toList()
              .getLast();
      var check =
          new PostgresSource(config, MEMORY)
              .check(new Resume.After(last.position(), last.part(), List.of()));
      assertThat(check.problems()).hasSize(1);
      assertThat(check.problems().getFirst().code()).isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
      assertThat(check.problems().getFirst().message()).contains("wal_status = lost");
    } finally {
      server.close();
    }
  }

  private static void loseWal(EmbeddedPostgres server) throws Exception {
    for (int i = 0; i < 4; i++) {
      execute(
          server, "SELECT pg_switch_wal()", "CREATE TABLE w" + i + " AS SELECT 1", "CHECKPOINT");
    }
  }

  @Test
  void endsWithTheSinksError() throws Exception {
    try (CaptureHarness harness = new CaptureHarness()) {
      harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      ChangeSink full =
          _ -> {
            throw new FreshetException(ErrorCode.DISK_FULL, "Cannot write: the disk is full.");
          };
      Capture capture = start(harness.config("t"), Resume.FROM_NOTHING, full);
      long end = System.nanoTime() + 20_000_000_000L;
      while (capture.status().state() != State.FAILED) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(5);
      }
      assertThat(capture.status().lastError()).isEqualTo("Cannot write: the disk is full.");
      capture.close();
    }
  }

  @Test
  void endsWithTheSinksErrorAlsoWhenThatIsNoExceptionAndPrintsWhereItCameFrom() throws Exception {
    AtomicInteger offers = new AtomicInteger();
    ChangeSink broken =
        _ -> {
          offers.incrementAndGet(); // it may have been appended: a second time would double it
          throw new LinkageError("of the test");
        };
    AtomicReference<Scheduler.Handle> task = new AtomicReference<>();
    Scheduler threads = Scheduler.threads();
    Scheduler scheduler =
        (name, run) -> {
          Scheduler.Handle handle = threads.start(name, run);
          task.compareAndSet(null, handle);
          return handle;
        };
    PrintStream terminal = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (CaptureHarness harness = new CaptureHarness()) {
      harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      Capture capture =
          new PostgresSource(harness.config("t"), MEMORY)
              .start(scheduler, Clock.system(), Resume.FROM_NOTHING, broken);
      assertThat(task.get().join(8_000)).as("the source's task has ended").isTrue();
      assertThat(task.get().failure()).hasMessage("of the test");
      assertThat(offers).hasValue(1);
      assertThat(capture.status().state()).isEqualTo(State.FAILED);
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .contains("LinkageError: of the test", "at dev.freshet.capture.postgres.ServerCrashTest");
      capture.close();
    } finally {
      System.setErr(terminal);
    }
  }

  private static PostgresConfig config(EmbeddedPostgres server) {
    String url =
        "postgres://postgres:" + server.password() + "@127.0.0.1:" + server.port() + "/postgres";
    return PostgresConfig.of("crash", url, List.of(TableChoice.of("t")));
  }

  private static Capture start(PostgresConfig config, Resume resume, ChangeSink sink) {
    return new PostgresSource(config, MEMORY)
        .start(Scheduler.threads(), Clock.system(), resume, sink);
  }

  private static void execute(EmbeddedPostgres server, String... statements) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
