package dev.freshet.sql;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.dialect.Positions;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.Suggestions;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.translate.Assignment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.sql.SqlDelete;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUpdate;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** INSERT, UPDATE and DELETE as queries for the rows that they concern. */
final class Changes {
  private final SqlCompiler compiler;
  private final Catalog catalog;
  private final SourceText source;

  Changes(SqlCompiler compiler, Catalog catalog, SourceText source) {
    this.compiler = compiler;
    this.catalog = catalog;
    this.source = source;
  }

  Statement insert(SqlInsert insert) {
    Catalog.Relation table = table(insert.getTargetTable());
    Schema schema = table.schema();
    List<Integer> targets = targets(insert.getTargetColumnList(), schema);
    SqlNode query = insert.getSource();
    Plan rows = compiler.rows(query, source);
    if (rows.schema().columnCount() != targets.size()) {
      throw invalid(
          "the statement gives "
              + rows.schema().columnCount()
              + " values for "
              + targets.size()
              + " columns.",
          query);
    }
    for (int i = 0; i < targets.size(); i++) {
      check(rows, i, schema.column(targets.get(i)), query);
    }
    for (int i = 0; i < schema.columnCount(); i++) {
      if (!targets.contains(i) && !schema.column(i).mayBeNull()) {
        throw invalid(
            "column " + schema.column(i).name() + " is NOT NULL and gets no value.", query);
      }
    }
    return new Statement.Insert(table.name(), Assignment.insert(rows, targets, schema));
  }

  Statement delete(SqlDelete delete) {
    Catalog.Relation table = table(delete.getTargetTable());
    SqlNodeList all = SqlNodeList.of(SqlIdentifier.star(SqlParserPos.ZERO));
    SqlNode query =
        select(all, from(delete.getTargetTable(), delete.getAlias()), delete.getCondition());
    return new Statement.Delete(table.name(), compiler.rows(query, source));
  }

  Statement update(SqlUpdate update) {
    Catalog.Relation table = table(update.getTargetTable());
    Schema schema = table.schema();
    Map<Integer, Integer> assigned = new LinkedHashMap<>();
    SqlNodeList columns = new SqlNodeList(SqlParserPos.ZERO);
    columns.add(SqlIdentifier.star(SqlParserPos.ZERO));
    List<Integer> targets = targets(update.getTargetColumnList(), schema);
    for (int i = 0; i < targets.size(); i++) {
      SqlNode value = update.getSourceExpressionList().get(i);
      assigned.put(targets.get(i), schema.columnCount() + i);
      columns.add(
          SqlStdOperatorTable.AS.createCall(
              value.getParserPosition(), value, new SqlIdentifier("new_" + i, SqlParserPos.ZERO)));
    }
    SqlNode query =
        select(columns, from(update.getTargetTable(), update.getAlias()), update.getCondition());
    Plan rows = compiler.rows(query, source);
    for (int i = 0; i < targets.size(); i++) {
      check(
          rows,
          schema.columnCount() + i,
          schema.column(targets.get(i)),
          update.getSourceExpressionList().get(i));
    }
    return new Statement.Update(table.name(), Assignment.update(rows, assigned, schema));
  }

  private static SqlNode from(SqlNode table, @Nullable SqlIdentifier alias) {
    return alias == null
        ? table
        : SqlStdOperatorTable.AS.createCall(table.getParserPosition(), table, alias);
  }

  private static SqlNode select(SqlNodeList columns, SqlNode from, @Nullable SqlNode condition) {
    return new SqlSelect(
        from.getParserPosition(),
        null,
        columns,
        from,
        condition,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private Catalog.Relation table(SqlNode node) {
    String name = node instanceof SqlIdentifier id && id.isSimple() ? id.getSimple() : "";
    Optional<Catalog.Relation> exact =
        catalog.relations().stream().filter(r -> r.name().equals(name)).findFirst();
    return exact
        .or(() ->
            catalog.relations().stream().filter(r -> r.name().equalsIgnoreCase(name)).findFirst())
        .orElseThrow(() ->
            invalid(
                "unknown table "
                    + node
                    + "."
                    + Suggestions.sentence(
                        name,
                        catalog.relations().stream().map(Catalog.Relation::name).toList(),
                        "There are"),
                node));
  }

  /** The positions of the named columns; all columns when none are named. */
  private List<Integer> targets(@Nullable SqlNodeList names, Schema schema) {
    List<Integer> targets = new ArrayList<>();
    if (names == null || names.isEmpty()) {
      for (int i = 0; i < schema.columnCount(); i++) {
        targets.add(i);
      }
      return targets;
    }
    for (SqlNode node : names) {
      String name = ((SqlIdentifier) node).names.getLast();
      int at = indexOf(schema, name);
      if (at < 0) {
        throw invalid(
            "unknown column "
                + name
                + "."
                + Suggestions.sentence(name, schema.names(), "There are"),
            node);
      }
      if (targets.contains(at)) {
        throw invalid("column " + name + " gets two values.", node);
      }
      targets.add(at);
    }
    return targets;
  }

  private static int indexOf(Schema schema, String name) {
    int exact = schema.indexOf(name);
    for (int i = 0; exact < 0 && i < schema.columnCount(); i++) {
      if (schema.column(i).name().equalsIgnoreCase(name)) {
        exact = i;
      }
    }
    return exact;
  }

  private void check(Plan rows, int column, Column to, SqlNode at) {
    if (!Assignment.allowed(rows, column, to.type())) {
      throw invalid(
          "column "
              + to.name()
              + " is "
              + to.type().sql()
              + " and cannot take "
              + rows.schema().type(column).sql()
              + ". Convert it with CAST.",
          at);
    }
  }

  private SqlException invalid(String problem, SqlNode at) {
    return new SqlException(
        ErrorCode.SQL_INVALID, "Invalid SQL: " + problem, source, Positions.span(at));
  }
}
