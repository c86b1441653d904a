package dev.freshet.peer.flink;

import dev.freshet.measure.EventCursor;
import dev.freshet.measure.EventFile;
import dev.freshet.measure.Meter;
import dev.freshet.measure.RunControl;
import dev.freshet.measure.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * The process that runs Flink.
 *
 * <pre>
 * source EVENT-FILE                                        what reading the events costs without Flink
 * bench  FOLDER EVENT-FILE SQL-FILE EVENTS WARM-UP SECONDS  one query into a sink that drops all
 * rows   FOLDER EVENT-FILE SQL-FOLDER EVENTS                the final rows of each query
 * first  FOLDER                                             the first result of a trivial query
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
              arguments,
              Files.readString(Path.of(arguments[3])),
              Long.parseLong(arguments[5]),
              Double.parseDouble(arguments[6]));
      case "rows" -> {
        try (Stream<Path> queries = Files.list(Path.of(arguments[3]))) {
          for (Path query : queries.toList()) {
            rows(arguments, query);
          }
        }
      }
      case "first" -> first(Path.of(arguments[1]));
      default -> throw new IllegalArgumentException("unknown work: " + arguments[0]);
    }
    // Threads of Flink's cluster would keep the process for a while.
    System.exit(0);
  }

  private static StreamExecutionEnvironment environment(String[] arguments) {
    return FlinkTables.environment(Path.of(arguments[1]), MANAGED_MB);
  }

  private static StreamTableEnvironment tables(
      StreamExecutionEnvironment environment, String[] arguments) {
    StreamTableEnvironment tables = FlinkTables.create(environment);
    for (String ddl : EventLayout.tables(arguments[2], Long.parseLong(arguments[4]))) {
      tables.executeSql(ddl);
    }
    return tables;
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

  private static void bench(String[] arguments, String sql, long warmUp, double limitSeconds)
      throws Exception {
    StreamTableEnvironment tables = tables(environment(arguments), arguments);
    if (!plans(tables, sql, "unsupported")) {
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

  private static void rows(String[] arguments, Path query) throws Exception {
    StreamExecutionEnvironment environment = environment(arguments);
    StreamTableEnvironment tables = tables(environment, arguments);
    String sql = Files.readString(query);
    if (plans(tables, sql, query.getFileName() + "_unsupported")) {
      BagSink.clear(() -> {});
      tables.toChangelogStream(tables.sqlQuery(sql)).sinkTo(new BagSink());
      environment.execute();
      BagSink.rows().write(query.resolveSibling(query.getFileName() + ".rows"));
    }
  }

  /** Tells why when Flink does not support the query. */
  private static boolean plans(StreamTableEnvironment tables, String sql, String note) {
    try {
      tables.explainSql(sql);
      return true;
    } catch (TableException | ValidationException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      Told.note(note, String.valueOf(cause.getMessage()));
      return false;
    }
  }

  /** The parent takes the time from the start of the process to the note. */
  private static void first(Path folder) throws Exception {
    StreamExecutionEnvironment environment = FlinkTables.environment(folder, MANAGED_MB);
    StreamTableEnvironment tables = FlinkTables.create(environment);
    BagSink.clear(() -> Told.note("answer", BagSink.rows().counts().toString()));
    tables
        .toChangelogStream(
            tables.sqlQuery("SELECT n, COUNT(*) FROM (VALUES (1), (2), (2)) AS v (n) GROUP BY n"))
        .sinkTo(new BagSink());
    environment.execute();
    System.gc();
    Thread.sleep(1_000);
    Told.figure("idle_mb", Meter.residentMb());
  }
}
