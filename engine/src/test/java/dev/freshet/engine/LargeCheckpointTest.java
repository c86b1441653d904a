package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** State that is large beside memory: an opening reads no more than where it lies. */
class LargeCheckpointTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("text", Simple.VARCHAR));
  private static final long ROWS = 900;
  private static final String TEXT = "x".repeat(1_000);
  private static final long MEMORY = 3 << 20;
  private static final String NEWEST = "c/state-0000000000000002.run";
  private static final String INDEX = "c/state-0000000000000002.index";
  private static final String DOUBT = "c/damage-found";

  private final SimulatedStorage storage =
      new SimulatedStorage(new SimulatedClock(), new Trace(), 1);

  private static void insert(Engine engine, long from, long to) {
    TestChanges rows = new TestChanges("t", SCHEMA);
    for (long id = from; id < to; id++) {
      rows.insert(id, TEXT + id);
    }
    engine.apply(rows.build(0));
    engine.step(engine.step() + 1, 5);
  }

  private List<byte[]> save(Engine engine) {
    return engine.prepareCheckpoint(new byte[] {(byte) engine.step()}).write(storage, "c", 2);
  }

  /** Steps 1 and 2 of 1 MB each, each saved. */
  private void saveTwo() {
    try (Engine engine = restore()) {
      for (int i = 0; i < 2; i++) {
        insert(engine, i * ROWS, (i + 1) * ROWS);
        save(engine);
      }
    }
  }

  private Engine restore() {
    Engine engine = Engine.restore(storage, "c", MEMORY);
    engine.createTable("t", SCHEMA, 0);
    return engine;
  }

  private static void requireAllRows(Engine engine) {
    assertThat(engine.snapshot().scan("t").rowCount()).isEqualTo(engine.step() * ROWS);
  }

  private void damage(String path) {
    byte[] content = storage.content(path);
    content[content.length / 2] ^= 1;
    storage.damage(path, content);
  }

  private void with(Consumer<Engine> use) {
    try (Engine engine = restore()) {
      use.accept(engine);
    }
  }

  private static void failsAsDamaged(ThrowingCallable use, String... texts) {
    assertThatThrownBy(use)
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_DAMAGED))
        .hasMessageContainingAll(texts);
  }

  private void requireTheOneBefore() {
    with(engine -> {
      assertThat(engine.step()).isEqualTo(1);
      assertThat(engine.damages()).singleElement().asString().contains(NEWEST);
      requireAllRows(engine);
      insert(engine, ROWS, 2 * ROWS);
      assertThat(save(engine)).containsExactly(new byte[] {2}, new byte[] {1});
      assertThat(storage.exists(DOUBT)).isFalse();
    });
    with(engine -> {
      assertThat(engine.damages()).isEmpty();
      requireAllRows(engine);
    });
  }

  @Test
  void isThereAsItWas() {
    saveTwo();
    with(engine -> {
      assertThat(engine.step()).isEqualTo(2);
      requireAllRows(engine);
      insert(engine, 2 * ROWS, 3 * ROWS);
      assertThat(save(engine)).containsExactly(new byte[] {3}, new byte[] {2});
    });
    with(LargeCheckpointTest::requireAllRows);
    assertThat(storage.paths().stream().filter(path -> path.endsWith(".index")))
        .hasSameSizeAs(storage.paths().stream().filter(path -> path.endsWith(".run")).toList());
  }

  @Test
  void damageThatIsReadStopsTheStepsAndTheNextOpeningTakesTheOneBefore() {
    saveTwo();
    damage(NEWEST);
    with(engine -> {
      assertThat(engine.step()).isEqualTo(2);
      assertThat(engine.damages()).isEmpty();
      failsAsDamaged(() -> requireAllRows(engine), NEWEST, "checksum");
      failsAsDamaged(() -> engine.step(3, 5), NEWEST, "the checkpoint before is taken");
      failsAsDamaged(() -> save(engine), NEWEST);
    });
    assertThat(storage.exists(DOUBT)).isTrue();
    requireTheOneBefore();
  }

  @Test
  void damageThatNobodyReadsIsFoundBeforeTheNextCheckpointIsWritten() {
    saveTwo();
    damage(NEWEST);
    with(engine -> {
      failsAsDamaged(() -> save(engine), NEWEST, "checksum");
      failsAsDamaged(() -> save(engine), NEWEST, "the checkpoint before is taken");
    });
    requireTheOneBefore();
  }

  @Test
  void withoutAnIndexOrWithADamagedOneAllIsReadAtOnce() {
    saveTwo();
    byte[] index = storage.content(INDEX);
    damage(NEWEST);
    for (int length : new int[] {0, 8, index.length - 1, index.length}) {
      storage.damage(INDEX, Arrays.copyOf(index, length));
      if (length == index.length) {
        damage(INDEX);
      }
      with(engine -> assertThat(engine.step()).as("an index of %d bytes", length).isEqualTo(1));
    }
    storage.delete(INDEX);
    requireTheOneBefore();
  }

  @Test
  void aFileThatLacksItsEndIsFoundAtOnce() {
    saveTwo();
    byte[] runs = storage.content(NEWEST);
    storage.damage(NEWEST, Arrays.copyOf(runs, runs.length - 1));
    requireTheOneBefore();
  }
}
