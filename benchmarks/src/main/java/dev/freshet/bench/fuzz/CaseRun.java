package dev.freshet.bench.fuzz;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import dev.freshet.database.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Runs one case in Freshet and in DuckDB, and compares each view after every step. */
final class CaseRun {
  private final FuzzCase fuzzCase;
  private final Map<String, Integer> refusals = new TreeMap<>();
  private int compared;

  CaseRun(FuzzCase fuzzCase) {
    this.fuzzCase = fuzzCase;
  }

  /** What differed. */
  static final class Difference extends Exception {
    private static final long serialVersionUID = 1L;
    private final int view;

    Difference(int view, String message) {
      super(message);
      this.view = view;
    }

    /** The number of the view, or -1 when it was no view's fault. */
    int view() {
      return view;
    }
  }

  /** Why views were refused, with how often; DuckDB's refusals are named as its own. */
  Map<String, Integer> refusals() {
    return refusals;
  }

  /** How many answers were compared. */
  int compared() {
    return compared;
  }

  /**
   * @param directory a new one, for Freshet
   * @throws Difference when an answer differs, or Freshet fails
   */
  void run(Path directory) throws Difference, SQLException {
    try (Lives lives = new Lives(directory, fuzzCase.life()::options);
        Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "CREATE MACRO ARRAY_JOIN(list, delimiter) AS array_to_string(list, delimiter)");
      statement.execute("CREATE MACRO MAP_FROM_ARRAYS(ks, vs) AS map(ks, vs)");
      statement.execute("CREATE MACRO SORTED(list) AS list_sort(list, 'ASC', 'NULLS FIRST')");
      JavaFunctions.create(statement);
      for (FuzzTable table : fuzzCase.tables()) {
        lives.freshet().execute(table.createSql());
        statement.execute(table.plainSql());
      }
      List<Integer> running = createViews(lives.freshet(), duck);
      FinalRun finals = new FinalRun(fuzzCase, statement);
      finals.create(lives.freshet(), this::refuse);
      for (int step = 0; step < fuzzCase.steps().size(); step++) {
        apply(fuzzCase.steps().get(step), lives.freshet(), statement);
        String when = "after step " + step;
        end(lives, step);
        for (int view : running) {
          compare(view, when, lives.freshet(), statement);
        }
        compared += finals.compare(fuzzCase.steps().get(step), when, lives.freshet());
      }
      if (fuzzCase.life().again()) {
        runAgain(directory.resolveSibling(directory.getFileName() + "-again"), running, statement);
      }
    }
  }

  private void end(Lives lives, int step) throws Difference {
    try {
      lives.end(fuzzCase.life().after(step));
    } catch (RuntimeException e) {
      throw new Difference(-1, "after step " + step + " Freshet fails to open again: " + e);
    }
  }

  /** The same changes in other steps, and views that come last, give the same. */
  private void runAgain(Path directory, List<Integer> views, Statement duck)
      throws Difference, SQLException {
    try (Freshet freshet = Freshet.open(directory, fuzzCase.life().options(1))) {
      fuzzCase.tables().forEach(table -> freshet.execute(table.createSql()));
      for (List<FuzzChange> step : fuzzCase.steps()) {
        for (FuzzChange change : step) {
          freshet.transaction(change::applyTo);
        }
      }
      for (int view : views) {
        freshet.execute("CREATE VIEW v" + view + " AS " + fuzzCase.views().get(view));
        compare(view, "in steps of one change", freshet, duck);
      }
    }
  }

  private List<Integer> createViews(Freshet freshet, Connection duck) throws Difference {
    List<Integer> running = new ArrayList<>();
    for (int i = 0; i < fuzzCase.views().size(); i++) {
      String create = "CREATE VIEW v" + i + " AS " + fuzzCase.views().get(i);
      // A statement that failed may be closed by the driver.
      try (Statement statement = duck.createStatement()) {
        statement.execute(forDuckDb(create));
      } catch (SQLException e) {
        refuse("DuckDB: " + e.getMessage());
        continue;
      }
      try {
        freshet.execute(create);
        running.add(i);
      } catch (FreshetException e) {
        if (e.code() != ErrorCode.SQL_UNSUPPORTED) {
          throw new Difference(i, "refused by Freshet: " + e.getMessage());
        }
        refuse(e.getMessage());
      } catch (RuntimeException e) {
        throw new Difference(i, "refused by Freshet with a defect: " + e);
      }
    }
    return running;
  }

  /** DuckDB writes IGNORE NULLS inside of the call, and sorts NULLs last. */
  static String forDuckDb(String sql) {
    return AsOfJoins.forDuckDb(JavaFunctions.forDuckDb(sql))
        .replace(") IGNORE NULLS OVER", " IGNORE NULLS) OVER")
        .replace("ARRAY_SORT(", "SORTED(");
  }

  private void refuse(String message) {
    refusals.merge(message.lines().findFirst().orElse("").replaceAll("\\d+", "N"), 1, Integer::sum);
  }

  private static void apply(List<FuzzChange> step, Freshet freshet, Statement duck)
      throws SQLException, Difference {
    for (FuzzChange change : step) {
      duck.execute(change.sql());
    }
    try (Transaction transaction = freshet.begin()) {
      step.forEach(change -> change.applyTo(transaction));
      transaction.commit();
    } catch (RuntimeException e) {
      throw new Difference(
          -1, "Freshet failed to apply " + step.stream().map(FuzzChange::sql).toList() + ": " + e);
    }
  }

  private void compare(int view, String when, Freshet freshet, Statement duck)
      throws Difference, SQLException {
    Optional<List<String>> answer = answer(duck, "SELECT * FROM v" + view);
    if (answer.isEmpty()) {
      return;
    }
    List<String> expected = answer.get();
    List<String> actual;
    try {
      actual = Answers.of(freshet.query("SELECT * FROM v" + view));
    } catch (RuntimeException e) {
      throw new Difference(view, when + " Freshet fails to answer: " + e);
    }
    compared++;
    requireEqual(view, when, actual, expected);
  }

  /** DuckDB's answer; empty when it fails on a row, where Freshet would leave the row out. */
  private Optional<List<String>> answer(Statement duck, String sql) throws SQLException {
    try (Statement statement = duck.getConnection().createStatement()) {
      return Optional.of(Answers.ofDuckDb(statement, sql));
    } catch (SQLException e) {
      refuse("DuckDB: " + e.getMessage());
      return Optional.empty();
    }
  }

  static void requireEqual(int view, String when, List<String> actual, List<String> expected)
      throws Difference {
    if (!actual.equals(expected)) {
      throw new Difference(
          view,
          when
              + ": missing "
              + without(expected, actual)
              + ", too much "
              + without(actual, expected));
    }
  }

  /** The first lines without the others, each as often as it is there. */
  static List<String> without(List<String> lines, List<String> others) {
    List<String> left = new ArrayList<>(lines);
    others.forEach(left::remove);
    return left;
  }
}
