package dev.freshet.bench.kafka;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * {@code ./bench kafka}: Avro messages of about 200 bytes from a topic that was filled before. In
 * turn, each in a process of its own: a consumer that polls and counts, which is the limit; Freshet
 * decoding into a sink that drops the rows; Freshet into its log, until the last row is synced. The
 * broker runs on the same machine, in a process of its own.
 */
public final class KafkaBenchmark implements Benchmark {
  private static final Duration LIMIT = Duration.ofMinutes(6);

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public String summary() {
    return "200-byte Avro messages of a topic into the log, beside a bare consumer (--messages"
        + " 3000000, --warm-up 1000000, --partitions 1, --rounds 3 for the median)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "messages", "warm-up", "partitions", "rounds");
    long warmUp = options.number("warm-up", 1_000_000);
    long messages = warmUp + options.number("messages", 3_000_000);
    int partitions = (int) options.number("partitions", 1);
    long rounds = options.number("rounds", 3);
    ChildJvm peer =
        ChildJvm.ofPeer(
            "kafka",
            "-Xmx1g",
            "-XX:+UseG1GC",
            "-XX:+UseTransparentHugePages",
            "--sun-misc-unsafe-memory-access=allow");
    ChildJvm freshet = ChildJvm.ofFreshet("-Xmx1g");
    List<ChildJvm.Outcome> limits = new ArrayList<>();
    List<ChildJvm.Outcome> decoded = new ArrayList<>();
    List<ChildJvm.Outcome> logged = new ArrayList<>();
    try (WorkFolder folder = WorkFolder.create("freshet-bench-kafka-");
        TopicPeer topic = TopicPeer.start(peer, folder.path(), messages, partitions)) {
      System.out.println(messages + " messages of " + topic.messageBytes() + " bytes");
      for (long round = 0; round < rounds; round++) {
        limits.add(
            peer.run(
                "dev.freshet.peer.kafka.BareMain",
                LIMIT,
                topic.brokers(),
                String.valueOf(warmUp),
                String.valueOf(messages)));
        decoded.add(capture(freshet, "nothing", topic, warmUp, messages));
        logged.add(capture(freshet, "log", topic, warmUp, messages));
        System.out.printf(
            Locale.ROOT,
            "round %d: bare %,.0f rows/s, decoded %,.0f, into the log %,.0f%n",
            round + 1,
            perSecond(limits.getLast()),
            perSecond(decoded.getLast()),
            perSecond(logged.getLast()));
      }
    }
    print(report, median(limits), median(decoded), median(logged));
  }

  private static ChildJvm.Outcome capture(
      ChildJvm jvm, String into, TopicPeer topic, long warmUp, long messages) throws IOException {
    try (WorkFolder folder = WorkFolder.create("freshet-bench-kafka-log-")) {
      return jvm.run(
          KafkaWork.class.getName(),
          LIMIT,
          into,
          folder.path().toString(),
          topic.brokers(),
          topic.registry(),
          String.valueOf(warmUp),
          String.valueOf(messages));
    }
  }

  private static void print(
      Report report, ChildJvm.Outcome limit, ChildJvm.Outcome decoded, ChildJvm.Outcome logged) {
    TextTable table = new TextTable("", "rows/s", "CPU s a million rows", "of the limit");
    row(table, "bare consumer (the limit)", limit, limit);
    row(table, "Freshet, decoded", decoded, limit);
    row(table, "Freshet, synced in its log", logged, limit);
    table.print(System.out);
    report.figure("bare_rows_per_s", perSecond(limit));
    report.figure("decoded_rows_per_s", perSecond(decoded));
    report.figure("log_rows_per_s", perSecond(logged));
    report.figure("bare_cpu_s_per_million_rows", cpu(limit));
    report.figure("log_cpu_s_per_million_rows", cpu(logged));
    report.figure("decoded_ratio", perSecond(decoded) / perSecond(limit));
    report.atLeast("log_ratio", perSecond(logged) / perSecond(limit), 0.6);
  }

  private static void row(
      TextTable table, String title, ChildJvm.Outcome outcome, ChildJvm.Outcome limit) {
    table.row(
        title,
        TextTable.number(perSecond(outcome)),
        String.format(Locale.ROOT, "%.2f", cpu(outcome)),
        String.format(Locale.ROOT, "%.0f %%", 100 * perSecond(outcome) / perSecond(limit)));
  }

  private static ChildJvm.Outcome median(List<ChildJvm.Outcome> outcomes) {
    List<ChildJvm.Outcome> sorted = new ArrayList<>(outcomes);
    sorted.sort(Comparator.comparingDouble(KafkaBenchmark::perSecond));
    return sorted.get(sorted.size() / 2);
  }

  private static double perSecond(ChildJvm.Outcome outcome) {
    if (outcome.figure("rows") <= 0) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Failed to measure: no rows came behind the warm-up. Give more --messages.");
    }
    return outcome.figure("rows") / outcome.figure("seconds");
  }

  private static double cpu(ChildJvm.Outcome outcome) {
    return outcome.figure("cpu_seconds") / outcome.figure("rows") * 1_000_000;
  }
}
