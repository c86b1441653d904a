package dev.freshet.bench.capture;

import dev.freshet.bench.counted.Arrived;
import dev.freshet.bench.counted.CountedSource;
import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.postgres.PostgresConfig;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.capture.postgres.SlotMemory;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.lake.LakeReader;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.Log;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.measure.Gauge;
import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The process in which Freshet reads:
 *
 * <pre>
 * stream SERVER TABLE SLOT POSITION WARM-UP END    changes, decoded and dropped, until row END
 * log    SERVER TABLE SLOT FOLDER END              the table's rows, synced in a log
 * lake   SERVER TABLE FOLDER END                   the table's rows, in an Iceberg table of a project
 * </pre>
 */
final class CaptureWork {
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private CaptureWork() {}

  public static void main(String[] arguments) throws Exception {
    Path server = Path.of(arguments[1]);
    String table = arguments[2];
    switch (arguments[0]) {
      case "stream" ->
          stream(
              Origin.config(server, table, arguments[3]),
              HexFormat.of().parseHex(arguments[4]),
              new Gauge(Long.parseLong(arguments[5]), Long.parseLong(arguments[6])));
      case "log" ->
          log(
              Origin.config(server, table, arguments[3]),
              Path.of(arguments[4]),
              Long.parseLong(arguments[5]));
      case "lake" ->
          lake(
              Origin.config(server, table, table),
              table,
              Path.of(arguments[3]),
              Long.parseLong(arguments[4]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** A step that does nothing: what it took is acknowledged at once. */
  private static void stream(PostgresConfig config, byte[] position, Gauge gauge)
      throws InterruptedException {
    AtomicReference<Capture> running = new AtomicReference<>();
    Source source = new PostgresSource(config, SlotMemory.ofProcess());
    try (Capture capture =
        source.start(
            Scheduler.threads(),
            Clock.system(),
            new Resume.After(position, Part.LAST, List.of()),
            changes -> {
              Arrived.of(changes).addTo(gauge);
              Capture told = running.get();
              if (told != null && changes.part() == Part.LAST) {
                told.acknowledged(changes.position());
              }
              return ChangeSink.Answer.TAKEN;
            })) {
      running.set(capture);
      CountedSource.await(gauge, PATIENCE, () -> Optional.of(capture.status()));
    }
  }

  private static void log(PostgresConfig config, Path folder, long end)
      throws InterruptedException {
    Gauge gauge = new Gauge(0, end);
    Source source = new PostgresSource(config, SlotMemory.ofProcess());
    Scheduler scheduler = Scheduler.threads();
    Clock clock = Clock.system();
    try (Log log = EmbeddedLog.open(new LocalStorage(folder), "log", clock, LogSettings.DEFAULT)) {
      Scheduler.Handle commits = log.startCommits(scheduler);
      FreeSpace space = new FreeSpace(() -> Long.MAX_VALUE, 0, clock);
      try (SourceFeed feed = new SourceFeed(new CountedSource(source, gauge), log, clock, space)) {
        feed.start(scheduler, Resume.FROM_NOTHING);
        CountedSource.await(gauge, PATIENCE, feed::status);
      }
      commits.cancel();
    }
  }

  /** Of a table that keeps its rows in the lake only. */
  private static void lake(PostgresConfig config, String table, Path folder, long end)
      throws IOException, InterruptedException {
    write(folder, "freshet.yaml", "name: bench\nserve: {port: 0}\n");
    write(
        folder,
        "sources/bench.yaml",
        "kind: postgres\nurl: "
            + config.url()
            + "\ntables: [{name: public."
            + table
            + ", keep: none}]\n");
    Meter meter = new Meter();
    try (FreshetSystem system = FreshetSystem.start(ProjectReader.read(folder, Map.of(), ""))) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (system.status().ledger().received() < end) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(system.status().sources().toString());
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      if (!system.awaitApplied(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the log's rows were not applied");
      }
      system.publish();
      Told.figure("seconds", meter.seconds());
      Told.figure("cpu_seconds", meter.cpuSeconds());
      Told.figure("peak_mb", Meter.peakMemoryMb());
    }
    Told.figure("rows", (double) end);
    tellContent(LakeReader.open(new LocalStorage(folder.resolve(".freshet"))), "bronze." + table);
  }

  /** Outside of the time that is measured. */
  private static void tellContent(LakeReader lake, String table) {
    int id = lake.schema(table).indexOf("id");
    long[] sums = new long[2];
    lake.read(
        table,
        batch -> {
          long[] ids = ((LongVector) batch.column(id)).values();
          for (int row = 0; row < batch.rowCount(); row++) {
            sums[1] += ids[row];
          }
          sums[0] += batch.rowCount();
        });
    Told.figure("all_rows", (double) sums[0]);
    Told.figure("id_sum", (double) sums[1]);
  }

  private static void write(Path folder, String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
