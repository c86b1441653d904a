package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.plan.Plan;
import dev.freshet.testing.files.OpenHandles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which files of its directory an engine holds open, as the operating system tells. */
@EnabledOnOs(OS.LINUX)
class OpenFilesTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("text", Simple.VARCHAR));
  private static final byte[] NO_DATA = {};
  private static final long BUDGET = 96 << 10;
  private static final int ROWS = 20_000;
  private static final int STEP_ROWS = 1_000;
  private static final Duration COLLECTED_AFTER = Duration.ofSeconds(30);

  @TempDir Path directory;
  private LocalStorage storage;

  @BeforeEach
  void storage() {
    storage = new LocalStorage(directory);
  }

  private Engine opened(long budget) {
    Engine engine = Engine.restore(storage, "state", budget);
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", new Plan.Scan("t", SCHEMA), 0);
    return engine;
  }

  private static void insert(Engine engine, int from, int to) {
    for (int start = from; start < to; start += STEP_ROWS) {
      TestChanges rows = new TestChanges("t", SCHEMA);
      for (long id = start; id < start + STEP_ROWS; id++) {
        rows.insert(id, "text of row " + id);
      }
      engine.apply(rows.build(0));
      engine.step(engine.step() + 1, 5);
    }
  }

  private void saved(int rows) {
    try (Engine engine = opened(BUDGET)) {
      insert(engine, 0, rows);
      engine.checkpoint(storage, "state", NO_DATA);
    }
  }

  private List<String> handles() {
    return OpenHandles.below(directory);
  }

  private List<Path> files(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("state"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  @Test
  void aClosedEngineHoldsNoFileOpen() throws Exception {
    for (int life = 0; life < 3; life++) {
      try (Engine engine = opened(BUDGET)) {
        insert(engine, life * ROWS, (life + 1) * ROWS);
        engine.checkpoint(storage, "state", NO_DATA);
        insert(engine, 0, ROWS);
        assertThat(engine.snapshot().rowCount("v")).isEqualTo((life + 1L) * ROWS);
        assertThat(handles()).isNotEmpty();
      }
      assertThat(handles()).isEmpty();
      assertThat(files("spill-")).isEmpty();
    }
  }

  @Test
  void aClosedEngineOfUnlimitedMemoryHoldsNoFileOpen() {
    saved(ROWS);
    try (Engine engine = opened(Long.MAX_VALUE)) {
      insert(engine, ROWS, 2 * ROWS);
      engine.checkpoint(storage, "state", NO_DATA);
    }
    assertThat(handles()).isEmpty();
  }

  @Test
  void whatIsReadAfterTheCloseSaysSo() {
    saved(ROWS);
    Engine engine = opened(BUDGET);
    Snapshot snapshot = engine.snapshot();
    engine.close();
    assertThatThrownBy(() -> snapshot.scan("v"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_RUNNING))
        .hasMessageContaining("closed");
  }

  @Test
  void aClosedEngineOpensNoFile() throws Exception {
    Engine engine = opened(BUDGET);
    engine.close();
    assertThatThrownBy(() -> insert(engine, 0, ROWS))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_RUNNING));
    assertThat(handles()).isEmpty();
    assertThat(files("spill-")).isEmpty();
  }

  /** The only view is dropped, so nothing but what was restored from names the file. */
  @Test
  void letsGoOfTheFilesThatItWasRestoredFrom() throws Exception {
    saved(ROWS);
    try (Engine engine = Engine.restore(storage, "state", BUDGET)) {
      assertThat(handles()).isNotEmpty();
      engine.createTable("other", SCHEMA, 0);
      engine.step(engine.step() + 1, 5);
      engine.checkpoint(storage, "state", NO_DATA);
      assertThat(files("state-")).isEmpty();
      awaitNoHandles();
    }
  }

  /** The garbage collector tells which files nothing names any more. */
  private void awaitNoHandles() throws InterruptedException {
    long end = System.nanoTime() + COLLECTED_AFTER.toNanos();
    while (!handles().isEmpty() && System.nanoTime() < end) {
      System.gc();
      Thread.yield();
    }
    assertThat(handles()).isEmpty();
  }

  @Test
  void anEngineThatOnlyReadsMakesNoDirectory() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    Engine.restoreReadOnly(storage, "state", new LocalStorage(other), "spill", BUDGET, Workers.NONE)
        .close();
    assertThat(directory.resolve("state")).doesNotExist();
    assertThat(other.resolve("spill")).isDirectory();
  }

  @Test
  void aDamagedCheckpointLeavesNoFileOpen() throws Exception {
    saved(ROWS);
    Path file =
        files("state-").stream().filter(path -> path.toString().endsWith(".run")).findFirst().get();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Engine.restore(storage, "state")).isInstanceOf(FreshetException.class);
    assertThat(handles()).isEmpty();
  }

  @Test
  void aCheckpointInAnotherDirectoryHoldsNoFileOpen() {
    saved(ROWS);
    try (Engine engine = new Engine()) {
      engine.createTable("t", SCHEMA, 0);
      insert(engine, 0, ROWS);
      engine.checkpoint(storage, "state", NO_DATA);
      assertThat(handles()).isEmpty();
    }
  }

  /** A file that no more is written to is open for reading only. */
  @Test
  void aFullSpillFileIsNotOpenForWriting() throws Exception {
    try (Engine engine = opened(0)) {
      TestChanges rows = new TestChanges("t", SCHEMA);
      String text = "x".repeat(1 << 16);
      for (long id = 0; files("spill-").size() < 3; id++) {
        rows.insert(id, id + text);
        if (id % 200 == 199) {
          engine.apply(rows.build(0));
          engine.step(engine.step() + 1, 5);
          rows = new TestChanges("t", SCHEMA);
        }
      }
      long writers =
          handles().stream().filter(path -> path.contains("/spill-")).distinct().count() + 1;
      assertThat(handles().stream().filter(path -> path.contains("/spill-")))
          .hasSizeLessThanOrEqualTo((int) writers);
    }
  }
}
