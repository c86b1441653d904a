package dev.freshet.bench.nexmark;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Checkpoint;
import dev.freshet.engine.Engine;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One query. The events are made before the clock runs; one thread does all but commits and
 * checkpoints.
 */
final class NexmarkRun {
  private static final long CHECKPOINT_NANOS = 10_000_000_000L;
  private static final Schema SIDE_INPUT =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.notNull("label", Simple.VARCHAR));

  private final int query;
  private final Events events;
  private final int stepEvents;
  private final ByteWriter scratch = new ByteWriter(1 << 20);
  private @Nullable Thread checkpointing;
  private long nextCheckpoint = System.nanoTime() + CHECKPOINT_NANOS;

  /**
   * @param rows of the view at the end
   */
  record Figures(
      double eventsPerSecond, double eventsPerCpuSecond, long rows, double slowestStepMillis) {}

  NexmarkRun(int query, long seed, int stepEvents) {
    this.query = query;
    this.events = new Events(seed);
    this.stepEvents = stepEvents;
  }

  Figures run(long warmUp, long measured) throws IOException, InterruptedException {
    try (WorkFolder folder = WorkFolder.create("freshet-bench-nexmark-")) {
      LocalStorage storage = new LocalStorage(folder.path());
      Engine engine = Engine.restore(storage, "state", Engine.defaultMemoryBytes());
      engine.createTable("person", Events.PERSON, 0);
      engine.createTable("auction", Events.AUCTION, 0);
      engine.createTable("bid", Events.BID);
      engine.createTable("side_input", SIDE_INPUT, 0);
      engine.apply(Events.sideInput());
      engine.step(1, 1);
      CompiledQuery compiled = new SqlCompiler(catalog()).query(sql(), "q" + query);
      int columns = compiled.schema().columnCount();
      engine.createView("result", compiled.plan(), IntStream.range(0, columns).toArray());
      try (EmbeddedLog log =
          EmbeddedLog.open(storage, "log", Clock.system(), LogSettings.DEFAULT)) {
        Scheduler.Handle commits = log.startCommits(Scheduler.threads());
        steps(engine, log, storage, warmUp);
        Figures figures = steps(engine, log, storage, measured);
        commits.cancel();
        return figures;
      }
    }
  }

  private static Catalog catalog() {
    return Catalog.of(
        List.of(
            Relation.of("person", Events.PERSON, "id"),
            Relation.of("auction", Events.AUCTION, "id"),
            Relation.of("bid", Events.BID),
            Relation.of("side_input", SIDE_INPUT, "id")));
  }

  private String sql() throws IOException {
    try (InputStream in = NexmarkRun.class.getResourceAsStream("q" + query + ".sql")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Figures steps(Engine engine, EmbeddedLog log, LocalStorage storage, long count)
      throws InterruptedException {
    long nanos = 0;
    long cpu = 0;
    long slowest = 0;
    for (long done = 0; done < count; done += stepEvents) {
      List<TableChanges> changes = events.next(stepEvents);
      long cpuBefore = cpuNanos();
      long begin = System.nanoTime();
      step(engine, log, changes);
      checkpoint(engine, storage);
      long took = System.nanoTime() - begin;
      nanos += took;
      cpu += cpuNanos() - cpuBefore;
      slowest = Math.max(slowest, took);
    }
    if (checkpointing != null) {
      checkpointing.join();
    }
    return new Figures(
        count * 1e9 / nanos,
        count * 1e9 / cpu,
        engine.snapshot().rowCount("result"),
        slowest / 1e6);
  }

  private void step(Engine engine, EmbeddedLog log, List<TableChanges> changes) {
    ChangeSet set = new ChangeSet("nexmark", new byte[8], 0, 0, 0, ChangeSet.Part.LAST, changes);
    long offset = log.append(LogRecord.of(set, scratch));
    changes.forEach(engine::apply);
    engine.step(offset + 2, 1);
  }

  /** Beside the steps, as the product writes them. */
  private void checkpoint(Engine engine, LocalStorage storage) {
    if (System.nanoTime() < nextCheckpoint || (checkpointing != null && checkpointing.isAlive())) {
      return;
    }
    nextCheckpoint = System.nanoTime() + CHECKPOINT_NANOS;
    Checkpoint prepared = engine.prepareCheckpoint(new byte[0]);
    checkpointing = Thread.ofPlatform().start(() -> prepared.write(storage, "state"));
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
