package dev.freshet.bench.sourceload;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.sourceload.Kind.Lack;
import dev.freshet.core.change.Operation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * {@code ./prove capture --source postgres --for 60s}: sources through random lives under random
 * loads, {@link Lives}. In the end each change has come once, those of a row in their order, and
 * the rows are those of the origin. The seed gives the loads; when a life ends in them depends on
 * the clock as well.
 */
public final class CaptureProof implements Proof {
  /** Whatever the time: less would show little. */
  private static final int CASES_MIN = 6;

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public String summary() {
    return "sources under random loads, ended again and again, deliver each change once and in order"
        + " (--source "
        + Kind.names()
        + "; all without; --for 60s for each)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "source", "for");
    String wanted = options.text("source", "");
    List<Kind> kinds = wanted.isEmpty() ? List.of(Kind.values()) : List.of(Kind.of(wanted));
    Duration time = options.duration("for", Duration.ofSeconds(60));
    SplittableRandom random = new SplittableRandom(tally.seed());
    try (Origins origins = new Origins()) {
      for (Kind kind : kinds) {
        System.out.println(kind + ": " + kind.says());
        if (!kind.canRun()) {
          tally.notRun(kind + ": there is no server of this kind for this platform");
          continue;
        }
        Sums sums = prove(kind, origins, random, time, CASES_MIN, Planted.NOTHING, tally);
        System.out.println(kind + ": " + sums);
        if (tally.holdsSoFar()) {
          sums.requireEnough(kind, tally);
        }
      }
    }
  }

  /**
   * Case after case until the time is over, or one fails.
   *
   * @param casesMin so many, whatever the time
   */
  static Sums prove(
      Kind kind,
      Origins origins,
      SplittableRandom random,
      Duration time,
      int casesMin,
      Planted planted,
      Tally tally)
      throws Exception {
    Sums sums = new Sums();
    long end = System.nanoTime() + time.toNanos();
    for (int number = 0;
        tally.holdsSoFar() && (number < casesMin || System.nanoTime() < end);
        number++) {
      SplittableRandom own = random.split();
      try (Subject subject = origins.subject(kind, own)) {
        sums.add(new Lives(subject, own, planted, kind.patience()).run());
      }
      if (sums.failure.isEmpty()) {
        tally.passed();
      } else {
        tally.failed(kind + ", load " + number + ": " + sums.failure);
      }
    }
    return sums;
  }

  /** What the cases of one kind tested. */
  static final class Sums {
    private final Map<Operation, Integer> operations = new EnumMap<>(Operation.class);
    private String failure = "";
    private int cases;
    private int deaths;
    private int lostEnds;
    private int refusals;
    private int widened;
    private int changeSets;
    private int parts;
    private int badRows;

    void add(Lives.Outcome outcome) {
      cases++;
      failure = outcome.failure();
      deaths += outcome.deaths();
      lostEnds += outcome.lostEnds();
      refusals += outcome.refusals();
      widened += outcome.widened();
      changeSets += outcome.changeSets();
      parts += outcome.parts();
      badRows += outcome.badRows();
      outcome.operations().forEach((key, count) -> operations.merge(key, count, Integer::sum));
    }

    /** A proof that tested less than it says proves nothing. */
    void requireEnough(Kind kind, Tally tally) {
      boolean isEnough =
          deaths >= 2 * cases
              && lostEnds > 0
              && refusals > 0
              && (kind.lacks(Lack.NEW_COLUMNS) || widened > 0)
              && (kind.lacks(Lack.BAD_ROWS) || badRows > 0)
              && (kind.lacks(Lack.PARTS) || parts > 0)
              && changeSets > 3 * cases
              && operations.keySet().containsAll(kind.operations());
      if (!isEnough) {
        tally.failed(kind + ": too little was tested: " + this);
      }
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d loads, %,d change sets, %,d of them parts of transactions, changes %s; ended %,d times, of"
              + " which %,d with a log that lost its end and %,d with one that had no room; %,d columns"
              + " added, %,d bad rows",
          cases,
          changeSets,
          parts,
          operations,
          deaths,
          lostEnds,
          refusals,
          widened,
          badRows);
    }
  }
}
