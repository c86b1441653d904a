package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotTest {
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

    long end = System.nanoTime() + 20_000_000_000L;
    while (Long.compareUnsigned(confirmed(), written) < 0) {
      assertThat(System.nanoTime()).as("the slot is still at " + confirmed()).isLessThan(end);
      Thread.sleep(20);
    }
    long logEnd = Position.decode(harness.sink.taken().getLast().position()).lsn();
    assertThat(Long.compareUnsigned(confirmed(), logEnd)).isLessThanOrEqualTo(0);
  }

  @Test
  void confirmsOnlyWhatIsDurable() throws Exception {
    Capture capture = harness.start(harness.config("t"));
    CaptureHarness.awaitState(capture, State.STREAMING);
    long before = confirmed();
    harness.sql("INSERT INTO t VALUES (1)");
    harness.awaitAll(capture);
    Thread.sleep(1500);
    assertThat(confirmed()).isEqualTo(before);
    assertThat(capture.status().lagBytes()).isPositive();

    ChangeSet last = harness.sink.taken().getLast();
    capture.acknowledged(last.position());
    long end = System.nanoTime() + 10_000_000_000L;
    while (confirmed() != Position.decode(last.position()).lsn()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
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

  @Test
  void namesTheProcessThatReadsTheSlot() throws Exception {
    Capture capture = harness.startAndStream(harness.config("t"));
    String pid =
        harness.one(
            "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot() + "'");
    SourceCheck check = new PostgresSource(harness.config("t")).check(harness.resume());

    assertThat(check.problems()).hasSize(1);
    assertThat(check.problems().getFirst().message()).contains("process " + pid + " reads from it");
    assertThat(capture.status().state()).isEqualTo(State.STREAMING);
  }

  @Test
  void refusesASlotOfAnotherKind() throws Exception {
    harness.sql("SELECT pg_create_physical_replication_slot('" + slot() + "')");
    try {
      SourceCheck check = new PostgresSource(harness.config("t")).check(Resume.FROM_NOTHING);
      assertThat(check.problems().getFirst().message()).contains("it is a physical slot");
    } finally {
      harness.sql("SELECT pg_drop_replication_slot('" + slot() + "')");
    }
  }

  private void assertLost(Resume resume, String message) throws Exception {
    SourceCheck check = new PostgresSource(harness.config("t")).check(resume);
    assertThat(check.problems()).hasSize(1);
    assertThat(check.problems().getFirst().code()).isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
    assertThat(check.problems().getFirst().message()).contains(message);
    Capture capture = harness.start(harness.config("t"), resume);
    long end = System.nanoTime() + 10_000_000_000L;
    while (capture.status().state() != State.FAILED) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
    assertThat(capture.status().lastError()).contains(message);
  }

  /** Streams one row, stops, and returns where the log ends. */
  private Resume streamed() throws Exception {
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("INSERT INTO t VALUES (1)");
    harness.awaitAll(capture);
    capture.close();
    long end = System.nanoTime() + 10_000_000_000L;
    while (!harness
        .one("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot() + "'")
        .equals("f")) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
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
