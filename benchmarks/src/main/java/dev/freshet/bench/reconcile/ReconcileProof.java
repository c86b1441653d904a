package dev.freshet.bench.reconcile;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Comparison;
import dev.freshet.serve.backend.Reconciled.Table;
import dev.freshet.testing.files.WorkFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * {@code ./prove reconcile --rounds 10 --rows 20000}: a project over a PostgreSQL that several
 * sessions write to. Each round compares some times, when all must be equal; lets replication leave
 * out some changes, so that rows are missing, extra and different; and compares, repairs and
 * compares again.
 */
public final class ReconcileProof implements Proof {
  private static final int SESSIONS = 4;

  /** Comparisons of a round at which nothing differs. */
  private static final int EQUAL = 3;

  /** Rows that a comparison names at most, by table. */
  private static final int NAMED = 20;

  @Override
  public String name() {
    return "reconcile";
  }

  @Override
  public String summary() {
    return "rows that replication left out are named, no other is, and a repair mends exactly those,"
        + " under load (--rounds 10, --rows 20000)";
  }

  /** Whether the comparison has a defect on purpose. */
  enum Planted {
    NOTHING,
    FORGETS_A_ROW,
    INVENTS_A_ROW
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "rounds", "rows");
    long rounds = options.number("rounds", 10);
    long rows = options.number("rows", 20_000);
    if (rounds < 1 || rows < 1_000) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID, "Invalid proof: --rounds is 1 or more, --rows 1000 or more");
    }
    run((int) rounds, (int) rows, Planted.NOTHING, tally);
  }

  static void run(int rounds, int rows, Planted planted, Tally tally) throws Exception {
    try (WorkFolder folder = WorkFolder.create("freshet-prove-reconcile-");
        Parcels parcels = Parcels.create(folder.path(), rows);
        FreshetSystem system = parcels.start()) {
      ReconcileProof.Rounds all =
          new Rounds(parcels, system, planted, tally, new SplittableRandom(tally.seed()));
      try (Writers writers = Writers.start(parcels, SESSIONS, tally.seed())) {
        for (int round = 0; round < rounds && tally.holdsSoFar(); round++) {
          all.round(writers);
        }
      }
      if (tally.holdsSoFar()) {
        all.last();
        all.requireEnough(rounds);
      }
    }
  }

  /** The rounds of one run. One thread owns it. */
  private static final class Rounds {
    private final Parcels parcels;
    private final FreshetSystem system;
    private final Planted planted;
    private final Tally tally;
    private final SplittableRandom random;
    private int found;
    private int comparisons;
    private long commitsMeanwhile;
    private long heldMillisMax;

    Rounds(
        Parcels parcels,
        FreshetSystem system,
        Planted planted,
        Tally tally,
        SplittableRandom random) {
      this.parcels = parcels;
      this.system = system;
      this.planted = planted;
      this.tally = tally;
      this.random = random;
    }

    void round(Writers writers) throws Exception {
      long before = writers.commits();
      for (int i = 0; i < EQUAL; i++) {
        judge("a comparison", compare(false).first(), Set.of());
      }
      Set<String> wrong = parcels.plant(random, NAMED - 2);
      judge("a comparison", compare(false).first(), wrong);
      Reconciled repaired = compare(true);
      judge("a comparison before a repair", repaired.first(), wrong);
      judge("a comparison after a repair", repaired.last(), Set.of());
      long corrected = repaired.repair().map(Reconciled.Repair::corrected).orElse(0L);
      check(
          corrected == wrong.size(),
          "a repair corrected " + corrected + " rows, and " + wrong.size() + " were wrong");
      parcels.touch(); // later changes of these rows apply
      judge("a comparison after later changes", compare(false).first(), Set.of());
      found += wrong.size();
      commitsMeanwhile += writers.commits() - before;
      System.out.printf(
          Locale.ROOT,
          "%,d rows planted and found, %,d comparisons, %,d transactions of others meanwhile; changes waited"
              + " %,d ms at most%n",
          found,
          comparisons,
          commitsMeanwhile,
          heldMillisMax);
    }

    private Reconciled compare(boolean repair) {
      comparisons++;
      return system.backend().reconcile(Parcels.SOURCE, List.of(), repair).getFirst();
    }

    private void judge(String what, Comparison comparison, Set<String> expected) {
      heldMillisMax = Math.max(heldMillisMax, comparison.heldMillis());
      Set<String> named = new TreeSet<>();
      boolean isWhole = true;
      for (Table table : comparison.tables()) {
        table.shown().forEach(row -> named.add(Parcels.text(table.name(), row.kind(), row.key())));
        isWhole &= table.shown().size() == table.differences() && table.notMatched() == 0;
      }
      switch (planted) {
        case NOTHING -> {}
        case FORGETS_A_ROW -> named.remove(named.isEmpty() ? "" : named.iterator().next());
        case INVENTS_A_ROW ->
            named.add(Parcels.text("parcels", Reconciled.Kind.EXTRA, "{\"id\":1}"));
      }
      check(
          isWhole && named.equals(new TreeSet<>(expected)),
          what
              + " named "
              + minus(named, expected)
              + " and did not name "
              + minus(expected, named)
              + ", as of "
              + comparison.position()
              + ", step "
              + comparison.step());
    }

    private static List<String> minus(Set<String> all, Set<String> others) {
      List<String> rest = new ArrayList<>(all);
      rest.removeAll(others);
      return rest;
    }

    private void check(boolean holds, String what) {
      if (holds) {
        tally.passed();
      } else {
        tally.failed(what);
      }
    }

    /** Nobody writes any more: PostgreSQL itself is asked for sums that must be the same. */
    void last() throws Exception {
      judge("the last comparison", compare(false).first(), Set.of());
      for (String table : Parcels.TABLES) {
        String theirs = parcels.sums(table);
        String ours = parcels.sums(table, system);
        check(theirs.equals(ours), table + ": PostgreSQL has " + theirs + ", held are " + ours);
      }
    }

    void requireEnough(int rounds) {
      if (found < 3 * rounds || commitsMeanwhile < 10L * rounds) {
        tally.failed(
            "too little was tested: "
                + found
                + " rows in "
                + rounds
                + " rounds, "
                + commitsMeanwhile
                + " transactions meanwhile");
      }
    }
  }
}
