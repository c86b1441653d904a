package dev.freshet.bench.query;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.core.error.Check;
import dev.freshet.measure.RowTexts;
import dev.freshet.testing.files.WorkFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code ./bench query}: one-shot queries over the same rows on Freshet and on DuckDB, one thread
 * each, in processes of their own. Freshet answers from the state of its engine, a keyed table in
 * sorted runs, as {@code Freshet.query} does, parsing and planning included; DuckDB from a table in
 * memory. Both answers must be equal.
 */
public final class QueryBenchmark implements Benchmark {
  @Override
  public String name() {
    return "query";
  }

  @Override
  public String summary() {
    return "one-shot queries beside DuckDB, a thread each (--rows 10000000, --times 7)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "rows", "times", "heap-mib");
    String rows = String.valueOf(options.number("rows", 10_000_000));
    String times = String.valueOf(options.number("times", 7));
    try (WorkFolder folder = WorkFolder.create("freshet-bench-query-")) {
      Path ours = folder.path().resolve("freshet");
      Path theirs = folder.path().resolve("duckdb");
      Duration limit = Duration.ofMinutes(15);
      ChildJvm.Outcome freshet =
          ChildJvm.ofFreshet("-Xmx" + options.number("heap-mib", 6_144) + "m")
              .run(QueryWork.class.getName(), limit, "FRESHET", rows, times, ours.toString());
      ChildJvm.Outcome duck =
          ChildJvm.ofFreshet("-Xmx1g")
              .run(QueryWork.class.getName(), limit, "DUCKDB", rows, times, theirs.toString());
      TextTable table =
          new TextTable("query", "ms", "CPU ms", "DuckDB ms", "CPU ms", "times DuckDB");
      for (String name : QueryData.queries().keySet()) {
        Check.that(
            RowTexts.read(ours.resolve(name))
                .counts()
                .equals(RowTexts.read(theirs.resolve(name)).counts()),
            "Freshet and DuckDB answer the same to the query " + name);
        double ratio = freshet.figure(name + "_ms") / duck.figure(name + "_ms");
        table.row(
            name,
            TextTable.number(freshet.figure(name + "_ms")),
            TextTable.number(freshet.figure(name + "_cpu_ms")),
            TextTable.number(duck.figure(name + "_ms")),
            TextTable.number(duck.figure(name + "_cpu_ms")),
            TextTable.times(ratio));
        report.figure(name + "_ms", freshet.figure(name + "_ms"));
        report.figure(name + "_duckdb_ms", duck.figure(name + "_ms"));
        report.atMost(name + "_times_duckdb", ratio, 4);
      }
      table.print(System.out);
      report.figure("load_s", freshet.figure("load_s"));
      report.figure("peak_mb", freshet.figure("peak_mb"));
      report.figure("duckdb_load_s", duck.figure("load_s"));
      report.figure("duckdb_peak_mb", duck.figure("peak_mb"));
    }
  }
}
