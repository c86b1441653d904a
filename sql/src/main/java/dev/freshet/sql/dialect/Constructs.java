package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SourceText.Span;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.UnsupportedSqlException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Finds in the syntax tree what a later stage refuses by its name only. */
public final class Constructs {
  private static final String STATEMENTS =
      ". The statements are SELECT, INSERT, UPDATE, DELETE, CREATE TABLE, CREATE VIEW, DROP and"
          + " EXPLAIN.";

  /** First words of statements that other systems have. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "ALTER",
          "ANALYZE",
          "BEGIN",
          "CALL",
          "COMMIT",
          "DESCRIBE",
          "GRANT",
          "MERGE",
          "REVOKE",
          "ROLLBACK",
          "SET",
          "SHOW",
          "START",
          "TRUNCATE",
          "UPSERT",
          "USE");

  private Constructs() {}

  /** The error for a statement that begins with another word than ours do. */
  public static SqlException unknownStatement(SourceText source, Span span) {
    String start = source.fragment(span);
    String word = start.isEmpty() ? "this" : start.split("\\s")[0].toUpperCase(Locale.ROOT);
    boolean known = ELSEWHERE.contains(word);
    return new SqlException(
        known ? ErrorCode.SQL_UNSUPPORTED : ErrorCode.SQL_SYNTAX,
        (known ? "Cannot run " : "Invalid SQL: unexpected ") + word + STATEMENTS,
        source,
        span);
  }

  /** The error at the first place that can be meant; at the statement's start if none is found. */
  public static SqlException locate(
      UnsupportedSqlException e, SqlNode statement, SourceText source) {
    Finder finder = new Finder(e.construct());
    statement.accept(finder);
    SqlNode at = finder.found.orElse(statement);
    String fragment = source.fragment(Positions.span(at));
    String shown = fragment.length() <= 60 ? fragment : fragment.substring(0, 56) + " ...";
    return new SqlException(
        ErrorCode.SQL_UNSUPPORTED,
        "Cannot run " + shown + ". " + e.advice(),
        source,
        Positions.span(at));
  }

  private static final class Finder extends SqlBasicVisitor<Void> {
    private final String construct;
    private Optional<SqlNode> found = Optional.empty();
    private int selects;

    Finder(String construct) {
      this.construct = construct;
    }

    @Override
    public Void visit(SqlCall call) {
      if (found.isEmpty() && matches(call)) {
        found = Optional.of(call);
      }
      if (call instanceof SqlSelect) {
        selects++;
      }
      return found.isPresent() ? null : super.visit(call);
    }

    private boolean matches(SqlCall call) {
      return switch (construct) {
        // A sub-query: a SELECT inside of another, or what a quantifier stands before.
        case "$SCALAR_QUERY", "$CORRELATED" ->
            (call instanceof SqlSelect && selects > 0)
                || call.getKind() == SqlKind.EXISTS
                || call.getKind() == SqlKind.IN
                || call.getKind() == SqlKind.NOT_IN;
        default -> {
          String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
          yield name.equals(construct) || call.getKind().name().equals(construct);
        }
      };
    }
  }
}
