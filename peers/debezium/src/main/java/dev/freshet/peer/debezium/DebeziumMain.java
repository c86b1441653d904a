package dev.freshet.peer.debezium;

import dev.freshet.measure.Gauge;
import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import io.debezium.engine.ChangeEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's embedded engine with a consumer that counts:
 *
 * <pre>
 * stream   SERVER TABLE SLOT PUBLICATION WARM-UP END    from where the slot is, until row END
 * snapshot SERVER TABLE SLOT PUBLICATION END            the table's rows
 * follow   SERVER TABLE SLOT PUBLICATION FILE           until the count of rows that a line of standard input tells; when each came goes into FILE
 * </pre>
 */
public final class DebeziumMain {
  private static final long PATIENCE_SECONDS = 1_200;

  private DebeziumMain() {}

  public static void main(String[] arguments) throws Exception {
    Server server = Server.of(arguments[1]);
    String table = arguments[2];
    String slot = arguments[3];
    String publication = arguments[4];
    switch (arguments[0]) {
      case "stream" -> {
        Gauge gauge = new Gauge(Long.parseLong(arguments[5]), Long.parseLong(arguments[6]));
        Map<String, String> settings =
            Map.of("snapshot.mode", "no_data", "poll.interval.ms", "100");
        count(Engine.start(server, table, slot, publication, settings, adder(gauge)), gauge);
      }
      case "snapshot" -> {
        Gauge gauge = new Gauge(0, Long.parseLong(arguments[5]));
        // As many connections as Freshet reads with.
        Map<String, String> settings =
            Map.of(
                "snapshot.mode", "initial", "snapshot.max.threads", "2", "poll.interval.ms", "100");
        count(Engine.start(server, table, slot, publication, settings, adder(gauge)), gauge);
      }
      case "follow" -> follow(server, table, slot, publication, Path.of(arguments[5]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.exit(0); // without waiting for threads that the engine may have left
  }

  private static void count(Engine engine, Gauge gauge) throws IOException, InterruptedException {
    try (engine) {
      gauge.await(
          Duration.ofSeconds(PATIENCE_SECONDS), () -> !engine.failure().isEmpty(), engine::failure);
    }
  }

  private static Consumer<List<ChangeEvent<SourceRecord, SourceRecord>>> adder(Gauge gauge) {
    return records -> {
      long rows = 0;
      long ids = 0;
      for (ChangeEvent<SourceRecord, SourceRecord> event : records) {
        Struct row = after(event);
        if (row != null) {
          rows++;
          ids += row.getInt64("id");
        }
      }
      gauge.add(rows, ids);
    };
  }

  /** The row after a change; nothing for records that are of no row. */
  private static @Nullable Struct after(ChangeEvent<SourceRecord, SourceRecord> event) {
    return event.value().value() instanceof Struct change && change.schema().field("after") != null
        ? change.getStruct("after")
        : null;
  }

  /** One line a batch and lane: the newest id, and the time in microseconds. */
  private static void follow(
      Server server, String table, String slot, String publication, Path file)
      throws IOException, InterruptedException {
    AtomicLong rows = new AtomicLong();
    AtomicLong ids = new AtomicLong();
    Map<Integer, Long> newest = new TreeMap<>();
    try (PrintWriter lines = new PrintWriter(Files.newBufferedWriter(file));
        Engine engine =
            Engine.start(
                server,
                table,
                slot,
                publication,
                // Else a row waits for up to half a second in the connector's queue.
                Map.of("snapshot.mode", "no_data", "poll.interval.ms", "1"),
                records -> {
                  long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
                  newest.clear();
                  long count = 0;
                  long sum = 0;
                  for (ChangeEvent<SourceRecord, SourceRecord> event : records) {
                    Struct row = after(event);
                    if (row != null) {
                      count++;
                      sum += row.getInt64("id");
                      newest.merge(row.getInt32("lane"), row.getInt64("id"), Math::max);
                    }
                  }
                  newest.forEach((lane, id) -> lines.println(lane + " " + id + " " + micros));
                  ids.addAndGet(sum);
                  rows.addAndGet(count);
                })) {
      Meter meter = new Meter();
      System.out.println("ready");
      String line = new BufferedReader(new InputStreamReader(System.in)).readLine();
      if (line == null) {
        return; // nobody waits for it any more
      }
      long wanted = Long.parseLong(line);
      long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
      while (rows.get() < wanted && engine.failure().isEmpty() && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
      Told.figure("cpu_seconds", meter.cpuSeconds());
      if (!engine.failure().isEmpty()) {
        throw new IllegalStateException(engine.failure());
      }
    }
    Told.figure("all_rows", (double) rows.get());
    Told.figure("id_sum", (double) ids.get());
    Told.figure("peak_mb", Meter.peakMemoryMb());
  }
}
