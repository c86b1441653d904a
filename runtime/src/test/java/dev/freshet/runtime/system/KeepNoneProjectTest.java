package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.lake.LakeReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.dataflow.DataflowSettings;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project whose table and one model keep no rows, from its files to the lake. */
class KeepNoneProjectTest {
  @TempDir Path directory;

  @BeforeEach
  void writeTheProject() throws IOException {
    write("freshet.yaml", "name: shop\n");
    write(
        "sources/shop.yaml",
        """
        kind: postgres
        url: postgres://localhost/shop
        tables:
          - {name: public.clicks, keep: none}
        """);
    write("contracts/clicks.yaml", "key: [id]\ncolumns:\n  id: BIGINT\n  page: BIGINT\n");
    write(
        "models/silver/even.sql",
        "/*\nkeep: none\n*/\nSELECT id FROM clicks WHERE MOD(id, 2) = 0\n");
    write("models/gold/pages.sql", "SELECT page, COUNT(*) AS clicks FROM clicks GROUP BY page\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** One run of the process; closing it without saving is what a kill leaves. */
  private final class Running implements AutoCloseable {
    private final LocalStorage storage = new LocalStorage(directory.resolve("state"));
    private final EmbeddedLog log;
    private final Dataflow dataflow;
    private final Schema clicks;

    Running() {
      Project project = ProjectReader.read(directory, Map.of(), "");
      CheckedModels checked = new TableResolver(project).checkModels(project);
      clicks = checked.tables().getFirst().schema();
      storage.createDirectories("");
      log = EmbeddedLog.open(storage, "log", Clock.system(), LogSettings.DEFAULT);
      dataflow =
          Dataflow.open(
              storage,
              Clock.system(),
              Scheduler.threads(),
              log,
              checked.tables(),
              checked.models(),
              DataflowSettings.of(
                  Duration.ofHours(1),
                  new CheckpointSettings(Duration.ofHours(1), 2),
                  1L << 24,
                  WorkerSettings.of(1)));
      run();
    }

    void changes(Operation operation, long... ids) {
      BatchBuilder rows = new BatchBuilder(clicks, ids.length);
      byte[] operations = new byte[ids.length];
      int[] before = new int[ids.length];
      Arrays.fill(operations, operation.code());
      Arrays.fill(before, -1);
      for (long id : ids) {
        rows.row(1, id, id % 3);
      }
      boolean[][] missing = {Vector.NO_NULLS, Vector.NO_NULLS};
      TableChanges changes =
          new TableChanges(
              "clicks",
              1,
              new int[] {0},
              operations,
              rows.build(),
              missing,
              before,
              Batch.empty(clicks),
              List.of());
      ChangeSet set =
          new ChangeSet("shop", new byte[8], 1, 1, 1, ChangeSet.Part.LAST, List.of(changes));
      log.append(LogRecord.of(set, new ByteWriter(256)));
      run();
    }

    private void run() {
      log.flush();
      while (dataflow.pipeline().run() instanceof Next.Now) {
        // one step after the other
      }
    }

    @Override
    public void close() {
      dataflow.close();
      log.close();
    }
  }

  private List<String> lake(String table) {
    List<String> rows = new ArrayList<>();
    LakeReader.open(new LocalStorage(directory.resolve("state")))
        .read(
            table,
            batch -> {
              for (int row = 0; row < batch.rowCount(); row++) {
                rows.add(Arrays.toString(Values.readRow(batch, row)));
              }
            });
    rows.sort(null);
    return rows;
  }

  @Test
  void theLakeHasEachRowOnceWhateverEnds() {
    try (Running running = new Running()) {
      running.changes(Operation.SNAPSHOT, 1, 2, 3, 4);
      running.dataflow.lakeFeed().publishAll();
      running.changes(Operation.INSERT, 5, 6);
    }
    try (Running running = new Running()) {
      running.changes(Operation.INSERT, 7, 8);
      running.dataflow.saveAll();
      running.changes(Operation.INSERT, 9, 10);
    }
    try (Running running = new Running()) {
      running.dataflow.saveAll();
      assertThat(running.dataflow.engine().snapshot().keep("clicks")).isEqualTo(Keep.NONE);
      assertThatThrownBy(() -> running.dataflow.engine().snapshot().scan("even"))
          .hasMessageContaining("its rows are not kept");
    }
    assertThat(lake("silver.even")).containsExactly("[10]", "[2]", "[4]", "[6]", "[8]");
    assertThat(lake("gold.pages")).containsExactly("[0, 3]", "[1, 4]", "[2, 3]");
    assertThat(lake("bronze.clicks")).hasSize(10);
  }

  @Test
  void whatIsNoInsertGoesToQuarantine() {
    try (Running running = new Running()) {
      running.changes(Operation.INSERT, 1, 2);
      running.changes(Operation.DELETE, 1);
      assertThat(running.dataflow.pipeline().ledger().quarantined()).isEqualTo(1);
      assertThat(running.dataflow.pipeline().ledger().applied()).isEqualTo(2);
      running.dataflow.saveAll();
    }
    assertThat(lake("gold.pages")).containsExactly("[1, 1]", "[2, 1]");
  }

  @Test
  void aModelThatIsAddedLaterBeginsThen() throws IOException {
    try (Running running = new Running()) {
      running.changes(Operation.INSERT, 1, 2);
      running.dataflow.saveAll();
    }
    write("models/gold/later.sql", "SELECT COUNT(*) AS clicks FROM clicks\n");
    write(
        "models/silver/odd.sql",
        "/*\nkeep: none\n*/\nSELECT id FROM clicks WHERE MOD(id, 2) = 1\n");
    try (Running running = new Running()) {
      running.changes(Operation.INSERT, 3, 4, 5);
      running.dataflow.saveAll();
    }
    assertThat(lake("gold.later")).containsExactly("[3]");
    assertThat(lake("silver.odd")).containsExactly("[3]", "[5]");
    assertThat(lake("silver.even")).containsExactly("[2]", "[4]");
  }

  @Test
  void aWrongWordIsRefusedAtItsPlace() throws IOException {
    write("models/silver/even.sql", "/*\nkeep: some\n*/\nSELECT id FROM clicks\n");
    assertThatThrownBy(() -> ProjectReader.read(directory, Map.of(), ""))
        .hasMessageContaining("models/silver/even.sql:2")
        .hasMessageContaining("Invalid keep: some. It is all or none.");
  }
}
