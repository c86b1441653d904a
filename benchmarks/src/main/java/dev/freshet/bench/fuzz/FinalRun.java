package dev.freshet.bench.fuzz;

import dev.freshet.bench.fuzz.CaseRun.Difference;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The final views of one case: each equals its rule after every step, and only ever grows. */
final class FinalRun {
  private final FuzzCase fuzzCase;
  private final Statement duck;
  private final Map<Integer, FinalRule> rules = new TreeMap<>();
  private final Map<Integer, List<String>> last = new TreeMap<>();

  /**
   * @param duck where the case's tables are
   */
  FinalRun(FuzzCase fuzzCase, Statement duck) {
    this.fuzzCase = fuzzCase;
    this.duck = duck;
  }

  /**
   * @param refusals told why a view was refused
   */
  void create(Freshet freshet, Consumer<String> refusals) throws Difference, SQLException {
    for (int i = 0; i < fuzzCase.finals().size(); i++) {
      int view = fuzzCase.views().size() + i;
      try {
        freshet.execute(fuzzCase.createSql(view));
      } catch (FreshetException e) {
        if (e.code() != ErrorCode.SQL_UNSUPPORTED) {
          throw new Difference(view, "refused by Freshet: " + e.getMessage());
        }
        refusals.accept("final: " + e.getMessage());
        continue;
      } catch (RuntimeException e) {
        throw new Difference(view, "refused by Freshet with a defect: " + e);
      }
      String plan = freshet.explain("v" + view);
      rules.put(view, new FinalRule(fuzzCase.finals().get(i), "f" + view, plan, duck));
      last.put(view, List.of());
    }
  }

  /**
   * After a step.
   *
   * @return how many answers were compared
   */
  int compare(List<FuzzChange> step, String when, Freshet freshet) throws Difference, SQLException {
    for (Map.Entry<Integer, FinalRule> entry : rules.entrySet()) {
      int view = entry.getKey();
      entry.getValue().apply(step, duck);
      List<String> expected = entry.getValue().expected(duck);
      List<String> actual;
      try {
        actual = Answers.of(freshet.query("SELECT * FROM v" + view));
      } catch (RuntimeException e) {
        throw new Difference(view, when + " Freshet fails to answer: " + e);
      }
      CaseRun.requireEqual(view, when, actual, expected);
      List<String> gone = CaseRun.without(last.put(view, actual), new ArrayList<>(actual));
      if (!gone.isEmpty()) {
        throw new Difference(view, when + " a final view lost " + gone);
      }
    }
    return rules.size();
  }
}
