package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig.WalBudget;
import dev.freshet.capture.postgres.PostgresConfig.WalBudget.WhenOver;
import dev.freshet.capture.postgres.PostgresConfig.WhenLost;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotTest {
  private static final String LAST_CONFIRMATION =
      "SELECT max(reply_time) FROM pg_stat_replication WHERE application_name = 'freshet'"
          + " AND pid IN (SELECT active_pid FROM pg_replication_slots WHERE database = current_database())";

  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE other (id int)");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void letsTheServerForgetWalOfTablesThatAreNotCaptured() throws Exception {
    harness.startAndStream(harness.config("t"));
    harness.sql("INSERT INTO other SELECT generate_series(1, 200000)");
    long written = Lsn.parse(harness.one("SELECT pg_current_wal_lsn()"));

    await(() -> Long.compareUnsigned(confirmed(), written) >= 0);
    long logEnd = Position.decode(harness.own().getLast().position()).lsn();
    assertThat(Long.compareUnsigned(confirmed(), logEnd)).isLessThanOrEqualTo(0);
  }

  @Test
  void confirmsOnlyWhatIsDurable() throws Exception {
    Capture capture = harness.start(harness.config("t"));
    CaptureHarness.awaitState(capture, State.STREAMING);
    long before = confirmed();
    harness.sql("INSERT INTO t VALUES (1)");
    harness.awaitAll(capture);
    awaitTwoConfirmations();
    assertThat(confirmed()).isEqualTo(before);
    assertThat(capture.status().lagBytes()).isPositive();

    ChangeSet last = harness.own().getLast();
    capture.acknowledged(last.position());
    await(() -> confirmed() == Position.decode(last.position()).lsn());
  }

  @Test
  void stopsWhenTheSlotIsGone() throws Exception {
    Resume resume = streamed();
    harness.sql("SELECT pg_drop_replication_slot('" + slot() + "')");

    assertLost(resume, "the server has no replication slot " + slot());
  }

  @Test
  void stopsWhenTheSlotIsAheadOfTheLog() throws Exception {
    Resume resume = streamed();
    harness.sql(
        "INSERT INTO t VALUES (2)",
        "SELECT pg_replication_slot_advance('" + slot() + "', pg_current_wal_lsn())");

    assertLost(resume, "the changes between are gone");
  }

  @Test
  void stopsWhenTheServerIsAnotherOne() throws Exception {
    Resume.After resume = (Resume.After) streamed();
    Position position = Position.decode(resume.position());
    Position foreign = new Position(position.kind(), position.systemId() + 1, position.lsn());

    assertLost(
        new Resume.After(foreign.encode(), resume.part(), resume.tables()),
        "another database cluster");
  }

  private PostgresConfig resnapshotting() {
    return harness.config("t").withWhenLost(WhenLost.RESNAPSHOT);
  }

  private Replica readAgain(Resume resume) throws Exception {
    Capture capture = harness.start(resnapshotting(), resume);
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
    harness.sql("INSERT INTO t VALUES (900)");
    Replica replica = Replica.of(harness.awaitAll(capture));
    capture.close();
    return replica;
  }

  @Test
  void readsTheTablesAnewWhenTheSlotIsGone() throws Exception {
    Resume resume = streamed();
    harness.sql(
        "SELECT pg_drop_replication_slot('" + slot() + "')",
        "DELETE FROM t",
        "INSERT INTO t VALUES (5), (6)");

    SourceCheck check = harness.source(resnapshotting()).check(resume);
    assertThat(check.problems()).isEmpty();
    assertThat(check.notes().toString())
        .contains("the tables are read anew with the next start", "no replication slot");
    assertThat(readAgain(resume).table("t")).containsOnlyKeys("5|", "6|", "900|");
  }

  @Test
  void readsTheTablesAnewFromAnotherServer() throws Exception {
    Resume.After resume = (Resume.After) streamed();
    harness.sql("SELECT pg_drop_replication_slot('" + slot() + "')", "INSERT INTO t VALUES (5)");
    Position position = Position.decode(resume.position());
    Position foreign =
        new Position(position.kind(), position.systemId() + 1, position.lsn() + (1L << 40));

    assertThat(
            readAgain(new Resume.After(foreign.encode(), resume.part(), resume.tables()))
                .table("t"))
        .containsKeys("5|", "900|");
    Position last = Position.decode(harness.own().getLast().position());
    assertThat(last.systemId()).isEqualTo(position.systemId());
    assertThat(Long.compareUnsigned(confirmed(), last.lsn())).isLessThanOrEqualTo(0);
  }

  /** It died when the new slot was there, and nothing of its snapshot in the log. */
  @Test
  void readsTheTablesAnewAfterACrashBetweenSlotAndLog() throws Exception {
    Resume resume = streamed();
    harness.sql("SELECT pg_drop_replication_slot('" + slot() + "')", "INSERT INTO t VALUES (5)");
    String before = harness.memory.recall();
    harness.sink.limit(harness.sink.taken().size() + 1); // it finds that there is room
    Capture capture = harness.start(resnapshotting(), resume);
    await(() -> !harness.memory.recall().equals(before));
    capture.close();
    awaitUnread();
    harness.sink.limit(Integer.MAX_VALUE);

    assertThat(readAgain(resume).table("t")).containsKeys("5|", "900|");
  }

  @Test
  void neverReadsAnewInThePlaceOfASlotThatSomethingElseReads() throws Exception {
    Resume resume = streamed();
    harness.sql(
        "INSERT INTO t VALUES (2)",
        "SELECT pg_replication_slot_advance('" + slot() + "', pg_current_wal_lsn())");

    SourceCheck check = harness.source(resnapshotting()).check(resume);
    assertThat(check.problems()).hasSize(1);
    assertThat(check.problems().getFirst().message()).contains("something else has read from it");
  }

  private void writeWal() throws Exception {
    harness.sql("INSERT INTO other SELECT generate_series(1, 60000)");
  }

  @Test
  void saysWhenTheServerKeepsMoreWalThanItMay() throws Exception {
    PostgresConfig config =
        harness.config("t").withWalBudget(new WalBudget(1 << 20, WhenOver.WARN));
    Capture capture = harness.startAndStream(config);
    await(() -> capture.status().retainedBytes() >= 0);
    harness.sink.setFull(true);
    harness.sql("INSERT INTO t VALUES (2)");
    writeWal();

    await(() -> capture.status().lastError().contains("more than wal-budget (1048576)"));
    assertThat(capture.status().state()).isEqualTo(State.STREAMING);
    assertThat(capture.status().retainedBytes()).isGreaterThan(1 << 20);

    harness.sink.setFull(false);
    harness.sql("CHECKPOINT");
    await(() -> capture.status().lastError().isEmpty());
  }

  @Test
  void dropsTheSlotOverItsBudgetAndReadsAnewWhenThereIsRoom() throws Exception {
    PostgresConfig config =
        resnapshotting().withWalBudget(new WalBudget(1 << 20, WhenOver.DROP_SLOT));
    Capture capture = harness.startAndStream(config);
    harness.sink.setFull(true);
    harness.sql("INSERT INTO t VALUES (2)");
    writeWal();

    String slots = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + slot() + "'";
    await(() -> harness.one(slots).equals("0"));
    harness.sink.awaitRefusals(3);
    assertThat(harness.one(slots)).as("no new one while there is no room").isEqualTo("0");

    harness.sink.setFull(false);
    CaptureHarness.awaitState(capture, State.STREAMING);
    harness.sql("INSERT INTO t VALUES (3)");
    assertThat(Replica.of(harness.awaitAll(capture)).table("t")).containsKeys("2|", "3|");
  }

  @Test
  void namesTheProcessThatReadsTheSlot() throws Exception {
    Capture capture = harness.startAndStream(harness.config("t"));
    String pid =
        harness.one(
            "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot() + "'");
    SourceCheck check = harness.source(harness.config("t")).check(harness.resume());

    assertThat(check.problems()).hasSize(1);
    assertThat(check.problems().getFirst().message()).contains("process " + pid + " reads from it");
    assertThat(capture.status().state()).isEqualTo(State.STREAMING);
  }

  @Test
  void refusesASlotOfAnotherKind() throws Exception {
    harness.sql("SELECT pg_create_physical_replication_slot('" + slot() + "')");
    try {
      SourceCheck check = harness.source(harness.config("t")).check(Resume.FROM_NOTHING);
      assertThat(check.problems().getFirst().message()).contains("it is a physical slot");
    } finally {
      harness.sql("SELECT pg_drop_replication_slot('" + slot() + "')");
    }
  }

  @Test
  void neverDropsASlotThatAnotherProjectMade() throws Exception {
    Resume resume = streamed();
    long point = confirmed();
    PostgresSource other = new PostgresSource(harness.config("t"), SlotMemory.ofProcess());

    SourceCheck check = other.check(Resume.FROM_NOTHING);
    assertThat(check.problems()).hasSize(1);
    assertThat(check.problems().getFirst().code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
    assertThat(check.problems().getFirst().message()).contains("not made for this data directory");
    assertThat(check.problems().getFirst().fix())
        .contains("SELECT pg_drop_replication_slot('" + slot() + "')");
    assertRefused(other);

    assertThat(confirmed()).isEqualTo(point);
    assertThat(harness.source(harness.config("t")).check(resume).problems()).isEmpty();
  }

  /** The name alone is no proof: the slot was dropped, and another project made one of its name. */
  @Test
  void doesNotDropASlotThatWasMadeAnewByAnotherProject() throws Exception {
    PostgresSource first = harness.source(harness.config("t"));
    streamed();
    harness.sql(
        "SELECT pg_drop_replication_slot('" + slot() + "')",
        "INSERT INTO t VALUES (2)",
        "SELECT pg_create_logical_replication_slot('" + slot() + "', 'pgoutput')");
    long point = confirmed();
    assertRefused(first);

    assertThat(confirmed()).isEqualTo(point);
  }

  @Test
  void makesTheSlotAnewWhenItsOwnSnapshotNeverCameToTheLog() throws Exception {
    harness.sink.limit(0);
    Capture capture = harness.start(harness.config("t"));
    await(() -> !harness.memory.recall().isEmpty());
    capture.close();
    awaitUnread();
    harness.sink.limit(Integer.MAX_VALUE);
    assertThat(harness.source(harness.config("t")).check(Resume.FROM_NOTHING).problems()).isEmpty();
    harness.startAndStream(harness.config("t"));
  }

  @Test
  void leavesNoSlotBehindThatNobodyWouldKnow() throws Exception {
    SlotMemory broken =
        new SlotMemory() {
          @Override
          public String recall() {
            return "";
          }

          @Override
          public void remember(String note) {
            throw new FreshetException(ErrorCode.DISK_FULL, "no room for " + note);
          }
        };
    try (Capture capture =
        new PostgresSource(harness.config("t"), broken)
            .start(Scheduler.threads(), Clock.system(), Resume.FROM_NOTHING, harness.sink)) {
      await(() -> capture.status().lastError().contains("no room for " + slot()));
    }
    assertThat(
            harness.one(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + slot() + "'"))
        .isEqualTo("0");
  }

  private void assertRefused(PostgresSource source) throws Exception {
    try (Capture refused =
        source.start(Scheduler.threads(), Clock.system(), Resume.FROM_NOTHING, harness.sink)) {
      await(() -> refused.status().state() == State.FAILED);
      assertThat(refused.status().lastError()).contains("not made for this data directory");
    }
  }

  /** The server notes when it was told last; it is told every second, with news or without. */
  private void awaitTwoConfirmations() throws Exception {
    for (int i = 0; i < 2; i++) {
      String last = harness.one(LAST_CONFIRMATION);
      await(() -> !Objects.equals(harness.one(LAST_CONFIRMATION), last));
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private void awaitUnread() throws Exception {
    await(() ->
        harness
            .one("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot() + "'")
            .equals("f"));
  }

  private void assertLost(Resume resume, String message) throws Exception {
    SourceCheck check = harness.source(harness.config("t")).check(resume);
    assertThat(check.problems()).hasSize(1);
    assertThat(check.problems().getFirst().code()).isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
    assertThat(check.problems().getFirst().message()).contains(message);
    Capture capture = harness.start(harness.config("t"), resume);
    await(() -> capture.status().state() == State.FAILED);
    assertThat(capture.status().lastError()).contains(message);
  }

  /** Streams one row, stops, and returns where the log ends. */
  private Resume streamed() throws Exception {
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("INSERT INTO t VALUES (1)");
    harness.awaitAll(capture);
    capture.close();
    awaitUnread();
    return harness.resume();
  }

  private String slot() {
    return harness.config("t").slot();
  }

  private long confirmed() throws Exception {
    return Lsn.parse(
        harness.one(
            "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '"
                + slot()
                + "'"));
  }
}
