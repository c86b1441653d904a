package dev.freshet.bench.windows;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import dev.freshet.measure.WindowEvents;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.testing.files.WorkFolder;
import java.util.List;
import java.util.stream.IntStream;

/** The process that runs one kind of window on Freshet: {@code KIND WARM-UP EVENTS SECONDS}. */
final class WindowsWork {
  private static final int STEP_EVENTS = 20_000;
  private static final Schema EVENTS =
      Schema.of(
          Column.notNull("k", Simple.BIGINT),
          Column.notNull("v", Simple.BIGINT),
          Column.notNull("t", Simple.TIMESTAMP));

  private long next;

  private WindowsWork() {}

  public static void main(String[] arguments) throws InterruptedException {
    WindowsWork work = new WindowsWork();
    try (WorkFolder folder = WorkFolder.create("freshet-bench-windows-")) {
      LocalStorage storage = new LocalStorage(folder.path());
      Engine engine = Engine.restore(storage, "state", Engine.defaultMemoryBytes());
      engine.createTable("events", EVENTS);
      engine.step(DurableSteps.FIRST_STEP, 1);
      CompiledQuery compiled =
          new SqlCompiler(Catalog.of(List.of(Relation.of("events", EVENTS))))
              .query(sql(arguments[0]), "windows");
      int columns = compiled.schema().columnCount();
      engine.createView("windows", compiled.plan(), IntStream.range(0, columns).toArray());
      new DurableSteps(engine, storage, "windows", STEP_EVENTS, work::events)
          .run(
              Long.parseLong(arguments[1]),
              Long.parseLong(arguments[2]),
              Double.parseDouble(arguments[3]))
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

  private static String interval(long millis) {
    return "INTERVAL '" + millis / 1e3 + "' SECOND";
  }

  private List<TableChanges> events(int count) {
    BatchBuilder rows = new BatchBuilder(EVENTS, count);
    for (int i = 0; i < count; i++, next++) {
      rows.column(0).appendLong(WindowEvents.key(next));
      rows.column(1).appendLong(WindowEvents.value(next));
      rows.column(2).appendLong(WindowEvents.millis(next) * 1_000);
      rows.endRow(1);
    }
    return List.of(TableChanges.inserts("events", rows.build(), 0));
  }
}
