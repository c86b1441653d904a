package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.plan.Plan;
import dev.freshet.testing.simulation.Call;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class CheckpointFallbackTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("text", Simple.VARCHAR));

  private final SimulatedStorage storage =
      new SimulatedStorage(new SimulatedClock(), new Trace(), 1);

  private static void insert(Engine engine, long from, long to) {
    insert(engine, from, to, "text of row ");
  }

  private static void insert(Engine engine, long from, long to, String text) {
    TestChanges rows = new TestChanges("t", SCHEMA);
    for (long id = from; id < to; id++) {
      rows.insert(id, text + id);
    }
    engine.apply(rows.build(0));
    engine.step(engine.step() + 1, 5);
  }

  private List<byte[]> save(Engine engine, int keep) {
    return engine.prepareCheckpoint(new byte[] {(byte) engine.step()}).write(storage, "c", keep);
  }

  /** Steps 1 to 4 of 1,000 rows each, each saved. */
  private void saveFour(int keep) {
    Engine engine = new Engine();
    engine.createTable("t", SCHEMA, 0);
    for (int i = 0; i < 4; i++) {
      insert(engine, i * 1_000L, i * 1_000L + 1_000);
      save(engine, keep);
    }
  }

  private Engine restored() {
    Engine engine = Engine.restore(storage, "c");
    engine.createTable("t", SCHEMA, 0);
    assertThat(engine.snapshot().scan("t").rowCount()).isEqualTo(engine.step() * 1_000);
    return engine;
  }

  private List<String> manifests() {
    return storage.paths().stream().filter(path -> path.contains("manifest")).sorted().toList();
  }

  private void damage(String path) {
    byte[] content = storage.content(path);
    content[content.length / 2] ^= 1;
    storage.damage(path, content);
  }

  @Test
  void keepsAsManyAsAreWantedAndTheFilesThatTheyShare() {
    saveFour(3);
    assertThat(manifests()).hasSize(3);
    for (int step = 4; step >= 2; step--) {
      assertThat(restored().step()).isEqualTo(step);
      storage.delete(manifests().getLast());
    }
  }

  @Test
  void oneOfTheSameStepTakesThePlaceOfTheLast() {
    saveFour(2);
    Engine engine = restored();
    engine.createView("v", new Plan.Scan("t", SCHEMA), 0);
    assertThat(save(engine, 2)).containsExactly(new byte[] {4}, new byte[] {3});
  }

  @Test
  void tellsWhatTheKeptOnesCarry() {
    Engine engine = new Engine();
    engine.createTable("t", SCHEMA, 0);
    for (int i = 0; i < 3; i++) {
      insert(engine, i * 10L, i * 10L + 10);
      save(engine, 2);
    }
    insert(engine, 100, 110);
    assertThat(save(engine, 2)).containsExactly(new byte[] {4}, new byte[] {3});
    Engine restored = Engine.restore(storage, "c");
    restored.createTable("t", SCHEMA, 0);
    insert(restored, 200, 210);
    assertThat(save(restored, 3)).containsExactly(new byte[] {5}, new byte[] {4}, new byte[] {3});
  }

  @Test
  void takesTheOneBeforeWhenTheNewestIsDamaged() {
    saveFour(2);
    damage(manifests().getLast());
    Engine engine = restored();
    assertThat(engine.step()).isEqualTo(3);
    assertThat(engine.damages())
        .singleElement()
        .asString()
        .contains(manifests().getLast(), "checksum");
  }

  @Test
  void takesTheOneBeforeWhenRunsOfTheNewestAreDamagedOrMissing() {
    saveFour(2);
    String newest = "c/state-0000000000000004.run";
    byte[] whole = storage.content(newest);
    damage(newest);
    assertThat(restored().damages()).singleElement().asString().contains(newest, "checksum");
    storage.damage(newest, Arrays.copyOf(whole, whole.length - 1));
    assertThat(restored().damages()).singleElement().asString().contains(newest);
    storage.delete(newest);
    assertThat(restored().damages()).singleElement().asString().contains(newest, "no such file");
    storage.damage(newest, whole);
    assertThat(restored().step()).isEqualTo(4);
  }

  @Test
  void takesTheOneBeforeWhenTheDiskDoesNotGiveTheNewestBack() {
    saveFour(2);
    storage.failCall(Call.READ, 1, Fault.IO_ERROR);
    Engine engine = restored();
    assertThat(engine.step()).isEqualTo(3);
    assertThat(engine.damages()).singleElement().asString().contains("EIO");
  }

  /** What cannot be read now may be read later: nothing is known to be damaged. */
  @Test
  void failsAsTheDiskDoesWhenThereIsNoneBefore() {
    saveFour(1);
    storage.failCall(Call.READ, 1, Fault.IO_ERROR);
    assertThatThrownBy(() -> Engine.restore(storage, "c"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FAILED));
    assertThat(restored().damages()).isEmpty();
  }

  @Test
  void aDamagedOneIsGoneWithTheNextAndIsNeverCountedAsKept() {
    saveFour(2);
    String damaged = manifests().getLast();
    damage(damaged);
    Engine engine = restored();
    insert(engine, 3_000, 4_000);
    assertThat(save(engine, 2)).containsExactly(new byte[] {4}, new byte[] {3});
    assertThat(manifests()).hasSize(2).doesNotContain(damaged);
    assertThat(restored().step()).isEqualTo(4);
  }

  /** As directories were before more than one was kept. */
  @Test
  void readsASingleManifestWithoutANumber() {
    saveFour(1);
    storage.rename(manifests().getLast(), "c/manifest");
    Engine engine = restored();
    assertThat(engine.step()).isEqualTo(4);
    insert(engine, 4_000, 5_000);
    assertThat(save(engine, 2)).containsExactly(new byte[] {5}, new byte[] {4});
    assertThat(restored().step()).isEqualTo(5);
  }

  @Test
  void refusesWhenNoneIsWhole() {
    saveFour(2);
    manifests().forEach(this::damage);
    assertThatThrownBy(() -> Engine.restore(storage, "c"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_DAMAGED))
        .hasMessageContaining("no checkpoint in it is whole")
        .hasMessageContaining(manifests().getFirst())
        .hasMessageContaining(manifests().getLast());
  }

  /** A newer Freshet's state is not to be thrown away for an older state. */
  @Test
  void refusesAFormatThatIsNotKnown() {
    saveFour(2);
    byte[] content = storage.content(manifests().getLast());
    content[4] = 99;
    CRC32C crc = new CRC32C();
    crc.update(content, 0, content.length - 4);
    ByteWriter sum = new ByteWriter(4);
    sum.writeInt((int) crc.getValue());
    System.arraycopy(sum.toByteArray(), 0, content, content.length - 4, 4);
    storage.damage(manifests().getLast(), content);
    assertThatThrownBy(() -> Engine.restore(storage, "c"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORMAT_UNKNOWN))
        .hasMessageContaining("format 99")
        .hasMessageContaining("Use the Freshet that wrote it, or a newer one");
  }

  @Test
  void stateThatIsReadLateStaysReadableWhenItsFilesAreGone() {
    saveFour(1);
    Engine engine = Engine.restore(storage, "c", 1_000);
    engine.createTable("t", SCHEMA, 0);
    Snapshot before = engine.snapshot();
    for (long id = 0; id < 4_000; id += 40) {
      insert(engine, id, id + 40, "another text of row ");
      save(engine, 1);
    }
    assertThat(storage.paths()).doesNotContain("c/state-0000000000000001.run");
    assertThat(ZSet.of(before.scan("t")).weights())
        .hasSize(4_000)
        .containsKey(List.of(7L, "text of row 7"));
  }
}
