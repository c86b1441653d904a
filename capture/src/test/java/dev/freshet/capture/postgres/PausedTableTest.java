package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.NotedTables;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.SourceStatus.TableNote.Level;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.capture.postgres.PostgresConfig.Rows;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A table that is paused is left alone, and read anew when it is resumed; the others go on. */
@Timeout(120)
class PausedTableTest {
  private static final List<String> B = List.of("b");
  private static final String ROLE = "joining";
  private static final String FREE_SLOTS =
      "SELECT current_setting('max_replication_slots')::int - count(*) FROM pg_replication_slots";
  private static final String MISSING = "is missing at the source; it is paused and keeps its rows";

  private CaptureHarness harness;
  private PausedTables paused;
  private NotedTables anew;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    paused = PausedTables.ofProcess();
    anew = NotedTables.ofProcess();
    harness.sql(
        "CREATE TABLE a (id int PRIMARY KEY, n int)",
        "CREATE TABLE b (id int PRIMARY KEY, n int)",
        "INSERT INTO a SELECT i, 0 FROM generate_series(1, 50) i",
        "INSERT INTO b SELECT i, 0 FROM generate_series(1, 2000) i");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private PostgresConfig config() {
    return harness.config("a", "b").withLimits(new Limits(300, 1 << 20, 50));
  }

  private PostgresSource source() {
    return harness.source(config()).pausing(paused).rereading(anew);
  }

  private Capture start() {
    Capture capture = harness.start(source(), harness.resume());
    harness.sink.acknowledgeTo(capture);
    return capture;
  }

  private Capture startAndStream() throws Exception {
    Capture capture = start();
    CaptureHarness.awaitState(capture, State.STREAMING);
    return capture;
  }

  private void awaitNamed(String table, boolean isNamed) throws Exception {
    harness.awaitNamed(isNamed, table);
  }

  private void pauseB(Capture capture) throws Exception {
    paused.pause(B);
    capture.wake();
    awaitNamed("b", false);
  }

  private void resumeB(Capture capture) throws Exception {
    paused.resume(B);
    capture.wake();
    awaitNamed("b", true);
  }

  private void readBAnew(Capture capture) {
    anew.add(B);
    capture.wake();
  }

  private long count(String table, Operation operation) {
    return harness.sink.taken().stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(changes -> changes.table().equals(table))
        .mapToLong(changes -> count(changes, operation))
        .sum();
  }

  private long count(String table) {
    return harness.sink.taken().stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(changes -> changes.table().equals(table))
        .mapToLong(TableChanges::rowCount)
        .sum();
  }

  private static long count(TableChanges changes, Operation operation) {
    long count = 0;
    for (int i = 0; i < changes.rowCount(); i++) {
      count += changes.operation(i) == operation ? 1 : 0;
    }
    return count;
  }

  @Test
  void leavesATableAloneWhileOthersGoOn() throws Exception {
    Capture capture = startAndStream();
    Map<String, List<Object>> before = rows("b");

    pauseB(capture);
    harness.sql(
        "INSERT INTO b VALUES (9000, 1)",
        "UPDATE b SET n = 5 WHERE id <= 100",
        "DELETE FROM b WHERE id > 1900 AND id < 9000",
        "UPDATE a SET n = 3");
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(before);
    assertThat(capture.status().state()).isEqualTo(State.STREAMING);

    long snapshotOfA = count("a", Operation.SNAPSHOT);
    resumeB(capture);
    harness.sql("UPDATE b SET n = n + 1 WHERE id = 50", "INSERT INTO a VALUES (60, 0)");
    replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
    assertThat(count("a", Operation.SNAPSHOT)).isEqualTo(snapshotOfA);
    assertThat(capture.status().lastError()).isEmpty();
  }

  /** It is as if it were not there, until it is of the source again. */
  @Test
  void goesOnWithoutATableThatIsTakenOut() throws Exception {
    Capture capture = startAndStream();
    harness.awaitAll(capture);
    long before = count("b");
    paused.takeOut(B);
    readBAnew(capture);
    assertThat(paused.awaitNoticed(60_000)).isTrue();
    assertThat(paused.now()).isEmpty();
    awaitNamed("b", false);
    while (!anew.now().isEmpty()) {
      Thread.onSpinWait();
    }

    harness.sql("ALTER TABLE b RENAME TO away", "UPDATE away SET n = 5", "UPDATE a SET n = 3");
    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).isEqualTo(rows("a"));
    assertThat(count("b")).isEqualTo(before);
    assertThat(capture.status().notes()).isEmpty();
    assertThat(capture.status().lastError()).isEmpty();

    harness.sql("ALTER TABLE away RENAME TO b");
    paused.takeBack(B);
    capture.wake();
    awaitNamed("b", true);
    assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b"));
  }

  /** Its WAL is no more kept for a table that is paused than for others. */
  @Test
  void letsTheServerForgetWhatIsLeftAlone() throws Exception {
    Capture capture = startAndStream();
    paused.pause(List.of("a", "b"));
    capture.wake();
    awaitNamed("b", false);
    harness.sql("UPDATE b SET n = n + 1", "UPDATE a SET n = n + 1");
    String end = harness.one("SELECT pg_current_wal_flush_lsn()");
    harness.awaitAll(capture);

    String confirmed =
        "SELECT confirmed_flush_lsn >= '%s' FROM pg_replication_slots WHERE slot_name = '%s'"
            .formatted(end, config().slot());
    while (!harness.one(confirmed).equals("t")) {
      Thread.onSpinWait();
    }
    paused.resume(List.of("a", "b"));
    capture.wake();
    awaitNamed("b", true);
    Replica replica = Replica.of(harness.awaitAll(capture));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
  }

  @Test
  void keepsATablePausedOverARestart() throws Exception {
    Capture capture = startAndStream();
    Map<String, List<Object>> before = rows("b");
    pauseB(capture);
    harness.sql("DELETE FROM b WHERE id <= 1000");
    harness.awaitAll(capture);
    capture.close();
    harness.sql("INSERT INTO a VALUES (70, 0)", "INSERT INTO b VALUES (9001, 0)");

    Capture next = startAndStream();
    harness.sql("INSERT INTO a VALUES (71, 0)");
    Replica replica = Replica.of(harness.awaitAll(next));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(before);
    next.close();

    paused.resume(B);
    Capture last = startAndStream();
    awaitNamed("b", true);
    harness.sql("INSERT INTO a VALUES (72, 0)");
    replica = Replica.of(harness.awaitAll(last));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
  }

  @Test
  void goesOnWithoutATableThatVanishesWhileItIsPaused() throws Exception {
    Capture capture = startAndStream();
    Map<String, List<Object>> before = rows("b");
    pauseB(capture);
    harness.sql("DROP TABLE b", "INSERT INTO a VALUES (80, 0)");
    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).isEqualTo(rows("a"));
    capture.close();

    SourceCheck check = source().check(harness.resume());
    assertThat(check.problems()).isEmpty();
    assertThat(check.notes()).anyMatch(note -> note.contains("Cannot find table public.b"));
    Capture next = startAndStream();
    harness.sql("INSERT INTO a VALUES (81, 0)");
    Replica replica = Replica.of(harness.awaitAll(next));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(before);
    CaptureHarness.awaitNotes(next, new TableNote("b", Level.NOTE, MISSING));

    harness.sql("CREATE TABLE b (id int PRIMARY KEY, n int)", "INSERT INTO b VALUES (1, 1)");
    CaptureHarness.awaitNotes(next);
    resumeB(next);
    assertThat(Replica.of(harness.awaitAll(next)).table("b")).isEqualTo(rows("b"));
  }

  @Test
  void streamsTheOthersWhileATableCannotBeReadThatIsResumed() throws Exception {
    harness.sql(
        "CREATE ROLE " + ROLE + " LOGIN REPLICATION PASSWORD 'secret'",
        "GRANT CREATE ON DATABASE " + harness.database + " TO " + ROLE,
        "ALTER TABLE a OWNER TO " + ROLE,
        "ALTER TABLE b OWNER TO " + ROLE);
    PostgresConfig config =
        PostgresConfig.of(
                harness.database,
                harness.url(ROLE, "secret"),
                List.of(TableChoice.of("a"), TableChoice.of("b")))
            .withLimits(config().limits());
    try {
      Capture capture =
          harness.start(
              new PostgresSource(config, harness.memory).pausing(paused).rereading(anew),
              harness.resume());
      harness.sink.acknowledgeTo(capture);
      CaptureHarness.awaitState(capture, State.STREAMING);
      pauseB(capture);

      harness.sql("REVOKE SELECT ON b FROM " + ROLE);
      resume(capture);
      awaitProblem(capture, "lacks the privilege SELECT. Fix: GRANT");
      requireOthersGoOn(capture, 200);
      harness.sql("GRANT SELECT ON b TO " + ROLE);
      awaitNamed("b", true);
      CaptureHarness.awaitNotes(capture);

      readBAnew(capture);
      awaitNamed("b", false);
      awaitNamed("b", true);
      requireOthersGoOn(capture, 201);
      assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b"));
      capture.close();
    } finally {
      harness.sql("DROP OWNED BY " + ROLE + " CASCADE", "DROP ROLE " + ROLE);
    }
  }

  @Test
  void streamsTheOthersWhileATableIsLockedOrGone() throws Exception {
    Capture capture = startAndStream();
    pauseB(capture);
    try (Connection locking = CaptureHarness.server().connect(harness.database);
        Statement statement = locking.createStatement()) {
      locking.setAutoCommit(false);
      statement.execute("LOCK TABLE b IN ACCESS EXCLUSIVE MODE");
      resume(capture);
      awaitProblem(capture, "someone holds a lock on it");
      requireOthersGoOn(capture, 210);
      locking.rollback();
    }
    awaitNamed("b", true);
    CaptureHarness.awaitNotes(capture);

    harness.sql("ALTER TABLE b RENAME TO gone");
    readBAnew(capture);
    awaitProblem(capture, "Cannot find table public.b in the database");
    requireOthersGoOn(capture, 211);
    capture.close();
    Capture next = start();
    CaptureHarness.awaitState(next, State.STREAMING);
    awaitProblem(next, "Cannot find table public.b in the database");
    requireOthersGoOn(next, 212);
    harness.sql("ALTER TABLE gone RENAME TO b", "UPDATE b SET n = 9 WHERE id = 1");
    awaitNamed("b", true);
    CaptureHarness.awaitNotes(next);
    assertThat(Replica.of(harness.awaitAll(next)).table("b")).isEqualTo(rows("b"));
  }

  @Test
  void streamsTheOthersWhileNoSlotIsFree() throws Exception {
    Capture capture = startAndStream();
    pauseB(capture);
    List<String> slots = new ArrayList<>();
    try {
      for (int i = 0; !harness.one(FREE_SLOTS).equals("0"); i++) {
        String slot = harness.database + "_fill_" + i;
        harness.one("SELECT pg_create_physical_replication_slot('" + slot + "')");
        slots.add(slot);
      }
      resume(capture);
      awaitProblem(capture, "raise max_replication_slots");
      requireOthersGoOn(capture, 220);
    } finally {
      for (String slot : slots) {
        harness.sql("SELECT pg_drop_replication_slot('" + slot + "')");
      }
    }
    awaitNamed("b", true);
    CaptureHarness.awaitNotes(capture);
    assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b"));
  }

  /** The read stands still in its middle, since nobody takes its rows. */
  @Test
  void streamsTheOthersWhileATableIsRead() throws Exception {
    Capture capture = startAndStream();
    pauseB(capture);
    harness.awaitAll(capture);
    harness.sink.refuse(changes -> !harness.isOwn(changes) && harness.isPartOf(changes, "b", 3));
    resume(capture);
    harness.sink.awaitRefusals(1);
    requireOthersGoOn(capture, 230);
    assertThat(capture.status().state()).isEqualTo(State.STREAMING);
    assertThat(capture.status().notes())
        .singleElement()
        .satisfies(note -> assertThat(note.text()).contains("is being read"));
    harness.sql("UPDATE b SET n = n + 1 WHERE id < 900", "DELETE FROM b WHERE id > 1500");
    requireOthersGoOn(capture, 231);
    harness.sink.refuse(_ -> false);
    awaitNamed("b", true);
    harness.sql("UPDATE b SET n = n + 1 WHERE id < 700", "INSERT INTO b VALUES (1700, 2)");
    assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b"));
  }

  private void resume(Capture capture) {
    paused.resume(B);
    capture.wake();
  }

  private void requireOthersGoOn(Capture capture, int id) throws Exception {
    harness.sql("INSERT INTO a VALUES (" + id + ", 0)");
    assertThat(Replica.of(harness.awaitAll(capture)).table("a")).isEqualTo(rows("a"));
  }

  private static void awaitProblem(Capture capture, String text) throws Exception {
    long end = System.nanoTime() + 30_000_000_000L;
    while (capture.status().notes().stream()
        .noneMatch(note ->
            note.table().equals("b")
                && note.level() == Level.PROBLEM
                && note.text().replace('\n', ' ').replaceAll(" +", " ").contains(text))) {
      assertThat(System.nanoTime()).as("%s", capture.status()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  /** The first snapshot has a table that was paused meanwhile; it is left alone behind it. */
  @Test
  void readsAPausedTableWithTheFirstSnapshot() throws Exception {
    paused.pause(B);
    Map<String, List<Object>> before = rows("b");
    Capture capture = startAndStream();
    awaitNamed("b", false);
    harness.sql("UPDATE b SET n = 1", "UPDATE a SET n = 1");

    Replica replica = Replica.of(harness.awaitAll(capture));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(before);
  }

  /** Paused again, what was read until then comes to nothing, and the others need not wait. */
  @Test
  void pausesATableThatIsBeingRead() throws Exception {
    Capture capture = startAndStream();
    Map<String, List<Object>> before = rows("b");
    pauseB(capture);
    harness.sql("UPDATE b SET n = 1");
    int taken = harness.awaitAll(capture).size();
    harness.sink.limit(taken + 2);
    paused.resume(B);
    capture.wake();
    harness.sink.awaitRefusals(1);
    assertThat(harness.sink.taken().getLast().part()).isEqualTo(ChangeSet.Part.MORE);

    paused.pause(B);
    capture.wake();
    harness.sink.limit(Integer.MAX_VALUE);
    awaitNamed("b", false);
    harness.sql("UPDATE a SET n = 2");
    Replica replica = Replica.of(harness.awaitAll(capture));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(replica.table("b")).isEqualTo(before);
  }

  @Test
  void readsATableAnewInItsPlace() throws Exception {
    Capture capture = startAndStream();
    long rows = count("b", Operation.SNAPSHOT);
    long others = count("a", Operation.SNAPSHOT);
    readBAnew(capture);
    harness.sink.await(log -> count("b", Operation.SNAPSHOT) == 2 * rows);
    awaitNamed("b", true);
    harness.sql("UPDATE b SET n = 4 WHERE id = 7", "UPDATE a SET n = 4 WHERE id = 7");

    Replica replica = Replica.of(harness.awaitAll(capture));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
    assertThat(replica.table("a")).isEqualTo(rows("a"));
    assertThat(count("b", Operation.SNAPSHOT)).isEqualTo(2 * rows);
    assertThat(count("b", Operation.TRUNCATE)).isEqualTo(1);
    assertThat(count("a", Operation.SNAPSHOT)).isEqualTo(others);
  }

  /** It was answered, so it is done, whatever comes before the log knows of it. */
  @Test
  void readsATableAnewThoughItEndedBeforeTheLogWasTold() throws Exception {
    Capture capture = startAndStream();
    long rows = count("b", Operation.SNAPSHOT);
    harness.sink.limit(harness.awaitAll(capture).size());
    readBAnew(capture);
    harness.sink.awaitRefusals(1);
    capture.close();
    harness.sink.limit(Integer.MAX_VALUE);

    Capture next = startAndStream();
    harness.sink.await(_ -> count("b", Operation.SNAPSHOT) == 2 * rows);
    awaitNamed("b", true);
    assertThat(anew.now()).isEmpty();
    harness.sql("UPDATE b SET n = 4 WHERE id = 7");
    assertThat(Replica.of(harness.awaitAll(next)).table("b")).isEqualTo(rows("b"));
    assertThat(count("b", Operation.SNAPSHOT)).isEqualTo(2 * rows);
  }

  /** What the log was told goes with a power cut; that it was asked for does not. */
  @Test
  void readsATableAnewThoughTheLogLostThatItWasTold() throws Exception {
    startAndStream().close();
    int taken = harness.sink.taken().size();
    harness.sink.acknowledgeTo(null);
    Capture capture = harness.start(source(), harness.resume());
    CaptureHarness.awaitState(capture, State.STREAMING);
    readBAnew(capture);
    awaitNamed("b", false);
    harness.sink.await(log -> log.size() > taken + 2);
    assertThat(anew.now()).containsExactly("b");
    capture.close();
    harness.sink.cutTo(taken);
    long rows = count("b", Operation.SNAPSHOT);

    Capture next = startAndStream();
    harness.sink.await(_ -> count("b", Operation.SNAPSHOT) == 2 * rows);
    awaitNamed("b", true);
    harness.sql("UPDATE b SET n = 4 WHERE id = 7");
    assertThat(Replica.of(harness.awaitAll(next)).table("b")).isEqualTo(rows("b"));
    assertThat(anew.now()).isEmpty();
  }

  /** That it was asked for is in the log. */
  @Test
  void readsATableAnewAfterACrashToo() throws Exception {
    Capture capture = startAndStream();
    int taken = harness.awaitAll(capture).size();
    long rows = count("b", Operation.SNAPSHOT);
    harness.sink.limit(taken + 2);
    readBAnew(capture);
    harness.sink.awaitRefusals(1);
    capture.close();
    harness.sink.limit(Integer.MAX_VALUE);

    Capture next = startAndStream();
    awaitNamed("b", true);
    harness.sql("UPDATE b SET n = 4 WHERE id = 7");
    Replica replica = Replica.of(harness.awaitAll(next));
    assertThat(replica.table("b")).isEqualTo(rows("b"));
    assertThat(count("b", Operation.SNAPSHOT)).isGreaterThanOrEqualTo(2 * rows);
  }

  /** Of an empty table no row comes, and what the log had of it goes all the same. */
  @Test
  void emptiesATableThatIsEmptyAtTheSource() throws Exception {
    Capture capture = startAndStream();
    pauseB(capture);
    harness.sql("DELETE FROM b");
    resumeB(capture);
    harness.sql("INSERT INTO b VALUES (1, 7)");
    assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b")).hasSize(1);
  }

  /** Whatever made the wish is not in what was read before it. */
  @Test
  void readsATableAnewThatIsBeingRead() throws Exception {
    CaptureHarness.needsServer(15); // row filters
    Capture capture = startAndStream();
    pauseB(capture);
    harness.awaitAll(capture);
    harness.sink.refuse(changes -> !harness.isOwn(changes) && harness.isPartOf(changes, "b", 3));
    resume(capture);
    harness.sink.awaitRefusals(1);

    harness.sql(
        "ALTER PUBLICATION %s SET TABLE a, b WHERE (id <= 100)".formatted(config().publication()));
    readBAnew(capture);
    awaitToldAnew();
    harness.sink.refuse(_ -> false);
    awaitNamed("b", true);
    assertThat(Replica.of(harness.awaitAll(capture)).table("b").size()).isEqualTo(100);
  }

  /** The note goes when the log says durably what it says. */
  private void awaitToldAnew() throws Exception {
    harness.awaitWriting(_ -> anew.now().isEmpty());
  }

  /** What was durable before the wish says nothing of it. */
  @Test
  void keepsASecondWishUntilTheLogSaysItDurably() throws Exception {
    Capture capture = startAndStream();
    harness.sink.refuse(changes -> !harness.isOwn(changes));
    readBAnew(capture);
    awaitToldAnew();
    harness.sink.acknowledgeTo(null);
    harness.sink.refuse(_ -> false);
    awaitNamed("b", true);
    int taken = harness.awaitAll(capture).size();

    readBAnew(capture);
    awaitNamed("b", false);
    harness.sql("INSERT INTO a VALUES (90, 0)");
    harness.awaitAll(capture);
    assertThat(anew.now()).containsExactly("b");
    capture.close();
    harness.sink.cutTo(taken);
    long rows = count("b", Operation.SNAPSHOT);

    Capture next = startAndStream();
    harness.sink.await(_ -> count("b", Operation.SNAPSHOT) == rows + 2000);
    awaitNamed("b", true);
    assertThat(Replica.of(harness.awaitAll(next)).table("b")).isEqualTo(rows("b"));
  }

  /** The others' stream is on another server, perhaps: what is read here is not of that. */
  @Test
  void beginsAReadAnewWhenItsSlotIsNotWhereTheStreamIs() throws Exception {
    Capture capture = startAndStream();
    pauseB(capture);
    harness.awaitAll(capture);
    harness.sink.refuse(changes -> !harness.isOwn(changes) && harness.isPartOf(changes, "b", 3));
    resume(capture);
    harness.sink.awaitRefusals(1);
    assertThat(harness.sink.taken()).noneMatch(changes -> isRestart(changes));

    harness.one(
        "SELECT count(pg_terminate_backend(active_pid)) FROM pg_replication_slots"
            + " WHERE database = current_database()");
    assertThat(harness.sink.await(log -> log.stream().anyMatch(each -> isRestart(each))))
        .as("%s", capture.status())
        .isTrue();
    harness.sink.refuse(_ -> false);
    awaitNamed("b", true);
    assertThat(Replica.of(harness.awaitAll(capture)).table("b")).isEqualTo(rows("b"));
  }

  private boolean isRestart(ChangeSet changes) {
    return !harness.isOwn(changes) && changes.part() == ChangeSet.Part.RESTART;
  }

  @Test
  void saysWhyATableThatKeepsNoRowsIsNotPaused() {
    PostgresConfig config =
        PostgresConfig.of(
            "shop",
            harness.url(),
            List.of(
                new TableChoice("public.a", "", Rows.PASSED),
                new TableChoice("public.b", "c", Rows.KEPT)));
    PostgresSource source = new PostgresSource(config, harness.memory);
    assertThat(source.whyNotPaused("a")).get().asString().contains("keep: none");
    assertThat(source.whyNotPaused("c")).isEmpty();
  }

  @Test
  void losesAndRepeatsNothingWhileTablesArePausedUnderLoadAndRunsEndAnywhere() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> write(stop));
    Capture capture = start();
    for (int i = 0; i < 25; i++) {
      int target = harness.sink.taken().size() + 1 + random.nextInt(12);
      harness.sink.limit(target);
      harness.sink.await(log -> log.size() >= target);
      switch (random.nextInt(4)) {
        case 0 -> paused.pause(random.nextInt(4) == 0 ? List.of("a", "b") : B);
        case 1 -> paused.resume(List.of("a", "b"));
        case 2 -> readBAnew(capture);
        default -> {
          capture.close();
          capture = start();
        }
      }
      capture.wake();
    }
    harness.sink.limit(Integer.MAX_VALUE);
    paused.resume(List.of("a", "b"));
    capture.wake();
    stop.set(true);
    writer.join();
    awaitNamed("a", true);
    awaitNamed("b", true);
    harness.sql("INSERT INTO a VALUES (5000, 0)");
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).as("seed " + seed).isEqualTo(rows("a"));
    assertThat(replica.table("b")).as("seed " + seed).isEqualTo(rows("b"));
    capture.close();
  }

  /** Each transaction changes both; some stay open for a while, begun before others end. */
  private void write(AtomicBoolean stop) {
    try (Connection first = CaptureHarness.server().connect(harness.database);
        Connection second = CaptureHarness.server().connect(harness.database);
        Statement one = first.createStatement();
        Statement other = second.createStatement()) {
      for (int i = 0; !stop.get(); i++) {
        int id = 10_000 + 2 * i;
        one.execute("BEGIN; INSERT INTO a VALUES (" + id + ", 0)");
        one.execute("INSERT INTO b VALUES (" + id + ", 0)");
        other.execute(
            "BEGIN; INSERT INTO b VALUES (%d, 1); UPDATE b SET n = n + 1 WHERE id = %d; DELETE FROM b WHERE id = %d; COMMIT"
                .formatted(id + 1, 1 + i % 500, 500 + i));
        one.execute("UPDATE a SET n = n + 1 WHERE id = " + (1 + i % 50) + "; COMMIT");
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, List<Object>> rows(String table) throws Exception {
    Map<String, List<Object>> rows = new HashMap<>();
    try (Statement statement = harness.connection().createStatement();
        ResultSet found = statement.executeQuery("SELECT id, n FROM " + table)) {
      while (found.next()) {
        rows.put(found.getLong(1) + "|", List.of(found.getLong(1), found.getLong(2)));
      }
    }
    return rows;
  }
}
