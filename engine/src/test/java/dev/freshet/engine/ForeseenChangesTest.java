package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is looked up for many changes at once has the effect of what is looked up for each. */
class ForeseenChangesTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("name", Simple.VARCHAR),
          Column.nullable("amount", Simple.BIGINT));
  private static final int KEYS = 12;
  private static final int STEPS = 60;

  private final Random random = new Random(7);

  private static Engine engine(int... key) {
    Engine engine = new Engine();
    engine.createTable("t", SCHEMA, key);
    return engine;
  }

  private Object[] row() {
    long id = random.nextInt(KEYS);
    return new Object[] {id, "n" + random.nextInt(3), (long) random.nextInt(4)};
  }

  private TableChanges changes(int... key) {
    TestChanges changes = new TestChanges("t", SCHEMA);
    for (int i = random.nextInt(4); i >= 0; i--) {
      switch (random.nextInt(12)) {
        case 0 -> changes.truncate();
        case 1, 2, 3 -> changes.delete(row());
        case 4, 5 -> changes.move(List.of(row()), row());
        case 6, 7 -> changes.updateWithout(1, row());
        default -> changes.insert(row());
      }
    }
    return changes.build(key);
  }

  private record Outcome(
      List<AppliedChanges> applied, Map<List<Object>, Long> delta, Map<List<Object>, Long> rows) {}

  private static Outcome apply(Engine engine, List<TableChanges> step, long number) {
    List<AppliedChanges> applied = new ArrayList<>();
    step.forEach(changes -> applied.add(engine.apply(changes)));
    Optional<RelationDelta> delta = engine.step(number, number).delta("t");
    return new Outcome(
        applied,
        delta.map(each -> ZSet.of(each.rows()).weights()).orElse(Map.of()),
        ZSet.of(engine.snapshot().scan("t")).weights());
  }

  /** With a key, and without one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 0})
  void haveTheSameEffect(int keyColumns) {
    int[] key = new int[keyColumns];
    Engine each = engine(key);
    Engine atOnce = engine(key);
    int unresolved = 0;
    for (long number = 1; number <= STEPS; number++) {
      List<TableChanges> step = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        step.add(changes(key));
      }
      atOnce.foresee("t", step);
      Outcome expected = apply(each, step, number);
      assertThat(apply(atOnce, step, number)).as("step %d", number).isEqualTo(expected);
      unresolved += expected.applied().stream().mapToInt(a -> a.unresolved().size()).sum();
    }
    assertThat(unresolved).as("changes that found no row").isPositive();
  }

  /** What comes is what counts, whatever was foreseen. */
  @ParameterizedTest
  @ValueSource(ints = {1, 0})
  void countOnlyWhenTheyCome(int keyColumns) {
    int[] key = new int[keyColumns];
    Engine each = engine(key);
    Engine other = engine(key);
    for (long number = 1; number <= STEPS; number++) {
      List<TableChanges> step = new ArrayList<>();
      for (int i = 3; i >= 0; i--) {
        step.add(changes(key));
      }
      other.foresee("t", step);
      List<TableChanges> come = List.of(step.get(0), changes(key), step.get(3));
      assertThat(apply(other, come, number))
          .as("step %d", number)
          .isEqualTo(apply(each, come, number));
    }
  }

  /** A table that keeps no rows has none to look up. */
  @Test
  void areNothingToATableWithoutRows() {
    Engine engine = new Engine();
    engine.createTable("t", "", 0, SCHEMA, Optional.empty(), Keep.NONE);
    TableChanges changes = new TestChanges("t", SCHEMA).insert(row()).build();
    engine.foresee("t", List.of(changes));
    engine.apply(changes);
    assertThat(engine.step(1, 1).delta("t").orElseThrow().rows().rowCount()).isEqualTo(1);
  }
}
