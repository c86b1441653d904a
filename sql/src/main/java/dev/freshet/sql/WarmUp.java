package dev.freshet.sql;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles small queries on a thread of its own, so that the first real one finds its classes
 * initialised. Everybody else waits for its end: Calcite's classes initialise each other in
 * circles, which two threads at once could turn into a deadlock (JVMS 5.5). Safe for all threads.
 */
final class WarmUp {
  private static final List<String> QUERIES =
      List.of(
          "SELECT k, UPPER(v) AS v FROM t WHERE k > 1 AND v IS NOT NULL",
          "SELECT a.v, COUNT(*) AS n, SUM(CASE WHEN b.k = 1 THEN 1 ELSE 0 END) AS s"
              + " FROM t AS a LEFT JOIN t AS b ON a.k = b.k GROUP BY a.v",
          "SELECT DISTINCT CAST(k AS VARCHAR) AS k FROM t UNION ALL SELECT v FROM t");

  private static volatile @Nullable Thread running;

  private WarmUp() {}

  /** Starts it; at most once. */
  static synchronized void start() {
    if (running == null) {
      running = Thread.ofPlatform().name("sql warm-up").daemon().start(WarmUp::compile);
    }
  }

  private static void compile() {
    Schema schema =
        Schema.of(
            Column.notNull("k", DataType.Simple.INTEGER),
            Column.nullable("v", DataType.Simple.VARCHAR));
    SqlCompiler compiler = new SqlCompiler(Catalog.of(List.of(Relation.of("t", schema, "k"))));
    QUERIES.forEach(query -> compiler.query(query, "warm-up"));
  }

  /** Waits for the end of one that runs. */
  static void await() {
    Thread other = running;
    if (other == null || other == Thread.currentThread()) {
      return;
    }
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
