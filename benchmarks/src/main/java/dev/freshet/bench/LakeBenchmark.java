package dev.freshet.bench;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.Lake;
import dev.freshet.lake.LakeOptions;
import dev.freshet.lake.LakeReader;
import dev.freshet.lake.LakeTable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The lake's writer on a real disk, one thread: random upserts into a keyed table, appends to a
 * history, publishes of several small tables, and opening.
 */
final class LakeBenchmark implements Benchmark {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("customer", Simple.BIGINT),
          Column.notNull("status", Simple.VARCHAR),
          Column.notNull("note", Simple.VARCHAR),
          Column.nullable("amount", new DataType.Decimal(12, 2)),
          Column.nullable("discount", Simple.DOUBLE),
          Column.notNull("quantity", Simple.INTEGER),
          Column.notNull("ordered_at", Simple.TIMESTAMP_LTZ));

  private static final int[] KEY = {0};
  private static final String[] STATUSES = {"new", "paid", "packed", "shipped", "returned"};
  private static final int CHANGES_PER_TRANSACTION = 100;

  @Override
  public String name() {
    return "lake";
  }

  @Override
  public String summary() {
    return "rows a second into Iceberg tables; --rows 1_000_000 --per-publish 50_000 --tables 8 --dir"
        + " D";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "rows", "per-publish", "tables", "dir");
    int rows = (int) options.number("rows", 1_000_000);
    int perPublish = (int) options.number("per-publish", 50_000);
    int tables = (int) options.number("tables", 8);
    Path parent = Path.of(options.text("dir", System.getProperty("java.io.tmpdir")));
    Path directory = Files.createTempDirectory(parent, "freshet-bench-lake");
    try {
      measureUpserts(
          new LocalStorage(directory), Math.min(rows, 200_000), perPublish, new Report("lake"));
      delete(directory);
      measureUpserts(new LocalStorage(directory), rows, perPublish, report);
      delete(directory);
      measureHistory(new LocalStorage(directory), rows, perPublish, report);
      delete(directory);
      measureSmallPublishes(new LocalStorage(directory), tables, report);
    } finally {
      delete(directory);
    }
  }

  private static void measureUpserts(Storage storage, int rows, int perPublish, Report report) {
    SplittableRandom random = new SplittableRandom(1);
    Lake lake = Lake.open(storage, LakeOptions.defaults());
    LakeTable table = lake.keyed("silver.orders", SCHEMA, KEY);
    int[] version = new int[rows];
    BatchBuilder load = new BatchBuilder(SCHEMA, rows);
    for (int id = 0; id < rows; id++) {
      row(load, id, 0, 1);
    }
    Timer loading = new Timer();
    long step = 1;
    lake.stage(step, table, load.build());
    lake.publish(step, Map.of());
    report.figure("load_rows_per_s", rows / loading.seconds());
    List<Double> millis = new ArrayList<>();
    double cpu = 0;
    double seconds = 0;
    for (int done = 0; done < rows; done += perPublish) {
      Batch delta = updates(random, version, perPublish);
      Timer publishing = new Timer();
      lake.stage(++step, table, delta);
      lake.publish(step, Map.of());
      seconds += publishing.seconds();
      cpu += publishing.cpuSeconds();
      millis.add(publishing.seconds() * 1e3);
    }
    report.atLeast("upsert_rows_per_s", rows / seconds, 285_000);
    report.atMost("upsert_cpu_us_per_row", cpu / rows * 1e6, 3);
    report.figure("upsert_publish_ms_p50", percentile(millis, 0.5));
    report.figure("upsert_publish_ms_p99", percentile(millis, 0.99));
    report.figure("files", storage.list("lake/silver/orders/data").size());
    Timer opening = new Timer();
    Lake again = Lake.open(storage, LakeOptions.defaults());
    LakeTable same = again.keyed("silver.orders", SCHEMA, KEY);
    again.stage(step + 1, same, updates(random, version, 1));
    again.publish(step + 1, Map.of());
    report.figure("open_and_first_publish_ms", opening.seconds() * 1e3);
    Timer reading = new Timer();
    long[] count = {0};
    LakeReader.open(storage).read("silver.orders", batch -> count[0] += batch.rowCount());
    report.figure("scan_rows_per_s", count[0] / reading.seconds());
    if (count[0] != rows) {
      throw new IllegalStateException("the table has " + count[0] + " rows instead of " + rows);
    }
  }

  private static Batch updates(SplittableRandom random, int[] version, int count) {
    boolean[] taken = new boolean[version.length];
    BatchBuilder delta = new BatchBuilder(SCHEMA, 2 * count);
    for (int i = 0; i < count; i++) {
      int id = random.nextInt(version.length);
      if (!taken[id]) {
        taken[id] = true;
        row(delta, id, version[id], -1);
        row(delta, id, ++version[id], 1);
      }
    }
    return delta.build();
  }

  private static void row(BatchBuilder batch, int id, int version, long weight) {
    long mixed = (id * 31L + version) * 0x9E3779B97F4A7C15L;
    batch.column(0).appendLong(id);
    batch.column(1).appendLong((mixed >>> 40) % 100_000);
    Values.appendText(batch.column(2), STATUSES[(int) ((mixed >>> 8) & 0xFF) % STATUSES.length]);
    Values.appendText(batch.column(3), "note " + (mixed >>> 50) + " of order " + id);
    batch.column(4).appendLong((mixed >>> 33) % 1_000_000);
    if (version % 7 == 3) {
      batch.column(5).appendNull();
    } else {
      batch.column(5).appendDouble((mixed >>> 45) / 1e4);
    }
    batch.column(6).appendLong((mixed >>> 20) & 0xF);
    batch.column(7).appendLong(1_790_000_000_000_000L + id * 1_000L + version);
    batch.endRow(weight);
  }

  private static void measureHistory(Storage storage, int rows, int perPublish, Report report) {
    Lake lake = Lake.open(storage, LakeOptions.defaults());
    LakeTable table = lake.history("bronze.orders", SCHEMA);
    List<Double> millis = new ArrayList<>();
    double cpu = 0;
    double seconds = 0;
    long step = 0;
    for (int done = 0; done < rows; done += perPublish) {
      step++;
      for (int from = done; from < done + perPublish; from += CHANGES_PER_TRANSACTION) {
        ChangeSet changes = changes(from);
        lake.stage(step, table, changes, changes.tables().getFirst(), from);
      }
      Timer publishing = new Timer();
      lake.publish(step, Map.of());
      seconds += publishing.seconds();
      cpu += publishing.cpuSeconds();
      millis.add(publishing.seconds() * 1e3);
    }
    report.atLeast("history_rows_per_s", rows / seconds, 1_350_000);
    report.atMost("history_cpu_us_per_row", cpu / rows * 1e6, 3);
    report.figure("history_publish_ms_p50", percentile(millis, 0.5));
  }

  private static ChangeSet changes(int from) {
    BatchBuilder rows = new BatchBuilder(SCHEMA, CHANGES_PER_TRANSACTION);
    for (int i = 0; i < CHANGES_PER_TRANSACTION; i++) {
      row(rows, from + i, 1, 1);
    }
    byte[] operations = new byte[CHANGES_PER_TRANSACTION];
    Arrays.fill(operations, Operation.UPDATE.code());
    int[] before = new int[CHANGES_PER_TRANSACTION];
    Arrays.fill(before, -1);
    TableChanges table =
        new TableChanges(
            "orders",
            1,
            KEY,
            operations,
            rows.build(),
            new boolean[SCHEMA.columnCount()][0],
            before,
            Batch.empty(SCHEMA),
            List.of());
    return new ChangeSet(
        "shop", new byte[16], from, from, from, ChangeSet.Part.LAST, List.of(table));
  }

  /** As a project does it that is nearly idle: a few updates in each of several tables. */
  private static void measureSmallPublishes(Storage storage, int tables, Report report) {
    SplittableRandom random = new SplittableRandom(2);
    Lake lake = Lake.open(storage, LakeOptions.defaults());
    int[] version = new int[1_000];
    List<LakeTable> opened = new ArrayList<>();
    for (int t = 0; t < tables; t++) {
      opened.add(lake.keyed("gold.t" + t, SCHEMA, KEY));
    }
    List<Double> millis = new ArrayList<>();
    double cpu = 0;
    int publishes = 150;
    for (long step = 1; step <= publishes; step++) {
      for (LakeTable table : opened) {
        lake.stage(step, table, updates(random, version, 20));
      }
      Timer publishing = new Timer();
      lake.publish(step, Map.of());
      if (step > publishes / 3) {
        millis.add(publishing.seconds() * 1e3);
        cpu += publishing.cpuSeconds();
      }
    }
    report.atMost("small_publish_ms_p50", percentile(millis, 0.5), 120);
    report.figure("small_publish_ms_p99", percentile(millis, 0.99));
    report.figure("small_publish_cpu_ms_per_table", cpu * 1e3 / millis.size() / tables);
  }

  private static double percentile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * share)));
  }

  /** Wall-clock and CPU time of this thread since it was made. */
  private static final class Timer {
    private final long start = System.nanoTime();
    private final long cpuStart = cpu();

    double seconds() {
      return (System.nanoTime() - start) / 1e9;
    }

    double cpuSeconds() {
      return (cpu() - cpuStart) / 1e9;
    }

    private static long cpu() {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
