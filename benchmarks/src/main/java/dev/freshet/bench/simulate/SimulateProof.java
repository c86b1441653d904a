package dev.freshet.bench.simulate;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code ./prove simulate --cases 100}: each case is one {@link Simulation}. Case i of seed s has
 * seed s + i, so {@code --seed N --cases 1} repeats one. Every tenth case runs twice and must leave
 * the same trace.
 */
public final class SimulateProof implements Proof {
  private static final int REPEATED = 10;
  private static final int FRAMES_SHOWN = 6;

  @Override
  public String name() {
    return "simulate";
  }

  @Override
  public String summary() {
    return "log, engine and lake in one thread on a disk with power cuts and faults (--cases 100)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) {
    long cases = Options.of(arguments, "cases").number("cases", 100);
    long begin = System.nanoTime();
    long simulatedNanos = 0;
    long lives = 0;
    long faults = 0;
    long transactions = 0;
    long traceHash = 0;
    Map<Hardship, Long> hardships = new EnumMap<>(Hardship.class);
    for (long i = 0; i < cases; i++) {
      long seed = tally.seed() + i;
      try {
        Outcome outcome = new Simulation(seed, PlantedBug.NONE).run();
        if (i % REPEATED == 0) {
          requireSame(outcome, new Simulation(seed, PlantedBug.NONE).run());
        }
        simulatedNanos += outcome.simulatedNanos();
        lives += outcome.lives();
        faults += outcome.faults();
        transactions += outcome.transactions();
        traceHash = 31 * traceHash + outcome.traceHash();
        outcome.hardships().forEach((hardship, n) -> hardships.merge(hardship, n, Long::sum));
        tally.passed();
      } catch (RuntimeException | AssertionError e) {
        tally.failed(e + "; repeat with --seed " + seed + " --cases 1" + cause(e));
      }
    }
    hardships.forEach((hardship, n) -> System.out.printf("%9d  %s%n", n, hardship.text()));
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "%d transactions, %d starts, %d lives ended by a fault or a power cut within a call; %.1f seeds/s; %.0f s of simulated"
            + " time in %.0f s; trace %016x%n",
        transactions, lives, faults, cases / seconds, simulatedNanos / 1e9, seconds, traceHash);
  }

  private static void requireSame(Outcome first, Outcome second) {
    Violation.unless(
        first.equals(second), "the same seed gave two runs: " + first + " and " + second);
  }

  private static String cause(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return Arrays.stream(deepest.getStackTrace())
        .limit(FRAMES_SHOWN)
        .map(frame -> "\n    at " + frame)
        .collect(Collectors.joining());
  }
}
