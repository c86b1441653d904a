package dev.freshet.bench.syscall;

import dev.freshet.bench.disk.CutDisk;
import dev.freshet.bench.harness.Commands;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * {@code ./prove syscall --times 20 --project-times 6}: the k-th sync, write or rename of a real
 * process fails, for sampled k. After a failed call of the log nothing may be acknowledged before
 * the log was opened again; the process must go on by itself; and what is there after a kill, and,
 * where disks can be mounted, after a power cut, must have all that was acknowledged.
 */
public final class SyscallProof implements Proof {
  private static final int TIMES_MAX = 100_000;

  @Override
  public String name() {
    return "syscall";
  }

  @Override
  public String summary() {
    return "single system calls of the real process fail, by strace"
        + " (--times 20 of each kind of fault, --project-times 6 of a project over PostgreSQL)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "times", "project-times");
    long times = options.within("times", 20, 0, TIMES_MAX);
    long projectTimes = options.within("project-times", 6, 0, TIMES_MAX);
    Path example = Path.of(System.getProperty("freshet.home", "")).resolve("examples/shop");
    run(example, times, projectTimes, tally);
  }

  static void run(Path example, long times, long projectTimes, Tally tally) throws Exception {
    String reason = cannotRun();
    if (!reason.isEmpty()) {
      tally.notRun("no system call can be made to fail: " + reason + ". Nothing was shown.");
      return;
    }
    String noCuts = CutDisk.cannotRun();
    if (!noCuts.isEmpty()) {
      tally.notRun("no power can be cut after a fault: " + noCuts);
    }
    Random random = new Random(tally.seed());
    for (Injection injection : Injection.values()) {
      DatabaseFaults faults = new DatabaseFaults(injection, Defect.NONE);
      faults.run(times, random, tally);
      System.out.println(faults);
    }
    if (projectTimes > 0 && tally.holdsSoFar()) {
      ProjectFaults.run(example, projectTimes, tally);
    }
  }

  /**
   * Which program or right is missing to let calls fail; empty when none is.
   *
   * @throws IllegalStateException when none is missing, and they do not fail either
   */
  static String cannotRun() throws Exception {
    if (!Commands.exists("strace")) {
      return "there is no strace on the PATH";
    }
    Commands.Answer answer =
        Commands.run(
            List.of(
                "strace", "-f", "--seccomp-bpf", "-qq", "-e", "inject=fsync:error=EIO", "true"));
    return reason(answer);
  }

  static String reason(Commands.Answer answer) {
    if (answer.exit() == 0) {
      return "";
    }
    if (answer.text().contains("not permitted") || answer.text().contains("ermission denied")) {
      return "strace may not trace here: " + answer.text();
    }
    if (answer.text().contains("unrecognized option")) {
      return "strace is too old: " + answer.text();
    }
    throw new IllegalStateException("strace fails: " + answer.text());
  }
}
