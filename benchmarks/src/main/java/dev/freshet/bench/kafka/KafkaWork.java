package dev.freshet.bench.kafka;

import dev.freshet.bench.counted.Arrived;
import dev.freshet.bench.counted.CountedSource;
import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
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
import dev.freshet.measure.Gauge;
import dev.freshet.runtime.feed.SourceFeed;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
                Arrived.of(changes).addTo(gauge);
                return ChangeSink.Answer.TAKEN;
              });
      CountedSource.await(gauge, PATIENCE, () -> Optional.of(capture.status()));
      capture.close();
      return;
    }
    try (Log log =
        EmbeddedLog.open(
            new LocalStorage(Path.of(arguments[1])), "log", clock, LogSettings.DEFAULT)) {
      Scheduler.Handle commits = log.startCommits(scheduler);
      try (SourceFeed feed =
          new SourceFeed(
              new CountedSource(source, gauge),
              log,
              clock,
              new FreeSpace(() -> Long.MAX_VALUE, 0, clock))) {
        feed.start(scheduler, Resume.FROM_NOTHING);
        CountedSource.await(gauge, PATIENCE, feed::status);
      }
      commits.cancel();
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
