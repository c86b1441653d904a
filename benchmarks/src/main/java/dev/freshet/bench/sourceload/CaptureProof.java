package dev.freshet.bench.sourceload;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.core.change.Operation;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code ./prove capture --source postgres --for 60s}: sources through random lives under random
 * loads, {@link Lives}. In the end each change has come once, those of a row in their order, and
 * the rows are those of the origin. The seed gives the loads; when a life ends in them depends on
 * the clock as well.
 */
public final class CaptureProof implements Proof {
  /** Whatever the time: less would show little. */
  private static final int CASES_MIN = 6;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicInteger DATABASES = new AtomicInteger();

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public String summary() {
    return "sources under random loads, ended again and again, deliver each change once and in order"
        + " (--source postgres, trigger or jdbc-poll, all without; --for 60s for each)";
  }

  /** Which kind of source. */
  enum Kind {
    POSTGRES("postgres"),
    TRIGGER("trigger"),
    JDBC_POLL("jdbc-poll");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    Subject subject(Tables tables, SplittableRandom random) {
      return switch (this) {
        case POSTGRES -> new PostgresSubject(tables, 1 + random.nextInt(12));
        case TRIGGER -> new TriggeredSubject(tables);
        case JDBC_POLL -> new PolledSubject(tables);
      };
    }
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "source", "for");
    String wanted = options.text("source", "");
    List<Kind> kinds =
        Stream.of(Kind.values())
            .filter(kind -> wanted.isEmpty() || kind.text.equals(wanted))
            .toList();
    if (kinds.isEmpty()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid --source: "
              + wanted
              + "; give one of "
              + Stream.of(Kind.values()).map(kind -> kind.text).collect(Collectors.joining(", ")));
    }
    Duration time = options.duration("for", Duration.ofSeconds(60));
    SplittableRandom random = new SplittableRandom(tally.seed());
    try (WorkFolder folder = WorkFolder.create("freshet-prove-capture-");
        EmbeddedPostgres server = EmbeddedPostgres.start(folder.path(), PostgresOptions.fast())) {
      for (Kind kind : kinds) {
        Sums sums = prove(kind, server, random, time, CASES_MIN, Planted.NOTHING, tally);
        System.out.println(kind.text + ": " + sums);
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
      EmbeddedPostgres server,
      SplittableRandom random,
      Duration time,
      int casesMin,
      Planted planted,
      Tally tally)
      throws SQLException, InterruptedException {
    Sums sums = new Sums();
    long end = System.nanoTime() + time.toNanos();
    for (int number = 0;
        tally.holdsSoFar() && (number < casesMin || System.nanoTime() < end);
        number++) {
      SplittableRandom own = random.split();
      Tables tables = new Tables(server, "load" + DATABASES.incrementAndGet());
      try (Subject subject = kind.subject(tables, own)) {
        sums.add(new Lives(subject, own, planted, PATIENCE).run());
      }
      if (sums.failure.isEmpty()) {
        tally.passed();
      } else {
        tally.failed(kind.text + ", load " + number + ": " + sums.failure);
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

    void add(Lives.Outcome outcome) {
      cases++;
      failure = outcome.failure();
      deaths += outcome.deaths();
      lostEnds += outcome.lostEnds();
      refusals += outcome.refusals();
      widened += outcome.widened();
      changeSets += outcome.changeSets();
      parts += outcome.parts();
      outcome.operations().forEach((key, count) -> operations.merge(key, count, Integer::sum));
    }

    /** A proof that tested less than it says proves nothing. */
    void requireEnough(Kind kind, Tally tally) {
      List<Operation> wanted =
          switch (kind) {
            case POSTGRES, TRIGGER -> List.of(Operation.values());
            case JDBC_POLL -> List.of();
          };
      boolean isEnough =
          deaths >= 2 * cases
              && lostEnds > 0
              && refusals > 0
              && widened > 0
              && changeSets > 3 * cases
              && (kind != Kind.POSTGRES || parts > 0)
              && operations.keySet().containsAll(wanted);
      if (!isEnough) {
        tally.failed(kind.text + ": too little was tested: " + this);
      }
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d loads, %,d change sets, %,d of them parts of transactions, changes %s; ended %,d times, of"
              + " which %,d with a log that lost its end and %,d with one that had no room; %,d columns"
              + " added",
          cases,
          changeSets,
          parts,
          operations,
          deaths,
          lostEnds,
          refusals,
          widened);
    }
  }
}
