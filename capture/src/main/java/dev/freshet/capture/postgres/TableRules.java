package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** What a table must be like to be captured. */
final class TableRules {
  private TableRules() {}

  /**
   * All that is wrong with a table, each with its fix.
   *
   * @param user the role that captures
   */
  static List<Problem> problems(CatalogTable table, String user) {
    List<Problem> problems = new ArrayList<>();
    if (!table.isTable()) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot capture " + table.origin() + ": it is a " + kindName(table.kind()) + ".",
              "capture the tables beneath it, and write the view as a model"));
      return problems;
    }
    if (table.persistence() != 'p') {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot capture " + table.origin() + ": an unlogged table has no changes in the WAL.",
              "ALTER TABLE " + table.qualified() + " SET LOGGED"));
    }
    if (!table.isSelectable()) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot read " + table.origin() + ": role " + user + " lacks the privilege SELECT.",
              "GRANT USAGE ON SCHEMA "
                  + Sql.quote(table.schemaName())
                  + " TO "
                  + Sql.quote(user)
                  + "; GRANT SELECT ON "
                  + table.qualified()
                  + " TO "
                  + Sql.quote(user)));
    }
    if (table.key().isEmpty()) {
      problems.add(keyProblem(table));
    }
    return problems;
  }

  private static Problem keyProblem(CatalogTable table) {
    boolean nothing = table.replicaIdentity() == 'n';
    boolean hasPrimaryKey = table.primaryKey().isPresent();
    String message =
        "Cannot capture "
            + table.origin()
            + ": "
            + (nothing
                ? "its REPLICA IDENTITY is NOTHING, so updates and deletes name no row."
                : "it has no primary key, and its REPLICA IDENTITY is neither an index nor FULL.");
    String fix =
        hasPrimaryKey
            ? "ALTER TABLE " + table.qualified() + " REPLICA IDENTITY DEFAULT"
            : "ALTER TABLE "
                + table.qualified()
                + " ADD PRIMARY KEY (...), or ALTER TABLE "
                + table.qualified()
                + " REPLICA IDENTITY FULL";
    return new Problem(ErrorCode.TABLE_WITHOUT_KEY, message, fix);
  }

  private static String kindName(char kind) {
    return switch (kind) {
      case 'v' -> "view";
      case 'm' -> "materialized view";
      case 'f' -> "foreign table";
      default -> "relation of kind " + kind;
    };
  }
}
