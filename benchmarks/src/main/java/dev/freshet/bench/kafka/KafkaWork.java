package dev.freshet.bench.kafka;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.kafka.KafkaSettings;
import dev.freshet.kafka.KafkaSource;
import dev.freshet.kafka.Start;
import dev.freshet.kafka.TopicChoice;
import dev.freshet.kafka.WhenLost;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.registry.RegistrySettings;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.Log;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import dev.freshet.runtime.feed.SourceFeed;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The process that captures: {@code log|nothing FOLDER BROKERS REGISTRY WARM-UP MESSAGES}. With
 * {@code log} until the last row is synced to disk, with {@code nothing} until it is decoded.
 */
final class KafkaWork {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private KafkaWork() {}

  public static void main(String[] arguments) throws Exception {
    Source source = source(arguments[2], arguments[3]);
    Gauge gauge = new Gauge(Long.parseLong(arguments[4]), Long.parseLong(arguments[5]));
    Scheduler scheduler = Scheduler.threads();
    Clock clock = Clock.system();
    if (arguments[0].equals("nothing")) {
      Capture capture =
          source.start(
              scheduler,
              clock,
              Resume.FROM_NOTHING,
              changes -> {
                gauge.add(changes.rowCount());
                return ChangeSink.Answer.TAKEN;
              });
      gauge.await(() -> capture.status().lastError());
      capture.close();
      return;
    }
    try (Log log =
        EmbeddedLog.open(
            new LocalStorage(Path.of(arguments[1])), "log", clock, LogSettings.DEFAULT)) {
      Scheduler.Handle commits = log.startCommits(scheduler);
      try (SourceFeed feed =
          new SourceFeed(
              new Counted(source, gauge),
              log,
              clock,
              new FreeSpace(() -> Long.MAX_VALUE, 0, clock))) {
        feed.start(scheduler, Resume.FROM_NOTHING);
        gauge.await(() -> feed.status().map(status -> status.lastError()).orElse(""));
      }
      commits.cancel();
    }
  }

  /** Counts the rows of the position that was acknowledged: those are on disk. */
  private record Counted(Source source, Gauge gauge) implements Source {
    @Override
    public String name() {
      return source.name();
    }

    @Override
    public SourceCheck check(Resume resume) {
      return source.check(resume);
    }

    @Override
    public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
      Queue<Offered> offered = new ConcurrentLinkedQueue<>();
      Capture capture =
          source.start(
              scheduler,
              clock,
              resume,
              (ChangeSet changes) -> {
                offered.add(new Offered(changes.position(), changes.rowCount()));
                return sink.offer(changes);
              });
      return new Watched(capture, gauge, offered);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // compared as bytes
  private record Offered(byte[] position, int rows) {}

  private record Watched(Capture capture, Gauge gauge, Queue<Offered> offered) implements Capture {
    @Override
    public void acknowledged(byte[] position) {
      capture.acknowledged(position);
      boolean isLast = false;
      for (Offered each = offered.peek(); each != null && !isLast; each = offered.peek()) {
        offered.remove();
        gauge.add(each.rows());
        isLast = Arrays.equals(each.position(), position);
      }
    }

    @Override
    public SourceStatus status() {
      return capture.status();
    }

    @Override
    public void wake() {
      capture.wake();
    }

    @Override
    public void close() {
      capture.close();
    }
  }

  /** Measures from the end of the warm-up to the last row. */
  private static final class Gauge {
    private final long warmUp;
    private final long end;
    private long count;
    private long begun;
    private @Nullable Meter meter;
    private boolean isDone;

    Gauge(long warmUp, long end) {
      this.warmUp = warmUp;
      this.end = end;
    }

    synchronized void add(long rows) {
      count += rows;
      Meter running = meter;
      if (running == null) {
        if (count >= warmUp) {
          begun = count;
          meter = new Meter();
        }
      } else if (count >= end && !isDone) {
        Told.figure("seconds", running.seconds());
        Told.figure("cpu_seconds", running.cpuSeconds());
        Told.figure("rows", (double) (count - begun));
        Told.figure("peak_mb", Meter.peakMemoryMb());
        isDone = true;
        notifyAll();
      }
    }

    synchronized void await(Supplier<String> problem) throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!isDone) {
        wait(1_000);
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(count + " of " + end + " rows came: " + problem.get());
        }
      }
    }
  }

  private static Source source(String brokers, String registry) {
    Contract views =
        new Contract(
            "views",
            Schema.of(
                Column.notNull("id", Simple.BIGINT),
                Column.notNull("visitor", Simple.BIGINT),
                Column.nullable("page", Simple.VARCHAR),
                Column.nullable("referrer", Simple.VARCHAR),
                Column.nullable("agent", Simple.VARCHAR),
                Column.nullable("seen_at", Simple.TIMESTAMP_LTZ),
                Column.nullable("millis", Simple.INTEGER),
                Column.nullable("price", Simple.DOUBLE)),
            List.of(),
            "",
            "");
    KafkaSettings settings =
        new KafkaSettings(
            "bench",
            brokers,
            Map.of(),
            "freshet-bench",
            List.of(new TopicChoice("views", "views")),
            new MessageSettings(
                MessageFormat.AVRO,
                KeyFormat.NONE,
                Envelope.NONE,
                UnknownFields.REFUSE,
                Optional.empty()),
            Optional.of(new RegistrySettings(URI.create(registry), "", "")),
            new Start.Earliest(),
            WhenLost.STOP,
            Duration.ofSeconds(30));
    return new KafkaSource(settings, Map.of("views", views));
  }
}
