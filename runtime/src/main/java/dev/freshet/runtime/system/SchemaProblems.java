package dev.freshet.runtime.system;

import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SourceCheck;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What becomes of the columns that a project takes when they are altered at their source. */
final class SchemaProblems {
  private SchemaProblems() {}

  /**
   * The columns that tables take and their source does not have any more under that name, a
   * sentence each.
   *
   * @param changes the source's, the oldest first
   */
  static List<String> of(
      String source, List<SchemaChange> changes, Collection<Contract> contracts) {
    List<String> problems = new ArrayList<>();
    for (Contract contract : contracts) {
      missing(changes, contract.table())
          .forEach((column, change) -> {
            if (contract.schema().indexOf(column) >= 0) {
              problems.add(problem(source, contract, column, change));
            }
          });
    }
    return problems;
  }

  private static String problem(
      String source, Contract contract, String column, SchemaChange change) {
    boolean mayBeNull = contract.schema().column(contract.schema().indexOf(column)).mayBeNull();
    return "Source "
        + source
        + ": "
        + change.text()
        + " (at "
        + change.position()
        + "). "
        + (mayBeNull
            ? "Column " + column + " of rows since then is NULL here."
            : "Rows since then are quarantined, for column " + column + " is NOT NULL here.")
        + " Change contracts/"
        + contract.table()
        + ".yaml, if there is one, and the models to what the table has now, and start again.";
  }

  /** Columns that are gone, each with the change by which it went. */
  private static Map<String, SchemaChange> missing(List<SchemaChange> changes, String table) {
    Map<String, SchemaChange> missing = new LinkedHashMap<>();
    for (SchemaChange change : changes) {
      if (!change.table().equals(table)) {
        continue;
      }
      switch (change.kind()) {
        case COLUMN_ADDED -> missing.remove(change.column());
        case COLUMN_DROPPED -> missing.put(change.column(), change);
        case COLUMN_RENAMED -> {
          missing.put(change.before(), change);
          missing.remove(change.after());
        }
        case UNCLEAR -> {
          names(change.before()).forEach(name -> missing.put(name, change));
          names(change.after()).forEach(missing::remove);
        }
        case TYPE_CHANGED,
            NULL_ALLOWED,
            NULL_FORBIDDEN,
            KEY_CHANGED,
            TABLE_RENAMED,
            TABLE_DROPPED,
            TABLE_MADE_ANEW -> {}
      }
    }
    return missing;
  }

  private static List<String> names(String list) {
    return Arrays.asList(list.split(", ", -1));
  }

  /** What became of a column that a table does not have; empty when nobody knows. */
  static String fate(SourceCheck check, String table, String column) {
    return Optional.ofNullable(missing(check.changes(), table).get(column))
        .map(change -> ": " + change.text())
        .orElse("");
  }

  /** An error of what reads the tables, with what became of these. */
  static FreshetException explained(FreshetException e, List<SchemaChange> changes) {
    if (changes.isEmpty()) {
      return e;
    }
    return new FreshetException(
        e.code(),
        e.getMessage()
            + "\n  The last changes of tables at their source: "
            + changes.stream().map(SchemaChange::text).collect(Collectors.joining("; "))
            + ".",
        e);
  }
}
