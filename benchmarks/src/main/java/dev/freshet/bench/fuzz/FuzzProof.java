package dev.freshet.bench.fuzz;

import dev.freshet.bench.fuzz.CaseRun.Difference;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.property.Draws;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./prove fuzz --times 500} or {@code --for 10m}: each case draws tables, views and changes
 * from its seed. After every step each view must equal DuckDB's answer to its query, however the
 * database lives ({@link Life}): with state on disk, closed, killed, or in other steps. A failing
 * case is cut down to one view and the steps that it needs.
 */
public final class FuzzProof implements Proof {
  @Override
  public String name() {
    return "fuzz";
  }

  @Override
  public String summary() {
    return "random views under random changes equal DuckDB's answers (--times 500, --for 10m, --case SEED)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "times", "for", "case");
    long times = options.number("times", options.has("for") ? Long.MAX_VALUE : 500);
    long end = System.nanoTime() + options.duration("for", Duration.ofDays(1)).toNanos();
    Map<String, Integer> refusals = new TreeMap<>();
    long answers = 0;
    if (options.has("case")) {
      times = 1;
    }
    SplittableRandom seeds = new SplittableRandom(tally.seed());
    for (long i = 0; i < times && System.nanoTime() < end; i++) {
      long seed = options.number("case", seeds.nextLong());
      FuzzCase fuzzCase = FuzzCase.draw(new Draws(seed));
      CaseRun run = new CaseRun(fuzzCase);
      Difference difference = attempt(run);
      run.refusals().forEach((why, count) -> refusals.merge(why, count, Integer::sum));
      answers += run.compared();
      if (difference == null) {
        tally.passed();
      } else {
        tally.failed("--case " + seed + "\n" + report(fuzzCase, difference));
      }
    }
    System.out.println("compared " + answers + " answers");
    refusals.forEach((why, count) -> System.out.println("refused " + count + "x: " + why));
  }

  private static @Nullable Difference attempt(CaseRun run) throws Exception {
    try (WorkFolder folder = WorkFolder.create("freshet-prove-fuzz-")) {
      run.run(folder.path().resolve("db"));
      return null;
    } catch (Difference e) {
      return e;
    }
  }

  private static String report(FuzzCase fuzzCase, Difference difference) throws Exception {
    FuzzCase smallest = difference.view() < 0 ? fuzzCase : fuzzCase.only(difference.view());
    Difference last = attempt(new CaseRun(smallest));
    if (last == null) {
      return difference.getMessage() + "\n" + fuzzCase.script();
    }
    for (int step = smallest.steps().size() - 1; step >= 0; step--) {
      for (int i = smallest.steps().get(step).size() - 1; i >= 0; i--) {
        FuzzCase without = without(smallest, step, i);
        Difference still = attempt(new CaseRun(without));
        if (still != null && still.view() == last.view()) {
          smallest = without;
          last = still;
        }
      }
    }
    return last.getMessage() + "\n" + smallest.script();
  }

  private static FuzzCase without(FuzzCase fuzzCase, int step, int change) {
    List<List<FuzzChange>> steps = new ArrayList<>(fuzzCase.steps());
    List<FuzzChange> left = new ArrayList<>(steps.get(step));
    left.remove(change);
    if (left.isEmpty()) {
      steps.remove(step);
    } else {
      steps.set(step, left);
    }
    return fuzzCase.withSteps(steps);
  }
}
