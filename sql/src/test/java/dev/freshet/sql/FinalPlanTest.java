package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.sql.plan.PlanText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FinalPlanTest {
  private static final Schema ORDERS =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("customer", Simple.BIGINT),
          Column.nullable("at", Simple.TIMESTAMP),
          Column.nullable("amount", Simple.BIGINT));
  private static final Optional<Watermark> WATERMARK =
      Optional.of(new Watermark("at", 4_000_000, Watermark.NEVER_IDLE));

  private final List<Relation> relations =
      new ArrayList<>(
          List.of(
              Relation.of("orders", ORDERS, "id").with(WATERMARK),
              Relation.of("payments", ORDERS, "id").with(WATERMARK),
              Relation.of("customers", ORDERS, "id")));

  private String plan(String sql) {
    SqlCompiler compiler = new SqlCompiler(Catalog.of(relations));
    return PlanText.of(compiler.model(SourceText.of("model", sql), Emit.FINAL).plan());
  }

  private void view(String name, String sql) {
    SqlCompiler compiler = new SqlCompiler(Catalog.of(relations));
    CompiledQuery query = compiler.model(SourceText.of(name, sql));
    relations.add(Relation.of(name, query.schema()).with(query.plan()));
  }

  @Test
  void aTumblingCountClosesAtTheEndOfItsWindow() {
    assertThat(
            plan(
                """
                SELECT window_start, window_end, customer, COUNT(*) AS n
                FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL '1' MINUTE))
                GROUP BY window_start, window_end, customer HAVING COUNT(*) > 1\
                """))
        .isEqualTo(
            """
            Project window_start = c0, window_end = c1, customer, n = count
              Filter (count > 1)
                Project c0, c1 = PLUS_MICROS(c0, 60000000), customer, count
                  Final at c0 + 60000000 microseconds
                    Aggregate by c0, customer: count = COUNT(*)
                      Expire at c0 + 60000000 microseconds
                        Project c0 = TUMBLE_START(at, 60000000, 0), customer
                          Project customer, at
                            OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                              Filter at IS NOT NULL
                                Arrivals orders
            """);
  }

  @Test
  void aWindowIsKeptBesideTheTimeThatItIsMadeOf() {
    assertThat(
            plan(
                """
                SELECT window_start, window_end, at, COUNT(*) AS n
                FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL '1' MINUTE))
                GROUP BY window_start, window_end, at\
                """))
        .isEqualTo(
            """
            Project window_start = c0, window_end = PLUS_MICROS(c0, 60000000), at, n = count
              Final at c0 + 60000000 microseconds
                Aggregate by c0, at: count = COUNT(*)
                  Expire at c0 + 60000000 microseconds
                    Project c0 = TUMBLE_START(at, 60000000, 0), at
                      Project at
                        OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                          Filter at IS NOT NULL
                            Arrivals orders
            """);
  }

  @Test
  void theRowsOfAFullJoinCloseByTheWindowOfTheSideThatIsThere() {
    String minutes =
        """
        (SELECT window_start, window_end, COUNT(*) AS n
         FROM TABLE(TUMBLE(TABLE %s, DESCRIPTOR(at), INTERVAL '1' MINUTE))
         GROUP BY window_start, window_end) AS %s\
        """;
    assertThat(
            plan(
                "SELECT o.window_end, o.n, p.window_end AS other, p.n AS m FROM "
                    + minutes.formatted("orders", "o")
                    + " FULL JOIN "
                    + minutes.formatted("payments", "p")
                    + " ON o.window_start = p.window_start AND o.window_end = p.window_end"))
        .isEqualTo(
            """
            Project window_end = c1, n = count, other = c10, m = count0
              Union
                Final at c0 + 60000000 microseconds
                  Join LEFT on c0 = c0 and c1 = c1
                    Project c0, c1 = PLUS_MICROS(c0, 60000000), count
                      Aggregate by c0: count = COUNT(*)
                        Expire at c0 + 60000000 microseconds
                          Project c0 = TUMBLE_START(at, 60000000, 0)
                            Project at
                              OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                                Filter at IS NOT NULL
                                  Arrivals orders
                    Project c0, c1 = PLUS_MICROS(c0, 60000000), count
                      Aggregate by c0: count = COUNT(*)
                        Expire at c0 + 60000000 microseconds
                          Project c0 = TUMBLE_START(at, 60000000, 0)
                            Project at
                              OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                                Filter at IS NOT NULL
                                  Arrivals payments
                Project c0 = NULL, c1 = NULL, c2 = NULL, c00 = c0, c10 = c1, count
                  Filter c3 IS NULL
                    Final at c0 + 60000000 microseconds
                      Join LEFT on c0 = c0 and c1 = c1
                        Project c0, c1 = PLUS_MICROS(c0, 60000000), count
                          Aggregate by c0: count = COUNT(*)
                            Expire at c0 + 60000000 microseconds
                              Project c0 = TUMBLE_START(at, 60000000, 0)
                                Project at
                                  OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                                    Filter at IS NOT NULL
                                      Arrivals payments
                        Project c0, c1 = PLUS_MICROS(c0, 60000000), count, c3 = TRUE
                          Aggregate by c0: count = COUNT(*)
                            Expire at c0 + 60000000 microseconds
                              Project c0 = TUMBLE_START(at, 60000000, 0)
                                Project at
                                  OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                                    Filter at IS NOT NULL
                                      Arrivals orders
            """);
  }

  @Test
  void whatNeverHasARowHoldsNothingBack() {
    assertThat(
            plan(
                """
                SELECT id, at FROM orders WHERE at IS NOT NULL
                UNION ALL SELECT id, at FROM payments WHERE id IS NULL\
                """))
        .isEqualTo(
            """
            Final at at + 1 microseconds
              Union
                Project id, at
                  OnTime before at + 1 microseconds late REPORTED
                    Filter at IS NOT NULL
                      Arrivals orders
                Constants\s
            """);
    assertThat(plan("SELECT id, at FROM orders WHERE id IS NULL")).isEqualTo("Constants \n");
  }

  @Test
  void aHoppingMaximum() {
    assertThat(
            plan(
                """
                SELECT window_start, window_end, MAX(amount) AS n
                FROM TABLE(HOP(TABLE orders, DESCRIPTOR(at), INTERVAL '1' MINUTE, INTERVAL '3' MINUTE))
                WHERE customer > 5
                GROUP BY window_start, window_end\
                """))
        .isEqualTo(
            """
            Project window_start, window_end = PLUS_MICROS(window_start, 180000000), n = max
              Final at window_start + 180000000 microseconds
                Aggregate by window_start: max = MAX(amount)
                  Expire at window_start + 180000000 microseconds
                    Project window_start, amount
                      OnTime before window_start + 180000000 microseconds late LEFT_OUT
                        Project window_start, amount, $watermark
                          Project at, amount, window_start, $watermark
                            Windows HOP of at step 60000000 size 180000000 microseconds
                              Project at, amount, $watermark
                                OnTime before at cut to 60000000 from 0 + 180000000 microseconds late REPORTED
                                  Filter (customer > 5)
                                    Filter at IS NOT NULL
                                      Arrivals orders
            """);
  }

  @Test
  void sessions() {
    assertThat(
            plan(
                """
                SELECT customer, window_start, window_end, SUM(amount) AS n
                FROM TABLE(SESSION(TABLE orders PARTITION BY customer, DESCRIPTOR(at), INTERVAL '1' MINUTE))
                GROUP BY customer, window_start, window_end\
                """))
        .isEqualTo(
            """
            Final at window_end + 1 microseconds
              Aggregate by customer, window_start, window_end: n = SUM(amount)
                Project customer, amount, window_start, window_end
                  Expire at window_end + 1 microseconds
                    Sessions per customer of at gap 60000000 microseconds
                      Project customer, at, amount
                        OnTime before at + 1 microseconds late REPORTED
                          Filter at IS NOT NULL
                            Arrivals orders
            """);
  }

  @Test
  void aJoinOfWindowsAndTopN() {
    view(
        "paid",
        "SELECT customer, window_start, window_end, SUM(amount) AS paid FROM TABLE(TUMBLE(TABLE"
            + " payments, DESCRIPTOR(at), INTERVAL '1' MINUTE)) GROUP BY customer, window_start,"
            + " window_end");
    assertThat(
            plan(
                """
                SELECT o.window_end, o.customer, paid, COUNT(*) AS n
                FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL '1' MINUTE)) AS o
                JOIN paid AS p ON o.window_start = p.window_start AND o.window_end = p.window_end AND o.customer = p.customer
                GROUP BY o.window_start, o.window_end, o.customer, paid
                QUALIFY ROW_NUMBER() OVER (PARTITION BY o.window_start, o.window_end ORDER BY n) <= 3\
                """))
        .isEqualTo(
            """
            Project window_end = c2, customer, paid, n = count
              Final at c2 + 0 microseconds
                TopN per c2, c1 by count ASC NULLS FIRST limit 3
                  Project c2, customer, paid, count, c1
                    Aggregate by customer, c1, c2, paid: count = COUNT(*)
                      Join INNER on c1 = window_start and c2 = window_end and customer = customer
                        Expire at c2 + 0 microseconds
                          Project customer, c1 = TUMBLE_START(at, 60000000, 0), c2 = PLUS_MICROS(TUMBLE_START(at, 60000000, 0), 60000000)
                            Project customer, at
                              OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                                Filter at IS NOT NULL
                                  Arrivals orders
                        Project customer, window_start = c1, window_end = PLUS_MICROS(c1, 60000000), paid = sum
                          Aggregate by customer, c1: sum = SUM(amount)
                            Expire at c1 + 60000000 microseconds
                              Project customer, c1 = TUMBLE_START(at, 60000000, 0), amount
                                Project customer, at, amount
                                  OnTime before at cut to 60000000 from 0 + 60000000 microseconds late REPORTED
                                    Filter at IS NOT NULL
                                      Arrivals payments
            """);
  }

  @Test
  void aSetOperationIsATableOfWindowsWithAllOfItsQueries() {
    assertThat(
            plan(
                """
                SELECT window_end, COUNT(*) AS n
                FROM TABLE(TUMBLE(
                  (SELECT id, at FROM orders UNION ALL SELECT id, at FROM payments), DESCRIPTOR(at), INTERVAL '1' MINUTE))
                GROUP BY window_start, window_end\
                """))
        .contains("Union", "Arrivals orders", "Arrivals payments");
  }

  private void refused(String sql, String reason) {
    assertThatThrownBy(() -> plan(sql))
        .isInstanceOf(SqlException.class)
        .hasMessageStartingWith("model:1:1: Cannot run SELECT")
        .hasMessageContaining(reason);
  }

  @Test
  void refusesWhatNeverCloses() {
    refused("SELECT customer, COUNT(*) FROM orders GROUP BY customer", "Group by window_start");
    refused(
        "SELECT o.id FROM orders AS o JOIN payments AS p ON o.id = p.id",
        "emit: final needs a result of which it is known when it does not change any more.");
    refused("SELECT amount FROM orders ORDER BY at LIMIT 3", "join, partition and combine by them");
  }

  @Test
  void refusesWindowsOfAnotherTimeThanTheWatermarks() {
    refused(
        "SELECT window_start, COUNT(*) FROM TABLE(TUMBLE((SELECT *, TO_TIMESTAMP('2026-11-24"
            + " 09:00:00') AS fixed FROM orders), DESCRIPTOR(fixed), INTERVAL '1' MINUTE)) GROUP BY"
            + " window_start, window_end",
        "over the watermark's column");
  }

  @Test
  void refusesTablesWithoutAWatermarkByName() {
    refused(
        "SELECT o.window_start, c.amount FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL"
            + " '1' MINUTE)) AS o JOIN customers AS c ON o.customer = c.id",
        "emit: final needs a watermark for each table below it, and customers has none.");
  }

  @Test
  void refusesFinalOverFinal() {
    SqlCompiler compiler = new SqlCompiler(Catalog.of(relations));
    String minutes =
        "SELECT window_start, window_end, window_time, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders,"
            + " DESCRIPTOR(at), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, window_time";
    CompiledQuery query = compiler.model(SourceText.of("minutes", minutes), Emit.FINAL);
    relations.add(Relation.of("minutes", query.schema()).with(query.plan()));
    refused("SELECT * FROM minutes", "minutes is final itself, and final over final is not there");
  }

  @Test
  void rowsTooFarAheadOfTheirTimeAreLeftOutFirst() {
    Watermark guarded = new Watermark("at", 4_000_000, Watermark.NEVER_IDLE, 1_000_000);
    relations.add(Relation.of("events", ORDERS, "id").with(Optional.of(guarded)));
    assertThat(plan("SELECT at, id FROM events WHERE amount > 1"))
        .isEqualTo(
            """
            Final at at + 1 microseconds
              Project at, id
                OnTime before at + 1 microseconds late REPORTED
                  NotAhead at of its time
                    Filter (amount > 1)
                      Arrivals events
            """);
  }

  @Test
  void rowsJoinedByARangeOfTimeCloseWhenNoPartnerCanCome() {
    assertThat(
            plan(
                """
                SELECT o.id, p.id AS payment FROM orders AS o LEFT JOIN payments AS p
                ON o.customer = p.customer AND p.at BETWEEN o.at - INTERVAL '1' SECOND AND o.at + INTERVAL '9' SECOND
                """))
        .isEqualTo(
            """
            Project id, payment = id0
              Final at at + 9000001 microseconds
                Join LEFT on customer = customer where ((at0 >= PLUS_MICROS(at, -1000000)) AND (at0 <= PLUS_MICROS(at, 9000000)))
                  Expire at at + 9000001 microseconds
                    Project id, customer, at
                      OnTime before at + 1 microseconds late REPORTED
                        Arrivals orders
                  Expire at at + 10000001 microseconds
                    Project id, customer, at
                      OnTime before at + 1 microseconds late REPORTED
                        Arrivals payments
            """);
  }

  @Test
  void refusesAJoinWhoseRangeOfTimeHasNoEnd() {
    assertThatThrownBy(() ->
            plan(
                "SELECT o.id FROM orders AS o JOIN payments AS p"
                    + " ON o.customer = p.customer AND p.at >= o.at"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("a.ts BETWEEN b.ts - INTERVAL '1' MINUTE AND b.ts");
  }
}
