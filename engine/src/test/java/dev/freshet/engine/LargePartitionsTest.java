package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.NaivePlan;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Window functions over partitions of which a change concerns a small part: the rest is not read,
 * and all values are right nevertheless.
 */
class LargePartitionsTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("p", Simple.BIGINT),
          Column.nullable("t", Simple.BIGINT),
          Column.nullable("v", Simple.BIGINT));
  private static final Catalog CATALOG = Catalog.of(Catalog.Relation.of("r", SCHEMA));

  /** So many that several have the same place in the order. */
  private static final int ROWS = 900;

  private static final int TIMES = 300;

  private static final List<String> CALLS =
      List.of(
          "ROW_NUMBER() OVER (PARTITION BY p ORDER BY t)",
          "RANK() OVER (PARTITION BY p ORDER BY t DESC)",
          "DENSE_RANK() OVER (PARTITION BY p ORDER BY t)",
          "LAG(v) OVER (PARTITION BY p ORDER BY t)",
          "LAG(v, 3, -1) OVER (PARTITION BY p ORDER BY t DESC)",
          "LEAD(v, 2) OVER (PARTITION BY p ORDER BY t)",
          "SUM(v) OVER (PARTITION BY p ORDER BY t)",
          "COUNT(v) OVER (PARTITION BY p ORDER BY t ROWS UNBOUNDED PRECEDING)",
          "AVG(v) OVER (PARTITION BY p ORDER BY t ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING)",
          "SUM(v) OVER (PARTITION BY p ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING)",
          "SUM(v) OVER (PARTITION BY p ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING)",
          "MAX(v) OVER (PARTITION BY p ORDER BY t ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING)",
          "MIN(v) OVER (PARTITION BY p ORDER BY t ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING)",
          "MAX(v) OVER (PARTITION BY p ORDER BY t)",
          "FIRST_VALUE(v) OVER (PARTITION BY p ORDER BY t ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
          "SUM(v) OVER (PARTITION BY p ORDER BY t RANGE BETWEEN CURRENT ROW AND CURRENT ROW)",
          "SUM(v) OVER (PARTITION BY p ORDER BY t RANGE BETWEEN 2 PRECEDING AND CURRENT ROW)",
          "NTILE(4) OVER (PARTITION BY p ORDER BY t)");

  private final Engine engine = new Engine();
  private final Map<String, Plan> views = new LinkedHashMap<>();
  private final List<@Nullable Object[]> rows = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(3);
  private long nextId;

  private @Nullable Object[] row() {
    Long time = random.nextInt(30) == 0 ? null : Long.valueOf(random.nextInt(TIMES));
    Long value = random.nextInt(10) == 0 ? null : Long.valueOf(random.nextInt(100));
    return new @Nullable Object[] {nextId++ / 2, Long.valueOf(random.nextInt(2)), time, value};
  }

  private void step(int inserts, int deletes) {
    TestChanges changes = new TestChanges("r", SCHEMA);
    for (int i = 0; i < inserts; i++) {
      @Nullable Object[] row = row();
      for (int n = random.nextInt(8) == 0 ? 2 : 1; n > 0; n--) {
        rows.add(row);
        changes.insert(row);
      }
    }
    for (int i = 0; i < deletes; i++) {
      changes.delete(rows.remove(random.nextInt(rows.size())));
    }
    engine.apply(changes.build());
    engine.step(engine.step() + 1, 0);
  }

  private void check(int step) {
    ZSet table = ZSet.of(engine.snapshot().scan("r"));
    views.forEach((name, plan) ->
        assertThat(ZSet.of(engine.snapshot().scan(name)))
            .as("step " + step + " " + CALLS.get(Integer.parseInt(name.substring(1))))
            .isEqualTo(new NaivePlan(_ -> table).evaluate(plan)));
  }

  @Test
  void changedRowsAndTheirNeighboursGetTheirValues() {
    engine.createTable("r", SCHEMA);
    for (int c = 0; c < CALLS.size(); c++) {
      String query = "SELECT id, p, t, v, " + CALLS.get(c) + " AS w FROM r";
      Plan plan = new SqlCompiler(CATALOG).query(query, "query").plan();
      views.put("v" + c, plan);
      engine.createView("v" + c, plan, IntStream.range(0, 5).toArray());
    }
    step(ROWS, 0);
    check(0);
    for (int step = 1; step <= 30; step++) {
      step(random.nextInt(4), random.nextInt(3));
      check(step);
    }
  }
}
