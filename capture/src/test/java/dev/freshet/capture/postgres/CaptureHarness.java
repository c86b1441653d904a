package dev.freshet.capture.postgres;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** One server for all tests of the module; a database of its own for each test. */
final class CaptureHarness implements AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static EmbeddedPostgres shared;

  final String database = "t" + DATABASES.incrementAndGet();
  final RecordingSink sink = new RecordingSink();
  final SlotMemory memory = SlotMemory.ofProcess();
  final TableMemory tables = TableMemory.ofProcess();
  private final EmbeddedPostgres server;
  private final Connection connection;
  private final List<Capture> captures = new ArrayList<>();

  CaptureHarness() throws Exception {
    server = server();
    server.createDatabase(database);
    connection = server.connect(database);
  }

  static synchronized EmbeddedPostgres server() {
    if (shared == null) {
      WorkFolder folder = WorkFolder.create("freshet-capture-test");
      EmbeddedPostgres started =
          EmbeddedPostgres.start(
              folder.path(), PostgresOptions.fast().with("max_prepared_transactions", "8"));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                started.close();
                folder.close();
              }));
      shared = started;
    }
    return shared;
  }

  /** Leaves a test out whose server is older than what it uses. */
  static void needsServer(int majorVersion) throws SQLException {
    int actual = serverVersion() / 10_000;
    assumeTrue(
        actual >= majorVersion, "PostgreSQL " + majorVersion + " or later; this one is " + actual);
  }

  /** As {@code server_version_num} has it: 140022 is 14.22. */
  static int serverVersion() throws SQLException {
    try (Connection connection = server().connect();
        Statement statement = connection.createStatement();
        ResultSet version = statement.executeQuery("SHOW server_version_num")) {
      version.next();
      return version.getInt(1);
    }
  }

  String url() {
    return url("postgres", server.password());
  }

  String url(String user, String password) {
    return "postgres://" + user + ":" + password + "@127.0.0.1:" + server.port() + "/" + database;
  }

  PostgresConfig config(String... tables) {
    List<TableChoice> choices = List.of(tables).stream().map(TableChoice::of).toList();
    return PostgresConfig.of(database, url(), choices).withLimits(new Limits(10_000, 4 << 20, 300));
  }

  void sql(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  String one(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  Connection connection() {
    return connection;
  }

  PostgresSource source(PostgresConfig config) {
    return new PostgresSource(config, memory).remembering(tables);
  }

  Capture start(PostgresConfig config) {
    return start(config, Resume.FROM_NOTHING);
  }

  Capture start(PostgresConfig config, Resume resume) {
    return start(source(config), resume);
  }

  Capture start(PostgresSource source, Resume resume) {
    Capture capture = source.start(Scheduler.threads(), Clock.system(), resume, sink);
    captures.add(capture);
    return capture;
  }

  /** Starts, acknowledges all, and waits until the snapshot has been delivered. */
  Capture startAndStream(PostgresConfig config) throws InterruptedException {
    Capture capture = start(config);
    sink.acknowledgeTo(capture);
    awaitState(capture, State.STREAMING);
    return capture;
  }

  static void awaitState(Capture capture, State state) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (capture.status().state() != state) {
      if (System.nanoTime() > end || capture.status().state() == State.FAILED) {
        throw new AssertionError("state " + state + " not reached: " + capture.status());
      }
      Thread.onSpinWait();
      Thread.sleep(2);
    }
  }

  static void awaitNotes(Capture capture, TableNote... notes) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!capture.status().notes().equals(List.of(notes))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("other notes: " + capture.status().notes());
      }
      Thread.sleep(5);
    }
  }

  /** Waits until the log holds everything that is committed now. */
  List<ChangeSet> awaitAll(Capture capture) throws Exception {
    long end = Lsn.parse(one("SELECT pg_current_wal_flush_lsn()"));
    boolean done =
        sink.await(log ->
            log.stream()
                .filter(changes -> changes.part() == ChangeSet.Part.LAST && isOwn(changes))
                .anyMatch(changes -> !Lsn.isAfter(end, Position.decode(changes.position()).lsn())));
    if (!done) {
      throw new AssertionError("the log does not reach the present: " + capture.status());
    }
    return sink.taken();
  }

  /**
   * Waits until the log is as it is to be, while something is written to the database: a position
   * moves on only with its WAL.
   */
  void awaitWriting(Predicate<List<ChangeSet>> condition) throws Exception {
    long end = System.nanoTime() + 30_000_000_000L;
    do {
      if (System.nanoTime() > end) {
        throw new AssertionError("the log has not become what it was to be");
      }
      sql("SELECT pg_logical_emit_message(true, 'test', '')");
    } while (!sink.await(condition, 100));
  }

  /** Waits until the server has sent parts of an open transaction, and sends no more of it. */
  void awaitSentEarly() throws Exception {
    String sent =
        "SELECT COALESCE(max(stream_bytes), 0) FROM pg_stat_replication_slots WHERE slot_name LIKE"
            + " '%"
            + database
            + "'";
    long end = System.nanoTime() + 30_000_000_000L;
    String before = "0";
    for (String now = one(sent); now.equals("0") || !now.equals(before); now = one(sent)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no part of an open transaction was sent");
      }
      before = now;
      LockSupport.parkNanos(500_000_000);
    }
  }

  /** Not what was read beside the stream. */
  boolean isOwn(ChangeSet changes) {
    return changes.source().equals(database);
  }

  /** Whether it is a further part of a transaction of which the log has so many. */
  boolean isPartOf(ChangeSet changes, String table, int count) {
    return changes.tables().stream().anyMatch(each -> each.table().equals(table))
        && sink.taken().stream().filter(each -> !isOwn(each)).count() >= count;
  }

  /** What the log has of the stream. */
  List<ChangeSet> own() {
    return sink.taken().stream().filter(this::isOwn).toList();
  }

  /** Waits until the log's end names the tables, or does not name them. */
  void awaitNamed(boolean isNamed, String... names) throws Exception {
    List<Integer> relations = new ArrayList<>();
    for (String name : names) {
      relations.add(Integer.parseInt(one("SELECT '" + name + "'::regclass::oid::int")));
    }
    awaitWriting(log -> {
      ChangeSet last = log.stream().filter(this::isOwn).reduce((_, next) -> next).orElse(null);
      return last != null
          && last.part() == ChangeSet.Part.LAST
          && relations.stream()
              .allMatch(
                  oid -> Position.decode(last.position()).tables().containsKey(oid) == isNamed);
    });
  }

  /** The point from where a new start would go on, as the log has it. */
  Resume resume() {
    List<ChangeSet> log = own();
    if (log.isEmpty()) {
      return Resume.FROM_NOTHING;
    }
    ChangeSet last = log.getLast();
    return new Resume.After(last.position(), last.part(), List.of());
  }

  /** As {@link #resume}, of a source that goes on within its first transaction. */
  Resume resumeWithin() {
    List<byte[]> parts = new ArrayList<>();
    for (ChangeSet changes : own()) {
      switch (changes.part()) {
        case MORE -> parts.add(changes.position());
        case RESTART -> parts.clear();
        case LAST -> {
          return resume();
        }
      }
    }
    return new Resume.FromNothing(parts);
  }

  @Override
  public void close() throws SQLException {
    captures.forEach(Capture::close);
    dropSlots();
    connection.close();
    dropDatabase();
  }

  /** Some hundred files each: to delete those of all tests at the end takes too long. */
  private void dropDatabase() throws SQLException {
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      statement.execute("DROP DATABASE " + database + " WITH (FORCE)");
    }
  }

  /** All of them: the server, which all tests share, has few. It may not know yet who is gone. */
  private void dropSlots() throws SQLException {
    String ours = "FROM pg_replication_slots WHERE database = current_database()";
    long end = System.nanoTime() + 30_000_000_000L;
    while (!one("SELECT count(*) " + ours).equals("0")) {
      if (System.nanoTime() > end) {
        throw new AssertionError("slots are still read from");
      }
      sql("SELECT pg_drop_replication_slot(slot_name) " + ours + " AND NOT active");
      LockSupport.parkNanos(5_000_000);
    }
  }
}
