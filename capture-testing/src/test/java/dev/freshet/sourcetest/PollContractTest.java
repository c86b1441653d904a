package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.poll.PollSettings;
import dev.freshet.capture.poll.PollSource;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every source does, by tables of a PostgreSQL that are asked again and again. */
class PollContractTest extends SourceContract {
  private static final int TABLES = 4;
  private static final int ROWS = 12;

  @TempDir private static Path home;
  private static EmbeddedPostgres server;
  private static int fixtures;

  @BeforeAll
  static void startServer() {
    server = EmbeddedPostgres.start(home.resolve("postgres"), PostgresOptions.fast());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected Fixture fixture(Path directory) {
    return new Fixture("f" + fixtures++);
  }

  /** Tables in a schema of their own. The first of them has a row that no type holds. */
  private static final class Fixture implements SourceFixture {
    private final String schema;

    Fixture(String schema) {
      this.schema = schema;
      sql("CREATE SCHEMA " + schema);
      for (int table = 0; table < TABLES; table++) {
        sql(
            "CREATE TABLE "
                + name(table)
                + " (id bigint PRIMARY KEY, amount numeric(10, 2),"
                + " changed timestamptz NOT NULL DEFAULT clock_timestamp())");
        for (int row = 0; row < ROWS; row++) {
          sql("INSERT INTO " + name(table) + " VALUES (" + row + ", " + (row + table) + ")");
        }
      }
      sql("INSERT INTO " + name(0) + " VALUES (1000, 'NaN')");
    }

    void sql(String statement) {
      try (Connection connection = server.connect();
          Statement statements = connection.createStatement()) {
        statements.execute(statement);
      } catch (SQLException e) {
        throw new IllegalStateException(statement, e);
      }
    }

    String name(int table) {
      return schema + ".t" + table;
    }

    @Override
    public WhenFull whenFull() {
      return WhenFull.WAITS;
    }

    PollSettings settings() {
      List<PollSettings.Table> tables = new ArrayList<>();
      for (int table = 0; table < TABLES; table++) {
        tables.add(
            new PollSettings.Table(
                name(table),
                "t" + table,
                "changed",
                List.of(),
                PollSettings.OVERLAP,
                PollSettings.OVERLAP_NUMBERS));
      }
      return new PollSettings("polled", "a test", tables, Duration.ofMillis(20));
    }

    @Override
    public Source source(Storage state) {
      return new PollSource(settings(), server::connect);
    }

    @Override
    public void provide(Capture running) {
      // they are there
    }

    @Override
    public void provideMore(Capture running) {
      sql("INSERT INTO " + name(1) + " VALUES (100, 5)");
      sql("UPDATE " + name(2) + " SET amount = 77, changed = clock_timestamp() WHERE id = 3");
    }

    @Override
    public Map<String, List<String>> content() {
      return rows();
    }

    @Override
    public Map<String, List<String>> moreContent() {
      return rows();
    }

    /** As the database has them. */
    private Map<String, List<String>> rows() {
      Map<String, List<String>> content = new TreeMap<>();
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        for (int table = 0; table < TABLES; table++) {
          List<String> rows = new ArrayList<>();
          var found =
              statement.executeQuery(
                  "SELECT id, amount, changed FROM " + name(table) + " WHERE amount <> 'NaN'");
          while (found.next()) {
            rows.add(
                "{\"id\":%d,\"amount\":%s,\"changed\":\"%s\"}"
                    .formatted(
                        found.getLong(1),
                        found.getString(2),
                        found.getObject(3, OffsetDateTime.class).toInstant()));
          }
          content.put("t" + table, rows.stream().sorted().toList());
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return content;
    }

    @Override
    public int refused() {
      return 1;
    }

    @Override
    public Claim<RowHistory> rowHistory() {
      return new Claim.NotMade<>("what a row was between two questions is not seen");
    }

    @Override
    public Claim<Widened> widened() {
      return new Claim.NotMade<>("a running source takes the column: takesAColumnThatIsAdded");
    }

    @Override
    public void close() {
      sql("DROP SCHEMA " + schema + " CASCADE");
    }
  }

  private static Capture start(Fixture fixture, RecordingLog log) {
    Capture capture =
        fixture.source(null).start(Scheduler.threads(), Clock.system(), log.resume(), log);
    log.follows(capture);
    return capture;
  }

  /** It comes with a mark that is lower than the highest, since its transaction took so long. */
  @Test
  void findsARowThatWasCommittedLate() {
    try (Fixture fixture = new Fixture("late")) {
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(fixture, log)) {
        log.await(() -> log.content().equals(fixture.content()));
        fixture.sql(
            "INSERT INTO late.t1 VALUES (500, 1, clock_timestamp() - INTERVAL '30 seconds')");
        log.await(() -> log.content().equals(fixture.content()));
      }
    }
  }

  /** A clock at the database that is years ahead hides no later change. */
  @Test
  void believesNoTimeThatHasNotCome() {
    try (Fixture fixture = new Fixture("ahead")) {
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(fixture, log)) {
        fixture.sql("INSERT INTO ahead.t1 VALUES (500, 1, '2099-01-01T00:00:00Z')");
        log.await(() -> log.content().equals(fixture.content()));
        fixture.sql("INSERT INTO ahead.t1 VALUES (501, 1)");
        log.await(() -> log.content().equals(fixture.content()));
      }
    }
  }

  @Test
  void deliversNothingWhileNothingChanges() throws InterruptedException {
    try (Fixture fixture = new Fixture("quiet")) {
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(fixture, log)) {
        log.await(() -> log.content().equals(fixture.content()));
        int records = log.size();
        fixture.sql("UPDATE quiet.t3 SET changed = clock_timestamp() WHERE id = 1");
        log.await(() -> log.content().equals(fixture.content()));
        assertThat(log.size()).isEqualTo(records + 1);
      }
    }
  }

  @Test
  void takesAColumnThatIsAdded() {
    try (Fixture fixture = new Fixture("grown")) {
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(fixture, log)) {
        log.await(() -> log.content().equals(fixture.content()));
        fixture.sql("ALTER TABLE grown.t2 ADD COLUMN note text");
        fixture.sql("INSERT INTO grown.t2 VALUES (700, 1, clock_timestamp(), 'new')");
        log.await(() -> log.content().get("t2").stream().anyMatch(row -> row.contains("\"new\"")));
        ChangeSet last = log.all().getLast();
        assertThat(last.tables().getFirst().schemaVersion()).isEqualTo(2);
      }
    }
  }

  @Test
  void cutsALargeAnswerIntoPartsOfOneTransaction() {
    try (Fixture fixture = new Fixture("large")) {
      fixture.sql("INSERT INTO large.t0 SELECT n, 1 FROM generate_series(2000, 27000) AS n");
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(fixture, log)) {
        log.await(() -> log.content().equals(fixture.content()));
      }
      assertThat(log.all().stream().filter(set -> set.part() == Part.MORE).count())
          .isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void goesOnWhenTheServerWasGone() {
    try (Fixture fixture = new Fixture("gone")) {
      RecordingLog log = new RecordingLog();
      try (Capture capture = start(fixture, log)) {
        log.await(() -> log.content().equals(fixture.content()));
        fixture.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
        fixture.sql("INSERT INTO gone.t1 VALUES (500, 1)");
        log.await(() -> log.content().equals(fixture.content()));
        log.await(() -> capture.status().state() == State.STREAMING);
        assertThat(capture.status().lastError()).isEmpty();
      }
    }
  }

  @Test
  void saysWhatCannotBePolled() {
    try (Fixture fixture = new Fixture("wrong")) {
      fixture.sql("CREATE TABLE wrong.keyless (id int, changed timestamptz)");
      fixture.sql("CREATE TABLE wrong.texts (id int PRIMARY KEY, changed text)");
      assertThat(problem("wrong.keyless", "changed"))
          .contains("Cannot poll table wrong.keyless: it has no primary key");
      assertThat(problem("wrong.texts", "changed"))
          .contains("Cannot poll table wrong.texts: changed is VARCHAR");
      assertThat(problem("wrong.t1", "modified"))
          .contains("Cannot poll table wrong.t1: it has no column modified");
      assertThat(problem("wrong.nowhere", "changed")).contains("wrong.nowhere");
    }
  }

  private static String problem(String table, String changedBy) {
    PollSource source =
        new PollSource(
            new PollSettings(
                "polled",
                "a test",
                List.of(
                    new PollSettings.Table(
                        table, "t", changedBy, List.of(), Duration.ofMinutes(1), 1)),
                Duration.ofSeconds(1)),
            server::connect);
    var problems = source.check(Resume.FROM_NOTHING).problems();
    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst().code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
    return problems.getFirst().message();
  }
}
