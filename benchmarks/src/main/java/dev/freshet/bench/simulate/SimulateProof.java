package dev.freshet.bench.simulate;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * {@code ./prove simulate --cases 100}: each case is one {@link Simulation}, in one thread; as many
 * cases run side by side as there are cores, or {@code --threads}. Case i of seed s has seed s + i,
 * so {@code --seed N --cases 1} repeats one. Every twentieth case runs twice and must leave the
 * same trace. Each case must have started the system more than once, and from 200 cases on every
 * {@link Hardship} must have happened. With {@code --minutes} no case begins later than that, and
 * of the first 200 none later than four times that: the proof does not hold then, and has failed
 * when not even a hundredth of the cases have begun, or 200 where so many were asked for.
 */
public final class SimulateProof implements Proof {
  private static final int REPEATED = 20;
  private static final int FRAMES_SHOWN = 6;
  private static final long MINUTES_WITHOUT_END = 1_000_000;

  /** So many cases for one that has begun when the time is up are too few to have shown much. */
  private static final long CASES_OF_EACH_BEGUN = 100;

  /** The rarest hardship comes about once in ten cases. */
  private static final long CASES_THAT_MEET_ALL = 200;

  private static final long TIMES_FOR_THE_FIRST = 4;

  @Override
  public String name() {
    return "simulate";
  }

  @Override
  public String summary() {
    return "log, engine and lake in one thread on a disk with power cuts and faults (--cases 100 --threads N)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) {
    Options options = Options.of(arguments, "cases", "threads", "minutes");
    long cases = options.number("cases", 100);
    int threads =
        Math.toIntExact(options.number("threads", Runtime.getRuntime().availableProcessors()));
    Duration time = Duration.ofMinutes(options.number("minutes", MINUTES_WITHOUT_END));
    long begin = System.nanoTime();
    Totals totals = new Totals();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<List<Outcome>>> running = new ArrayList<>();
      for (long i = 0; i < cases; i++) {
        long number = i;
        running.add(
            executor.submit(() ->
                isInTime(number, System.nanoTime() - begin, time)
                    ? simulate(tally, number, totals)
                    : List.of()));
      }
      for (Future<List<Outcome>> each : running) { // in order, for the sum of the traces
        join(each).forEach(totals::add);
      }
    }
    long begun = totals.cases.get();
    totals.print(begun, (System.nanoTime() - begin) / 1e9);
    totals.requireMeaning(cases, begun, tally);
    if (begun < cases) {
      tally.notRun(
          "the time was up after %d of %d cases; give it more --minutes, or ask for fewer --cases"
              .formatted(begun, cases));
    }
    if (begun * CASES_OF_EACH_BEGUN < cases) {
      tally.failed("only " + begun + " of " + cases + " cases began within " + time);
    }
  }

  /** A busy machine gets more time for as many as show something. */
  static boolean isInTime(long number, long nanos, Duration time) {
    return nanos < time.toNanos() * (number < CASES_THAT_MEET_ALL ? TIMES_FOR_THE_FIRST : 1);
  }

  /** The outcomes of a case's runs; none when it failed. */
  private static List<Outcome> simulate(Tally tally, long number, Totals totals) {
    totals.cases.incrementAndGet();
    long seed = tally.seed() + number;
    long cpuBegin = threadCpuNanos();
    try {
      List<Outcome> outcomes = new ArrayList<>();
      outcomes.add(new Simulation(seed, PlantedBug.NONE).run());
      requireRestart(outcomes.getFirst());
      if (number % REPEATED == 0) {
        outcomes.add(new Simulation(seed, PlantedBug.NONE).run());
        requireSame(outcomes.getFirst(), outcomes.getLast());
      }
      tally.passed();
      return outcomes;
    } catch (RuntimeException | AssertionError e) {
      tally.failed(e + "; repeat with --seed " + seed + " --cases 1" + cause(e));
      return List.of();
    } finally {
      totals.cpuNanos.addAndGet(threadCpuNanos() - cpuBegin);
    }
  }

  private static long threadCpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static <T> T join(Future<T> work) {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What the runs of all cases together did. One thread owns it, save the counters. */
  static final class Totals {
    private final Map<Hardship, Long> hardships = new EnumMap<>(Hardship.class);
    private final AtomicLong cases = new AtomicLong();
    private final AtomicLong cpuNanos = new AtomicLong();
    private long simulatedNanos;
    private long runs;
    private long lives;
    private long faults;
    private long transactions;
    private long traceHash;

    void add(Outcome outcome) {
      runs++;
      simulatedNanos += outcome.simulatedNanos();
      lives += outcome.lives();
      faults += outcome.faults();
      transactions += outcome.transactions();
      traceHash = 31 * traceHash + outcome.traceHash();
      outcome.hardships().forEach((hardship, n) -> hardships.merge(hardship, n, Long::sum));
    }

    /** A long run that never met a hardship has not shown that it is overcome. */
    void requireMeaning(long asked, long begun, Tally tally) {
      if (asked < CASES_THAT_MEET_ALL) {
        return;
      }
      if (begun < CASES_THAT_MEET_ALL) {
        tally.failed(
            "only %d of %d cases began: too few to meet all hardships, which takes %d"
                .formatted(begun, asked, CASES_THAT_MEET_ALL));
        return;
      }
      for (Hardship hardship : Hardship.values()) {
        if (hardships.getOrDefault(hardship, 0L) == 0) {
          tally.failed("never happened in " + begun + " cases: " + hardship.text());
        }
      }
    }

    void print(long cases, double seconds) {
      hardships.forEach((hardship, n) -> System.out.printf("%9d  %s%n", n, hardship.text()));
      double simulated = simulatedNanos / 1e9;
      double cpu = cpuNanos.get() / 1e9;
      System.out.printf(
          "%d transactions, %d starts, %d lives ended by a fault or a power cut within a call;"
              + " %.1f seeds/s; %.0f s of simulated time in %.0f s (%.0fx); for each CPU second"
              + " of the simulating threads %.1f runs and %.0f s of simulated time; trace %016x%n",
          transactions,
          lives,
          faults,
          cases / seconds,
          simulated,
          seconds,
          simulated / seconds,
          runs / cpu,
          simulated / cpu,
          traceHash);
    }
  }

  /** One life has recovered from nothing: each simulation has at least two. */
  static void requireRestart(Outcome outcome) {
    Violation.unless(outcome.lives() > 1, "the system was started " + outcome.lives() + " times");
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
