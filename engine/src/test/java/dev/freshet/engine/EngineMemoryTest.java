package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Plan;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EngineMemoryTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("text", Simple.VARCHAR));
  private static final byte[] NO_DATA = {};
  private static final long BUDGET = 96 << 10;
  private static final int ROWS = 20_000;
  private static final int STEP_ROWS = 1_000;

  private static final Plan PER_TEXT =
      new Plan.Aggregate(
          new Plan.Scan("t", SCHEMA),
          List.of(1),
          List.of(
              new AggregateCall(
                  AggregateCall.Function.COUNT,
                  AggregateCall.Quantifier.ALL,
                  List.of(),
                  OptionalInt.empty(),
                  Simple.BIGINT)),
          Schema.of(Column.nullable("text", Simple.VARCHAR), Column.notNull("n", Simple.BIGINT)));

  private final SimulatedStorage storage =
      new SimulatedStorage(new SimulatedClock(), new Trace(), 1);

  private static void declare(Engine engine) {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", new Plan.Scan("t", SCHEMA), 0);
  }

  private static void insert(Engine engine, int from, int to) {
    for (int start = from; start < to; start += STEP_ROWS) {
      TestChanges rows = new TestChanges("t", SCHEMA);
      for (long id = start; id < Math.min(to, start + STEP_ROWS); id++) {
        rows.insert(id, "text of row " + id);
      }
      engine.apply(rows.build(0));
      engine.step(engine.step() + 1, 5);
    }
  }

  /** Random updates, so that merges meet rows on disk that cancel. */
  private static void update(Engine engine, int steps) {
    SplittableRandom random = new SplittableRandom(7);
    for (int s = 0; s < steps; s++) {
      TestChanges rows = new TestChanges("t", SCHEMA);
      for (int i = 0; i < 200; i++) {
        long id = random.nextInt(ROWS);
        rows.insert(id, "step " + s);
      }
      engine.apply(rows.build(0));
      engine.step(engine.step() + 1, 5);
    }
  }

  private static ZSet content(Engine engine) {
    return ZSet.of(engine.snapshot().scan("v"));
  }

  private static long residentBytes(Engine engine) {
    return engine.statistics().stream().mapToLong(OperatorStatistics::stateBytes).sum();
  }

  private List<String> spillFiles() {
    return storage.list("state").stream().filter(name -> name.startsWith("spill-")).toList();
  }

  private static ZSet expected() {
    Engine unlimited = new Engine();
    declare(unlimited);
    insert(unlimited, 0, ROWS);
    update(unlimited, 20);
    return content(unlimited);
  }

  /**
   * Groups of long texts in a hash table count, and go back to the state when they are too much.
   */
  @Test
  void tablesOfGroupsAreWithinTheBudget() {
    Engine engine = Engine.restore(storage, "state", BUDGET);
    Engine unlimited = new Engine();
    for (Engine each : List.of(engine, unlimited)) {
      each.createTable("t", SCHEMA, 0);
      each.createView("v", PER_TEXT, 0);
      insert(each, 0, ROWS);
      insert(each, 0, 100);
    }
    assertThat(tableBytes(unlimited)).isGreaterThan(10 * BUDGET);
    assertThat(tableBytes(engine)).isLessThan(3 * BUDGET);
    assertThat(content(engine)).isEqualTo(content(unlimited));
    assertThat(engine.snapshot().rowCount("v")).isEqualTo(ROWS);
  }

  private static long tableBytes(Engine engine) {
    return engine.statistics().stream()
        .filter(operator -> operator.operator().equals("aggregate"))
        .mapToLong(OperatorStatistics::stateBytes)
        .sum();
  }

  @Test
  void staysWithinItsBudget() {
    Engine engine = Engine.restore(storage, "state", BUDGET);
    declare(engine);
    insert(engine, 0, ROWS);
    update(engine, 20);

    assertThat(spillFiles()).isNotEmpty();
    assertThat(residentBytes(engine)).isLessThan(3 * BUDGET);
    assertThat(content(engine)).isEqualTo(expected());
  }

  @Test
  void keepsStateInMemoryWhenTheDiskIsFull() {
    storage.createDirectories("state");
    storage.limitBytes(0);
    Engine engine = Engine.restore(storage, "state", BUDGET);
    declare(engine);
    insert(engine, 0, ROWS);
    update(engine, 20);

    assertThat(residentBytes(engine)).isGreaterThan(BUDGET);
    assertThat(content(engine)).isEqualTo(expected());
    assertThat(spillFiles()).isEmpty();
  }

  @Test
  void goesOnWhenTheDiskFillsWhileSpilledStateIsMerged() {
    Engine engine = Engine.restore(storage, "state", BUDGET);
    declare(engine);
    insert(engine, 0, ROWS / 2);
    assertThat(spillFiles()).isNotEmpty();
    storage.limitBytes(1);
    insert(engine, ROWS / 2, ROWS);
    storage.limitBytes(Long.MAX_VALUE);
    update(engine, 20);

    assertThat(residentBytes(engine)).isLessThan(3 * BUDGET);
    assertThat(content(engine)).isEqualTo(expected());
  }

  @Test
  void restoresToDiskWhatMemoryHasNoRoomFor() {
    Engine before = Engine.restore(storage, "state", BUDGET);
    declare(before);
    insert(before, 0, ROWS);
    before.checkpoint(storage, "state", NO_DATA);

    Engine after = Engine.restore(storage, "state", BUDGET);
    declare(after);
    assertThat(residentBytes(after)).isLessThan(3 * BUDGET);
    update(after, 20);
    assertThat(content(after)).isEqualTo(expected());
  }

  private static TestChanges bag(int from, int to) {
    TestChanges rows = new TestChanges("b", SCHEMA);
    for (long id = from; id < to; id++) {
      rows.insert(id % 7_000, "text " + id % 7_000);
    }
    return rows;
  }

  private static void declareBag(Engine engine) {
    engine.createTable("b", SCHEMA);
    engine.createView("v", new Plan.Scan("b", SCHEMA), 0, 1);
  }

  private static void insertBag(Engine engine, int from, int to) {
    for (int start = from; start < to; start += STEP_ROWS) {
      engine.apply(bag(start, start + STEP_ROWS).build(0));
      engine.step(engine.step() + 1, 5);
    }
  }

  private static void deleteFromBag(Engine engine) {
    TestChanges rows = bag(ROWS, ROWS + 10);
    for (long id = 0; id < 5_000; id += 3) {
      rows.delete(id, "text " + id);
    }
    engine.apply(rows.build(0));
    engine.step(engine.step() + 1, 5);
  }

  @Test
  void keepsUnsortedRowsOnDiskAndInCheckpoints() {
    Engine unlimited = new Engine();
    declareBag(unlimited);
    insertBag(unlimited, 0, ROWS);
    deleteFromBag(unlimited);

    Engine before = Engine.restore(storage, "state", BUDGET);
    declareBag(before);
    insertBag(before, 0, ROWS);
    assertThat(spillFiles()).isNotEmpty();
    assertThat(residentBytes(before)).isLessThan(3 * BUDGET);
    assertThat(before.snapshot().rowCount("b")).isEqualTo(ROWS);
    before.checkpoint(storage, "state", NO_DATA);

    Engine after = Engine.restore(storage, "state", BUDGET);
    declareBag(after);
    assertThat(residentBytes(after)).isLessThan(3 * BUDGET);
    deleteFromBag(after);
    deleteFromBag(before);
    assertThat(content(after)).isEqualTo(content(unlimited));
    assertThat(content(before)).isEqualTo(content(unlimited));
  }

  /**
   * Rows that came without an order lie on disk; who reads them in order must not hold them all.
   */
  @Test
  void staysWithinItsBudgetWhileRowsAreSortedToBeRead() {
    Engine engine = Engine.restore(storage, "state", BUDGET);
    declareBag(engine);
    insertBag(engine, 0, 10 * ROWS);
    long before = residentBytes(engine);
    Snapshot snapshot = engine.snapshot();
    long[] rows = {0};
    long[] most = {0};
    snapshot.scan(
        "b",
        batch -> {
          for (int row = 0; row < batch.rowCount(); row++) {
            rows[0] += batch.weight(row);
          }
          most[0] = Math.max(most[0], residentBytes(engine));
        });
    assertThat(rows[0]).isEqualTo(10 * ROWS);
    assertThat(most[0]).isLessThan(before + 3 * BUDGET);
  }

  @Test
  void deletesWhatAnEarlierProcessLeftWhenAsked() {
    List<String> left = leaveSpillFiles();
    Engine next = Engine.restore(storage, "state", BUDGET);
    assertThat(spillFiles()).isEqualTo(left);
    next.deleteStaleSpill();
    assertThat(spillFiles()).isEmpty();
    declare(next);
    insert(next, 0, ROWS);
    List<String> own = spillFiles();
    next.deleteStaleSpill();
    assertThat(spillFiles()).isNotEmpty().isEqualTo(own);
  }

  @Test
  void deletesWhatAnEarlierProcessLeftBeforeItSpills() {
    Engine engine = leaveSpillFile("spill-00000000000000ff");
    declare(engine);
    insert(engine, 0, ROWS);
    assertThat(spillFiles()).isNotEmpty().doesNotContain("spill-00000000000000ff");
  }

  @Test
  void deletesWhatAnEarlierProcessLeftAtItsClose() {
    leaveSpillFile("spill-00000000000000ff").close();
    assertThat(spillFiles()).isEmpty();
  }

  private List<String> leaveSpillFiles() {
    Engine engine = Engine.restore(storage, "state", BUDGET);
    declare(engine);
    insert(engine, 0, ROWS);
    assertThat(spillFiles()).isNotEmpty();
    return spillFiles();
  }

  /** Returns the engine of the next process. */
  private Engine leaveSpillFile(String name) {
    storage.createDirectories("state");
    storage.create("state/" + name).close();
    return Engine.restore(storage, "state", BUDGET);
  }
}
