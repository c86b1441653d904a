package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.PlanText;
import dev.freshet.sql.plan.SortKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SqlCompilerTest {
  private static final String TEXT =
      "SELECT c.country, SUM(o.amount) AS revenue FROM orders o JOIN customers c"
          + " ON o.customer_id = c.id WHERE o.state <> 'x' GROUP BY c.country";

  @Test
  void equalTextGivesEqualPlans() {
    assertThat(query(TEXT)).isEqualTo(query(TEXT));
    assertThat(PlanText.fingerprint(query(TEXT).plan()))
        .isEqualTo(PlanText.fingerprint(query(TEXT).plan()));
  }

  @Test
  void aliasesDoNotChangeTheFingerprint() {
    String other =
        TEXT.replace("revenue", "total").replace("o.", "x.").replace("orders o", "orders AS x");
    assertThat(PlanText.fingerprint(query(other).plan()))
        .isEqualTo(PlanText.fingerprint(query(TEXT).plan()));
  }

  @Test
  void anotherConstantOrTypeChangesTheFingerprint() {
    assertThat(PlanText.fingerprint(query("SELECT id + 1 AS x FROM orders").plan()))
        .isNotEqualTo(PlanText.fingerprint(query("SELECT id + 2 AS x FROM orders").plan()))
        .isNotEqualTo(PlanText.fingerprint(query("SELECT priority + 1 AS x FROM orders").plan()))
        .isEqualTo(
            """
            Project ($0 + 1:INTEGER):BIGINT
              Scan orders (id BIGINT, customer_id BIGINT, state VARCHAR, amount DECIMAL(12, 2), priority INTEGER, due DATE, ordered_at TIMESTAMP_LTZ)
            """);
  }

  @Test
  void namesMatchWhateverTheirCase() {
    CompiledQuery query = query("select ID, O.State from ORDERS o");
    assertThat(query.reads()).containsExactly("orders");
    assertThat(PlanText.of(query.plan())).contains("Scan orders");
  }

  @Test
  void namesThatDifferInCaseOnlyMatchExactly() {
    Catalog catalog =
        Catalog.of(
            Relation.of("T", Schema.of(Column.notNull("a", Simple.BIGINT))),
            Relation.of("t", Schema.of(Column.notNull("b", Simple.BIGINT))));
    SqlCompiler compiler = new SqlCompiler(catalog);
    assertThat(compiler.query("SELECT a FROM T", "q").reads()).containsExactly("T");
    assertThat(compiler.query("SELECT b FROM t", "q").reads()).containsExactly("t");
  }

  @Test
  void anOrderWithoutLimitIsPresentationOnly() {
    CompiledQuery query = query("SELECT id FROM orders ORDER BY amount DESC");
    assertThat(query.plan().schema().names()).containsExactly("id", "order_1");
    assertThat(query.schema().names()).containsExactly("id");
    assertThat(query.order())
        .containsExactly(new SortKey(1, SortKey.Direction.DESCENDING, SortKey.Nulls.LAST));
  }

  @Test
  void aModelDropsItsOrder() {
    CompiledQuery model = model("SELECT id FROM orders ORDER BY amount DESC");
    assertThat(model.order()).isEmpty();
    assertThat(model.plan()).isEqualTo(query("SELECT id FROM orders").plan());
  }

  @Test
  void aModelKeepsTheRowsOfItsLimit() {
    CompiledQuery model = model("SELECT id FROM orders ORDER BY amount DESC LIMIT 3");
    assertThat(model.schema().names()).containsExactly("id");
    assertThat(PlanText.of(model.plan()))
        .isEqualTo(
            """
            Project id
              TopN by amount DESC NULLS LAST limit 3
                Project id, amount
                  Scan orders
            """);
  }

  @Test
  void keysFollowFromTheTablesAndFromGroupBy() {
    assertThat(query("SELECT id, state FROM orders WHERE amount > 1").key())
        .contains(List.of("id"));
    assertThat(query("SELECT state FROM orders").key()).isEmpty();
    assertThat(query("SELECT state AS s, COUNT(*) AS n FROM orders GROUP BY state").key())
        .contains(List.of("s"));
    assertThat(
            query(
                    "SELECT i.order_id, i.line, o.state FROM order_items i"
                        + " JOIN orders o ON o.id = i.order_id")
                .key())
        .contains(List.of("order_id", "line"));
    assertThat(
            query(
                    "SELECT o.id AS a, i.order_id AS b, i.line AS c FROM orders o"
                        + " JOIN order_items i ON i.quantity = o.priority")
                .key())
        .contains(List.of("a", "b", "c"));
    assertThat(query("SELECT id FROM orders UNION ALL SELECT id FROM orders").key()).isEmpty();
  }

  @Test
  void whatFailsAtRunTimeIsNotComputedWhenPlanning() {
    assertThat(
            PlanText.of(query("SELECT 1 / 0 AS x, CAST('a' AS INTEGER) AS y FROM orders").plan()))
        .startsWith("Project x = (1 / 0), y = CAST('a' AS INTEGER)");
  }

  @Test
  void arithmeticWithABareNullIsNull() {
    assertThat(PlanText.of(query("SELECT id % NULL AS x, 1 + NULL AS y FROM orders").plan()))
        .startsWith("Project x = NULL, y = ");
  }

  @Test
  void arithmeticWithANullIsNullWhateverElseFails() {
    String sql = "SELECT 54 / (id - id) * -CAST(NULL AS INTEGER) AS x FROM orders";
    assertThat(PlanText.of(query(sql).plan())).startsWith("Project x = NULL");
  }

  @Test
  void plansADistinctOverADivisionByNull() {
    String sql =
        "SELECT DISTINCT priority - 6 * -id / -CAST(NULL AS INTEGER) * priority AS x, id FROM orders"
            + " WHERE NOT NULL <> CAST(id AS INTEGER) * priority";
    assertThat(query(sql).schema().names()).containsExactly("x", "id");
  }

  @Test
  void plansADistinctOverAConditionThatComparesWithNull() {
    String sql =
        "SELECT DISTINCT priority * id AS x FROM orders GROUP BY id, priority"
            + " HAVING NOT priority = -CAST(NULL AS REAL)";
    assertThat(query(sql).schema().names()).containsExactly("x");
  }

  @Test
  void oneSemicolonMayEndAQuery() {
    assertThat(query("SELECT id FROM orders;\n")).isEqualTo(query("SELECT id FROM orders"));
  }

  @Test
  void textKeepsAllItsCharacters() {
    assertThat(PlanText.of(query("SELECT id FROM orders WHERE state = 'grüße 漢字 😀'").plan()))
        .contains("(state = 'grüße 漢字 😀')");
  }

  @Test
  void plansASubQueryWhoseConditionIsNeverTrue() {
    String outer =
        "SELECT 'abc' AS x FROM (SELECT a.y FROM (SELECT COALESCE(o.amount, 0) + o.amount AS y,"
            + " CASE WHEN 0 < o.id THEN 1 END AS z FROM orders AS o) AS a WHERE NOT a.z <= a.z) AS b";
    String inner = "(SELECT 1 FROM orders AS i WHERE i.amount = b.y AND 2 > 2)";
    assertThat(query(outer + " WHERE EXISTS " + inner).schema().names()).containsExactly("x");
    assertThat(query(outer + " WHERE NOT EXISTS " + inner).schema().names()).containsExactly("x");
  }

  @Test
  void everyFunctionHasASpelling() throws IOException {
    Set<Function> missing = EnumSet.allOf(Function.class);
    for (Path file : PlanGoldenTest.queries()) {
      for (String sql : PlanGoldenTest.statements(file)) {
        remove(missing, query(sql).plan());
      }
    }
    assertThat(missing).isEmpty();
  }

  private static void remove(Set<Function> functions, Plan plan) {
    switch (plan) {
      case Plan.Project project -> project.expressions().forEach(e -> remove(functions, e));
      case Plan.Filter filter -> remove(functions, filter.predicate());
      case Plan.Join join -> remove(functions, join.residual());
      case Plan.Scan _,
          Plan.Constants _,
          Plan.Union _,
          Plan.Distinct _,
          Plan.Aggregate _,
          Plan.TopN _,
          Plan.Multiset _,
          Plan.Unnest _,
          Plan.Windows _,
          Plan.Sessions _,
          Plan.Over _,
          Plan.Arrivals _,
          Plan.NotAhead _,
          Plan.OnTime _,
          Plan.Expire _,
          Plan.Final _,
          Plan.AsOf _,
          Plan.Recursion _,
          Plan.Recurse _ -> {}
    }
    plan.inputs().forEach(input -> remove(functions, input));
  }

  private static void remove(Set<Function> functions, Expression expression) {
    switch (expression) {
      case Expression.ColumnRef _, Expression.Literal _ -> {}
      case Expression.Cast cast -> remove(functions, cast.operand());
      case Expression.UserCall call ->
          call.arguments().forEach(argument -> remove(functions, argument));
      case Expression.Call call -> {
        functions.remove(call.function());
        call.arguments().forEach(argument -> remove(functions, argument));
      }
      case Expression.Case choice -> {
        remove(functions, choice.otherwise());
        choice.branches().forEach(branch -> remove(functions, branch.condition()));
        choice.branches().forEach(branch -> remove(functions, branch.result()));
      }
    }
  }

  private static CompiledQuery query(String sql) {
    return new SqlCompiler(Shop.CATALOG).query(sql, "query");
  }

  private static CompiledQuery model(String sql) {
    return new SqlCompiler(Shop.CATALOG).model(SourceText.of("model", sql));
  }

  @Test
  void ordersJoinsByTheirEqualitiesWhateverTheOrderOfFrom() {
    CompiledQuery query =
        query(
            "SELECT o.id FROM customers AS c, products AS p, orders AS o"
                + " WHERE o.customer_id = c.id AND o.id = p.id");
    assertThat(joins(query.plan()))
        .hasSize(2)
        .allSatisfy(join -> assertThat(join.leftKeys()).isNotEmpty());
  }

  private static List<Plan.Join> joins(Plan plan) {
    List<Plan.Join> joins = new ArrayList<>();
    if (plan instanceof Plan.Join join) {
      joins.add(join);
    }
    plan.inputs().forEach(input -> joins.addAll(joins(input)));
    return joins;
  }
}
