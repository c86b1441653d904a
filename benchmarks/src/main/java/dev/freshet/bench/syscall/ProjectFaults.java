package dev.freshet.bench.syscall;

import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.kill.KillRun;
import dev.freshet.bench.kill.Victim;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.testing.files.WorkFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Faults in a project's process under load; afterwards it is killed, started again and compared.
 */
final class ProjectFaults {
  private static final List<Injection> INJECTIONS =
      List.of(
          Injection.SYNC_FAILS, Injection.DISK_FULL, Injection.WRITE_SHORT, Injection.WRITE_FAILS);
  private static final int RATE = 500;
  private static final long FAULT_SECONDS = 60;
  private static final int WORK_MILLIS = 1_500;

  private ProjectFaults() {}

  static void run(Path example, long times, Tally tally) throws Exception {
    Random random = new Random(tally.seed());
    WorkFolder folder = WorkFolder.create("freshet-prove-syscall-shop-");
    Path state = folder.path().resolve("state");
    try (KillRun run = KillRun.start(folder, state, example, RATE, tally.seed())) {
      for (int i = 0; i < times; i++) {
        Injection injection = INJECTIONS.get(i % INJECTIONS.size());
        Path trace = folder.path().resolve("trace-" + i);
        long k = 5L + random.nextInt(injection.last());
        String wrong = fault(run, injection.tracer(k, trace), trace);
        if (!wrong.isEmpty()) {
          tally.failed("project, " + injection + " at k = " + k + ": " + wrong);
          return;
        }
        tally.passed();
        System.out.printf("project: %s at k = %d%n", injection, k);
      }
    }
  }

  /**
   * Lets a call fail, kills the process, and compares the one that comes after it. A fault in the
   * midst of a start may refuse it, with the name of the file.
   */
  static String fault(KillRun run, List<String> tracer, Path trace) throws Exception {
    String wrong = suffer(run, tracer, trace);
    return wrong.isEmpty() ? run.verify() : wrong;
  }

  private static String suffer(KillRun run, List<String> tracer, Path trace) throws Exception {
    try (Victim victim = run.start(tracer)) {
      if (!victim.awaitReady(FAULT_SECONDS)) {
        List<Trace.Hit> hits = Trace.hits(trace);
        if (victim.hasEnded() && hits.stream().anyMatch(hit -> isNamed(hit, victim.output()))) {
          return "";
        }
        if (victim.hasEnded() || hits.isEmpty()) {
          return "the process did not start: " + victim.output();
        }
      }
      try (ShopWorkload workload = run.work()) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FAULT_SECONDS);
        while (Trace.hits(trace).isEmpty()) {
          if (System.nanoTime() > deadline) {
            return "the fault never came";
          }
          TimeUnit.MILLISECONDS.sleep(20);
        }
        TimeUnit.MILLISECONDS.sleep(WORK_MILLIS);
        String wrong = KillRun.killed(victim);
        workload.stop();
        workload.await();
        return wrong;
      }
    }
  }

  private static boolean isNamed(Trace.Hit hit, String output) {
    return !hit.path().isEmpty() && output.contains(hit.path());
  }
}
