package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.ForwardingStorage;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("text", Simple.VARCHAR));
  private static final Plan.Scan SCAN = new Plan.Scan("t", SCHEMA);
  private static final byte[] NO_DATA = {};

  private final SimulatedStorage storage = storage(1);

  private static SimulatedStorage storage(long seed) {
    return new SimulatedStorage(new SimulatedClock(), new Trace(), seed);
  }

  private static void insert(Engine engine, long from, long to) {
    TestChanges rows = new TestChanges("t", SCHEMA);
    for (long id = from; id < to; id++) {
      rows.insert(id, "text of row " + id);
    }
    engine.apply(rows.build(0));
    engine.step(engine.step() + 1, 5);
  }

  private static Engine started() {
    Engine engine = new Engine();
    declare(engine);
    return engine;
  }

  private static void declare(Engine engine) {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", filter(10), 0);
  }

  private static Plan filter(long from) {
    return new Plan.Filter(
        SCAN,
        new Expression.Call(
            Function.GREATER_OR_EQUAL,
            List.of(
                new Expression.ColumnRef(0, Simple.BIGINT),
                new Expression.Literal(Simple.BIGINT, Optional.of(from))),
            Simple.BOOLEAN));
  }

  /** Holds up what a checkpoint does last, its manifest's rename. */
  private static final class SlowStorage extends ForwardingStorage {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    SlowStorage(Storage next) {
      super(next);
    }

    @Override
    public void rename(String from, String to) {
      reached.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      super.rename(from, to);
    }
  }

  @Test
  void stepsWaitForNoCheckpoint() throws InterruptedException {
    SlowStorage slow = new SlowStorage(storage);
    Engine engine = started();
    insert(engine, 0, 20);
    Thread writing = Thread.ofPlatform().start(() -> engine.checkpoint(slow, "c", NO_DATA));
    slow.reached.await();
    Thread stepping = Thread.ofPlatform().start(() -> insert(engine, 20, 30));
    stepping.join(TimeUnit.SECONDS.toMillis(20));
    boolean waits = stepping.isAlive();
    slow.goOn.countDown();
    writing.join();
    stepping.join();
    assertThat(waits).isFalse();
  }

  @Test
  void writesOnlyWhatIsNew() {
    Engine engine = started();
    insert(engine, 0, 20_000);
    engine.checkpoint(storage, "c", NO_DATA);
    long first = storage.counts().bytesWritten();
    insert(engine, 20_000, 20_010);
    engine.checkpoint(storage, "c", NO_DATA);
    long second = storage.counts().bytesWritten() - first;
    assertThat(second).isPositive().isLessThan(first / 50);
  }

  @Test
  void deletesFilesThatNoCheckpointNeeds() {
    Engine engine = started();
    long largest = 0;
    for (int i = 0; i < 60; i++) {
      insert(engine, i * 100L, i * 100L + 100);
      engine.checkpoint(storage, "c", NO_DATA);
      largest = Math.max(largest, storage.paths().size());
    }
    assertThat(largest).isLessThan(25);
    Engine restored = Engine.restore(storage, "c");
    declare(restored);
    assertThat(restored.snapshot().rowCount("t")).isEqualTo(6000);
  }

  @Test
  void aChangedViewIsComputedAnewAndTheOthersAreNot() {
    Engine engine = started();
    engine.createView("kept", new Plan.Distinct(filter(10)), 0);
    insert(engine, 0, 100);
    engine.checkpoint(storage, "c", NO_DATA);
    Engine restored = Engine.restore(storage, "c");
    restored.createTable("t", SCHEMA, 0);
    restored.createView("kept", new Plan.Distinct(filter(10)), 0);
    assertThat(restored.statistics()).allMatch(operator -> operator.rowsIn() == 0);
    restored.createView("v", filter(95), 0);
    assertThat(restored.snapshot().rowCount("v")).isEqualTo(5);
    insert(restored, 100, 101);
    assertThat(restored.snapshot().rowCount("v")).isEqualTo(6);
    assertThat(restored.snapshot().rowCount("kept")).isEqualTo(91);
  }

  @Test
  void doesNotTakeStateOverAnotherTable() {
    Engine engine = started();
    insert(engine, 0, 100);
    engine.checkpoint(storage, "c", NO_DATA);
    Engine restored = Engine.restore(storage, "c");
    restored.createTable("t", SCHEMA, 0);
    restored.dropTable("t");
    restored.createTable("t", SCHEMA, 0);
    restored.createView("v", filter(10), 0);
    assertThat(restored.snapshot().rowCount("v"))
        .isEqualTo(restored.snapshot().rowCount("t") * 90 / 100);
  }

  @Test
  void noticesDamage() {
    Engine engine = started();
    insert(engine, 0, 1000);
    engine.checkpoint(storage, "c", NO_DATA);
    String file =
        storage.paths().stream().filter(path -> path.endsWith(".run")).findFirst().orElseThrow();
    byte[] content = storage.content(file);
    content[content.length / 2] ^= 1;
    storage.damage(file, content);
    assertThatThrownBy(() -> declare(Engine.restore(storage, "c")))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining(file)
        .extracting(e -> ((FreshetException) e).code())
        .isEqualTo(ErrorCode.STORAGE_DAMAGED);
  }

  @Test
  void aPowerCutLeavesThisCheckpointOrTheOneBefore() {
    for (long seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimulatedStorage disk = storage(seed);
      Engine engine = started();
      insert(engine, 0, 50);
      engine.checkpoint(disk, "c", new byte[] {1});
      insert(engine, 50, 120);
      disk.failCall(1 + random.nextInt(14), Fault.values()[random.nextInt(Fault.values().length)]);
      boolean completed = true;
      try {
        engine.checkpoint(disk, "c", new byte[] {2});
      } catch (FreshetException e) {
        completed = false;
      }
      disk.crash(random);
      assertRestores(disk, seed, completed);
    }
  }

  private static void assertRestores(SimulatedStorage disk, long seed, boolean completed) {
    Engine restored = Engine.restore(disk, "c");
    declare(restored);
    long rows = restored.restoredUserData()[0] == 2 ? 120 : 50;
    assertThat(completed && rows == 50).as("seed " + seed).isFalse();
    assertThat(restored.snapshot().rowCount("t")).as("seed " + seed).isEqualTo(rows);
    assertThat(ZSet.of(restored.snapshot().scan("v")).total())
        .as("seed " + seed)
        .isEqualTo(rows - 10);
    insert(restored, 500, 501);
    restored.checkpoint(disk, "c", NO_DATA);
    Engine again = Engine.restore(disk, "c");
    declare(again);
    assertThat(again.snapshot().rowCount("t")).as("seed " + seed).isEqualTo(rows + 1);
  }
}
