package dev.freshet.peer.flink;

import dev.freshet.measure.EventCursor;
import dev.freshet.measure.EventFile;
import dev.freshet.measure.Meter;
import dev.freshet.measure.RowTexts;
import dev.freshet.measure.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * The process that runs Flink.
 *
 * <pre>
 * source EVENT-FILE                                        what reading the events costs without Flink
 * bench  FOLDER EVENT-FILE SQL-FILE EVENTS WARM-UP SECONDS  one query into a sink that drops all
 * rows   FOLDER EVENT-FILE SQL-FILE EVENTS OUT-FILE         the final rows of one query
 * first                                                     the first result of a trivial query
 * </pre>
 */
public final class FlinkWork {
  private static final int MANAGED_MB = 1_536;

  private FlinkWork() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "source" -> source(Path.of(arguments[1]));
      case "bench" ->
          bench(
              tables(arguments),
              query(arguments),
              Long.parseLong(arguments[5]),
              Double.parseDouble(arguments[6]));
      case "rows" -> rows(tables(arguments), query(arguments), Path.of(arguments[5]));
      case "first" -> first(Path.of(arguments[1]));
      default -> throw new IllegalArgumentException("unknown work: " + arguments[0]);
    }
    // Threads of Flink's cluster would keep the process for a while.
    System.exit(0);
  }

  private static StreamTableEnvironment tables(String[] arguments) {
    StreamTableEnvironment tables = FlinkTables.create(Path.of(arguments[1]), MANAGED_MB);
    for (String ddl : EventLayout.tables(arguments[2], Long.parseLong(arguments[4]))) {
      tables.executeSql(ddl);
    }
    return tables;
  }

  private static String query(String[] arguments) throws IOException {
    return Files.readString(Path.of(arguments[3]));
  }

  private static void source(Path file) throws IOException {
    for (int pass = 0; pass < 2; pass++) {
      Meter meter = new Meter();
      EventLayout layout = new EventLayout();
      EventCursor cursor = new EventCursor();
      long events = 0;
      try (EventFile in = new EventFile(file)) {
        int block = 0;
        byte[] bytes = in.block(block++);
        while (bytes.length > 0) {
          cursor.on(bytes);
          layout.on(bytes);
          while (cursor.next()) {
            layout.read(cursor);
            events++;
          }
          bytes = in.block(block++);
        }
      }
      // The second pass is compiled.
      Told.figure("source_cpu_us_per_event", meter.cpuSeconds() * 1e6 / events);
    }
  }

  private static void bench(
      StreamTableEnvironment tables, String sql, long warmUp, double limitSeconds)
      throws Exception {
    if (!plans(tables, sql)) {
      return;
    }
    Table result = tables.sqlQuery(sql);
    RunControl control = RunControl.begin(warmUp, limitSeconds);
    result.insertInto(TableDescriptor.forConnector("blackhole").build()).execute().await();
    Meter meter = Objects.requireNonNull(control.meter(), "events beyond the warm-up");
    double seconds = meter.seconds();
    double cpuSeconds = meter.cpuSeconds();
    Told.figure("events", (double) control.measuredEvents());
    Told.figure("seconds", seconds);
    Told.figure("cpu_seconds", cpuSeconds);
    Told.figure("peak_mb", Meter.peakMemoryMb());
  }

  @SuppressWarnings("try") // closing may be interrupted, and then ends the process
  private static void rows(StreamTableEnvironment tables, String sql, Path out) throws Exception {
    if (!plans(tables, sql)) {
      return;
    }
    RowTexts rows = new RowTexts();
    try (CloseableIterator<Row> changes = tables.executeSql(sql).collect()) {
      while (changes.hasNext()) {
        Row row = changes.next();
        @Nullable Object[] values = new @Nullable Object[row.getArity()];
        for (int i = 0; i < values.length; i++) {
          values[i] = row.getField(i);
        }
        switch (row.getKind()) {
          case INSERT, UPDATE_AFTER -> rows.add(values, 1);
          case DELETE, UPDATE_BEFORE -> rows.add(values, -1);
        }
      }
    }
    rows.write(out);
  }

  /** Tells why when Flink does not support the query. */
  private static boolean plans(StreamTableEnvironment tables, String sql) {
    try {
      tables.explainSql(sql);
      return true;
    } catch (TableException | ValidationException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      Told.note("unsupported", String.valueOf(cause.getMessage()));
      return false;
    }
  }

  /** The parent takes the time from the start of the process to this figure. */
  @SuppressWarnings("try") // closing may be interrupted, and then ends the process
  private static void first(Path folder) throws Exception {
    StreamTableEnvironment tables = FlinkTables.create(folder, MANAGED_MB);
    try (CloseableIterator<Row> rows =
        tables
            .executeSql("SELECT n, COUNT(*) FROM (VALUES (1), (2), (2)) AS v (n) GROUP BY n")
            .collect()) {
      Told.note("answer", rows.next().toString());
      while (rows.hasNext()) {
        rows.next();
      }
    }
    System.gc();
    Thread.sleep(1_000);
    Told.figure("idle_mb", Meter.residentMb());
  }
}
