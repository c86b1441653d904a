package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.Scenario;
import dev.freshet.engine.oracle.Transcript;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.plan.Plan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changes, error rows and saved state are the same bytes, however many workers share the steps; of
 * state that was restored within bounded memory the content is the same.
 */
class WorkersDoNotShowTest {
  private static final int CASES = Integer.getInteger("oracle.cases", 25);
  private static final int[] COUNTS = {2, 3, 7};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 3_000, 0})
  void givesTheSameBytesForAnyNumber(long memoryBytes) {
    long first = 3_300_000 + memoryBytes % 1_000_000;
    for (long seed = first; seed < first + CASES; seed++) {
      String alone = transcript(seed, memoryBytes, WorkerSettings.ONE);
      for (int count : COUNTS) {
        // Parts of one row each: every range of keys is cut wherever it can be.
        WorkerSettings settings = WorkerSettings.of(count).withPartRows(1);
        assertThat(transcript(seed, memoryBytes, settings))
            .as("seed %d, %d workers", seed, count)
            .isEqualTo(alone);
      }
    }
  }

  private String transcript(long seed, long memoryBytes, WorkerSettings settings) {
    LocalStorage storage = new LocalStorage(directory.resolve(seed + "-" + settings.count()));
    try (Workers workers = Workers.of(Scheduler.threads(), settings)) {
      Scenario scenario = new Scenario(seed, storage, memoryBytes, workers);
      assertThat(scenario.run()).as("seed %d, %s", seed, settings).isEmpty();
      return scenario.transcript();
    }
  }

  private static final Schema LEFT =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("k", Simple.BIGINT),
          Column.notNull("x", Simple.BIGINT));
  private static final Schema RIGHT =
      Schema.of(
          Column.notNull("k", Simple.BIGINT),
          Column.notNull("y", Simple.BIGINT),
          Column.nullable("note", Simple.VARCHAR));
  private static final Catalog CATALOG =
      Catalog.of(List.of(Catalog.Relation.of("a", LEFT), Catalog.Relation.of("b", RIGHT)));
  private static final List<String> VIEWS =
      List.of(
          "SELECT a.id, a.k, b.y, b.note FROM a JOIN b ON a.k = b.k",
          "SELECT a.id, b.y FROM a LEFT JOIN b ON a.k = b.k AND 1000 / (a.x - b.y) > 0",
          "SELECT a.id, b.note FROM a LEFT JOIN b ON a.k = b.k",
          "SELECT id, k, x FROM (SELECT id, k, x, ROW_NUMBER() OVER (PARTITION BY k ORDER BY x DESC)"
              + " AS n FROM a) AS ranked WHERE n <= 2",
          "SELECT id, SUM(x) OVER (PARTITION BY k ORDER BY id) AS total FROM a",
          "SELECT DISTINCT k, y FROM b",
          "SELECT k, x FROM a EXCEPT ALL SELECT k, y FROM b",
          "SELECT k, COUNT(*) AS n, MAX(x) AS most FROM a GROUP BY k");

  /** Rows that only come in are kept as they come, so here their order shows too. */
  @Test
  void givesTheSameBytesForLargeSteps() {
    String alone = largeSteps(WorkerSettings.ONE);
    for (int count : COUNTS) {
      assertThat(largeSteps(WorkerSettings.of(count).withPartRows(1)))
          .as("%d workers", count)
          .isEqualTo(alone);
    }
    assertThat(largeSteps(WorkerSettings.of(2).withPartRows(100))).isEqualTo(alone);
  }

  private String largeSteps(WorkerSettings settings) {
    LocalStorage storage =
        new LocalStorage(
            directory.resolve("large-" + settings.count() + "-" + settings.partRows()));
    SplittableRandom random = new SplittableRandom(5);
    Transcript transcript = new Transcript();
    try (Workers workers = Workers.of(Scheduler.threads(), settings)) {
      Engine engine = Engine.restore(storage, "state", 100_000, workers);
      engine.createTable("a", LEFT);
      engine.createTable("b", RIGHT);
      for (int i = 0; i < VIEWS.size(); i++) {
        Plan plan = new SqlCompiler(CATALOG).query(VIEWS.get(i), "v" + i).plan();
        engine.createView("v" + i, plan, IntStream.range(0, plan.schema().columnCount()).toArray());
      }
      List<Object[]> left = new ArrayList<>();
      for (int step = 1; step <= 6; step++) {
        TestChanges a = new TestChanges("a", LEFT);
        TestChanges b = new TestChanges("b", RIGHT);
        for (long row = 0; row < 700; row++) {
          Object k = random.nextInt(20) == 0 ? null : (Object) random.nextLong(800);
          left.add(new Object[] {step * 1_000L + row, k, random.nextLong(50)});
          a.insert(left.getLast());
          b.insert(random.nextLong(800), random.nextLong(50), row % 7 == 0 ? null : "n" + row);
        }
        for (int gone = 0; step % 3 == 0 && gone < 200; gone++) {
          a.delete(left.remove(random.nextInt(left.size())));
        }
        engine.apply(a.build());
        engine.apply(b.build());
        transcript.add(engine.step(step, step));
      }
      engine.checkpoint(storage, "state", new byte[0]);
      transcript.add(storage, "state");
      assertThat(engine.snapshot().rowCount("v0")).isGreaterThan(10_000);
      assertThat(engine.snapshot().errors("v1").rowCount()).isPositive();
    }
    return transcript.text();
  }
}
