package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.engine.oracle.FinalCase;
import dev.freshet.engine.oracle.FinalCase.Kind;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.sql.plan.Plan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FinalViewsTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("customer", Simple.BIGINT),
          Column.nullable("at", Simple.TIMESTAMP),
          Column.nullable("amount", Simple.BIGINT),
          Column.nullable("ratio", Simple.DOUBLE));
  private static final long SECOND = 1_000_000;
  private static final Map<String, Watermark> WATERMARKS =
      Map.of(
          "t", new Watermark("at", 3 * SECOND, Watermark.NEVER_IDLE, 30 * SECOND),
          "u", new Watermark("at", 5 * SECOND, 20 * SECOND));

  private static final Map<String, Plan> PLANS = new HashMap<>();

  private static final String BOTH = "SELECT * FROM t UNION ALL SELECT * FROM u WHERE amount > 5";

  private enum Query {
    TUMBLE_SUMS(
        "SELECT window_end, customer, COUNT(*) AS n, SUM(amount) AS total, AVG(amount) AS average"
            + " FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '5' SECOND)) WHERE amount > 10"
            + " GROUP BY window_start, window_end, customer HAVING COUNT(*) > 1",
        time -> FinalCase.ends(time, 5 * SECOND, 5 * SECOND)),
    TUMBLE_ALL_KINDS(
        "SELECT window_end, customer, MIN(amount) AS least, MAX(ratio) AS most, SUM(ratio) AS s,"
            + " COUNT(DISTINCT amount) AS d, LISTAGG(CAST(id AS VARCHAR)) AS ids FROM"
            + " TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '5' SECOND))"
            + " GROUP BY window_start, window_end, customer",
        time -> FinalCase.ends(time, 5 * SECOND, 5 * SECOND)),
    HOP(
        "SELECT window_end, COUNT(*) AS n, MAX(amount) AS most FROM TABLE(HOP(TABLE t,"
            + " DESCRIPTOR(at), INTERVAL '2' SECOND, INTERVAL '6' SECOND))"
            + " GROUP BY window_start, window_end",
        time -> FinalCase.ends(time, 2 * SECOND, 6 * SECOND)),
    HOP_SUMS(
        "SELECT window_end, customer, SUM(amount) AS n FROM TABLE(HOP(TABLE t,"
            + " DESCRIPTOR(at), INTERVAL '2' SECOND, INTERVAL '6' SECOND))"
            + " GROUP BY window_start, window_end, customer",
        time -> FinalCase.ends(time, 2 * SECOND, 6 * SECOND)),
    CUMULATE(
        "SELECT window_end, customer, COUNT(*) AS n FROM TABLE(CUMULATE(TABLE t,"
            + " DESCRIPTOR(at), INTERVAL '2' SECOND, INTERVAL '6' SECOND))"
            + " GROUP BY window_start, window_end, customer",
        FinalViewsTest::cumulated),
    SESSION(
        "SELECT window_end, window_start, customer, COUNT(*) AS n, MIN(amount) AS least FROM"
            + " TABLE(SESSION(TABLE t PARTITION BY customer, DESCRIPTOR(at), INTERVAL '2' SECOND))"
            + " GROUP BY window_start, window_end, customer",
        Kind.SESSIONS,
        _ -> List.of()),
    ROWS(
        "SELECT window_end, id, amount FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '5'"
            + " SECOND)) WHERE amount > 10",
        time -> FinalCase.ends(time, 5 * SECOND, 5 * SECOND)),
    FLOORED(
        "SELECT FLOOR(at TO MINUTE) + INTERVAL '1' MINUTE AS e, COUNT(*) AS n FROM t GROUP BY"
            + " FLOOR(at TO MINUTE)",
        time -> FinalCase.ends(time, 60 * SECOND, 60 * SECOND)),
    JOIN(
        "SELECT l.window_end, l.customer, l.id, r.id AS other FROM"
            + " TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '5' SECOND)) AS l LEFT JOIN"
            + " TABLE(TUMBLE(TABLE u, DESCRIPTOR(at), INTERVAL '5' SECOND)) AS r"
            + " ON l.window_start = r.window_start AND l.window_end = r.window_end"
            + " AND l.customer = r.customer",
        time -> FinalCase.ends(time, 5 * SECOND, 5 * SECOND)),
    NEAR(
        "SELECT l.at + INTERVAL '2' SECOND AS closes, l.id, r.id AS other, r.at AS at2 FROM t AS l"
            + " JOIN u AS r ON l.customer = r.customer AND l.at BETWEEN r.at - INTERVAL '2' SECOND"
            + " AND r.at + INTERVAL '6' SECOND",
        Kind.SESSIONS,
        _ -> List.of()),
    NEAR_LEFT(
        "SELECT l.at + INTERVAL '3' SECOND AS closes, l.id, r.id AS other, r.at AS at2 FROM t AS l"
            + " LEFT JOIN u AS r ON l.customer = r.customer AND r.at > l.at AND r.at <= l.at +"
            + " INTERVAL '3' SECOND AND l.amount < r.amount",
        Kind.SESSIONS,
        _ -> List.of()),
    BEFORE(
        "SELECT l.at AS closes, l.id, COUNT(*) AS n FROM t AS l JOIN u AS r ON l.customer ="
            + " r.customer AND r.at + INTERVAL '1' SECOND < l.at AND r.at >= l.at - INTERVAL '4' SECOND"
            + " GROUP BY l.at, l.id",
        Kind.SESSIONS,
        _ -> List.of()),
    TOP(
        "SELECT window_end, customer, n FROM (SELECT window_start, window_end, customer, COUNT(*)"
            + " AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '5' SECOND)) GROUP BY"
            + " window_start, window_end, customer) QUALIFY ROW_NUMBER() OVER (PARTITION BY"
            + " window_start, window_end ORDER BY n DESC) <= 2",
        time -> FinalCase.ends(time, 5 * SECOND, 5 * SECOND)),
    OVER(
        "SELECT window_end, id, SUM(amount) OVER (PARTITION BY window_start, window_end ORDER BY id)"
            + " AS running FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '5' SECOND))",
        time -> FinalCase.ends(time, 5 * SECOND, 5 * SECOND)),
    UNION(
        "SELECT window_end, COUNT(*) AS n, COUNT(DISTINCT customer) AS c FROM TABLE(TUMBLE(TABLE b,"
            + " DESCRIPTOR(at), INTERVAL '5' SECOND)) GROUP BY window_start, window_end",
        time -> FinalCase.ends(time, 5 * SECOND, 5 * SECOND));

    private final String sql;
    private final Kind kind;
    private final LongFunction<List<Long>> windows;

    Query(String sql, LongFunction<List<Long>> windows) {
      this(sql, Kind.WINDOWS, windows);
    }

    Query(String sql, Kind kind, LongFunction<List<Long>> windows) {
      this.sql = sql;
      this.kind = kind;
      this.windows = windows;
    }
  }

  private static List<Long> cumulated(long time) {
    long last = Math.floorDiv(time, 6 * SECOND) * 6 * SECOND + 6 * SECOND;
    List<Long> ends = new ArrayList<>();
    for (long end = Math.floorDiv(time, 2 * SECOND) * 2 * SECOND + 2 * SECOND;
        end <= last;
        end += 2 * SECOND) {
      ends.add(end);
    }
    return ends;
  }

  /** A change set of one table as it stands in the input. */
  private record Input(long micros, TableChanges changes) {}

  private static Catalog catalog() {
    List<Relation> relations = new ArrayList<>();
    WATERMARKS.forEach((name, watermark) ->
        relations.add(Relation.of(name, SCHEMA, "id").with(Optional.of(watermark))));
    Plan both = new SqlCompiler(Catalog.of(relations)).model(SourceText.of("b", BOTH)).plan();
    relations.add(Relation.of("b", SCHEMA).with(both));
    return Catalog.of(relations);
  }

  private static Plan plan(String sql, Emit emit) {
    return PLANS.computeIfAbsent(
        emit + sql,
        _ -> new SqlCompiler(catalog()).model(SourceText.of("model", sql), emit).plan());
  }

  private static void declare(Engine engine, Query query) {
    WATERMARKS.forEach(
        (name, watermark) -> engine.createTable(name, "", 0, SCHEMA, Optional.of(watermark), 0));
    Plan plan = plan(query.sql, Emit.FINAL);
    int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
    engine.createView("v", plan, all);
  }

  /** The answer of the plain query over bags of rows. */
  private static ZSet plain(Query query, Map<String, ZSet> rows) {
    Engine engine = new Engine();
    WATERMARKS.keySet().forEach(name -> engine.createTable(name, SCHEMA));
    engine.createView("b", plan(BOTH, Emit.CHANGES), 0);
    engine.createView("v", plan(query.sql, Emit.CHANGES), 0);
    rows.forEach((table, set) -> {
      TestChanges changes = new TestChanges(table, SCHEMA);
      set.weights()
          .forEach((row, weight) -> {
            for (long n = 0; n < weight; n++) {
              changes.insert(row.toArray());
            }
          });
      engine.apply(changes.build());
    });
    engine.step(1, 1);
    return ZSet.of(engine.snapshot().scan("v"));
  }

  private static List<Input> history(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, TreeMap<Long, Object[]>> rows = Map.of("t", new TreeMap<>(), "u", new TreeMap<>());
    List<Input> history = new ArrayList<>();
    long clock = 1_000 * SECOND;
    for (int i = 0; i < 60; i++) {
      clock += random.nextLong(3 * SECOND);
      String table = random.nextInt(i / 20 == 1 ? 12 : 3) > 0 ? "t" : "u";
      TestChanges changes = new TestChanges(table, SCHEMA);
      TreeMap<Long, Object[]> there = rows.get(table);
      for (int n = random.nextInt(1, i % 9 == 0 ? 60 : 6); n > 0; n--) {
        clock += random.nextLong(SECOND / 2);
        long id = random.nextInt(120);
        if (there.containsKey(id) && random.nextInt(2) == 0) {
          changes.delete(there.remove(id));
          continue;
        }
        Object[] row = row(random, id, clock);
        if (table.equals("t") && random.nextInt(30) == 0) {
          row[2] = FinalCase.time(clock + random.nextLong(40 * SECOND, 100 * SECOND));
        }
        if (there.containsKey(id) && random.nextInt(3) > 0) {
          row[2] = there.get(id)[2];
        }
        there.put(id, row);
        changes.insert(row);
      }
      history.add(new Input(clock, changes.build(0)));
    }
    return history;
  }

  private static Object[] row(SplittableRandom random, long id, long clock) {
    long disorder = random.nextInt(6) == 0 ? 15 * SECOND : 4 * SECOND;
    long at = clock - random.nextLong(disorder);
    return new Object[] {
      id,
      random.nextInt(6) == 0 ? null : (long) random.nextInt(4),
      random.nextInt(12) == 0
          ? null
          : FinalCase.time(random.nextInt(3) == 0 ? at / SECOND * SECOND : at),
      random.nextInt(8) == 0 ? null : (long) random.nextInt(100),
      random.nextInt(8) == 0 ? null : random.nextInt(1000) / 7.0
    };
  }

  private FinalCase oracle(Query query) {
    FinalCase oracle = new FinalCase(rows -> plain(query, rows), query.windows, query.kind);
    oracle.table("t", SCHEMA, WATERMARKS.get("t"));
    if (isRead(query, "u")) {
      oracle.table("u", SCHEMA, WATERMARKS.get("u"));
    }
    return oracle;
  }

  private static boolean isRead(Query query, String table) {
    return switch (query) {
      case JOIN, UNION, NEAR, NEAR_LEFT, BEFORE -> true;
      default -> table.equals("t");
    };
  }

  @ParameterizedTest
  @EnumSource
  void equalTheirDefinitionAfterEveryStep(Query query) {
    for (long seed = 1; seed <= 4; seed++) {
      run(query, seed, new Engine(), Optional.empty(), 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void goOnAfterARestoreWithStateOnDisk(Query query, @TempDir Path directory) {
    for (long seed = 11; seed <= 13; seed++) {
      LocalStorage storage = new LocalStorage(directory.resolve("case-" + seed));
      run(query, seed, Engine.restore(storage, "c", 0), Optional.of(storage), 0);
    }
  }

  /** One that was there at once, one computed beside the steps, and one after reading all again. */
  @ParameterizedTest
  @EnumSource
  void areTheSameWhenComputedBesideTheSteps(Query query) {
    for (long seed = 21; seed <= 26; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Input> history = history(seed);
      int since = random.nextInt(5, 30);
      int swap = since + random.nextInt(1, 25);
      Engine atOnce = tables();
      Engine beside = tables();
      Engine again = tables();
      NewView wanted = wanted(query);
      createView(again, wanted, since);
      ViewBuild build = null;
      ZSet followed = new ZSet();
      for (int at = 0; at < history.size(); at++) {
        if (at == since) {
          createView(atOnce, wanted, since);
          build = beside.beginViews(List.of(wanted), Set.of());
        }
        if (build != null && at == since + (swap - since) / 2) {
          build.run(1 + random.nextInt(40));
        }
        if (build != null && at == swap) {
          beside.swapViews(build);
        }
        for (Engine engine : List.of(atOnce, beside, again)) {
          engine.pass(at, history.get(at).micros());
          engine.apply(history.get(at).changes());
        }
        atOnce.step(at + 1, at);
        again.step(at + 1, at);
        StepResult result = beside.step(at + 1, at);
        if (at > swap) {
          result.delta("v").ifPresent(delta -> followed.addAll(delta.rows()));
        }
        if (at == swap) {
          followed.addAll(beside.snapshot().scan("v"));
        }
        if (at >= swap) {
          String what = query + " seed " + seed + " since " + since + " at " + at;
          assertThat(ZSet.of(beside.snapshot().scan("v")))
              .as(what)
              .isEqualTo(ZSet.of(atOnce.snapshot().scan("v")))
              .isEqualTo(ZSet.of(again.snapshot().scan("v")))
              .isEqualTo(followed);
          assertThat(time(beside)).as(what).isEqualTo(time(atOnce)).isEqualTo(time(again));
        }
      }
      assertThat(build).isNotNull();
      assertThat(beside.snapshot().rowCount("v")).isPositive();
    }
  }

  private static Engine tables() {
    Engine engine = new Engine();
    WATERMARKS.forEach(
        (name, watermark) -> engine.createTable(name, "", 0, SCHEMA, Optional.of(watermark), 0));
    return engine;
  }

  private static NewView wanted(Query query) {
    Plan plan = plan(query.sql, Emit.FINAL);
    return new NewView(
        "v", Set.of(), plan, IntStream.range(0, plan.schema().columnCount()).toArray());
  }

  private static void createView(Engine engine, NewView view, long since) {
    engine.createView(view.name(), since, view.named(), view.plan(), view.keyColumns());
  }

  private static RelationTime time(Engine engine) {
    return engine.snapshot().times().stream()
        .filter(time -> time.relation().equals("v"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "TUMBLE_SUMS",
        "TUMBLE_ALL_KINDS",
        "HOP",
        "HOP_SUMS",
        "SESSION",
        "JOIN",
        "TOP",
        "NEAR"
      })
  void keepNothingOfWindowsThatAreOver(Query query) {
    Engine engine = new Engine();
    declare(engine, query);
    long id = 0;
    long half = 0;
    for (int step = 1; step <= 600; step++) {
      long second = step + step / 5 * 10L;
      for (String table : List.of("t", "u")) {
        TestChanges changes = new TestChanges(table, SCHEMA);
        for (int n = 0; n < 50; n++) {
          Object at = FinalCase.time(second * SECOND + n * 10_000L);
          changes.insert(id, id % 7, at, id % 50, id / 3.0);
          id++;
        }
        engine.pass(0, second * SECOND);
        engine.apply(changes.build(0));
      }
      engine.step(step, step);
      half = step == 300 ? keptRows(engine) : half;
    }
    assertThat(engine.snapshot().rowCount("v")).isPositive();
    assertThat(keptRows(engine)).as(engine.explain("v")).isLessThan(half * 3 / 2 + 1000);
  }

  /** Rows in the state of operators, save for the content of the tables and of the view. */
  private static long keptRows(Engine engine) {
    List<String> lines = engine.explain("v").lines().toList();
    Pattern state = Pattern.compile("state (\\d+) rows");
    long kept = 0;
    for (int i = 1; i < lines.size(); i++) {
      Matcher matcher = state.matcher(lines.get(i));
      boolean isTable = i + 1 < lines.size() && lines.get(i + 1).contains(" source table");
      kept += !isTable && matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
    return kept;
  }

  private void run(
      Query query, long seed, Engine first, Optional<LocalStorage> storage, long memory) {
    SplittableRandom random = new SplittableRandom(-seed);
    FinalCase oracle = oracle(query);
    Engine engine = first;
    declare(engine, query);
    ZSet followed = new ZSet();
    int at = 0;
    List<Input> history = history(seed);
    while (at < history.size()) {
      for (int n = random.nextInt(1, 6); n > 0 && at < history.size(); n--) {
        Input input = history.get(at++);
        engine.pass(0, input.micros());
        engine.apply(input.changes());
        oracle.pass(input.micros());
        if (isRead(query, input.changes().table())) {
          oracle.apply(input.changes());
        }
      }
      StepResult result = engine.step(at, at);
      String what = query + " seed " + seed + " at " + at;
      result
          .delta("v")
          .ifPresent(delta -> {
            for (int row = 0; row < delta.rows().rowCount(); row++) {
              assertThat(delta.rows().weight(row)).as(what).isPositive();
            }
            followed.addAll(delta.rows());
          });
      check(engine, query, oracle, followed, what);
      if (storage.isPresent() && random.nextInt(3) == 0) {
        engine.checkpoint(storage.get(), "c", new byte[0]);
        engine = Engine.restore(storage.get(), "c", memory);
        declare(engine, query);
        check(engine, query, oracle, followed, what + " restored");
      }
    }
    assertThat(oracle.late()).as("the case has late rows").isPositive();
    assertThat(oracle.ahead()).as("the case has rows far ahead").isPositive();
  }

  private static void check(
      Engine engine, Query query, FinalCase oracle, ZSet followed, String what) {
    ZSet expected = oracle.expected();
    assertThat(ZSet.of(engine.snapshot().scan("v"))).as(what).isEqualTo(expected);
    assertThat(followed).as(what).isEqualTo(expected);
    RelationTime time =
        engine.snapshot().times().stream()
            .filter(t -> t.relation().equals("v"))
            .findFirst()
            .orElseThrow();
    assertThat(time.watermarkMicros()).as(what).isEqualTo(oracle.watermark());
    boolean filtered = query == Query.TUMBLE_SUMS || query == Query.ROWS || query == Query.UNION;
    if (!filtered) {
      assertThat(time.lateChanges()).as(what).isEqualTo(oracle.late());
      assertThat(time.aheadChanges()).as(what).isEqualTo(oracle.ahead());
    }
  }
}
