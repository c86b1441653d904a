package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.engine.oracle.FinalCase;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.sql.plan.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sums of sessions over rows that are never deleted, against the same over a table whose rows may
 * be: there they are made of the sessions' rows, which other tests hold against their definition.
 */
class SessionSumsTest {
  private static final long SECOND = 1_000_000;
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("customer", Simple.BIGINT),
          Column.nullable("at", Simple.TIMESTAMP),
          Column.nullable("amount", Simple.BIGINT));
  private static final Watermark WATERMARK = new Watermark("at", 30 * SECOND, Watermark.NEVER_IDLE);
  private static final String BY_CUSTOMER =
      "SELECT window_end, customer, COUNT(*) AS n, COUNT(amount) AS c, SUM(amount) AS s,"
          + " AVG(amount) AS a, window_start FROM"
          + " TABLE(SESSION(TABLE t PARTITION BY customer, DESCRIPTOR(at), INTERVAL '2' SECOND))"
          + " GROUP BY customer, window_end, window_start HAVING COUNT(*) > 0";
  private static final String OF_ALL =
      "SELECT window_start, window_end, SUM(amount) AS s FROM"
          + " TABLE(SESSION(TABLE t, DESCRIPTOR(at), INTERVAL '1' SECOND))"
          + " GROUP BY window_start, window_end";

  private static Plan plan(String sql, Emit emit) {
    Relation table = Relation.of("t", SCHEMA).with(Optional.of(WATERMARK));
    return new SqlCompiler(Catalog.of(List.of(table)))
        .model(SourceText.of("model", sql), emit)
        .plan();
  }

  private static Engine declared(Engine engine, Plan plan, Keep keep) {
    engine.createTable("t", "", 0, SCHEMA, Optional.of(WATERMARK), keep);
    int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
    engine.createView("v", plan, all);
    return engine;
  }

  private static TestChanges changes(SplittableRandom random, long clock, int most, Emit emit) {
    return changes(random, clock, most, 4, emit);
  }

  private static TestChanges changes(
      SplittableRandom random, long clock, int most, int customers, Emit emit) {
    TestChanges changes = new TestChanges("t", SCHEMA);
    for (int n = random.nextInt(1, most); n > 0; n--) {
      long disorder = random.nextInt(10) == 0 ? 60 * SECOND : 10 * SECOND;
      long at = clock - random.nextLong(disorder);
      // Times of whole half seconds are often apart by the gap exactly.
      Object time = FinalCase.time(random.nextBoolean() ? at / (SECOND / 2) * (SECOND / 2) : at);
      // A sum that is too large is an error at once, or for a final session when that closes.
      boolean isLarge = emit == Emit.CHANGES && random.nextInt(15) == 0;
      long large = isLarge ? Long.MAX_VALUE / 2 * (random.nextInt(5) - 2) : 0;
      changes.insert(
          random.nextLong(1000),
          random.nextInt(6) == 0 ? null : (long) random.nextInt(customers),
          random.nextInt(12) == 0 ? null : time,
          random.nextInt(8) == 0 ? null : large + random.nextInt(100));
    }
    return changes;
  }

  @ParameterizedTest
  @EnumSource
  void equalThoseMadeOfRowsInEveryStepAndAfterRestarts(Emit emit, @TempDir Path directory) {
    for (String sql : List.of(BY_CUSTOMER, OF_ALL)) {
      for (long seed = 1; seed <= 6; seed++) {
        String name = "case-" + sql.length() + "-" + seed;
        run(
            plan(sql, emit),
            emit,
            seed,
            4,
            new LocalStorage(directory.resolve(name)),
            emit + " " + name);
      }
    }
  }

  /** Some of very many close in each step, as some are extended, joined or begun. */
  @ParameterizedTest
  @EnumSource
  void equalThoseMadeOfRowsWhenManyAreOpen(Emit emit, @TempDir Path directory) {
    for (long seed = 41; seed <= 42; seed++) {
      for (int customers : new int[] {60, 2000}) {
        String name = "case-" + customers + "-" + seed;
        LocalStorage storage = new LocalStorage(directory.resolve(name));
        run(plan(BY_CUSTOMER, emit), emit, seed, customers, storage, emit + " " + name);
      }
    }
  }

  /** Of no state in memory at all, of little, so that tables are released at times, or of all. */
  private static long budget(SplittableRandom random) {
    long[] budgets = {0, 256 << 10, Long.MAX_VALUE};
    return budgets[random.nextInt(budgets.length)];
  }

  private static void run(
      Plan plan, Emit emit, long seed, int customers, LocalStorage storage, String what) {
    WorkerSettings settings = WorkerSettings.of(seed % 2 == 0 ? 1 : 3).withPartRows(1);
    try (Workers workers = Workers.of(Scheduler.threads(), settings)) {
      run(plan, emit, seed, customers, storage, workers, what);
    }
  }

  private static void run(
      Plan plan,
      Emit emit,
      long seed,
      int customers,
      LocalStorage storage,
      Workers workers,
      String what) {
    SplittableRandom random = new SplittableRandom(seed);
    Engine sums = declared(Engine.restore(storage, "c", budget(random), workers), plan, Keep.NONE);
    Engine rows = declared(new Engine(), plan, Keep.ALL);
    assertThat(sums.explain("v")).contains("session sums");
    assertThat(rows.explain("v")).doesNotContain("session sums");
    ZSet followed = new ZSet();
    long clock = 1_000 * SECOND;
    boolean any = false;
    for (int step = 1; step <= 60; step++) {
      clock += random.nextLong(4 * SECOND);
      int most = customers < 10 ? (step % 10 == 0 ? 60 : 5) : 250;
      TableChanges changes = changes(random, clock, most, customers, emit).build(0);
      rows.apply(changes);
      sums.apply(changes);
      rows.step(step, step);
      sums.step(step, step).delta("v").ifPresent(delta -> followed.addAll(delta.rows()));
      check(sums, rows, followed, what + " at " + step);
      if (random.nextInt(5) == 0) {
        sums.checkpoint(storage, "c", new byte[0]);
        sums = declared(Engine.restore(storage, "c", budget(random), workers), plan, Keep.NONE);
        check(sums, rows, followed, what + " restored at " + step);
      }
      any |= sums.snapshot().rowCount("v") > 0;
    }
    assertThat(any).as(what + " has rows").isTrue();
  }

  private static void check(Engine sums, Engine rows, ZSet followed, String what) {
    ZSet expected = ZSet.of(rows.snapshot().scan("v"));
    assertThat(ZSet.of(sums.snapshot().scan("v"))).as(what).isEqualTo(expected);
    assertThat(followed).as(what).isEqualTo(expected);
    assertThat(messages(sums)).as(what).isEqualTo(messages(rows));
  }

  @Test
  void whatClosesNextIsWithinTheBudget(@TempDir Path directory) {
    Plan plan = plan(BY_CUSTOMER, Emit.FINAL);
    LocalStorage storage = new LocalStorage(directory);
    long budget = 96 << 10;
    Engine limited = declared(Engine.restore(storage, "c", budget), plan, Keep.NONE);
    Engine unlimited = declared(new Engine(), plan, Keep.NONE);
    long clock = 1_000 * SECOND;
    for (int step = 1; step <= 40; step++) {
      TestChanges changes = new TestChanges("t", SCHEMA);
      for (long n = 0; n < 500; n++) {
        changes.insert(n, step * 500L + n, FinalCase.time(clock + n), 1L);
      }
      clock += SECOND;
      TableChanges built = changes.build(0);
      for (Engine engine : List.of(limited, unlimited)) {
        engine.apply(built);
        engine.step(step, step);
      }
      assertThat(ZSet.of(limited.snapshot().scan("v")))
          .isEqualTo(ZSet.of(unlimited.snapshot().scan("v")));
    }
    assertThat(unlimited.snapshot().rowCount("v")).isBetween(1L, 5_000L);
    assertThat(bytes(unlimited)).isGreaterThan(10 * budget);
    assertThat(bytes(limited)).isLessThan(3 * budget);
  }

  private static long bytes(Engine engine) {
    return engine.statistics().stream()
        .filter(operator -> operator.operator().equals("session sums"))
        .mapToLong(OperatorStatistics::stateBytes)
        .sum();
  }

  private static ZSet messages(Engine engine) {
    return ZSet.of(engine.snapshot().errors("v"));
  }

  /** One that begins later has the rows from then on, also when all is read again. */
  @ParameterizedTest
  @EnumSource
  void areTheSameWhenTheInputIsReadAgain(Emit emit) {
    for (String sql : List.of(BY_CUSTOMER, OF_ALL)) {
      for (long seed = 31; seed <= 34; seed++) {
        readAgain(plan(sql, emit), emit, seed, emit + " " + sql.length() + " seed " + seed);
      }
    }
  }

  private static Engine withStream() {
    Engine engine = new Engine();
    engine.createTable("t", "", 0, SCHEMA, Optional.of(WATERMARK), Keep.NONE);
    return engine;
  }

  private static void readAgain(Plan plan, Emit emit, long seed, String what) {
    SplittableRandom random = new SplittableRandom(seed);
    Engine first = withStream();
    Engine again = withStream();
    int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
    int since = random.nextInt(5, 20);
    again.createView("v", since, List.of(), plan, all);
    long clock = 1_000 * SECOND;
    for (int step = 1; step <= 60; step++) {
      clock += random.nextLong(4 * SECOND);
      TableChanges changes = changes(random, clock, step % 10 == 0 ? 60 : 5, emit).build(0);
      for (Engine engine : List.of(first, again)) {
        engine.pass(step - 1, clock);
        engine.apply(changes);
        engine.step(step, step);
      }
      if (step == since) {
        first.createView("v", since, List.of(), plan, all);
      }
      if (step >= since) {
        assertThat(ZSet.of(again.snapshot().scan("v")))
            .as(what + " at " + step)
            .isEqualTo(ZSet.of(first.snapshot().scan("v")));
        assertThat(messages(again)).as(what + " at " + step).isEqualTo(messages(first));
      }
    }
    assertThat(again.explain("v")).contains("session sums");
    assertThat(again.snapshot().rowCount("v")).as(what).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsComputedBesideOverWhatKeepsNoRows(Emit emit) {
    Engine engine = withStream();
    NewView view = new NewView("v", Set.of(), plan(OF_ALL, emit), new int[] {0});
    assertThatThrownBy(() -> engine.beginViews(List.of(view), Set.of()))
        .hasMessage(
            "Cannot compute view v beside the steps: t keeps no rows (keep: none). Create the view"
                + " at once.");
  }

  /** A sum that is too large while the session is open, and fits when it closes, is no error. */
  @Test
  void aFinalSessionWhoseSumIsTooLargeIsAnErrorWhenItCloses(@TempDir Path directory) {
    LocalStorage storage = new LocalStorage(directory);
    Plan plan = plan(BY_CUSTOMER, Emit.FINAL);
    Engine engine = declared(Engine.restore(storage, "c", 0), plan, Keep.NONE);
    long half = Long.MAX_VALUE / 2;
    long start = 1_000 * SECOND;
    step(engine, 1, row(1, start, half), row(2, start, half), row(3, start, 7));
    step(engine, 2, row(1, start + SECOND, half), row(2, start + SECOND, half));
    step(engine, 3, row(1, start + SECOND, half), row(2, start + SECOND, half));
    step(engine, 4, row(2, start + 2 * SECOND, -half));
    assertThat(engine.snapshot().rowCount("v")).isZero();
    assertThat(messages(engine).weights()).isEmpty();
    engine.checkpoint(storage, "c", new byte[0]);
    engine = declared(Engine.restore(storage, "c", 0), plan, Keep.NONE);

    step(engine, 5, row(4, start + 100 * SECOND, 1));
    step(engine, 6, row(4, start + 100 * SECOND, 1));
    assertThat(ZSet.of(engine.snapshot().scan("v")).weights().keySet().stream().map(r -> r.get(4)))
        .containsExactlyInAnyOrder(2 * half, 7L);
    assertThat(messages(engine).weights().keySet().stream().map(Object::toString))
        .singleElement()
        .asString()
        .contains("Cannot evaluate SUM", "does not fit BIGINT");
  }

  private static Object[] row(long customer, long micros, long amount) {
    return new Object[] {1L, customer, FinalCase.time(micros), amount};
  }

  private static void step(Engine engine, long step, Object[]... rows) {
    TestChanges changes = new TestChanges("t", SCHEMA);
    for (Object[] row : rows) {
      changes.insert(row);
    }
    engine.pass(step - 1, step);
    engine.apply(changes.build(0));
    engine.step(step, step);
  }
}
