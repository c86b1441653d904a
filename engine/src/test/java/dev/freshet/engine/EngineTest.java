package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("name", Simple.VARCHAR),
          Column.nullable("amount", Simple.BIGINT));
  private static final Plan.Scan SCAN = new Plan.Scan("t", SCHEMA);

  private final Engine engine = new Engine();
  private long step;

  private TestChanges changes() {
    return new TestChanges("t", SCHEMA);
  }

  private StepResult step() {
    return engine.step(++step, step);
  }

  private Map<List<Object>, Long> content(String relation) {
    return ZSet.of(engine.snapshot().scan(relation)).weights();
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  @Test
  void refusesAViewWhoseTableWasDroppedWhileItWasComputed() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).build(0));
    step();
    ViewBuild build = engine.beginView("v", List.of(), SCAN, 0);
    engine.dropTable("t");
    engine.createTable("t", SCHEMA, 0);
    build.run();
    assertThatThrownBy(() -> engine.finishView(build))
        .isInstanceOf(FreshetException.class)
        .hasMessage("Cannot create view v: t was dropped while it was computed. Create it again.");
    engine.abandonView(build);
    assertThat(engine.snapshot().relations()).containsExactly("t");
  }

  @Test
  void keepsWhatOnlyTheDefinitionOfAComputedViewReads() {
    engine.createTable("t", SCHEMA, 0);
    engine.createTable("named", SCHEMA, 0);
    ViewBuild build = engine.beginView("v", List.of("named"), SCAN, 0);
    build.run();
    engine.finishView(build);
    assertCode(() -> engine.dropTable("named"), ErrorCode.REQUEST_INVALID);
    assertCode(() -> engine.dropTable("t"), ErrorCode.REQUEST_INVALID);
  }

  @Test
  void knowsBeforeAnExchangeWhichTablesAreStillReadBehindIt() {
    engine.createTable("t", SCHEMA, 0);
    engine.createTable("named", SCHEMA, 0);
    engine.createTable("free", SCHEMA, 0);
    engine.createView("stays", 0, List.of("named"), SCAN, 0);
    engine.createView("goes", 0, List.of("free"), SCAN, 0);
    ViewBuild build =
        engine.beginViews(
            List.of(new NewView("comes", Set.of(), SCAN, new int[] {0})), Set.of("goes"));
    engine.requireUnread(Set.of("free"), build);
    assertThatThrownBy(() -> engine.requireUnread(Set.of("free", "named"), build))
        .hasMessage("Cannot drop named: view stays reads it. Drop that first.");
    assertCode(() -> engine.requireUnread(Set.of("t"), build), ErrorCode.REQUEST_INVALID);
    assertCode(() -> engine.requireUnread(Set.of("none"), build), ErrorCode.NOT_FOUND);

    ViewBuild other =
        engine.beginViews(
            List.of(new NewView("stays", Set.of("free"), SCAN, new int[] {0})), Set.of("goes"));
    engine.requireUnread(Set.of("named"), other);
    assertThatThrownBy(() -> engine.requireUnread(Set.of("free"), other))
        .hasMessage("Cannot drop free: view stays reads it. Drop that first.");
  }

  /** The step after an exchange tells of it: of two, it could tell of the second only. */
  @Test
  void exchangesViewsOnceBeforeAStep() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", SCAN, 0);
    engine.createView("w", SCAN, 0);
    ViewBuild first =
        engine.beginViews(List.of(new NewView("v", Set.of(), SCAN, new int[] {1})), Set.of());
    ViewBuild second =
        engine.beginViews(List.of(new NewView("w", Set.of(), SCAN, new int[] {1})), Set.of());
    first.run();
    second.run();
    engine.swapViews(first);
    assertCode(() -> engine.swapViews(second), ErrorCode.INVARIANT_BROKEN);
    step();
    engine.swapViews(second);
    step();
    assertThat(engine.snapshot().keyColumns("w")).containsExactly(1);
  }

  @Test
  void sharesOperatorsWithAViewThatWasComputedBesideIt() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).insert(2L, "a", 20L).build(0));
    step();
    ViewBuild build = engine.beginView("v", List.of(), SCAN, 1);
    engine.apply(changes().insert(3L, "a", 30L).build(0));
    step();
    build.run();
    engine.finishView(build);
    int operators = engine.statistics().size();
    engine.createView("w", SCAN, 1);
    assertThat(engine.statistics()).hasSize(operators);
    engine.apply(changes().delete(1L, "a", 10L).build(0));
    step();
    assertThat(content("v"))
        .isEqualTo(content("w"))
        .containsOnlyKeys(row(2L, "a", 20L), row(3L, "a", 30L));
  }

  @Test
  void replacesTheRowOfAKeyThatIsThere() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).insert(2L, "b", 20L).build(0));
    step();
    engine.apply(changes().insert(1L, "a", 11L).insert(2L, "b", 20L).build(0));
    Batch delta = step().delta("t").orElseThrow().rows();
    assertThat(ZSet.of(delta).weights())
        .isEqualTo(Map.of(row(1L, "a", 10L), -1L, row(1L, "a", 11L), 1L));
  }

  @Test
  void reportsNothingForAKeyThatEndsAsItBegan() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).build(0));
    step();
    engine.apply(
        changes().delete(1L, null, null).insert(1L, "a", 10L).delete(9L, null, null).build(0));
    assertThat(step().deltas()).isEmpty();
  }

  @Test
  void movesARowWhoseKeyChanges() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).build(0));
    engine.apply(changes().move(row(1L, null, null), 2L, "a", 10L).build(0));
    step();
    assertThat(content("t")).isEqualTo(Map.of(row(2L, "a", 10L), 1L));
  }

  @Test
  void fillsMissingCellsFromTheRowBefore() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "long text", 10L).build(0));
    step();
    engine.apply(
        changes().updateWithout(1, 1L, null, 11L).updateWithout(2, 1L, "x", null).build(0));
    step();
    assertThat(content("t")).isEqualTo(Map.of(row(1L, "x", 11L), 1L));
  }

  @Test
  void refusesAMissingCellWithoutARowBefore() {
    engine.createTable("t", SCHEMA, 0);
    AppliedChanges applied =
        engine.apply(changes().updateWithout(1, 7L, null, 11L).insert(8L, "b", 1L).build(0));
    step();
    assertThat(applied.applied()).isEqualTo(1);
    assertThat(applied.unresolved()).hasSize(1);
    assertThat(applied.unresolved().getFirst().reason())
        .startsWith("Cannot fill the missing column name: the row before the change is not known.");
    assertThat(applied.unresolved().getFirst().original())
        .isEqualTo("{\"id\":7,\"name\":null,\"amount\":11}");
    assertThat(content("t")).isEqualTo(Map.of(row(8L, "b", 1L), 1L));
  }

  @Test
  void truncateEmptiesTheTableAndLaterChangesStay() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).insert(2L, "b", 20L).build(0));
    step();
    engine.apply(changes().insert(3L, "c", 30L).truncate().insert(2L, "b", 21L).build(0));
    step();
    assertThat(content("t")).isEqualTo(Map.of(row(2L, "b", 21L), 1L));
  }

  @Test
  void aTableWithoutKeyCountsEqualRows() {
    engine.createTable("t", SCHEMA);
    engine.apply(changes().insert(1L, "a", 1L).insert(1L, "a", 1L).insert(1L, "a", 1L).build());
    engine.apply(changes().delete(1L, "a", 1L).delete(2L, "x", 1L).build());
    step();
    assertThat(content("t")).isEqualTo(Map.of(row(1L, "a", 1L), 2L));
    assertThat(engine.snapshot().rowCount("t")).isEqualTo(2);
  }

  @Test
  void aSnapshotKeepsItsStep() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).build(0));
    step();
    Snapshot before = engine.snapshot();
    engine.apply(changes().delete(1L, null, null).build(0));
    assertThat(engine.snapshot().rowCount("t")).isEqualTo(1);
    step();
    assertThat(before.rowCount("t")).isEqualTo(1);
    assertThat(before.step()).isEqualTo(1);
    assertThat(engine.snapshot().rowCount("t")).isZero();
  }

  @Test
  void looksUpRowsByKey() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).insert(2L, "b", 20L).insert(3L, "c", 30L).build(0));
    step();
    Batch keys =
        new BatchBuilder(SCHEMA.select(0), 3).row(1, 3L).row(1, 9L).row(1, 1L).row(1, 3L).build();
    assertThat(ZSet.of(engine.snapshot().lookup("t", keys)).weights())
        .isEqualTo(Map.of(row(1L, "a", 10L), 1L, row(3L, "c", 30L), 1L));
  }

  @Test
  void answersAQueryInItsOrder() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).insert(2L, "b", 30L).insert(3L, "c", 20L).build(0));
    step();
    Plan top =
        new Plan.TopN(
            SCAN,
            List.of(),
            List.of(new SortKey(2, SortKey.Direction.DESCENDING, SortKey.Nulls.LAST)),
            0,
            2);
    Batch answer = engine.snapshot().query(top);
    assertThat(Values.readRow(answer, 0)).containsExactly(2L, "b", 30L);
    assertThat(Values.readRow(answer, 1)).containsExactly(3L, "c", 20L);
    assertThat(answer.rowCount()).isEqualTo(2);
  }

  @Test
  void answersAFilterOnTheKeyWithoutReadingTheTable() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 10L).insert(2L, "b", 30L).build(0));
    step();
    Plan filter = new Plan.Filter(SCAN, equal(0, 2L));
    assertThat(ZSet.of(engine.snapshot().query(filter)).weights())
        .isEqualTo(Map.of(row(2L, "b", 30L), 1L));
  }

  private static Expression equal(int column, long value) {
    return new Expression.Call(
        Function.EQUAL,
        List.of(
            new Expression.ColumnRef(column, Simple.BIGINT),
            new Expression.Literal(Simple.BIGINT, Optional.of(value))),
        Simple.BOOLEAN);
  }

  private static Plan inverse() {
    return new Plan.Project(
        SCAN,
        List.of(
            new Expression.ColumnRef(0, Simple.BIGINT),
            new Expression.Call(
                Function.DIVIDE,
                List.of(
                    new Expression.Literal(Simple.BIGINT, Optional.of(100L)),
                    new Expression.ColumnRef(2, Simple.BIGINT)),
                Simple.BIGINT)),
        Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("share", Simple.BIGINT)));
  }

  @Test
  void aFailingRowIsAnErrorUntilItIsCorrected() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", inverse(), 0);
    engine.apply(changes().insert(1L, "a", 0L).insert(2L, "b", 50L).build(0));
    RelationDelta delta = step().delta("v").orElseThrow();
    assertThat(ZSet.of(delta.errors()).weights())
        .isEqualTo(
            Map.of(
                row(
                    "Cannot evaluate DIVIDE(100, 0): division by zero.",
                    "{\"id\":1,\"name\":\"a\",\"amount\":0}"),
                1L));
    assertThat(content("v")).isEqualTo(Map.of(row(2L, 2L), 1L));
    engine.apply(changes().insert(1L, "a", 25L).build(0));
    assertThat(ZSet.of(step().delta("v").orElseThrow().errors()).total()).isEqualTo(-1);
    assertThat(engine.snapshot().errors("v").rowCount()).isZero();
    assertThat(content("v")).isEqualTo(Map.of(row(2L, 2L), 1L, row(1L, 4L), 1L));
  }

  @Test
  void aQueryFailsWithTheReasonOfItsFailingRow() {
    engine.createTable("t", SCHEMA, 0);
    engine.apply(changes().insert(1L, "a", 0L).build(0));
    step();
    assertThatThrownBy(() -> engine.snapshot().query(inverse()))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("DIVIDE(100, 0): division by zero.")
        .extracting(e -> ((FreshetException) e).code())
        .isEqualTo(ErrorCode.VALUE_INVALID);
  }

  private static AggregateCall sum() {
    return new AggregateCall(
        AggregateCall.Function.SUM,
        AggregateCall.Quantifier.ALL,
        List.of(2),
        OptionalInt.empty(),
        Simple.BIGINT);
  }

  private static Plan total() {
    return new Plan.Aggregate(
        SCAN, List.of(), List.of(sum()), Schema.of(Column.nullable("sum", Simple.BIGINT)));
  }

  @Test
  void anAggregateWithoutGroupsHasOneRowAlsoOverNothing() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", total(), 0);
    assertThat(content("v")).isEqualTo(Map.of(row((Object) null), 1L));
    engine.apply(changes().insert(1L, "a", 5L).build(0));
    step();
    assertThat(content("v")).isEqualTo(Map.of(row(5L), 1L));
  }

  @Test
  void anOverflowingSumIsAnErrorAndComesBack() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", total(), 0);
    engine.apply(changes().insert(1L, "a", Long.MAX_VALUE).insert(2L, "b", 2L).build(0));
    step();
    assertThat(content("v")).isEmpty();
    assertThat(ZSet.of(engine.snapshot().errors("v")).toString())
        .contains("SUM: the result 9223372036854775809 does not fit BIGINT.");
    engine.apply(changes().delete(2L, null, null).build(0));
    step();
    assertThat(content("v")).isEqualTo(Map.of(row(Long.MAX_VALUE), 1L));
    assertThat(engine.snapshot().errors("v").rowCount()).isZero();
  }

  @Test
  void equalSubPlansAreOneOperator() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("a", new Plan.Distinct(new Plan.Filter(SCAN, equal(2, 1))), 0);
    int operators = engine.statistics().size();
    engine.createView("b", new Plan.Distinct(new Plan.Filter(SCAN, equal(2, 1))), 0);
    assertThat(engine.statistics()).hasSize(operators);
    assertThat(engine.statistics().getLast().views()).containsExactly("a", "b");
    engine.dropView("a");
    assertThat(engine.statistics()).hasSize(operators);
    engine.dropView("b");
    assertThat(engine.statistics()).hasSize(2);
  }

  @Test
  void aViewCreatedLateHasTheWholeContent() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("a", new Plan.Filter(SCAN, equal(2, 1)), 0);
    engine.apply(changes().insert(1L, "a", 1L).insert(2L, "b", 2L).insert(3L, "c", 1L).build(0));
    step();
    Plan.Scan scanA = new Plan.Scan("a", SCHEMA);
    Plan.Join join =
        new Plan.Join(
            scanA,
            SCAN,
            Plan.JoinKind.LEFT,
            List.of(0),
            List.of(0),
            Expression.TRUE,
            Plan.concat(SCHEMA, SCHEMA, Plan.JoinKind.LEFT));
    engine.createView("b", join, 0);
    assertThat(engine.snapshot().rowCount("b")).isEqualTo(2);
    engine.apply(changes().delete(3L, null, null).build(0));
    step();
    assertThat(engine.snapshot().rowCount("b")).isEqualTo(1);
  }

  @Test
  void refusesWhatCannotBe() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", SCAN, 0);
    assertCode(() -> engine.createTable("v", SCHEMA, 0), ErrorCode.ALREADY_EXISTS);
    assertCode(() -> engine.createView("t", SCAN, 0), ErrorCode.ALREADY_EXISTS);
    assertCode(() -> engine.dropTable("t"), ErrorCode.REQUEST_INVALID);
    assertCode(() -> engine.dropView("nothing"), ErrorCode.NOT_FOUND);
    assertCode(
        () -> engine.createView("w", new Plan.Scan("nothing", SCHEMA), 0), ErrorCode.NOT_FOUND);
    assertCode(() -> engine.snapshot().scan("nothing"), ErrorCode.NOT_FOUND);
    step();
    assertCode(() -> engine.step(1, 0), ErrorCode.REQUEST_INVALID);
    Schema other = Schema.of(Column.notNull("id", Simple.VARCHAR));
    assertCode(
        () -> engine.apply(new TestChanges("t", other).insert("x").build(0)),
        ErrorCode.REQUEST_INVALID);
  }

  private static void assertCode(Runnable action, ErrorCode code) {
    assertThatThrownBy(action::run)
        .isInstanceOf(FreshetException.class)
        .extracting(e -> ((FreshetException) e).code())
        .isEqualTo(code);
  }

  @Test
  void explainsAViewByItsOperators() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", total(), 0);
    assertThat(engine.explain("v")).contains("arrange").contains("aggregate").contains("source");
  }
}
