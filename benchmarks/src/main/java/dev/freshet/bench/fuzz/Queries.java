package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Random SELECTs over a case's tables. */
final class Queries {
  private static final int DEPTH = 3;

  private final Draws draws;
  private final Expressions expressions;
  private final List<FuzzTable> tables;
  private int aliases;

  Queries(Draws draws, List<FuzzTable> tables) {
    this.draws = draws;
    this.expressions = new Expressions(draws);
    this.tables = tables;
  }

  /**
   * A query and what it gives.
   *
   * @param columns their names without alias
   */
  record Select(String sql, List<FuzzColumn> columns) {}

  /**
   * @param joined whether it has to stand in brackets to be joined
   */
  private record Source(String sql, List<FuzzColumn> scope, boolean joined) {
    Source(String sql, List<FuzzColumn> scope) {
      this(sql, scope, false);
    }
  }

  Select draw() {
    return switch (draws.weighted(10, 3, 2, 4, 2, 2)) {
      case 0 -> block(2, List.of());
      case 1 -> setOperation();
      case 2 -> topRows();
      case 4 -> new Recursions(draws, tables).draw();
      case 5 -> new AsOfJoins(draws, tables).draw();
      default -> windows();
    };
  }

  private Select block(int depth, List<Kind> wanted) {
    Source source = source(depth);
    String where =
        draws.chance(0.6)
            ? " WHERE " + (draws.chance(0.3) ? subqueryCondition(source) : condition(source))
            : "";
    return switch (draws.weighted(4, 4, 1)) {
      case 0 -> projection("", source, where, wanted);
      case 1 -> aggregation(source, where, wanted);
      default -> projection("DISTINCT ", source, where, wanted);
    };
  }

  private String condition(Source source) {
    return expressions.condition(source.scope(), DEPTH);
  }

  private Select projection(String distinct, Source source, String where, List<Kind> wanted) {
    List<Kind> kinds = wanted.isEmpty() ? kinds(draws.between(1, 4)) : wanted;
    List<String> items = new ArrayList<>();
    List<FuzzColumn> columns = new ArrayList<>();
    for (Kind kind : kinds) {
      String name = "o" + columns.size();
      items.add(expressions.of(kind, source.scope(), DEPTH) + " AS " + name);
      columns.add(new FuzzColumn(name, kind));
    }
    return new Select(
        "SELECT " + distinct + String.join(", ", items) + " FROM " + source.sql() + where, columns);
  }

  private Select aggregation(Source source, String where, List<Kind> wanted) {
    List<FuzzColumn> scope = source.scope();
    int keyCount = wanted.isEmpty() ? draws.between(0, 2) : draws.between(0, wanted.size());
    List<String> keys = new ArrayList<>();
    List<String> items = new ArrayList<>();
    List<FuzzColumn> columns = new ArrayList<>();
    for (int i = 0; i < keyCount; i++) {
      Kind kind = wanted.isEmpty() ? draws.pick(List.of(Kind.values())) : wanted.get(i);
      List<FuzzColumn> fitting = scope.stream().filter(column -> column.kind() == kind).toList();
      if (fitting.isEmpty()) {
        return projection("", source, where, wanted);
      }
      String key = draws.pick(fitting).name();
      String name = "o" + i;
      keys.add(key);
      items.add(key + " AS " + name);
      columns.add(new FuzzColumn(name, kind));
    }
    int total = wanted.isEmpty() ? keyCount + draws.between(1, 3) : wanted.size();
    while (columns.size() < total) {
      String name = "o" + columns.size();
      Kind kind =
          wanted.isEmpty() ? draws.pick(List.of(Kind.values())) : wanted.get(columns.size());
      items.add(aggregate(kind, scope) + " AS " + name);
      columns.add(new FuzzColumn(name, kind));
    }
    String having = draws.chance(0.2) ? " HAVING COUNT(*) > " + draws.between(0, 3) : "";
    return new Select(
        "SELECT "
            + String.join(", ", items)
            + " FROM "
            + source.sql()
            + where
            + grouping(keys)
            + having,
        columns);
  }

  private String grouping(List<String> keys) {
    if (keys.isEmpty()) {
      return "";
    }
    // A set that is there twice counts once in Calcite and Flink, and twice in the standard.
    String list = String.join(", ", new LinkedHashSet<>(keys));
    return " GROUP BY "
        + switch (draws.weighted(8, 1, 1, 1)) {
          case 0 -> list;
          case 1 -> "ROLLUP (" + list + ")";
          case 2 -> "CUBE (" + list + ")";
          default -> "GROUPING SETS ((" + list + "), ())";
        };
  }

  private String aggregate(Kind kind, List<FuzzColumn> scope) {
    String filter =
        draws.chance(0.2) ? " FILTER (WHERE " + expressions.condition(scope, 1) + ")" : "";
    if (kind == Kind.BIGINT) {
      return switch (draws.weighted(2, 2, 2, 2, 2)) {
        case 4 -> new Aggregates(draws, expressions).of(kind, scope, filter);
        case 0 -> "COUNT(*)" + filter;
        case 1 -> "COUNT(" + operand(scope) + ")" + filter;
        case 2 -> "COUNT(DISTINCT " + operand(scope) + ")" + filter;
        default ->
            "CAST(SUM(" + expressions.of(Kind.INTEGER, scope, 1) + ")" + filter + " AS BIGINT)";
      };
    }
    if (kind == Kind.DECIMAL && draws.chance(0.5)) {
      return "SUM(" + expressions.of(kind, scope, 1) + ")" + filter;
    }
    if (draws.chance(0.5)) {
      return new Aggregates(draws, expressions).of(kind, scope, filter);
    }
    return draws.pick(List.of("MIN", "MAX")) + "(" + expressions.of(kind, scope, 1) + ")" + filter;
  }

  private String operand(List<FuzzColumn> scope) {
    return expressions.of(draws.pick(List.of(Kind.values())), scope, 1);
  }

  private Select setOperation() {
    List<Kind> kinds = kinds(draws.between(1, 3));
    String operator =
        draws.pick(
            List.of("UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"));
    Select left = block(1, kinds);
    Select right = block(1, kinds);
    return new Select(left.sql() + " " + operator + " " + right.sql(), left.columns());
  }

  /** The first rows by all columns: ties are equal rows. */
  private Select topRows() {
    Select inner = block(1, List.of());
    List<String> order = new ArrayList<>();
    for (FuzzColumn column : inner.columns()) {
      order.add(
          column.name()
              + (draws.chance(0.5) ? " DESC" : " ASC")
              + (draws.chance(0.5) ? " NULLS FIRST" : " NULLS LAST"));
    }
    return new Select(
        "SELECT * FROM ("
            + inner.sql()
            + ") AS t ORDER BY "
            + String.join(", ", order)
            + " LIMIT "
            + draws.between(1, 6),
        inner.columns());
  }

  /** Window functions over a query. */
  private Select windows() {
    Select inner = block(1, List.of());
    Windows windows = new Windows(draws, inner.columns());
    List<String> items = new ArrayList<>();
    inner.columns().forEach(column -> items.add(column.name()));
    int count = draws.between(1, 3);
    for (int i = 0; i < count; i++) {
      items.add(windows.call() + " AS w" + i);
    }
    String qualify = draws.chance(0.2) ? " QUALIFY " + windows.condition() : "";
    // Which of two equal rows has which value is open when windows number them in their own ways.
    boolean different = count > 1 || !qualify.isEmpty();
    return new Select(
        "SELECT "
            + String.join(", ", items)
            + " FROM ("
            + (different ? "SELECT DISTINCT * FROM (" + inner.sql() + ") AS d" : inner.sql())
            + ") AS t"
            + qualify,
        inner.columns());
  }

  private List<Kind> kinds(int count) {
    List<Kind> kinds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      kinds.add(draws.pick(List.of(Kind.values())));
    }
    return kinds;
  }

  private Source source(int depth) {
    if (depth > 0 && draws.chance(0.45)) {
      return join(depth - 1);
    }
    String alias = "a" + aliases++;
    if (depth > 0 && draws.chance(0.2)) {
      Select inner = block(depth - 1, List.of());
      return new Source("(" + inner.sql() + ") AS " + alias, scope(inner.columns(), alias));
    }
    if (depth > 0 && draws.chance(0.15)) {
      return draws.chance(0.7) ? elements(alias) : parts(alias);
    }
    FuzzTable table = draws.pick(tables);
    return new Source(table.name() + " AS " + alias, scope(table.all(), alias));
  }

  /** A table's column, grouped into arrays that are taken apart again. */
  private Source elements(String alias) {
    FuzzTable table = draws.pick(tables);
    FuzzColumn key = draws.pick(table.all());
    FuzzColumn value = draws.pick(table.all());
    String arrays =
        "(SELECT "
            + key.name()
            + " AS g, ARRAY_AGG("
            + value.name()
            + (draws.chance(0.3) ? ") FILTER (WHERE k > 3)" : ")")
            + " AS xs FROM "
            + table.name()
            + " GROUP BY "
            + key.name()
            + ") AS "
            + alias;
    String unnest = draws.chance(0.5) ? " CROSS JOIN UNNEST(" : " LEFT JOIN UNNEST(";
    String sql =
        arrays
            + unnest
            + alias
            + ".xs) AS e"
            + alias
            + " (x)"
            + (unnest.startsWith(" LEFT") ? " ON TRUE" : "");
    return new Source(
        "(SELECT " + alias + ".g AS g, e" + alias + ".x AS x FROM " + sql + ") AS " + alias,
        List.of(
            new FuzzColumn(alias + ".g", key.kind()), new FuzzColumn(alias + ".x", value.kind())));
  }

  /** A table's rows with the rows of a table function in Java. */
  private Source parts(String alias) {
    FuzzTable table = draws.pick(tables);
    List<FuzzColumn> texts =
        table.all().stream().filter(column -> column.kind() == Kind.TEXT).toList();
    if (texts.isEmpty()) {
      return elements(alias);
    }
    boolean left = draws.chance(0.5);
    String sql =
        "(SELECT t"
            + alias
            + ".*, e"
            + alias
            + ".x AS x FROM "
            + table.name()
            + " AS t"
            + alias
            + (left ? " LEFT" : " CROSS")
            + " JOIN LATERAL TABLE(F_PARTS(t"
            + alias
            + "."
            + draws.pick(texts).name()
            + ")) AS e"
            + alias
            + " (x)"
            + (left ? " ON TRUE" : "")
            + ") AS "
            + alias;
    List<FuzzColumn> scope = new ArrayList<>(scope(table.all(), alias));
    scope.add(new FuzzColumn(alias + ".x", Kind.TEXT));
    return new Source(sql, scope);
  }

  private static List<FuzzColumn> scope(List<FuzzColumn> columns, String alias) {
    return columns.stream().map(column -> column.of(alias)).toList();
  }

  private Source join(int depth) {
    Source left = source(depth);
    Source right = source(depth);
    List<FuzzColumn> scope = new ArrayList<>(left.scope());
    scope.addAll(right.scope());
    Kind kind = draws.pick(left.scope()).kind();
    List<FuzzColumn> partners =
        right.scope().stream().filter(column -> column.kind() == kind).toList();
    if (partners.isEmpty()) {
      return left;
    }
    List<FuzzColumn> own = left.scope().stream().filter(column -> column.kind() == kind).toList();
    String on = draws.pick(own).name() + " = " + draws.pick(partners).name();
    if (draws.chance(0.2)) {
      on += " AND " + expressions.condition(scope, 1);
    }
    String type = draws.pick(List.of("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"));
    String partner = right.joined() ? "(" + right.sql() + ")" : right.sql();
    return new Source(left.sql() + " " + type + " " + partner + " ON " + on, scope, true);
  }

  private String subqueryCondition(Source outer) {
    FuzzTable table = draws.pick(tables);
    String alias = "s" + aliases++;
    List<FuzzColumn> inner = scope(table.all(), alias);
    FuzzColumn column = draws.pick(outer.scope());
    List<FuzzColumn> partners =
        inner.stream().filter(candidate -> candidate.kind() == column.kind()).toList();
    if (partners.isEmpty()) {
      return condition(outer);
    }
    String partner = draws.pick(partners).name();
    String from = " FROM " + table.name() + " AS " + alias;
    String filter = draws.chance(0.5) ? expressions.condition(inner, 1) : "";
    String where = filter.isEmpty() ? "" : " WHERE " + filter;
    String and = filter.isEmpty() ? "" : " AND " + filter;
    String not = draws.chance(0.4) ? "NOT " : "";
    return switch (draws.weighted(3, 3, 2)) {
      case 0 -> column.name() + " " + not + "IN (SELECT " + partner + from + where + ")";
      case 1 ->
          not + "EXISTS (SELECT 1" + from + " WHERE " + partner + " = " + column.name() + and + ")";
      default -> column.name() + " >= (SELECT MIN(" + partner + ")" + from + where + ")";
    };
  }
}
