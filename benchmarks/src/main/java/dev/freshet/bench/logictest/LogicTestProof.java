package dev.freshet.bench.logictest;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.logictest.Counts.Mode;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * {@code ./prove sqllogictest [--all]}: SQLite's test corpus, as queries that are asked once and as
 * maintained views under random changes. A sample of the corpus, or all of it; {@code --files GLOB}
 * takes some scripts, {@code --queries N} so many queries, {@code --mode oneshot|maintained|both}.
 */
public final class LogicTestProof implements Proof {
  private static final long SAMPLE = 60_000;

  @Override
  public String name() {
    return "sqllogictest";
  }

  @Override
  public String summary() {
    return "SQLite's test corpus, asked once and as maintained views"
        + " (--all, --files GLOB, --queries 60000, --mode oneshot|maintained|both)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "all", "files", "queries", "mode");
    Counts counts = new Counts(tally);
    Set<Mode> modes = modes(options.text("mode", "both"));
    try (Corpus corpus = Corpus.open()) {
      List<String> paths = corpus.paths(options.text("files", "**"));
      Sample sample =
          options.has("all")
              ? Sample.all(tally.seed())
              : Sample.of(options.number("queries", SAMPLE), tally.seed());
      run(corpus, sample, paths, new Run(modes, tally.seed(), counts));
    }
    System.out.print(counts.table());
  }

  private static Set<Mode> modes(String mode) {
    return switch (mode) {
      case "oneshot" -> EnumSet.of(Mode.ONE_SHOT);
      case "maintained" -> EnumSet.of(Mode.MAINTAINED);
      case "both" -> EnumSet.allOf(Mode.class);
      default ->
          throw new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Invalid --mode: " + mode + "; give oneshot, maintained or both");
    };
  }

  private static void run(Corpus corpus, Sample sample, List<String> paths, Run run)
      throws IOException, InterruptedException, ExecutionException {
    int workers = Runtime.getRuntime().availableProcessors();
    Semaphore read = new Semaphore(2 * workers);
    List<Future<?>> runs = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(workers)) {
      long left = sample.queries();
      List<List<String>> strata = sample.strata(paths);
      for (int i = 0; i < strata.size(); i++) {
        long share = Math.ceilDiv(left, strata.size() - i);
        for (String path : strata.get(i)) {
          if (share <= 0) {
            break;
          }
          read.acquire();
          Corpus.Script script = corpus.read(path);
          BitSet chosen = sample.queries(script, share);
          share -= chosen.cardinality();
          left -= chosen.cardinality();
          runs.add(
              executor.submit(() -> {
                try {
                  run.run(script, chosen);
                } finally {
                  read.release();
                }
              }));
        }
      }
      for (Future<?> each : runs) {
        each.get();
      }
    }
  }

  /** How the scripts run, and what came of them. */
  private record Run(Set<Mode> modes, long seed, Counts counts) {
    void run(Corpus.Script script, BitSet chosen) {
      long begun = System.nanoTime();
      counts.forOthers(script.forOthers());
      new ScriptRun(script, chosen, modes, seed, counts).run();
      System.out.printf(
          Locale.ROOT,
          "%s: %d queries in %.1f s; so far %s%n",
          script.path(),
          chosen.cardinality(),
          (System.nanoTime() - begun) / 1e9,
          counts.progress());
    }
  }
}
