package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.NaivePlan;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.WindowKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Aggregations over windows that overlap, which are added up by pane. */
class WindowSumsTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("user", Simple.BIGINT),
          Column.notNull("at", Simple.BIGINT),
          Column.nullable("amount", Simple.BIGINT));

  private static Plan plan(WindowKind kind) {
    Plan windows =
        new Plan.Windows(
            new Plan.Scan("t", SCHEMA), kind, 2, 10, 40, 3, with(SCHEMA, Simple.BIGINT, "window"));
    List<AggregateCall> calls =
        List.of(
            call(Function.COUNT),
            call(Function.COUNT, 3),
            call(Function.SUM, 3),
            call(Function.MIN, 3),
            call(Function.MAX, 3));
    List<Column> columns = new ArrayList<>(List.of(SCHEMA.column(1)));
    columns.add(Column.notNull("window", Simple.BIGINT));
    for (AggregateCall call : calls) {
      columns.add(Column.nullable("c" + columns.size(), call.type()));
    }
    return new Plan.Aggregate(windows, List.of(1, 4), calls, new Schema(columns));
  }

  private static Schema with(Schema schema, Simple type, String name) {
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.add(Column.notNull(name, type));
    return new Schema(columns);
  }

  private static AggregateCall call(Function function, Integer... arguments) {
    return new AggregateCall(
        function, Quantifier.ALL, List.of(arguments), OptionalInt.empty(), Simple.BIGINT);
  }

  @ParameterizedTest
  @EnumSource
  void equalTheirDefinitionAfterRandomChanges(WindowKind kind) {
    for (long seed = 1; seed <= 3; seed++) {
      check(plan(kind), new SplittableRandom(seed), kind + " seed " + seed);
    }
  }

  private static void check(Plan plan, SplittableRandom random, String what) {
    Engine engine = new Engine();
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", plan, 0, 1);
    assertThat(engine.explain("v")).contains("panes");
    TreeMap<Long, List<Object>> rows = new TreeMap<>();
    ZSet followed = new ZSet();
    for (int step = 1; step <= 60; step++) {
      TestChanges changes = new TestChanges("t", SCHEMA);
      for (int n = random.nextInt(1, step % 10 == 0 ? 200 : 6); n > 0; n--) {
        long id = random.nextInt(300);
        if (rows.containsKey(id)) {
          changes.delete(rows.remove(id).toArray());
        }
        if (random.nextInt(3) > 0) {
          rows.put(id, row(random, id));
          changes.insert(rows.get(id).toArray());
        }
      }
      engine.apply(changes.build(0));
      engine.step(step, step).delta("v").ifPresent(delta -> followed.addAll(delta.rows()));
      ZSet table = new ZSet();
      rows.values().forEach(row -> table.add(row, 1));
      ZSet expected = new NaivePlan(_ -> table).evaluate(plan);
      assertThat(ZSet.of(engine.snapshot().scan("v"))).as(what + " at " + step).isEqualTo(expected);
      assertThat(followed).as(what + " at " + step).isEqualTo(expected);
    }
  }

  private static List<Object> row(SplittableRandom random, long id) {
    Long user = random.nextInt(5) == 0 ? null : (long) random.nextInt(3);
    // Sums of a pane do not fit a BIGINT where those of its windows do.
    long large = random.nextInt(20) == 0 ? Long.MAX_VALUE / 2 * (random.nextInt(3) - 1) : 0;
    Long amount = random.nextInt(4) == 0 ? null : large + random.nextInt(100);
    return Arrays.asList(id, user, (long) random.nextInt(500) - 100, amount);
  }
}
