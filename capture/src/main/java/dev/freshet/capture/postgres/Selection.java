package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which of the server's tables a configuration means. */
final class Selection {
  private static final int SUGGESTIONS = 3;

  /**
   * @param name the table's name in Freshet
   */
  record Chosen(CatalogTable table, String name) {}

  /**
   * What keeps a table from being captured.
   *
   * @param table its name in Freshet
   * @param relation its object id; 0 of one that is not there
   */
  record TableProblem(String table, int relation, Problem problem) {}

  private final List<Chosen> chosen = new ArrayList<>();
  private final List<TableProblem> problems;

  private Selection(List<TableProblem> problems) {
    this.problems = problems;
  }

  /** Finds the tables, whatever is wrong with the choice. */
  static List<Chosen> choose(List<TableChoice> choices, Catalog catalog) {
    return choose(choices, catalog, new ArrayList<>());
  }

  /** What keeps the tables from being captured, by what the catalog says of them. */
  static List<TableProblem> unfit(List<Chosen> chosen, String user) {
    List<TableProblem> unfit = new ArrayList<>();
    for (Chosen each : chosen) {
      TableRules.problems(each.table(), user)
          .forEach(
              problem -> unfit.add(new TableProblem(each.name(), each.table().oid(), problem)));
    }
    return unfit;
  }

  /** Finds the tables; what is wrong with the choice is added to {@code problems}. */
  static List<Chosen> choose(
      List<TableChoice> choices, Catalog catalog, List<TableProblem> problems) {
    Selection selection = new Selection(problems);
    for (TableChoice choice : choices) {
      selection.add(choice, catalog);
    }
    selection.checkNames();
    return selection.chosen;
  }

  private void add(TableChoice choice, Catalog catalog) {
    String schemaName = choice.schemaName();
    String tableName = choice.tableName();
    if (tableName.equals("*")) {
      addAll(choice, schemaName, catalog);
      return;
    }
    CatalogTable table = catalog.find(schemaName, tableName).orElse(null);
    if (table == null) {
      problems.add(new TableProblem(choice.name(), 0, notFound(schemaName, tableName, catalog)));
      return;
    }
    addOnce(table, choice.alias().isEmpty() ? tableName : choice.alias());
  }

  private void addAll(TableChoice choice, String schemaName, Catalog catalog) {
    int before = chosen.size();
    for (CatalogTable table : catalog.tables()) {
      if (table.schemaName().equals(schemaName)
          && table.isTable()
          && !table.isPartition()
          && table.persistence() == 'p') {
        addOnce(table, table.tableName());
      }
    }
    if (chosen.size() == before) {
      problems.add(
          new TableProblem(
              choice.name(),
              0,
              new Problem(
                  ErrorCode.NOT_FOUND,
                  "Cannot find tables to capture: schema " + schemaName + " has none.",
                  "name another schema, or create tables first")));
    }
  }

  private void addOnce(CatalogTable table, String name) {
    boolean known = chosen.stream().anyMatch(other -> other.table().oid() == table.oid());
    if (!known) {
      chosen.add(new Chosen(table, name));
    }
  }

  private void checkNames() {
    Map<String, Chosen> byName = new LinkedHashMap<>();
    for (Chosen each : chosen) {
      Chosen other = byName.putIfAbsent(each.name(), each);
      if (other != null) {
        problems.add(
            new TableProblem(
                "",
                0,
                new Problem(
                    ErrorCode.CONFIG_INVALID,
                    "Invalid tables of a postgres source: "
                        + other.table().origin()
                        + " and "
                        + each.table().origin()
                        + " would both be named "
                        + each.name()
                        + ".",
                    "give one of them an alias")));
      }
    }
  }

  private static Problem notFound(String schemaName, String tableName, Catalog catalog) {
    String wanted = schemaName + "." + tableName;
    List<String> close =
        catalog.tables().stream()
            .filter(CatalogTable::isTable)
            .map(CatalogTable::origin)
            .filter(name -> isClose(wanted, tableName, name))
            .sorted(Comparator.comparingInt(name -> distance(wanted, name)))
            .limit(SUGGESTIONS)
            .toList();
    return new Problem(
        ErrorCode.NOT_FOUND,
        "Cannot find table " + wanted + " in the database.",
        close.isEmpty()
            ? "create it, or take it out of the source's tables"
            : "did you mean " + String.join(" or ", close) + "?");
  }

  private static boolean isClose(String wanted, String tableName, String candidate) {
    return candidate.endsWith("." + tableName)
        || distance(wanted, candidate) <= Math.max(2, tableName.length() / 3);
  }

  /** Levenshtein's distance, without regard to case. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        char left = Character.toLowerCase(a.charAt(i - 1));
        char right = Character.toLowerCase(b.charAt(j - 1));
        int replaced = previous[j - 1] + (left == right ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
