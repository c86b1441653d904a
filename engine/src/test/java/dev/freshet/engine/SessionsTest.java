package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.NaivePlan;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.plan.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionsTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("user", Simple.BIGINT),
          Column.notNull("at", Simple.BIGINT));
  private static final Plan.Sessions SESSIONS =
      new Plan.Sessions(
          new Plan.Scan("t", SCHEMA),
          List.of(1),
          2,
          10,
          Schema.of(
              Column.notNull("id", Simple.BIGINT),
              Column.nullable("user", Simple.BIGINT),
              Column.notNull("at", Simple.BIGINT),
              Column.notNull("start", Simple.BIGINT),
              Column.notNull("end", Simple.BIGINT)));

  private final Engine engine = new Engine();
  private long step;

  private TestChanges changes() {
    return new TestChanges("t", SCHEMA);
  }

  private void create() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("sessions", SESSIONS, 0);
  }

  private Map<List<Object>, Long> step(TestChanges changes) {
    engine.apply(changes.build(0));
    StepResult result = engine.step(++step, step);
    return result.delta("sessions").map(delta -> ZSet.of(delta.rows()).weights()).orElse(Map.of());
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  @Test
  void aRowBetweenTwoSessionsMergesThemAndItsDeletePartsThem() {
    create();
    step(changes().insert(1L, 7L, 100L).insert(2L, 7L, 120L).insert(3L, 8L, 111L));
    assertThat(step(changes().insert(4L, 7L, 110L)))
        .isEqualTo(
            Map.of(
                row(1L, 7L, 100L, 100L, 110L), -1L,
                row(1L, 7L, 100L, 100L, 130L), 1L,
                row(2L, 7L, 120L, 120L, 130L), -1L,
                row(2L, 7L, 120L, 100L, 130L), 1L,
                row(4L, 7L, 110L, 100L, 130L), 1L));
    assertThat(step(changes().delete(4L, 7L, 110L)))
        .isEqualTo(
            Map.of(
                row(1L, 7L, 100L, 100L, 130L), -1L,
                row(1L, 7L, 100L, 100L, 110L), 1L,
                row(2L, 7L, 120L, 100L, 130L), -1L,
                row(2L, 7L, 120L, 120L, 130L), 1L,
                row(4L, 7L, 110L, 100L, 130L), -1L));
  }

  @Test
  void rowsAreOneSessionUpToTheGapAndNotBeyond() {
    create();
    assertThat(step(changes().insert(1L, 7L, 0L).insert(2L, 7L, 10L).insert(3L, 7L, 21L)).keySet())
        .containsExactlyInAnyOrder(
            row(1L, 7L, 0L, 0L, 20L), row(2L, 7L, 10L, 0L, 20L), row(3L, 7L, 21L, 21L, 31L));
  }

  @Test
  void aRowInsideOfASessionChangesNoOtherRow() {
    create();
    TestChanges first = changes();
    for (long id = 0; id < 1000; id++) {
      first.insert(id, 7L, id * 5);
    }
    step(first);
    assertThat(step(changes().insert(5000L, 7L, 2503L)))
        .isEqualTo(Map.of(row(5000L, 7L, 2503L, 0L, 5005L), 1L));
  }

  @Test
  void aSessionWithoutAnEndGoesToTheErrors() {
    create();
    assertThat(step(changes().insert(1L, 7L, Long.MAX_VALUE - 5))).isEmpty();
    assertThat(ZSet.of(engine.snapshot().errors("sessions")).weights().keySet())
        .singleElement()
        .asString()
        .contains("Cannot evaluate SESSION: the end of the row's session is out of range.");
    step(changes().delete(1L, 7L, Long.MAX_VALUE - 5));
    assertThat(engine.snapshot().errors("sessions").rowCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void equalTheirDefinitionAfterRandomChanges(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    create();
    TreeMap<Long, List<Object>> rows = new TreeMap<>();
    ZSet followed = new ZSet();
    for (int round = 0; round < 60; round++) {
      TestChanges changes = changes();
      for (int n = random.nextInt(1, round % 10 == 0 ? 200 : 6); n > 0; n--) {
        long id = random.nextInt(400);
        if (rows.containsKey(id)) {
          changes.delete(rows.remove(id).toArray());
        }
        if (random.nextInt(3) > 0) {
          Long user = random.nextInt(5) == 0 ? null : (long) random.nextInt(3);
          List<Object> row = row(id, user, (long) random.nextInt(1500));
          rows.put(id, row);
          changes.insert(row.toArray());
        }
      }
      step(changes).forEach((row, weight) -> followed.add(row, weight));
      ZSet table = new ZSet();
      rows.values().forEach(row -> table.add(row, 1));
      ZSet expected = new NaivePlan(_ -> table).evaluate(SESSIONS);
      assertThat(ZSet.of(engine.snapshot().scan("sessions")))
          .as("round " + round)
          .isEqualTo(expected);
      assertThat(followed).as("round " + round).isEqualTo(expected);
    }
  }
}
