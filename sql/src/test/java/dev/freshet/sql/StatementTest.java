package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.PlanText;
import dev.freshet.sql.statement.Definition;
import dev.freshet.sql.statement.Definition.Otherwise;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatementTest {
  @Test
  void readsATableDefinition() {
    Statement statement =
        parse(
            """
            CREATE TABLE IF NOT EXISTS t (
              id BIGINT PRIMARY KEY, -- the key
              name VARCHAR(20) NOT NULL,
              at TIMESTAMP(3) WITH LOCAL TIME ZONE,
              local TIMESTAMP WITHOUT TIME ZONE NULL,
              tags TEXT[],
              sizes ARRAY<INT>,
              price NUMERIC(10, 2),
              ratio DOUBLE PRECISION,
              "select" BOOLEAN,
              `doc` JSONB
            );
            """);
    Schema schema =
        Schema.of(
            Column.notNull("id", Simple.BIGINT),
            Column.notNull("name", Simple.VARCHAR),
            Column.nullable("at", Simple.TIMESTAMP_LTZ),
            Column.nullable("local", Simple.TIMESTAMP),
            Column.nullable("tags", new DataType.Array(Simple.VARCHAR)),
            Column.nullable("sizes", new DataType.Array(Simple.INTEGER)),
            Column.nullable("price", new DataType.Decimal(10, 2)),
            Column.nullable("ratio", Simple.DOUBLE),
            Column.nullable("select", Simple.BOOLEAN),
            Column.nullable("doc", Simple.JSON));
    assertThat(statement)
        .isEqualTo(
            new Statement.CreateTable(
                new Definition.CreateTable(
                    "t", schema, List.of("id"), Optional.empty(), Keep.ALL, Otherwise.IGNORE)));
  }

  @Test
  void columnsOfAPrimaryKeyAreNotNull() {
    Statement statement = parse("CREATE TABLE t (a INT, b DATE, PRIMARY KEY (b, a) NOT ENFORCED)");
    assertThat(statement)
        .isEqualTo(
            new Statement.CreateTable(
                new Definition.CreateTable(
                    "t",
                    Schema.of(
                        Column.notNull("a", Simple.INTEGER), Column.notNull("b", Simple.DATE)),
                    List.of("b", "a"),
                    Optional.empty(),
                    Keep.ALL,
                    Otherwise.FAIL)));
  }

  @Test
  void compilesAViewUnderItsColumnNames() {
    Statement.CreateView view =
        (Statement.CreateView)
            parse("CREATE MATERIALIZED VIEW v (x, y) AS SELECT id, amount FROM orders ORDER BY id");
    assertThat(view.definition().name()).isEqualTo("v");
    assertThat(view.query().schema().names()).containsExactly("x", "y");
    assertThat(view.query().order()).isEmpty();
    assertThat(view.query().key()).contains(List.of("x"));
  }

  @Test
  void readsDrops() {
    assertThat(parse("DROP TABLE t"))
        .isEqualTo(
            new Statement.Drop(new Definition.Drop(Definition.Kind.TABLE, "t", Otherwise.FAIL)));
    assertThat(parse("drop materialized view if exists \"V\";"))
        .isEqualTo(
            new Statement.Drop(new Definition.Drop(Definition.Kind.VIEW, "V", Otherwise.IGNORE)));
  }

  @Test
  void insertedValuesBecomeConstantsOfTheTablesTypes() {
    Statement.Insert insert =
        (Statement.Insert)
            parse(
                "INSERT INTO orders (id, customer_id, state, ordered_at, due) VALUES"
                    + " (1, 2, 'open', '2026-01-31 10:00:00', '2026-02-01')");
    assertThat(PlanText.of(insert.rows()))
        .isEqualTo(
            "Constants (1, 2, 'open', NULL, NULL, DATE '2026-02-01',"
                + " TIMESTAMP_LTZ '2026-01-31T10:00:00Z')\n");
    assertThat(insert.rows().schema().names())
        .isEqualTo(
            List.of("id", "customer_id", "state", "amount", "priority", "due", "ordered_at"));
  }

  @Test
  void insertsTheRowsOfAQuery() {
    Statement.Insert insert =
        (Statement.Insert)
            parse("INSERT INTO order_items SELECT id, 1, customer_id, 2, amount FROM orders");
    assertThat(PlanText.of(insert.rows()))
        .isEqualTo(
            """
            Project order_id = id, line = 1, product_id = customer_id, quantity = 2, unit_price = CAST(amount AS DECIMAL(10, 2))
              Scan orders
            """);
  }

  @Test
  void anUpdateGivesOldAndNewRow() {
    Statement.Update update =
        (Statement.Update)
            parse("UPDATE order_items SET quantity = quantity + 1, unit_price = 5 WHERE line = 1");
    assertThat(PlanText.of(update.rows()))
        .isEqualTo(
            """
            Project order_id, line, product_id, quantity, unit_price, new_order_id = order_id, new_line = line, new_product_id = product_id, new_quantity = (quantity + 1), new_unit_price = 5.00
              Filter (line = 1)
                Scan order_items
            """);
  }

  @Test
  void aDeleteGivesTheRowsToDelete() {
    Statement.Delete delete =
        (Statement.Delete)
            parse("DELETE FROM orders o WHERE o.id IN (SELECT order_id FROM order_items)");
    assertThat(delete.table()).isEqualTo("orders");
    assertThat(delete.rows().schema()).isEqualTo(schema("orders"));
  }

  @Test
  void explainsAQuery() {
    assertThat(parse("EXPLAIN SELECT id FROM orders ORDER BY id"))
        .isEqualTo(
            new Statement.Explain(
                new SqlCompiler(Shop.CATALOG).query("SELECT id FROM orders ORDER BY id", "x")));
  }

  @Test
  void refusesWhatDoesNotFitTheTable() {
    assertProblem(
        "INSERT INTO orders (id) VALUES (1)",
        "statement:1:25: Invalid SQL: column customer_id is NOT NULL and gets no value.");
    assertProblem(
        "INSERT INTO orders (idd) VALUES (1)",
        "statement:1:21: Invalid SQL: unknown column idd. Did you mean id?");
    assertProblem(
        "INSERT INTO order_items VALUES (1, 2)",
        "statement:1:25: Invalid SQL: the statement gives 2 values for 5 columns.");
    assertProblem(
        "UPDATE orders SET id = TRUE",
        "statement:1:24: Invalid SQL: column id is BIGINT and cannot take BOOLEAN. Convert it with"
            + " CAST.");
    assertProblem(
        "DELETE FROM ordrs",
        "statement:1:13: Invalid SQL: unknown table ordrs. Did you mean orders?");
    assertProblem(
        "CREATE TABLE t (id BLOB)",
        "statement:1:20: Invalid SQL: unknown type BLOB. The types are");
    assertProblem(
        "CREATE TABLE t (id INT, id INT)",
        "statement:1:25: Invalid SQL: column id is there twice.");
    assertProblem(
        "CREATE TABLE t (id INT, PRIMARY KEY (x))",
        "statement:1:40: Invalid SQL: the primary key names the unknown column x.");
    assertProblem(
        "CREATE TABEL t (id INT)",
        "statement:1:8: Invalid SQL: expected TABLE or VIEW, but found TABEL.");
  }

  @Test
  void aWrittenNullFitsEveryColumn() {
    parse(
        "INSERT INTO customers (id, name, tags, profile, created_at)"
            + " VALUES (1, 'Ada', NULL, NULL, DATE '2026-11-24')");
    parse("UPDATE customers SET tags = NULL");
    assertProblem(
        "UPDATE customers SET tags = 'a,b'",
        "statement:1:29: Invalid SQL: column tags is VARCHAR ARRAY and cannot take VARCHAR.");
  }

  @Test
  void saysWhatAColumnCannotHave() {
    assertProblem(
        "CREATE TABLE t (id INT PRIMARY KEY DEFAULT 1)",
        "statement:1:36: Invalid SQL: DEFAULT is not there yet");
    assertProblem(
        "CREATE TABLE t (id INT REFERENCES o (id))",
        "statement:1:24: Invalid SQL: REFERENCES is not there yet");
  }

  @Test
  void errorsOfAViewsQueryPointIntoTheStatement() {
    assertProblem(
        "CREATE VIEW v AS\nSELECT idd FROM orders",
        "statement:2:8: Invalid SQL: unknown column idd. Did you mean id?");
  }

  @Test
  void aViewNamesAllColumnsOfItsQuery() {
    assertThatThrownBy(() -> parse("CREATE VIEW v (a, b) AS SELECT id FROM orders"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SQL_INVALID))
        .hasMessage("Invalid SQL: the view names 2 columns, but its query has 1.");
  }

  private static void assertProblem(String sql, String start) {
    assertThatThrownBy(() -> parse(sql)).hasMessageStartingWith(start);
  }

  private static Schema schema(String relation) {
    return Shop.CATALOG.relations().stream()
        .filter(r -> r.name().equals(relation))
        .findFirst()
        .orElseThrow()
        .schema();
  }

  private static Statement parse(String sql) {
    return new SqlCompiler(Shop.CATALOG).parse(sql, "statement");
  }
}
