package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A query that is asked once goes another way than a view: over rows as they are stored. Both give
 * the same, over NULLs, equal rows, and rows whose deletion lies beside them.
 */
class QueriesAskedOnceTest {
  private static final Schema LEFT =
      Schema.of(Column.nullable("k", Simple.BIGINT), Column.nullable("v", Simple.BIGINT));
  private static final Schema RIGHT =
      Schema.of(Column.nullable("k", Simple.BIGINT), Column.nullable("w", Simple.BIGINT));
  private static final Catalog CATALOG =
      Catalog.of(Catalog.Relation.of("l", LEFT), Catalog.Relation.of("r", RIGHT));

  /** So many that what is deleted later is not merged with it at once. */
  private static final int INSERTED = 1_500;

  private static final int DELETED = 90;
  private static final int VALUES = 40;

  private static final List<String> QUERIES =
      List.of(
          "SELECT COUNT(*) AS n, SUM(l.v) AS s, MIN(l.v) AS a, MAX(r.w) AS b FROM l JOIN r ON l.k ="
              + " r.k",
          "SELECT l.k, COUNT(*) AS n, MAX(r.w) AS m FROM l JOIN r ON l.k = r.k AND l.v < r.w GROUP"
              + " BY l.k",
          "SELECT r.w, COUNT(*) AS n FROM r JOIN l ON l.k = r.k AND l.v = r.w GROUP BY r.w",
          "SELECT COUNT(*) AS n FROM l JOIN r ON l.k = r.k JOIN r AS q ON q.w = l.v WHERE l.v < 3",
          "SELECT k, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS a, MAX(v) FILTER (WHERE v < 20) AS b FROM"
              + " l GROUP BY k",
          "SELECT MIN(v) AS a, MAX(v) AS b, COUNT(v) AS n FROM l",
          "SELECT MIN(v) AS a, COUNT(*) AS n FROM l WHERE v < 0",
          "SELECT l.v, r.w FROM l JOIN r ON l.k = r.k ORDER BY l.v DESC, r.w LIMIT 7",
          "SELECT k, v FROM l WHERE v > 3 ORDER BY v, k LIMIT 5 OFFSET 2",
          "SELECT n, COUNT(*) AS c FROM (SELECT k, COUNT(*) AS n FROM l GROUP BY k) GROUP BY n",
          "SELECT g.k, g.n, r.w FROM (SELECT k, COUNT(*) AS n FROM l GROUP BY k) AS g LEFT JOIN r ON"
              + " g.k = r.k AND r.w < 2 ORDER BY g.n DESC, g.k, r.w LIMIT 9");

  private final Engine engine = new Engine();
  private final List<@Nullable Object[]> left = new ArrayList<>();
  private final List<@Nullable Object[]> right = new ArrayList<>();

  private static @Nullable Object[] row(SplittableRandom random) {
    return new @Nullable Object[] {value(random), value(random)};
  }

  private static @Nullable Long value(SplittableRandom random) {
    int value = random.nextInt(VALUES);
    return value == 0 ? null : Long.valueOf(value);
  }

  private void change(
      String table, Schema schema, List<@Nullable Object[]> rows, SplittableRandom random) {
    TestChanges inserts = new TestChanges(table, schema);
    for (int i = 0; i < INSERTED; i++) {
      @Nullable Object[] row = row(random);
      rows.add(row);
      inserts.insert(row);
    }
    engine.apply(inserts.build(0));
    engine.step(engine.step() + 1, 5);
    TestChanges deletes = new TestChanges(table, schema);
    for (int i = 0; i < DELETED; i++) {
      deletes.delete(rows.remove(random.nextInt(rows.size())));
    }
    engine.apply(deletes.build(0));
    engine.step(engine.step() + 1, 5);
  }

  private void compare(String when) {
    for (int q = 0; q < QUERIES.size(); q++) {
      Plan plan = new SqlCompiler(CATALOG).query(QUERIES.get(q), "query").plan();
      int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
      String view = "v" + q;
      engine.createView(view, plan, all);
      ZSet maintained = ZSet.of(engine.snapshot().scan(view));
      ZSet asked = ZSet.of(engine.snapshot().query(plan));
      engine.dropView(view);
      assertThat(asked).as(when + ": " + QUERIES.get(q)).isEqualTo(maintained);
      if (!left.isEmpty() && !right.isEmpty()) {
        assertThat(asked.weights()).as(QUERIES.get(q)).isNotEmpty();
      }
    }
  }

  @Test
  void giveWhatAViewHas() {
    engine.createTable("l", LEFT);
    engine.createTable("r", RIGHT);
    compare("nothing");
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 3; round++) {
      change("l", LEFT, left, random);
      compare("round " + round + " left");
      change("r", RIGHT, right, random);
      compare("round " + round + " right");
    }
  }
}
