package dev.freshet.bench.soak;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.kill.KillRun;
import dev.freshet.bench.kill.SteadyLoad;
import dev.freshet.bench.kill.Usage;
import dev.freshet.bench.kill.Victim;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.WorkFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./prove soak --for 2h --kill-every 5m --load 70}: a project runs for long under a load
 * whose tables stay as large as they are, is killed now and then, started again and compared with
 * PostgreSQL. The heap after a collection, file handles and threads must be flat, by the rule of
 * {@link Samples}.
 */
public final class SoakProof implements Proof {
  private static final long READY_SECONDS = 180;
  private static final Duration CALIBRATION = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String summary() {
    return "heap, file handles and threads over hours of load and kills"
        + " (--for 2h, --kill-every 5m, --load 70 percent of what it takes, or --rate ROWS)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "for", "kill-every", "load", "rate");
    if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
      tally.notRun("file handles cannot be counted: there is no /proc here");
      return;
    }
    Plan plan =
        new Plan(
            options.duration("for", Duration.ofHours(2)),
            options.duration("kill-every", Duration.ofMinutes(5)),
            options.number("load", 70),
            options.number("rate", 0));
    Path example = Path.of(System.getProperty("freshet.home", "")).resolve("examples/shop");
    run(example, plan, Planted.NOTHING, tally);
  }

  /** Whether the process has a defect on purpose. */
  enum Planted {
    NOTHING,
    LEAK
  }

  /**
   * How long and how hard.
   *
   * @param loadPercent of what the project takes when as much is sent as the server gives
   * @param rate row changes a second instead; 0 for that percentage
   */
  record Plan(Duration duration, Duration killEvery, long loadPercent, long rate) {
    Plan {
      if (duration.compareTo(killEvery) < 0 || killEvery.isZero()) {
        throw invalid("--for must be at least --kill-every, and that more than nothing");
      }
      if (loadPercent < 1 || loadPercent > 100 || rate < 0) {
        throw invalid("--load is 1 to 100, --rate not negative");
      }
    }

    private static FreshetException invalid(String what) {
      return new FreshetException(ErrorCode.REQUEST_INVALID, "Invalid soak: " + what);
    }

    Duration warmUp() {
      return min(Duration.ofSeconds(60), killEvery.dividedBy(4));
    }

    Duration sampleEvery() {
      return min(Duration.ofSeconds(10), killEvery.dividedBy(20));
    }

    private static Duration min(Duration a, Duration b) {
      return a.compareTo(b) < 0 ? a : b;
    }
  }

  static void run(Path example, Plan plan, Planted planted, Tally tally) throws Exception {
    Samples samples = new Samples();
    WorkFolder folder = WorkFolder.create("freshet-prove-soak-");
    try (KillRun run =
        KillRun.start(
            folder,
            folder.path().resolve("state"),
            example,
            0,
            Victim.Compiler.OPTIMIZING,
            tally.seed())) {
      double rate = plan.rate() > 0 ? plan.rate() : calibrate(run) * plan.loadPercent() / 100;
      System.out.printf(Locale.ROOT, "load: %,.0f row changes a second%n", rate);
      long end = System.nanoTime() + plan.duration().toNanos();
      long changes = 0;
      while (System.nanoTime() < end && tally.holdsSoFar()) {
        changes += live(run, plan, rate, planted, samples, tally);
      }
      System.out.printf(
          Locale.ROOT,
          "%,d row changes, %,d samples; latency p99, median of the samples: %.0f ms%n",
          changes,
          samples.count(),
          samples.median(Usage::latencyMillis));
      samples.judge(tally);
    }
  }

  /** What a project takes: changes over the time until the last of them is visible. */
  private static double calibrate(KillRun run) throws Exception {
    try (Victim victim = run.start()) {
      victim.awaitReady(READY_SECONDS);
      run.compare(victim);
      long begin = System.nanoTime();
      SteadyLoad load = SteadyLoad.start(run.shop(), 0);
      TimeUnit.NANOSECONDS.sleep(CALIBRATION.toNanos());
      load.close();
      String wrong = run.compare(victim);
      if (!wrong.isEmpty()) {
        throw new FreshetException(ErrorCode.INVARIANT_BROKEN, "Failed to calibrate: " + wrong);
      }
      return load.changes() / ((System.nanoTime() - begin) / 1e9);
    }
  }

  /** Until the next kill; returns how many rows were changed. */
  private static long live(
      KillRun run, Plan plan, double rate, Planted planted, Samples samples, Tally tally)
      throws Exception {
    try (Victim victim = run.start()) {
      String wrong = run.verify(victim);
      if (!wrong.isEmpty()) {
        tally.failed(wrong);
        return 0;
      }
      tally.passed();
      if (planted == Planted.LEAK) {
        victim.leak();
      }
      samples.begin();
      SteadyLoad load = SteadyLoad.start(run.shop(), rate);
      try (load) {
        long begin = System.nanoTime();
        long due = begin + plan.warmUp().toNanos();
        TimeUnit.NANOSECONDS.sleep(due - begin);
        victim.usage(); // one that has ended meanwhile says why
        HandleKinds warm = HandleKinds.of(victim.pid());
        while (due < begin + plan.killEvery().toNanos()) {
          TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
          samples.add(victim.usage());
          due += plan.sampleEvery().toNanos();
        }
        samples.handles(warm, HandleKinds.of(victim.pid()));
        System.out.println(samples.last());
        if (!victim.kill()) {
          tally.failed("the process ended by itself: " + victim.output());
        }
      }
      return load.changes();
    }
  }
}
