package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.poll.PollSettings;
import dev.freshet.capture.poll.PollSource;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.lang.reflect.Proxy;
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
import java.util.concurrent.atomic.AtomicInteger;
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
  private static Connection connection;
  private static int fixtures;

  @BeforeAll
  static void startServer() throws SQLException {
    server = EmbeddedPostgres.start(home.resolve("postgres"), PostgresOptions.fast());
    connection = server.connect();
  }

  @AfterAll
  static void stopServer() throws SQLException {
    connection.close();
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
      StringBuilder all = new StringBuilder("CREATE SCHEMA " + schema);
      for (int table = 0; table < TABLES; table++) {
        all.append("; CREATE TABLE ")
            .append(name(table))
            .append(" (id bigint PRIMARY KEY, amount numeric(10, 2),")
            .append(" changed timestamptz NOT NULL DEFAULT clock_timestamp())");
        for (int row = 0; row < ROWS; row++) {
          all.append(
              "; INSERT INTO " + name(table) + " VALUES (" + row + ", " + (row + table) + ")");
        }
      }
      sql(all + "; INSERT INTO " + name(0) + " VALUES (1000, 'NaN')");
    }

    void sql(String statement) {
      try (Statement statements = connection.createStatement()) {
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
      try (Statement statement = connection.createStatement()) {
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

  @Test
  void doesNotAskForATableThatIsPaused() throws InterruptedException {
    try (Fixture fixture = new Fixture("paused")) {
      RecordingLog log = new RecordingLog();
      PausedTables paused = PausedTables.ofProcess();
      Source source = new PollSource(fixture.settings(), server::connect).pausing(paused);
      try (Capture running = source.start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
        log.await(() -> log.content().equals(fixture.content()));
        paused.pause(List.of("t1"));
        running.wake();
        assertThat(paused.awaitNoticed(10_000)).isTrue();
        fixture.sql("INSERT INTO paused.t1 VALUES (500, 1)");
        fixture.sql("INSERT INTO paused.t2 VALUES (500, 1)");
        log.await(() -> log.content().get("t2").equals(fixture.content().get("t2")));
      }
      try (Capture running = source.start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
        fixture.sql("INSERT INTO paused.t2 VALUES (501, 1)");
        log.await(() -> log.content().get("t2").equals(fixture.content().get("t2")));
        assertThat(log.content().get("t1")).hasSize(ROWS);
        paused.resume(List.of("t1"));
        running.wake();
        log.await(() -> log.content().equals(fixture.content()));
      }
    }
  }

  @Test
  void isWellWhenATableThatFailsIsPaused() throws Exception {
    try (Fixture fixture = new Fixture("failing")) {
      RecordingLog log = new RecordingLog();
      PausedTables paused = PausedTables.ofProcess();
      Source source = new PollSource(fixture.settings(), server::connect).pausing(paused);
      try (Capture running = source.start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
        log.await(() -> log.content().equals(fixture.content()));
        fixture.sql("ALTER TABLE failing.t1 RENAME TO gone");
        log.await(() -> !running.status().lastError().isEmpty());
        paused.pause(List.of("t1"));
        running.wake();
        log.await(() -> running.status().lastError().isEmpty());
        assertThat(running.status().state()).isEqualTo(State.STREAMING);
        fixture.sql("ALTER TABLE failing.gone RENAME TO t1");
      }
    }
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

  /** The connection breaks when an answer was read whole, and before it is delivered. */
  @Test
  void losesNoAnswerWhoseConnectionBreaksAtItsEnd() {
    try (Fixture fixture = new Fixture("torn")) {
      AtomicInteger left = new AtomicInteger(3);
      Connector breaking =
          () -> {
            Connection real = server.connect();
            return (Connection)
                Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (_, method, arguments) -> {
                      if (method.getName().equals("rollback") && left.getAndDecrement() > 0) {
                        real.close();
                        throw new SQLException("gone", "08006");
                      }
                      return method.invoke(real, arguments);
                    });
          };
      RecordingLog log = new RecordingLog();
      try (Capture capture =
          new PollSource(fixture.settings(), breaking)
              .start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
        log.follows(capture);
        log.await(() -> log.content().equals(fixture.content()) && left.get() < 0);
      }
    }
  }

  /** Nobody can repeat what a sink that throws may have taken: the source ends with its error. */
  @Test
  void endsWithTheErrorOfItsSink() {
    try (Fixture fixture = new Fixture("sink")) {
      try (Capture capture =
          fixture
              .source(null)
              .start(
                  Scheduler.threads(),
                  Clock.system(),
                  Resume.FROM_NOTHING,
                  _ -> {
                    throw new FreshetException(ErrorCode.LIMIT_EXCEEDED, "too long");
                  })) {
        RecordingLog clock = new RecordingLog();
        clock.await(() -> capture.status().state() == State.FAILED);
        assertThat(capture.status().lastError()).contains("too long");
      }
    }
  }

  @Test
  void repeatsNothingAfterARestart() {
    try (Fixture fixture = new Fixture("once")) {
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(fixture, log)) {
        log.await(() -> log.content().equals(fixture.content()));
      }
      int records = log.size();
      try (Capture _ = start(fixture, log)) {
        fixture.sql("INSERT INTO once.t3 VALUES (900, 1)");
        log.await(() -> log.content().equals(fixture.content()));
      }
      long rows = 0;
      for (ChangeSet changes : log.all().subList(records, log.size())) {
        rows += changes.rowCount();
      }
      assertThat(rows).isEqualTo(1);
    }
  }

  @Test
  void aTableThatCannotBeReadKeepsNoOtherFromBeingRead() {
    try (Fixture fixture = new Fixture("broken")) {
      fixture.sql("ALTER TABLE broken.t0 RENAME TO away");
      RecordingLog log = new RecordingLog();
      try (Capture capture = start(fixture, log)) {
        log.await(() -> log.content().keySet().containsAll(List.of("t1", "t2", "t3")));
        assertThat(capture.status().lastError()).contains("broken.t0");
        fixture.sql("INSERT INTO broken.t3 VALUES (900, 1)");
        log.await(() -> log.content().get("t3").size() == ROWS + 1);
      }
    }
  }

  /** The same table by another column: what the log has of it is emptied, and it is read anew. */
  @Test
  void readsATableAnewWhoseMarkIsOfAnotherColumn() {
    try (Fixture fixture = new Fixture("other")) {
      fixture.sql("CREATE TABLE other.n (id bigint PRIMARY KEY, version int, at timestamp)");
      fixture.sql("INSERT INTO other.n SELECT i, 7, '2026-01-01' FROM generate_series(1, 9) i");
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(polled("other.n", "version"), log)) {
        log.await(() -> log.content().getOrDefault("n", List.of()).size() == 9);
        fixture.sql("UPDATE other.n SET version = 8, at = '2026-02-01' WHERE id = 3");
        log.await(() -> log.content().get("n").toString().contains("\"version\":8"));
      }
      fixture.sql("DELETE FROM other.n WHERE id > 3");
      try (Capture _ = start(polled("other.n", "at"), log)) {
        log.await(() -> log.content().get("n").size() == 3);
        fixture.sql("UPDATE other.n SET at = '2026-01-31T23:59:30', version = 9 WHERE id = 1");
        log.await(() -> log.content().get("n").toString().contains("\"version\":9"));
      }
    }
  }

  /** A time without a zone, years ahead: it is no reason to miss what comes later. */
  @Test
  void believesNoTimeWithoutAZoneThatHasNotCome() {
    try (Fixture fixture = new Fixture("zoneless")) {
      fixture.sql("CREATE TABLE zoneless.n (id bigint PRIMARY KEY, at timestamp)");
      fixture.sql("INSERT INTO zoneless.n VALUES (1, '2099-01-01'), (2, '2026-01-01')");
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(polled("zoneless.n", "at"), log)) {
        log.await(() -> log.content().getOrDefault("n", List.of()).size() == 2);
        fixture.sql("INSERT INTO zoneless.n VALUES (3, '2026-01-02')");
        log.await(() -> log.content().get("n").size() == 3);
      }
    }
  }

  @Test
  void takesNullsWhereTheyWereNotAllowedBefore() {
    try (Fixture fixture = new Fixture("nulls")) {
      fixture.sql("CREATE TABLE nulls.n (id bigint PRIMARY KEY, v int NOT NULL, at timestamptz)");
      fixture.sql("INSERT INTO nulls.n VALUES (1, 1, now())");
      RecordingLog log = new RecordingLog();
      try (Capture _ = start(polled("nulls.n", "at"), log)) {
        log.await(() -> log.content().containsKey("n"));
        fixture.sql("ALTER TABLE nulls.n ALTER COLUMN v DROP NOT NULL");
        fixture.sql("INSERT INTO nulls.n VALUES (2, NULL, clock_timestamp())");
        log.await(() -> log.content().get("n").size() == 2);
        assertThat(log.refused()).isEmpty();
      }
    }
  }

  /** Several tables of that name have keys; the one that an unqualified name means counts. */
  @Test
  void takesTheKeyOfTheTableThatItsNameMeans() {
    try (Fixture fixture = new Fixture("elsewhere")) {
      fixture.sql("CREATE TABLE elsewhere.meant (a int, id int, at timestamptz, PRIMARY KEY (a))");
      fixture.sql("CREATE TABLE public.meant (a int, id int, at timestamptz, PRIMARY KEY (id))");
      try {
        var tables = polled("meant", "at").check(Resume.FROM_NOTHING).tables();
        assertThat(tables).hasSize(1);
        assertThat(tables.getFirst().keyColumns()).containsExactly(1);
      } finally {
        fixture.sql("DROP TABLE public.meant");
      }
    }
  }

  private static PollSource polled(String table, String changedBy) {
    return new PollSource(
        new PollSettings(
            "polled",
            "a test",
            List.of(
                new PollSettings.Table(table, "n", changedBy, List.of(), Duration.ofMinutes(1), 0)),
            Duration.ofMillis(20)),
        server::connect);
  }

  private static Capture start(PollSource source, RecordingLog log) {
    Capture capture = source.start(Scheduler.threads(), Clock.system(), log.resume(), log);
    log.follows(capture);
    return capture;
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
