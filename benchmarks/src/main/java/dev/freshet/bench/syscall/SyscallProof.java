package dev.freshet.bench.syscall;

import dev.freshet.bench.disk.CutDisk;
import dev.freshet.bench.harness.Commands;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
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
    long times = within("times", options.number("times", 20));
    long projectTimes = within("project-times", options.number("project-times", 6));
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
    System.out.println(
        noCuts.isEmpty()
            ? "each fault is followed by a power cut"
            : "without power cuts: " + noCuts);
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

  /** Why calls cannot be made to fail here; empty when they can. */
  static String cannotRun() throws Exception {
    if (!Commands.exists("strace")) {
      return "there is no strace on the PATH";
    }
    Commands.Answer answer =
        Commands.run(
            List.of(
                "strace", "-f", "--seccomp-bpf", "-qq", "-e", "inject=fsync:error=EIO", "true"));
    return answer.exit() == 0 ? "" : "strace does not work here: " + answer.text();
  }

  private static long within(String option, long value) {
    if (value < 0 || value > TIMES_MAX) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid --" + option + ": " + value + "; give a number from 0 to " + TIMES_MAX);
    }
    return value;
  }
}
