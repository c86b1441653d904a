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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code ./bench windows}: count and sum by key in tumbling, hopping and session windows over the
 * same events, on Freshet, Hazelcast Jet and Kafka Streams in turn, each in a process of its own,
 * exactly once. Jet gives each window once, when it is over, and is compared with Freshet's {@code
 * emit: final}; Kafka Streams gives changes, and is compared with {@code emit: changes}. Kafka
 * Streams brings a broker into its process, because it cannot run without one; the events lie in
 * its topic before the clock starts. Who does not end within the time is measured by the events
 * that it took until then.
 */
public final class WindowsBenchmark implements Benchmark {
  private static final List<String> KINDS = List.of("tumble", "hop", "session");
  private static final Duration STARTING_AND_ENDING = Duration.ofMinutes(4);

  private static final List<Peer> PEERS =
      List.of(
          new Peer("jet", "dev.freshet.peer.windows.JetWork", "final"),
          new Peer("kafka", "dev.freshet.peer.windows.KafkaWork", "changes"));

  /**
   * @param emit how Freshet's results come out when it is compared
   */
  private record Peer(String name, String main, String emit) {}

  /** What all runs share. */
  private record Setup(long warmUp, long events, Duration time, int rounds) {}

  @Override
  public String name() {
    return "windows";
  }

  @Override
  public String summary() {
    return "windowed aggregates beside Hazelcast Jet and Kafka Streams"
        + " (--events 8000000, --warm-up 2000000, --for 30s each, --rounds 1 for the median of so"
        + " many, --window hop, --peer jet, --alone)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options =
        Options.of(arguments, "events", "warm-up", "for", "rounds", "window", "peer", "alone");
    Setup setup =
        new Setup(
            options.number("warm-up", 2_000_000),
            options.number("events", 8_000_000),
            options.duration("for", Duration.ofSeconds(30)),
            (int) options.number("rounds", 1));
    ChildJvm freshet = ChildJvm.ofFreshet("-Xmx3840m");
    TextTable table =
        new TextTable("", "events/s", "a CPU s", "peak MB", "Freshet is ahead", "by CPU");
    for (String kind : KINDS) {
      if (!options.text("window", kind).equals(kind)) {
        continue;
      }
      for (Peer peer : PEERS) {
        if (!options.text("peer", peer.name()).equals(peer.name())) {
          continue;
        }
        ChildJvm.Outcome ours = run(freshet, WindowsWork.class.getName(), kind, peer.emit(), setup);
        String metric = kind + "_" + peer.emit();
        add(table, "Freshet, " + kind + ", " + peer.emit(), ours, Double.NaN, Double.NaN);
        report.figure(metric + "_events_per_s", perSecond(ours));
        report.figure(metric + "_events_per_cpu_s", perCpuSecond(ours));
        if (!options.has("alone")) {
          compare(kind, peer, ours, setup, table, report);
        }
      }
    }
    table.print(System.out);
  }

  private static void compare(
      String kind, Peer peer, ChildJvm.Outcome ours, Setup setup, TextTable table, Report report)
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
      Setup same =
          new Setup(
              (long) ours.figure("warm_up_events"),
              (long) ours.figure("events"),
              setup.time(),
              setup.rounds());
      theirs = run(jvm, peer.main(), kind, peer.emit(), same);
    } catch (FreshetException e) {
      System.out.printf("%s, %s: failed: %s%n", peer.name(), kind, e.getMessage());
      return;
    }
    if (theirs.figures().containsKey("rows") && theirs.figure("events") >= ours.figure("events")) {
      Check.that(
          theirs.figure("rows") == ours.figure("rows"),
          "as many windows as of " + peer.name() + " in " + kind);
    }
    String metric = kind + "_" + peer.name();
    double ratio = perSecond(ours) / perSecond(theirs);
    double cpuRatio = perCpuSecond(ours) / perCpuSecond(theirs);
    add(table, peer.name() + ", " + kind, theirs, ratio, cpuRatio);
    report.figure(metric + "_events_per_s", perSecond(theirs));
    report.figure(metric + "_events_per_cpu_s", perCpuSecond(theirs));
    report.atLeast(metric + "_ratio", ratio, 1);
    report.figure(metric + "_cpu_ratio", cpuRatio);
  }

  /** The run of median speed. */
  private static ChildJvm.Outcome run(
      ChildJvm jvm, String main, String kind, String emit, Setup setup) throws IOException {
    List<ChildJvm.Outcome> outcomes = new ArrayList<>();
    for (int round = 0; round < setup.rounds(); round++) {
      outcomes.add(runOnce(jvm, main, kind, emit, setup));
    }
    outcomes.sort(Comparator.comparingDouble(WindowsBenchmark::perSecond));
    return outcomes.get(outcomes.size() / 2);
  }

  private static ChildJvm.Outcome runOnce(
      ChildJvm jvm, String main, String kind, String emit, Setup setup) throws IOException {
    ChildJvm.Outcome outcome =
        jvm.run(
            main,
            setup.time().multipliedBy(3).plus(STARTING_AND_ENDING),
            kind,
            String.valueOf(setup.warmUp()),
            String.valueOf(setup.events()),
            String.valueOf(setup.time().toSeconds()),
            emit);
    System.out.printf(
        "%s %s, %s: %,.0f events in %.1f s%s%s%n",
        main.substring(main.lastIndexOf('.') + 1).replace("Work", ""),
        kind,
        emit,
        outcome.figure("events"),
        outcome.figure("seconds"),
        outcome.figures().containsKey("rows")
            ? String.format(", %,.0f result rows", outcome.figure("rows"))
            : "",
        outcome.figure("events") < setup.events() ? ", not all within the time" : "");
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
