package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * A temporal join as an ASOF join over the versions of a history.
 *
 * <pre>
 * orders AS o JOIN rates FOR SYSTEM_TIME AS OF o.at AS r ON o.currency = r.currency
 * orders AS o ASOF JOIN rates AS r MATCH_CONDITION o.at >= r.valid_from ON o.currency = r.currency
 * </pre>
 *
 * <p>The key of {@code rates} is (currency, valid_from): what the join looks up, and the time from
 * which a version holds.
 */
final class TemporalJoins extends SqlShuttle {
  private final Catalog catalog;
  private final SourceText source;

  private TemporalJoins(Catalog catalog, SourceText source) {
    this.catalog = catalog;
    this.source = source;
  }

  static SqlNode rewrite(SqlNode statement, Catalog catalog, SourceText source) {
    return Objects.requireNonNull(statement.accept(new TemporalJoins(catalog, source)));
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call instanceof SqlJoin join && Versions.of(join.getRight()).isPresent()) {
      SqlNode left = Objects.requireNonNull(join.getLeft().accept(this));
      return asOf(join, left, Versions.of(join.getRight()).get());
    }
    if (call instanceof SqlSnapshot) {
      throw refused(call, "FOR SYSTEM_TIME AS OF stands on the right side of JOIN and LEFT JOIN.");
    }
    return super.visit(call);
  }

  /** The right side of a temporal join. */
  private record Versions(SqlSnapshot snapshot, SqlNode table, String alias) {
    static Optional<Versions> of(SqlNode right) {
      SqlNode inner = right.getKind() == SqlKind.AS ? ((SqlCall) right).operand(0) : right;
      if (!(inner instanceof SqlSnapshot snapshot)) {
        return Optional.empty();
      }
      SqlNode table = snapshot.getTableRef();
      SqlNode name = right.getKind() == SqlKind.AS ? ((SqlCall) right).operand(1) : table;
      String alias = name instanceof SqlIdentifier id ? id.names.getLast() : "";
      return Optional.of(new Versions(snapshot, table, alias));
    }
  }

  private SqlNode asOf(SqlJoin join, SqlNode left, Versions versions) {
    JoinType type =
        switch (join.getJoinType()) {
          case INNER -> JoinType.ASOF;
          case LEFT -> JoinType.LEFT_ASOF;
          default -> throw refused(versions.snapshot(), "It is there for JOIN and LEFT JOIN only.");
        };
    SqlNode condition = join.getCondition();
    if (condition == null || join.getConditionType() != JoinConditionType.ON) {
      throw refused(versions.snapshot(), "Write the columns that it looks up by as ON a = b.");
    }
    Catalog.Relation relation = relation(versions);
    Set<String> lookedUp = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    collect(condition, relation, versions, lookedUp);
    String version = version(relation, versions, lookedUp);
    SqlParserPos position = versions.snapshot().getParserPosition();
    SqlNode alias = new SqlIdentifier(versions.alias(), position);
    return new SqlAsofJoin(
        join.getParserPosition(),
        left,
        join.isNaturalNode(),
        type.symbol(position),
        SqlStdOperatorTable.AS.createCall(position, versions.table(), alias),
        JoinConditionType.ON.symbol(position),
        condition,
        SqlStdOperatorTable.GREATER_THAN_OR_EQUAL.createCall(
            position,
            versions.snapshot().getPeriod(),
            new SqlIdentifier(List.of(versions.alias(), version), position)));
  }

  private Catalog.Relation relation(Versions versions) {
    if (versions.table() instanceof SqlIdentifier id && id.isSimple()) {
      for (Catalog.Relation relation : catalog.relations()) {
        if (relation.name().equalsIgnoreCase(id.getSimple())) {
          return relation;
        }
      }
    }
    throw refused(
        versions.snapshot(),
        "It takes a table or a view by its name: make a view of the query, with its versions.");
  }

  /** The columns of the history that equal something. */
  private void collect(
      SqlNode condition, Catalog.Relation relation, Versions versions, Set<String> columns) {
    if (condition.getKind() == SqlKind.AND) {
      ((SqlCall) condition)
          .getOperandList()
          .forEach(part -> collect(part, relation, versions, columns));
      return;
    }
    if (condition.getKind() != SqlKind.EQUALS) {
      throw refused(
          versions.snapshot(),
          "Its ON takes equalities only. Write other conditions in WHERE, or in a query around it.");
    }
    for (SqlNode side : ((SqlCall) condition).getOperandList()) {
      if (side instanceof SqlIdentifier id
          && (id.isSimple() || id.names.getFirst().equalsIgnoreCase(versions.alias()))
          && relation.schema().names().stream().anyMatch(id.names.getLast()::equalsIgnoreCase)) {
        columns.add(id.names.getLast());
      }
    }
  }

  /** The column of the key that is not looked up, if it is the only one and a time. */
  private String version(Catalog.Relation relation, Versions versions, Set<String> lookedUp) {
    for (List<String> key : relation.keys()) {
      List<String> rest = key.stream().filter(column -> !lookedUp.contains(column)).toList();
      boolean all = key.size() - rest.size() == lookedUp.size();
      if (all && rest.size() == 1 && isTime(relation, rest.getFirst())) {
        return rest.getFirst();
      }
    }
    String columns =
        lookedUp.isEmpty() ? "..." : String.join(", ", lookedUp).toLowerCase(Locale.ROOT);
    throw refused(
        versions.snapshot(),
        relation.name()
            + " does not tell which row held when: its key is not what ON looks up and a time."
            + " Keep the versions in a table or a view with the key ("
            + columns
            + ", valid_from), valid_from being the TIMESTAMP from which a row holds. To follow each"
            + " change of the current rows, use a plain JOIN.");
  }

  private static boolean isTime(Catalog.Relation relation, String column) {
    return switch (relation.schema().type(relation.schema().indexOf(column))) {
      case Simple.TIMESTAMP, Simple.TIMESTAMP_LTZ -> true;
      default -> false;
    };
  }

  private SqlException refused(SqlNode at, String reason) {
    String text = source.fragment(Positions.span(at));
    return new SqlException(
        ErrorCode.SQL_UNSUPPORTED,
        "Cannot run " + text + ". " + reason,
        source,
        Positions.span(at));
  }
}
