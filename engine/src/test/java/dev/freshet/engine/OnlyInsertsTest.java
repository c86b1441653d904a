package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What never takes a row back is kept in part only. Each of these inputs does take rows back on one
 * way or another: the best row goes, and the next best one must be there.
 */
class OnlyInsertsTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("grp", Simple.BIGINT),
          Column.notNull("price", Simple.BIGINT));
  private static final Catalog CATALOG =
      Catalog.of(
          Catalog.Relation.of("events", SCHEMA),
          Catalog.Relation.of("keyed", SCHEMA, "id"),
          Catalog.Relation.of("bag", SCHEMA));

  private final Engine engine = new Engine();

  private void create(String query) {
    engine.createTable("events", "", 0, SCHEMA, Optional.empty(), Keep.NONE);
    engine.createTable("keyed", SCHEMA, 0);
    engine.createTable("bag", SCHEMA);
    Plan plan = new SqlCompiler(CATALOG).query(query, "query").plan();
    int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
    engine.createView("v", plan, all);
  }

  private void step(TestChanges... changes) {
    for (TestChanges each : changes) {
      engine.apply(each.build(0));
    }
    engine.step(engine.step() + 1, 0);
  }

  private static TestChanges of(String table) {
    return new TestChanges(table, SCHEMA);
  }

  private Map<List<Object>, Long> view() {
    return ZSet.of(engine.snapshot().scan("v")).weights();
  }

  private static String best(String input) {
    return "SELECT grp, price FROM (SELECT grp, price, ROW_NUMBER() OVER (PARTITION BY grp ORDER BY"
        + " price DESC) AS place FROM "
        + input
        + ") AS ranked WHERE place <= 1";
  }

  private void create(String input, boolean ranked) {
    create(
        ranked ? best(input) : "SELECT grp, MAX(price) AS price FROM " + input + " GROUP BY grp");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeletedRowOfATable(boolean ranked) {
    create("bag", ranked);
    step(of("bag").insert(1L, 7L, 10L).insert(2L, 7L, 20L));
    step(of("bag").delete(2L, 7L, 20L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 10L), 1L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anUpdatedRowOfATable(boolean ranked) {
    create("keyed", ranked);
    step(of("keyed").insert(1L, 7L, 10L).insert(2L, 7L, 20L));
    step(of("keyed").insert(2L, 7L, 5L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 10L), 1L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRowThatATableIsJoinedTo(boolean ranked) {
    create("(SELECT s.grp, s.price FROM events AS s JOIN keyed AS k ON s.id = k.id) AS j", ranked);
    step(
        of("events").insert(1L, 7L, 10L).insert(2L, 7L, 20L),
        of("keyed").insert(1L, 0L, 0L).insert(2L, 0L, 0L));
    step(of("keyed").delete(2L, 0L, 0L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 10L), 1L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRowWithoutMatchThatFindsOne(boolean ranked) {
    create(
        "(SELECT s.grp, CASE WHEN o.price IS NULL THEN s.price ELSE -1 END AS price FROM events AS"
            + " s LEFT JOIN (SELECT * FROM events WHERE grp = 0) AS o ON s.id = o.id WHERE s.grp ="
            + " 7) AS j",
        ranked);
    step(of("events").insert(1L, 7L, 10L).insert(2L, 7L, 20L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 20L), 1L));
    step(of("events").insert(2L, 0L, 0L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 10L), 1L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aGroupWhoseAnswerChanges(boolean ranked) {
    create("(SELECT grp, id, SUM(price) AS price FROM events GROUP BY grp, id) AS j", ranked);
    step(of("events").insert(1L, 7L, 10L).insert(2L, 7L, 20L));
    step(of("events").insert(2L, 7L, -15L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 10L), 1L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFirstRowThatIsNotAnyMore(boolean ranked) {
    create(
        "(SELECT grp, price FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY grp, id / 10 ORDER BY"
            + " price) AS place FROM events) AS r WHERE place <= 1) AS j",
        ranked);
    step(of("events").insert(11L, 7L, 10L).insert(21L, 7L, 20L));
    step(of("events").insert(22L, 7L, 5L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 10L), 1L));
  }

  @Test
  void distinctCountsOfATable() {
    create("SELECT grp, COUNT(DISTINCT price) AS n FROM bag GROUP BY grp");
    step(of("bag").insert(1L, 7L, 10L).insert(2L, 7L, 10L).insert(3L, 7L, 20L));
    step(of("bag").delete(1L, 7L, 10L).delete(3L, 7L, 20L));
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 1L), 1L));
  }

  @Test
  void keepsFirstRowsAloneOfWhatOnlyTakesInserts() {
    create(best("events"));
    TestChanges rows = of("events");
    for (long id = 0; id < 1_000; id++) {
      rows.insert(id, id % 10, id * 7 % 1_000);
    }
    step(rows);
    assertThat(view()).hasSize(10);
    assertThat(stateRows("first rows")).isEqualTo(10);
  }

  @Test
  void keepsBothEndsAloneOfWhatOnlyTakesInserts() {
    create("SELECT grp, MIN(price) AS a, MAX(price) AS b FROM events GROUP BY grp");
    TestChanges rows = of("events");
    for (long id = 0; id < 1_000; id++) {
      rows.insert(id, 7L, id * 7 % 1_000);
    }
    step(rows);
    assertThat(view()).isEqualTo(Map.of(List.of(7L, 0L, 999L), 1L));
    assertThat(stateRows("first rows")).isEqualTo(2);
  }

  private long stateRows(String operator) {
    return engine.statistics().stream()
        .filter(each -> each.operator().equals(operator))
        .mapToLong(OperatorStatistics::stateRows)
        .sum();
  }
}
