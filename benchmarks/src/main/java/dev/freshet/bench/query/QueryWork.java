package dev.freshet.bench.query;

import dev.freshet.bench.harness.Samples;
import dev.freshet.measure.Meter;
import dev.freshet.measure.RowTexts;
import dev.freshet.measure.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/**
 * A process that loads the rows into one of the databases, then asks each question several times
 * and writes the answers down.
 *
 * <pre>FRESHET|DUCKDB ORDERS TIMES OUT-FOLDER</pre>
 */
final class QueryWork {
  /** Repetitions that do not count: the JVM compiles what they run. */
  private static final int WARM_UP = 3;

  private static final double SECONDS_A_QUERY_MAX = 60;

  /** A database with the rows of {@link QueryData}. */
  interface Database extends AutoCloseable {
    void load(long orders) throws SQLException;

    RowTexts answer(String sql) throws SQLException;

    /** Computes the whole answer; returns its number of rows. */
    long run(String sql) throws SQLException;

    @Override
    void close() throws SQLException;
  }

  private QueryWork() {}

  public static void main(String[] arguments) throws Exception {
    try (Database database = arguments[0].equals("FRESHET") ? new FreshetRows() : new DuckRows()) {
      Meter loading = new Meter();
      database.load(Long.parseLong(arguments[1]));
      Told.figure("load_s", loading.seconds());
      Path out = Files.createDirectories(Path.of(arguments[3]));
      for (Map.Entry<String, String> query : QueryData.queries().entrySet()) {
        measure(database, query.getKey(), query.getValue(), Integer.parseInt(arguments[2]), out);
      }
    }
    Told.figure("peak_mb", Meter.peakMemoryMb());
  }

  private static void measure(Database database, String name, String sql, int times, Path out)
      throws Exception {
    Meter all = new Meter();
    for (int i = 0; i < WARM_UP && all.seconds() < SECONDS_A_QUERY_MAX / 2; i++) {
      database.run(sql);
    }
    Samples samples = new Samples();
    Meter meter = new Meter();
    int ran = 0;
    for (; ran == 0 || (ran < times && all.seconds() < SECONDS_A_QUERY_MAX); ran++) {
      long begin = System.nanoTime();
      database.run(sql);
      samples.add(System.nanoTime() - begin);
    }
    Told.figure(name + "_ms", samples.millis(0.5));
    Told.figure(name + "_cpu_ms", meter.cpuSeconds() * 1e3 / ran);
    write(database.answer(sql), out.resolve(name));
  }

  private static void write(RowTexts rows, Path file) throws IOException {
    rows.write(file);
  }
}
