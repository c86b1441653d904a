package dev.freshet.bench.nexmark;

import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Flink SQL in a process of its own, over events in a file. */
public final class FlinkPeer {
  private static final String MAIN = "dev.freshet.peer.flink.FlinkWork";

  /** What Flink's own start script opens to it. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.reflect",
          "java.net",
          "java.io",
          "java.nio",
          "sun.nio.ch",
          "java.text",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks");

  private final ChildJvm jvm;

  /** Builds it when needed. */
  public FlinkPeer() {
    this.jvm =
        ChildJvm.ofPeer(
            "flink",
            Stream.concat(
                    Stream.of(
                        "-Xmx2g",
                        "-XX:+UseG1GC",
                        "-XX:+UseTransparentHugePages",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-exports=java.base/sun.net.util=ALL-UNNAMED"),
                    OPENED.stream().map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED"))
                .toArray(String[]::new));
  }

  /** CPU microseconds that reading and decoding an event takes without Flink. */
  double sourceCpuMicros(Path events) throws IOException {
    return jvm.run(MAIN, Duration.ofMinutes(5), "source", events.toString())
        .figure("source_cpu_us_per_event");
  }

  /** Runs a query over events of the file into a sink that drops them. */
  ChildJvm.Outcome bench(
      String sql, Path eventFile, long warmUp, long events, Duration timeForEach, Duration limit)
      throws IOException {
    try (WorkFolder folder = WorkFolder.create("freshet-bench-flink-")) {
      Path query = Files.writeString(folder.path().resolve("query.sql"), sql);
      return jvm.run(
          MAIN,
          limit,
          "bench",
          folder.path().toString(),
          eventFile.toString(),
          query.toString(),
          String.valueOf(warmUp + events),
          String.valueOf(warmUp),
          String.valueOf(timeForEach.toSeconds()));
    }
  }

  /**
   * Runs each file of a folder as a query, and writes the rows that it has after the last event
   * beside it, as {@code RowTexts} does, under its name and {@code .rows}. A query that Flink does
   * not support has a note instead, {@code NAME_unsupported}.
   */
  ChildJvm.Outcome rows(Path queries, Path eventFile, long events, Duration limit)
      throws IOException {
    try (WorkFolder folder = WorkFolder.create("freshet-prove-flink-")) {
      return jvm.run(
          MAIN,
          limit,
          "rows",
          folder.path().toString(),
          eventFile.toString(),
          queries.toString(),
          String.valueOf(events));
    }
  }

  /** A trivial query from the start of the process on; tells the note {@code answer}. */
  public ChildJvm.Outcome first(Duration limit) throws IOException {
    try (WorkFolder folder = WorkFolder.create("freshet-bench-flink-")) {
      return jvm.run(MAIN, limit, "first", folder.path().toString());
    }
  }
}
