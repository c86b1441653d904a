package dev.freshet.database.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.database.subscribe.ChangeListener;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.Engine;
import dev.freshet.engine.NewView;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.ViewBuild;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.PlanText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Views over views change at random while rows come in, on another thread than the one that
 * computes what is new. After each exchange and each step every view equals its query, and so does
 * the sum of what its followers were told, from the first row to the last.
 */
class ChangingViewsTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("k", Simple.BIGINT),
          Column.nullable("v", Simple.BIGINT));

  /** For each view what it may be; it is not there where that is empty. */
  private static final Map<String, List<String>> VARIANTS = new LinkedHashMap<>();

  static {
    VARIANTS.put(
        "kept",
        List.of(
            "SELECT id, k, v FROM t WHERE v > 20",
            "SELECT id, k, v FROM t",
            "SELECT id, k, v FROM t UNION ALL SELECT id, k, v FROM u WHERE k < 3",
            "SELECT id, k, v FROM u WHERE v IS NOT NULL"));
    VARIANTS.put(
        "sums",
        List.of(
            "SELECT k, SUM(v) AS s, COUNT(*) AS n FROM kept GROUP BY k",
            "SELECT k, SUM(v) AS s, COUNT(v) AS n FROM kept GROUP BY k HAVING COUNT(*) > 3",
            "SELECT k, MAX(v) AS s FROM kept GROUP BY k",
            "SELECT k, MAX(v) AS s FROM t GROUP BY k"));
    VARIANTS.put(
        "pairs",
        List.of(
            "SELECT a.id, a.k, b.v AS w FROM kept AS a JOIN u AS b ON a.k = b.k",
            "SELECT a.id, a.k, b.v AS w FROM kept AS a LEFT JOIN u AS b ON a.id = b.id",
            "SELECT id, k, 100 / (v - 50) AS w FROM t",
            ""));
    VARIANTS.put(
        "best",
        List.of(
            "SELECT k, s FROM sums ORDER BY s DESC, k LIMIT 3",
            "SELECT k, s FROM sums WHERE s > 100",
            "SELECT s, COUNT(*) AS c FROM sums GROUP BY s",
            ""));
  }

  @TempDir private Path directory;

  private final Clock clock = Clock.system();
  private final Map<String, String> sql = new LinkedHashMap<>();
  private final Map<String, Plan> plans = new LinkedHashMap<>();
  private final Map<String, Follower> followers = new HashMap<>();
  private final ByteWriter scratch = new ByteWriter(1 << 12);
  private Engine engine = new Engine();

  private static final class Follower implements ChangeListener {
    private final Map<List<Object>, Long> rows = new HashMap<>();
    private @Nullable FreshetException end;

    @Override
    public void onStep(long step, Batch changes) {
      add(rows, changes);
    }

    @Override
    public void onEnd(FreshetException why) {
      end = why;
    }
  }

  private static void add(Map<List<Object>, Long> rows, Batch changes) {
    for (int row = 0; row < changes.rowCount(); row++) {
      List<Object> cells = Arrays.asList(Values.readRow(changes, row));
      rows.merge(cells, changes.weight(row), Long::sum);
      rows.remove(cells, 0L);
    }
  }

  private static Map<List<Object>, Long> rows(Batch batch) {
    Map<List<Object>, Long> rows = new HashMap<>();
    add(rows, batch);
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyViewAndEveryFeedEqualTheQueryThroughAllExchanges(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    LocalStorage storage = new LocalStorage(directory);
    storage.createDirectories("");
    engine = seed % 2 == 0 ? new Engine() : Engine.restore(storage, "state", 0);
    try (EmbeddedLog log = EmbeddedLog.open(storage, "log", clock, LogSettings.DEFAULT);
        Pipeline pipeline = new Pipeline(log, engine, PipelineSettings.DEFAULT, clock)) {
      for (String table : List.of("t", "u")) {
        engine.createTable(table, SCHEMA, 0);
        pipeline.addGate(new Gate(new Contract(table, SCHEMA, List.of("id"), "", "")));
      }
      Subscriptions subscriptions = new Subscriptions(engine);
      pipeline.addListener(subscriptions);
      write(random, log, pipeline, 300);
      for (int round = 0; round < 8; round++) {
        exchange(random, log, pipeline, subscriptions);
        check("seed " + seed + " round " + round);
        write(random, log, pipeline, 20);
        check("seed " + seed + " after round " + round);
      }
    }
  }

  private void exchange(
      SplittableRandom random, EmbeddedLog log, Pipeline pipeline, Subscriptions subscriptions)
      throws Exception {
    Map<String, Plan> wanted = compiled(variants(random));
    Set<String> dropped = new HashSet<>(plans.keySet());
    dropped.removeAll(wanted.keySet());
    Set<String> changed = new HashSet<>();
    List<NewView> views = new ArrayList<>();
    wanted.forEach((name, plan) -> {
      Plan old = plans.get(name);
      if (old == null
          || !PlanText.fingerprint(old).equals(PlanText.fingerprint(plan))
          || reads(plan).stream().anyMatch(changed::contains)) {
        changed.add(name);
        int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
        views.add(new NewView(name, Set.of(), plan, all));
      }
    });
    var begun = pipeline.between(() -> engine.beginViews(views, dropped));
    pipeline.run();
    ViewBuild build = begun.get();
    FutureTask<Integer> computing =
        new FutureTask<>(() -> {
          build.run(7);
          return 0;
        });
    Thread.ofPlatform().start(computing);
    do {
      write(random, log, pipeline, 5);
    } while (!computing.isDone());
    computing.get();
    write(random, log, pipeline, 3);
    Set<String> ended = new HashSet<>(dropped);
    changed.stream()
        .filter(name ->
            plans.containsKey(name)
                && !plans.get(name).schema().hasSameColumns(wanted.get(name).schema()))
        .forEach(ended::add);
    pipeline.atNextStep(
        new StepChange() {
          @Override
          public void before() {
            engine.swapViews(build);
          }

          @Override
          public void after(Step step) {
            ended.forEach(name ->
                subscriptions.endBefore(
                    step.number(), name, new FreshetException(ErrorCode.FEED_ENDED, name)));
          }
        });
    write(random, log, pipeline, random.nextInt(3));
    plans.clear();
    plans.putAll(wanted);
    for (String name : ended) {
      assertThat(followers.remove(name).end).hasMessage(name);
    }
    for (String name : plans.keySet()) {
      if (!followers.containsKey(name)) {
        Follower follower = new Follower();
        followers.put(name, follower);
        subscriptions.subscribe(name, Subscriptions.From.SNAPSHOT, follower);
      }
    }
  }

  /** What each view is to be; one that reads a view which is not there is not there itself. */
  private Map<String, String> variants(SplittableRandom random) {
    VARIANTS.forEach((name, variants) -> {
      if (!sql.containsKey(name) || random.nextInt(2) == 0) {
        sql.put(name, variants.get(random.nextInt(variants.size())));
      }
    });
    return sql;
  }

  private static Map<String, Plan> compiled(Map<String, String> queries) {
    Map<String, Plan> compiled = new LinkedHashMap<>();
    List<Catalog.Relation> known = new ArrayList<>();
    known.add(Catalog.Relation.of("t", SCHEMA, "id"));
    known.add(Catalog.Relation.of("u", SCHEMA, "id"));
    queries.forEach((name, query) -> {
      if (!query.isEmpty()) {
        Plan plan = new SqlCompiler(Catalog.of(known)).query(query, name).plan();
        compiled.put(name, plan);
        known.add(Catalog.Relation.of(name, plan.schema()));
      }
    });
    return compiled;
  }

  private static Set<String> reads(Plan plan) {
    Set<String> reads = new HashSet<>();
    if (plan instanceof Plan.Scan scan) {
      reads.add(scan.relation());
    }
    plan.inputs().forEach(input -> reads.addAll(reads(input)));
    return reads;
  }

  private void check(String what) {
    Snapshot snapshot = engine.snapshot();
    assertThat(snapshot.relations()).as(what).hasSize(2 + plans.size());
    plans.forEach((name, plan) -> {
      Map<List<Object>, Long> content = rows(snapshot.scan(name));
      boolean failing = snapshot.errors(name).rowCount() > 0;
      if (!failing) {
        assertThat(content).as(what + " " + name).isEqualTo(rows(snapshot.query(plan)));
      }
      assertThat(followers.get(name).rows).as(what + " feed of " + name).isEqualTo(content);
    });
  }

  /** Steps of a few changes each. */
  private void write(SplittableRandom random, EmbeddedLog log, Pipeline pipeline, int changes) {
    int left = changes;
    do {
      List<TableChanges> tables = new ArrayList<>();
      int count = Math.min(left, 1 + random.nextInt(40));
      if (count > 0) {
        tables.add(changes(random, random.nextBoolean() ? "t" : "u", count));
      }
      long now = clock.wallMicros();
      log.append(
          LogRecord.of(
              new ChangeSet("test", new byte[0], now, now, 0, ChangeSet.Part.LAST, tables),
              scratch));
      log.flush();
      while (pipeline.run() instanceof Next.Now) {
        // one bounded step after the other
      }
      left -= count;
    } while (left > 0);
  }

  private static TableChanges changes(SplittableRandom random, String table, int count) {
    BatchBuilder rows = new BatchBuilder(SCHEMA, count);
    byte[] operations = new byte[count];
    boolean[][] missing = new boolean[3][];
    Arrays.fill(missing, Vector.NO_NULLS);
    int[] noBefore = new int[count];
    Arrays.fill(noBefore, -1);
    for (int i = 0; i < count; i++) {
      boolean delete = random.nextInt(4) == 0;
      operations[i] = (delete ? Operation.DELETE : Operation.INSERT).code();
      Long value = random.nextInt(6) == 0 ? null : (long) random.nextInt(100);
      rows.row(1, (long) random.nextInt(120), (long) random.nextInt(8), value);
    }
    return new TableChanges(
        table,
        1,
        new int[] {0},
        operations,
        rows.build(),
        missing,
        noBefore,
        Batch.empty(SCHEMA),
        List.of());
  }
}
