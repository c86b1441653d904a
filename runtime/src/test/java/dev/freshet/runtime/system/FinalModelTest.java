package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.engine.RelationTime;
import dev.freshet.engine.RelationTime.Activity;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.lake.LakeReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.dataflow.DataflowSettings;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project with a watermark and a final model, from its files to the model's rows. */
class FinalModelTest {
  private static final String SOURCE =
      """
      kind: postgres
      url: postgres://localhost/shop
      tables:
        - name: public.orders
          watermark: {column: ordered_at, delay: 4s, idle: 30s}
      """;
  private static final String MODEL =
      """
      /*
      emit: final
      */
      SELECT window_start, window_end, COUNT(*) AS orders
      FROM TABLE(TUMBLE(TABLE paid, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))
      GROUP BY window_start, window_end
      """;

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock();

  private static final class SettableClock implements Clock {
    private long micros = 1_795_514_400_000_000L; // 2026-11-24 10:00

    @Override
    public long wallMicros() {
      return micros;
    }

    @Override
    public long nanos() {
      return micros * 1000;
    }
  }

  @BeforeEach
  void writeTheProject() throws IOException {
    write("freshet.yaml", "name: shop\n");
    write("sources/shop.yaml", SOURCE);
    write(
        "contracts/orders.yaml",
        "key: [id]\ncolumns:\n  id: BIGINT\n  ordered_at: TIMESTAMP\n  amount: BIGINT\n");
    write("models/silver/paid.sql", "SELECT id, ordered_at FROM orders WHERE amount > 0\n");
    write("models/gold/minutes.sql", MODEL);
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private CheckedModels check() {
    Project project = ProjectReader.read(directory, Map.of(), "");
    return new TableResolver(project).checkModels(project);
  }

  /** One run of the process: a log and the dataflow over it. */
  private final class Running implements AutoCloseable {
    private final EmbeddedLog log;
    private final Dataflow dataflow;
    private final Contract orders;

    Running() {
      CheckedModels checked = check();
      List<Model> models = checked.models();
      orders = checked.tables().getFirst();
      LocalStorage storage = new LocalStorage(directory.resolve("state"));
      storage.createDirectories("");
      log = EmbeddedLog.open(storage, "log", clock, LogSettings.DEFAULT);
      dataflow =
          Dataflow.open(
              storage,
              clock,
              Scheduler.threads(),
              log,
              checked.tables(),
              models,
              DataflowSettings.of(
                  Duration.ofSeconds(1),
                  new CheckpointSettings(Duration.ofSeconds(1), 2),
                  1L << 24,
                  WorkerSettings.of(2)));
      assertThat(ModelCompiler.catalog(checked.tables(), models, FunctionLibrary.NONE).relations())
          .hasSizeGreaterThanOrEqualTo(3);
      run();
    }

    void order(Operation operation, long id, String time) {
      order(operation, id, LocalDateTime.parse("2026-11-24T" + time));
    }

    void order(Operation operation, long id, LocalDateTime time) {
      Batch row = row(id, time);
      boolean[][] missing = new boolean[3][];
      Arrays.fill(missing, Vector.NO_NULLS);
      TableChanges changes =
          new TableChanges(
              "orders",
              1,
              new int[] {0},
              new byte[] {operation.code()},
              row,
              missing,
              new int[] {-1},
              Batch.empty(orders.schema()),
              List.of());
      long now = clock.wallMicros();
      ChangeSet set =
          new ChangeSet("shop", new byte[8], now, now, id, ChangeSet.Part.LAST, List.of(changes));
      log.append(LogRecord.of(set, new ByteWriter(256)));
      run();
    }

    private Batch row(long id, LocalDateTime time) {
      BatchBuilder builder = new BatchBuilder(orders.schema(), 1);
      builder.row(1, id, time, 5L);
      return builder.build();
    }

    void run() {
      log.flush();
      while (dataflow.pipeline().run() instanceof Next.Now) {
        // one step after the other
      }
    }

    /** As in a process, but for the tasks, which never run. */
    void start() {
      dataflow.start(new SimulatedScheduler(new SimulatedClock(), new Trace(), 1));
    }

    void heartbeat() {
      dataflow.heartbeat().run();
      run();
    }

    Snapshot snapshot() {
      return dataflow.engine().snapshot();
    }

    List<String> minutes() {
      Batch rows = snapshot().scan("minutes");
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < rows.rowCount(); i++) {
        Object[] values = Values.readRow(rows, i);
        texts.add(values[1] + " " + values[2]);
      }
      return texts.stream().sorted().toList();
    }

    RelationTime time(String relation) {
      return snapshot().times().stream()
          .filter(time -> time.relation().equals(relation))
          .findFirst()
          .orElseThrow();
    }

    @Override
    public void close() {
      dataflow.close();
      log.close();
    }
  }

  @Test
  void aFinalModelComesOutOnceWhateverRestarts() {
    try (Running running = new Running()) {
      running.order(Operation.SNAPSHOT, 1, "09:30:00");
      running.order(Operation.SNAPSHOT, 2, "09:00:10");
      assertThat(running.time("minutes").watermarkMicros()).isEqualTo(RelationTime.NONE);
      running.order(Operation.INSERT, 3, "09:29:58");
      assertThat(running.minutes()).containsExactly("2026-11-24T09:01 1");
      running.order(Operation.INSERT, 4, "09:00:20");
    }
    try (Running running = new Running()) {
      assertThat(running.minutes()).containsExactly("2026-11-24T09:01 1");
      assertThat(running.time("minutes").lateChanges()).isEqualTo(1);
      assertThat(running.snapshot().errors("minutes").rowCount()).isEqualTo(1);
      running.order(Operation.INSERT, 5, "09:30:59");
      running.dataflow.saveAll();
      running.order(Operation.DELETE, 4, "09:00:20");
    }
    try (Running running = new Running()) {
      running.order(Operation.INSERT, 6, "09:31:05");
      assertThat(running.minutes())
          .containsExactly("2026-11-24T09:01 1", "2026-11-24T09:30 1", "2026-11-24T09:31 2");
      assertThat(running.time("minutes").lateChanges()).isEqualTo(2);
      assertThat(running.snapshot().errors("minutes").rowCount()).isZero();
    }
  }

  @Test
  void aTimeFarAheadMakesNothingLate() {
    try (Running running = new Running()) {
      running.order(Operation.INSERT, 1, "09:30:00");
      running.order(Operation.INSERT, 2, LocalDateTime.parse("2026-11-25T10:00:01"));
      running.order(Operation.INSERT, 3, "09:30:10");
      running.order(Operation.INSERT, 4, LocalDateTime.parse("2026-11-25T09:00:00"));
      assertThat(running.minutes()).containsExactly("2026-11-24T09:31 2");
    }
    clock.micros += 3_600_000_000L;
    try (Running running = new Running()) {
      assertThat(running.time("minutes").aheadChanges()).isEqualTo(1);
      assertThat(running.time("minutes").lateChanges()).isZero();
      assertThat(running.snapshot().errors("minutes").rowCount()).isEqualTo(1);
    }
  }

  @Test
  void timePassesInASilentLog() {
    try (Running running = new Running()) {
      running.order(Operation.SNAPSHOT, 1, "09:30:00");
      running.heartbeat();
      assertThat(running.time("orders").activity()).isEqualTo(Activity.ACTIVE);
      clock.micros += 31_000_000;
      running.heartbeat();
      assertThat(running.time("orders").activity()).isEqualTo(Activity.IDLE);
      long end = running.log.endOffset();
      running.heartbeat();
      running.heartbeat();
      assertThat(running.log.endOffset()).isEqualTo(end);
    }
  }

  /** A start comes after a while in which no source could have been heard. */
  @Test
  void noTimePassesInTheStepThatAStartMakesForANewModel() throws IOException {
    try (Running running = new Running()) {
      running.order(Operation.SNAPSHOT, 1, "09:30:00");
      running.order(Operation.SNAPSHOT, 2, "09:00:10");
      running.dataflow.saveAll();
    }
    write("models/gold/sums.sql", "SELECT SUM(amount) AS amount FROM orders\n");
    clock.micros += 3_600_000_000L;
    try (Running running = new Running()) {
      running.start();
      running.run();
      assertThat(running.log.endOffset()).isEqualTo(3);
      assertThat(running.snapshot().step()).isEqualTo(3);
      assertThat(running.time("orders").activity()).isEqualTo(Activity.ACTIVE);
      assertThat(running.time("minutes").watermarkMicros()).isEqualTo(RelationTime.NONE);
      assertThat(running.minutes()).isEmpty();
      running.dataflow.saveAll();
      assertThat(lakeRows("gold.sums")).isEqualTo(1);
    }
  }

  private long lakeRows(String table) {
    LakeReader reader = LakeReader.open(new LocalStorage(directory.resolve("state")));
    AtomicLong rows = new AtomicLong();
    reader.read(table, batch -> rows.addAndGet(batch.rowCount()));
    return rows.get();
  }

  @Test
  void aWatermarkOnAColumnThatIsNoTimeIsRefusedAtItsPlace() throws IOException {
    write("sources/shop.yaml", SOURCE.replace("column: ordered_at", "column: amount"));
    assertThatThrownBy(this::check)
        .hasMessageContaining("Invalid watermark: column amount of table orders is no TIMESTAMP.")
        .hasMessageContaining("sources/shop.yaml:5");
  }

  @Test
  void aFinalModelThatNeverClosesIsRefusedAtItsPlace() throws IOException {
    write("models/gold/minutes.sql", "/*\nemit: final\n*/\nSELECT COUNT(*) AS n FROM orders\n");
    assertThatThrownBy(this::check)
        .hasMessageContaining("models/gold/minutes.sql:4:1: Cannot run SELECT COUNT(*) AS n")
        .hasMessageContaining("Group by window_start and window_end");
  }
}
