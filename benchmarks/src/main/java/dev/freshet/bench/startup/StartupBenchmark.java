package dev.freshet.bench.startup;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.bench.nexmark.FlinkPeer;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ./bench startup}: from the start of a process to the first answer of an empty database
 * (open, create a table and a view, insert, query), and the memory resident a second later; with
 * the JVM as it comes, with an archive of an earlier run (JEP 483), and with a small heap. Flink
 * beside it: a count over three literal rows.
 */
public final class StartupBenchmark implements Benchmark {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** How one process started: milliseconds to the answer, MB afterwards. */
  private record Start(double millis, double idleMb) {
    static Start of(ChildJvm.Outcome outcome) {
      return new Start(
          outcome.noteMillis().getOrDefault("answer", Double.NaN), outcome.figure("idle_mb"));
    }
  }

  private interface Starter {
    ChildJvm.Outcome start() throws IOException;
  }

  @Override
  public String name() {
    return "startup";
  }

  @Override
  public String summary() {
    return "start of a process to the first answer, and its memory, beside Flink (--times 7, --alone)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "times", "alone");
    int times = (int) options.number("times", 7);
    TextTable table = new TextTable("", "first answer ms", "least", "most", "idle MB");
    try (WorkFolder archives = WorkFolder.create("freshet-bench-startup-")) {
      Start plain = freshet("Freshet", times, table);
      report.atMost("first_answer_ms", plain.millis(), 1_000);
      report.atMost("idle_mb", plain.idleMb(), 250);
      Path archive = archives.path().resolve("first.aot");
      freshet("", 1, new TextTable(), "-XX:AOTCacheOutput=" + archive);
      Start archived =
          freshet(
              "Freshet, with an archive", times, table, "-XX:AOTCache=" + archive, "-Xlog:aot=off");
      report.figure("archived_first_answer_ms", archived.millis());
      report.figure("archived_idle_mb", archived.idleMb());
      Start small =
          freshet(
              "Freshet, small heap and an archive",
              times,
              table,
              "-XX:AOTCache=" + archive,
              "-Xlog:aot=off",
              "-XX:+UseSerialGC",
              "-Xmx96m");
      report.figure("small_first_answer_ms", small.millis());
      report.figure("small_idle_mb", small.idleMb());
      if (!options.has("alone")) {
        FlinkPeer flink = new FlinkPeer();
        Start theirs = starts("Flink", Math.min(3, times), table, () -> flink.first(LIMIT));
        report.figure("flink_first_answer_ms", theirs.millis());
        report.figure("flink_idle_mb", theirs.idleMb());
        report.figure("first_answer_ratio", theirs.millis() / plain.millis());
        report.figure("idle_ratio", theirs.idleMb() / plain.idleMb());
      }
    }
    table.print(System.out);
  }

  private static Start freshet(String title, int times, TextTable table, String... jvmOptions)
      throws IOException {
    ChildJvm jvm = ChildJvm.ofOwnClasses(jvmOptions);
    return starts(
        title,
        times,
        table,
        () -> {
          try (WorkFolder folder = WorkFolder.create("freshet-bench-startup-")) {
            return jvm.run(
                FirstAnswer.class.getName(), LIMIT, folder.path().resolve("db").toString());
          }
        });
  }

  /** The medians. */
  private static Start starts(String title, int times, TextTable table, Starter starter)
      throws IOException {
    List<Start> starts = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      starts.add(Start.of(starter.start()));
    }
    List<Double> millis = starts.stream().map(Start::millis).sorted().toList();
    List<Double> idle = starts.stream().map(Start::idleMb).sorted().toList();
    Start median = new Start(millis.get(times / 2), idle.get(times / 2));
    table.row(
        title,
        TextTable.number(median.millis()),
        TextTable.number(millis.getFirst()),
        TextTable.number(millis.getLast()),
        TextTable.number(median.idleMb()));
    return median;
  }
}
