package dev.freshet.bench.windows;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.measure.WindowEvents;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.testing.files.WorkFolder;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The process that runs one kind of window on Freshet: {@code KIND WARM-UP EVENTS SECONDS EMIT},
 * where EMIT is {@code final} (each window once, as Jet) or {@code changes} (as Kafka Streams).
 */
final class WindowsWork {
  /** What the product takes into a step while there is more in the log. */
  private static final int STEP_EVENTS = PipelineSettings.DEFAULT.stepRowsMax();

  private static final long END_KEY = -1;
  private static final long DAY_MILLIS = 24 * 3_600_000L;

  private static final Watermark WATERMARK =
      new Watermark("t", WindowEvents.LAG_MILLIS * 1_000, Watermark.NEVER_IDLE);
  private static final Schema EVENTS =
      Schema.of(
          Column.notNull("k", Simple.BIGINT),
          Column.notNull("v", Simple.BIGINT),
          Column.notNull("t", Simple.TIMESTAMP));

  private final long end;
  private final boolean isFinal;
  private long next;

  private WindowsWork(long end, boolean isFinal) {
    this.isFinal = isFinal;
    this.end = end;
  }

  public static void main(String[] arguments) throws InterruptedException {
    boolean isFinal = arguments[4].equals("final");
    long warmUp = Long.parseLong(arguments[1]);
    long measured = Long.parseLong(arguments[2]);
    WindowsWork work = new WindowsWork(warmUp + measured, isFinal);
    try (WorkFolder folder = WorkFolder.create("freshet-bench-windows-")) {
      LocalStorage storage = new LocalStorage(folder.path());
      Engine engine = Engine.restore(storage, "state", Engine.defaultMemoryBytes());
      engine.createTable("events", "events", 0, EVENTS, Optional.of(WATERMARK), Keep.NONE);
      engine.step(DurableSteps.FIRST_STEP, 1);
      Relation events =
          new Relation(
              "events", EVENTS, List.of(), Optional.of(WATERMARK), Optional.empty(), Keep.NONE);
      CompiledQuery compiled =
          new SqlCompiler(Catalog.of(List.of(events)))
              .model(
                  SourceText.of("windows", sql(arguments[0])), isFinal ? Emit.FINAL : Emit.CHANGES);
      int columns = compiled.schema().columnCount();
      engine.createView("windows", compiled.plan(), IntStream.range(0, columns).toArray());
      new DurableSteps(engine, storage, "windows", STEP_EVENTS, work::events)
          .run(warmUp, measured, Double.parseDouble(arguments[3]))
          .tell();
    }
  }

  private static String sql(String kind) {
    String windows =
        switch (kind) {
          case "tumble" ->
              "TUMBLE(TABLE events, DESCRIPTOR(t), " + interval(WindowEvents.TUMBLE_MILLIS) + ")";
          case "hop" ->
              "HOP(TABLE events, DESCRIPTOR(t), "
                  + interval(WindowEvents.SLIDE_MILLIS)
                  + ", "
                  + interval(WindowEvents.HOP_MILLIS)
                  + ")";
          case "session" ->
              "SESSION(TABLE events PARTITION BY k, DESCRIPTOR(t), "
                  + interval(WindowEvents.SESSION_GAP_MILLIS)
                  + ")";
          default -> throw new IllegalArgumentException("no such window: " + kind);
        };
    return "SELECT k, COUNT(*) AS n, SUM(v) AS s, window_start, window_end FROM TABLE("
        + windows
        + ") GROUP BY k, window_start, window_end";
  }

  private static void add(BatchBuilder rows, long key, long value, long millis) {
    rows.column(0).appendLong(key);
    rows.column(1).appendLong(value);
    rows.column(2).appendLong(millis * 1_000);
    rows.endRow(1);
  }

  private static String interval(long millis) {
    return "INTERVAL '" + millis / 1e3 + "' SECOND";
  }

  private List<TableChanges> events(int count) {
    BatchBuilder rows = new BatchBuilder(EVENTS, count);
    for (int i = 0; i < count; i++, next++) {
      add(rows, WindowEvents.key(next), WindowEvents.value(next), WindowEvents.millis(next));
    }
    if (isFinal && next >= end) {
      // The end of the events: all of their windows close, as a stream's end has it in Jet.
      add(rows, END_KEY, 0, WindowEvents.millis(next) + DAY_MILLIS);
    }
    return List.of(TableChanges.inserts("events", rows.build(), 0));
  }
}
