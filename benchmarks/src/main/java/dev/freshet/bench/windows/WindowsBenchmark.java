package dev.freshet.bench.windows;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code ./bench windows}: count and sum by key in tumbling, hopping and session windows over the
 * same events, on Freshet, Hazelcast Jet and Kafka Streams in turn, each in a process of its own,
 * exactly once. Kafka Streams brings a broker into its process, because it cannot run without one;
 * the events lie in its topic before the clock starts.
 */
public final class WindowsBenchmark implements Benchmark {
  private static final List<String> KINDS = List.of("tumble", "hop", "session");
  private static final Duration STARTING_AND_ENDING = Duration.ofMinutes(4);

  /** Of the peers by name, the main classes. */
  private static final Map<String, String> PEERS =
      new TreeMap<>(
          Map.of(
              "jet", "dev.freshet.peer.windows.JetWork",
              "kafka", "dev.freshet.peer.windows.KafkaWork"));

  @Override
  public String name() {
    return "windows";
  }

  @Override
  public String summary() {
    return "windowed aggregates beside Hazelcast Jet and Kafka Streams"
        + " (--events 2000000, --warm-up 1000000, --for 60s each, --window hop, --peer jet, --alone)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "events", "warm-up", "for", "window", "peer", "alone");
    long warmUp = options.number("warm-up", 1_000_000);
    long events = options.number("events", 2_000_000);
    Duration time = options.duration("for", Duration.ofSeconds(60));
    ChildJvm freshet = ChildJvm.ofFreshet("-Xmx3840m");
    TextTable table =
        new TextTable("", "events/s", "a CPU s", "peak MB", "Freshet is ahead", "by CPU");
    for (String kind : KINDS) {
      if (!options.text("window", kind).equals(kind)) {
        continue;
      }
      ChildJvm.Outcome ours = run(freshet, WindowsWork.class.getName(), kind, warmUp, events, time);
      add(table, "Freshet, " + kind, ours, Double.NaN, Double.NaN);
      report.figure(kind + "_events_per_s", perSecond(ours));
      report.figure(kind + "_events_per_cpu_s", perCpuSecond(ours));
      for (Map.Entry<String, String> peer : PEERS.entrySet()) {
        if (options.has("alone") || !options.text("peer", peer.getKey()).equals(peer.getKey())) {
          continue;
        }
        compare(kind, peer, ours, time, table, report);
      }
    }
    table.print(System.out);
  }

  private static void compare(
      String kind,
      Map.Entry<String, String> peer,
      ChildJvm.Outcome ours,
      Duration time,
      TextTable table,
      Report report)
      throws IOException {
    ChildJvm jvm =
        ChildJvm.ofPeer(
            "windows",
            "-Xmx3840m",
            "-XX:+UseG1GC",
            "-XX:+UseTransparentHugePages",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");
    ChildJvm.Outcome theirs;
    try {
      theirs =
          run(
              jvm,
              peer.getValue(),
              kind,
              (long) ours.figure("warm_up_events"),
              (long) ours.figure("events"),
              time);
    } catch (FreshetException e) {
      System.out.printf("%s, %s: failed: %s%n", peer.getKey(), kind, e.getMessage());
      return;
    }
    if (theirs.figures().containsKey("rows") && theirs.figure("events") >= ours.figure("events")) {
      Check.that(
          theirs.figure("rows") == ours.figure("rows"),
          "as many windows as of " + peer.getKey() + " in " + kind);
    }
    String metric = kind + "_" + peer.getKey();
    double ratio = perSecond(ours) / perSecond(theirs);
    double cpuRatio = perCpuSecond(ours) / perCpuSecond(theirs);
    add(table, peer.getKey() + ", " + kind, theirs, ratio, cpuRatio);
    report.figure(metric + "_events_per_s", perSecond(theirs));
    report.figure(metric + "_events_per_cpu_s", perCpuSecond(theirs));
    report.atLeast(metric + "_ratio", ratio, 1);
    report.figure(metric + "_cpu_ratio", cpuRatio);
  }

  private static ChildJvm.Outcome run(
      ChildJvm jvm, String main, String kind, long warmUp, long events, Duration time)
      throws IOException {
    ChildJvm.Outcome outcome =
        jvm.run(
            main,
            time.multipliedBy(3).plus(STARTING_AND_ENDING),
            kind,
            String.valueOf(warmUp),
            String.valueOf(events),
            String.valueOf(time.toSeconds()));
    System.out.printf(
        "%s %s: %,.0f events in %.1f s%s%n",
        main.substring(main.lastIndexOf('.') + 1).replace("Work", ""),
        kind,
        outcome.figure("events"),
        outcome.figure("seconds"),
        outcome.figures().containsKey("rows")
            ? String.format(", %,.0f result rows", outcome.figure("rows"))
            : "");
    return outcome;
  }

  private static void add(
      TextTable table, String title, ChildJvm.Outcome outcome, double ratio, double cpuRatio) {
    table.row(
        title,
        TextTable.number(perSecond(outcome)),
        TextTable.number(perCpuSecond(outcome)),
        TextTable.number(outcome.figure("peak_mb")),
        TextTable.times(ratio),
        TextTable.times(cpuRatio));
  }

  private static double perSecond(ChildJvm.Outcome outcome) {
    return outcome.figure("events") / outcome.figure("seconds");
  }

  private static double perCpuSecond(ChildJvm.Outcome outcome) {
    return outcome.figure("events") / outcome.figure("cpu_seconds");
  }
}
