package dev.freshet.bench.kill;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.StartupCache;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.bench.numbered.Ending;
import dev.freshet.bench.numbered.NumberedProcess;
import dev.freshet.core.crash.CrashPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code ./prove kill --times 200 --rate 1000}: runs {@code examples/shop} in a process of its own
 * under a workload, kills that process with SIGKILL at random moments, also while it starts, and
 * starts it again on the same state. Two of three times the process dies at a {@link CrashPoint},
 * each in turn; a life that does not come to its point within 90 s of load is a failure. Once
 * caught up, every table and model must equal PostgreSQL's answer, the lake's tables must equal the
 * models, and the bronze tables must hold each change once and, replayed, give the tables. With
 * {@code --changing} models change before each kill, and the running process is told to apply them.
 * The project has {@link Inlets} beside the shop: each posted row and each row of a file must be
 * there once, and what sinks keep must equal the models, with no row written twice.
 *
 * <p>With {@code --library} the process is one that writes to the library's database; every second
 * time it dies at an {@link Ending}: a certain call of its disk or a named point, each in turn. A
 * life that does not come to it within 120 s is killed then and counted; more than a tenth of them,
 * or an ending that none ever came to, is a failure. Many such kills run on two databases side by
 * side.
 */
public final class KillProof implements Proof {
  private static final int TIMES_MAX = 1_000_000;

  /** From so many on, two databases are killed side by side, and each of them at every place. */
  private static final int TIMES_SIDE_BY_SIDE = 4 * Ending.names().size();

  private static final int RATE_MAX = 1_000_000;

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String summary() {
    return "kill -9 of the real process under load, at random times and named points, compared with PostgreSQL after each (--times 200, --rate 1000; --changing applies changed models meanwhile; --library: a process with a database of its own, also at each call of its disk)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "times", "rate", "changing", "library");
    long times = options.within("times", 200, 1, TIMES_MAX);
    if (options.has("library")) {
      killDatabase(times, Defect.NONE, tally);
      return;
    }
    int rate = (int) options.within("rate", 1_000, 0, RATE_MAX);
    Path home = Path.of(System.getProperty("freshet.home", ""));
    run(home.resolve("examples/shop"), times, rate, models(options), tally);
  }

  /**
   * Kills {@code times} times, and compares once more after the last.
   *
   * @param example the project
   * @param rate row changes a second, 0 for as many as the server takes
   * @param models whether they change
   */
  static void run(Path example, long times, int rate, KillRun.Models models, Tally tally)
      throws Exception {
    try (KillRun run = KillRun.start(example, rate, models, tally.seed())) {
      for (long i = 0; i < times; i++) {
        if (!tell(run.kill(), tally)) {
          return; // what follows would fail for the same reason
        }
        if ((i + 1) % 10 == 0) {
          System.out.printf("%d of %d kills%n", i + 1, times);
        }
      }
      tell(run.verify(), tally);
      System.out.printf(
          "%d kills, %d lives compared; of the kills at named points: %s%n",
          times, run.compared(), run.reached());
    }
  }

  /**
   * @param defect planted on purpose
   */
  static void killDatabase(long times, Defect defect, Tally tally) throws Exception {
    if (times < TIMES_SIDE_BY_SIDE) {
      new DatabaseKills(new Random(tally.seed()), defect, DatabaseKills.WAIT_SECONDS)
          .run(times, StartupCache.none(), tally);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    try (StartupCache cache = NumberedProcess.trained();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Random random = new Random(tally.seed());
      for (long share : new long[] {times / 2, times - times / 2}) {
        DatabaseKills kills =
            new DatabaseKills(new Random(random.nextLong()), defect, DatabaseKills.WAIT_SECONDS);
        running.add(
            threads.submit(() -> {
              kills.run(share, cache, tally);
              return null;
            }));
      }
    }
    for (Future<?> each : running) {
      each.get();
    }
  }

  private static KillRun.Models models(Options options) {
    return options.has("changing") ? KillRun.Models.CHANGING : KillRun.Models.FIXED;
  }

  private static boolean tell(String failure, Tally tally) {
    if (failure.isEmpty()) {
      tally.passed();
      return true;
    }
    tally.failed(failure);
    return false;
  }
}
