package dev.freshet.bench.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.freshet.bench.harness.Commands;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.kill.KillRun;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.WorkFolder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proof in short, and that it finds what it is there to find. */
class SyscallProofTest {
  private static final Path EXAMPLE = Path.of("../examples/shop");

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally = new Tally("syscall", System.nanoTime(), new PrintStream(out, true));

  @Test
  void losesNothingWhenASyncFails() throws Exception {
    assumeCallsCanFail();
    DatabaseFaults faults = new DatabaseFaults(Injection.SYNC_FAILS, Defect.NONE);
    long k = 25 + System.nanoTime() % 30;
    assertThat(faults.fault(k)).as("k = " + k).isEmpty();
    assertThat(faults)
        .hasToString(
            "SYNC_FAILS: 1 faults, 1 of them in the log, 0 never came, 0 times opening was refused");
  }

  /**
   * The trap: after a sync has failed, the next one succeeds, and what it should have synced is
   * lost.
   */
  @Test
  void findsAcknowledgementsAfterAFailedSync() throws Exception {
    assumeCallsCanFail();
    assertThat(new DatabaseFaults(Injection.SYNC_FAILS, Defect.SYNC_RETRIED).fault(40))
        .matches("transaction \\d+ was acknowledged after a failed call of .*/log/.*");
  }

  /** Each fault is looked at twice: after the kill, and after a power cut. */
  @Test
  void countsADatabaseThatRefusesToOpenOnce() throws Exception {
    assumeCallsCanFail();
    DatabaseFaults faults = new DatabaseFaults(Injection.WRITE_LOST, Defect.NONE);
    assertThat(faults.fault(40)).isEmpty();
    assertThat(faults)
        .hasToString(
            "WRITE_LOST: 1 faults, 1 of them in the log, 0 never came, 1 times opening was refused");
  }

  @Test
  void doesNotCountAFaultThatNeverCame() throws Exception {
    assumeCallsCanFail();
    DatabaseFaults faults = new DatabaseFaults(Injection.RENAME_FAILS, Defect.NONE);
    faults.run(60_000, tally);
    assertThat(faults)
        .hasToString(
            "RENAME_FAILS: 1 faults, 0 of them in the log, 1 never came, 0 times opening was refused");
    assertThat(tally.holds()).as(out.toString()).isFalse();
  }

  /** What cannot run, or was not asked for, keeps nothing else from being shown. */
  @Test
  void failsCallsOfAProjectWithoutFaultsInTheLibrary() throws Exception {
    assumeCallsCanFail();
    SyscallProof.run(EXAMPLE, 0, 1, tally);
    assertThat(tally.holdsSoFar()).as(out.toString()).isTrue();
    tally.printSum();
    assertThat(out.toString()).contains("cases=1 ");
  }

  /**
   * A start that a fault refuses must say where it was, and leave nothing that the next trips on.
   */
  @Test
  void refusesAStartWithTheNameOfTheFile() throws Exception {
    assumeCallsCanFail();
    Path trace = folder.resolve("trace");
    WorkFolder work = WorkFolder.create("freshet-prove-syscall-test-");
    try (KillRun run = KillRun.start(work, work.path().resolve("state"), EXAMPLE, 500, 1)) {
      assertThat(ProjectFaults.fault(run, Injection.SYNC_FAILS.tracer(7, trace), trace)).isEmpty();
      assertThat(Trace.hits(trace)).isNotEmpty();
    }
  }

  /** A process that has ended by itself, here by SIGTERM, was not killed. */
  @Test
  void findsAProjectThatEndsByItself() throws Exception {
    assumeCallsCanFail();
    Path trace = folder.resolve("trace");
    List<String> tracer = new ArrayList<>(Injection.SYNC_FAILS.tracer(30, trace));
    tracer.remove("--seccomp-bpf"); // sends no signals
    tracer.replaceAll(each -> each.replace("error=EIO", "error=EIO:signal=SIGTERM"));
    WorkFolder work = WorkFolder.create("freshet-prove-syscall-test-");
    Path state = work.path().resolve("state");
    try (KillRun run = KillRun.start(work, state, EXAMPLE, 500, tally.seed())) {
      assertThat(ProjectFaults.fault(run, tracer, trace))
          .startsWith("the process ended by itself: ");
    }
  }

  @Test
  void isSkippedOnlyForWantOfRightsOrOfANewerProgram() {
    assertThat(SyscallProof.reason(new Commands.Answer(0, ""))).isEmpty();
    assertThat(
            SyscallProof.reason(
                new Commands.Answer(
                    1, "strace: test_ptrace_get_syscall_info: PTRACE: Operation not permitted")))
        .startsWith("strace may not trace here: ");
    assertThat(
            SyscallProof.reason(
                new Commands.Answer(1, "strace: unrecognized option '--seccomp-bpf'")))
        .startsWith("strace is too old: ");
    assertThatThrownBy(() -> SyscallProof.reason(new Commands.Answer(1, "strace: out of memory")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("strace fails: strace: out of memory");
  }

  @Test
  void readsWhichCallsWentWrong() throws Exception {
    Path trace = folder.resolve("trace");
    Files.writeString(
        trace,
        """
        11 1780000000.000001 fsync(5</disk/db/log/0.log>) = 0
        11 1780000000.000002 fsync(5</disk/db/log/0.log>) = -1 EIO (Input/output error) (INJECTED)
        12 1780000001.000003 pwrite64(7</disk/db/state/1.run>, "a"..., 9, 0 <unfinished ...>
        11 1780000001.000004 fsync(5</disk/db/log/0.log>) = 0
        12 1780000001.000005 <... pwrite64 resumed>) = -1 ENOSPC (No space left on device) (INJECTED)
        11 1780000002.000006 rename("/disk/db/a", "/disk/db/b") = -1 EIO (Input/output error) (INJECTED)
        """);
    assertThat(Trace.hits(trace))
        .containsExactly(
            new Trace.Hit(1_780_000_000_000_002L, "/disk/db/log/0.log"),
            new Trace.Hit(1_780_000_001_000_003L, "/disk/db/state/1.run"),
            new Trace.Hit(1_780_000_002_000_006L, "/disk/db/a"));
  }

  @Test
  void refusesANegativeNumberOfFaults() {
    assertThatThrownBy(() -> new SyscallProof().run(List.of("--times=-1"), tally))
        .isInstanceOf(FreshetException.class)
        .hasMessage("Invalid --times: -1; give a number from 0 to 100000");
  }

  private static void assumeCallsCanFail() throws Exception {
    String reason = SyscallProof.cannotRun();
    assumeTrue(reason.isEmpty(), reason);
  }
}
