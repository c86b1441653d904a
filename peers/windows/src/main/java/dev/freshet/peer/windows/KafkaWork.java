package dev.freshet.peer.windows;

import dev.freshet.measure.RunControl;
import dev.freshet.measure.WindowEvents;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.TimeWindows;

/**
 * The process that runs Kafka Streams, and the broker that it needs: {@code KIND WARM-UP EVENTS
 * SECONDS}. The events lie in a topic before the clock starts.
 */
public final class KafkaWork {
  private static final String TOPIC = "events";
  private static final int CORES = 2;
  private static final int BLOCK = 1_000;
  private static final Duration GRACE = Duration.ofMillis(WindowEvents.LAG_MILLIS);
  private static final long SLACK_SECONDS = 30;

  private KafkaWork() {}

  public static void main(String[] arguments) throws Exception {
    long warmUp = Long.parseLong(arguments[1]);
    long events = warmUp + Long.parseLong(arguments[2]);
    Path folder = Files.createTempDirectory("freshet-bench-kafka-");
    try (KafkaBroker broker = KafkaBroker.start(folder)) {
      produce(broker, events);
      RunControl control = RunControl.begin(warmUp, Double.parseDouble(arguments[3]));
      CountDownLatch done = new CountDownLatch(1);
      KafkaStreams streams =
          new KafkaStreams(
              topology(arguments[0], new Progress(control, events, done)),
              settings(broker, folder));
      streams.setUncaughtExceptionHandler(failure -> {
        failure.printStackTrace(System.out);
        Runtime.getRuntime().halt(1);
        return StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
      });
      streams.start();
      // Warm-up and measurement end each by their time; nothing that stalls may hold up more.
      long limitSeconds = 2 * (long) Double.parseDouble(arguments[3]) + SLACK_SECONDS;
      if (!done.await(limitSeconds, TimeUnit.SECONDS) && control.meter() == null) {
        throw new IllegalStateException("not warm after " + limitSeconds + " s");
      }
      Figures.tell(control);
      streams.close(Duration.ofSeconds(10));
    } finally {
      KafkaBroker.delete(folder);
    }
    System.exit(0);
  }

  /** Counts what the two threads have read. */
  private static final class Progress {
    private final RunControl control;
    private final long events;
    private final CountDownLatch done;
    private long read;
    private int blockLeft;

    Progress(RunControl control, long events, CountDownLatch done) {
      this.control = control;
      this.events = events;
      this.done = done;
    }

    synchronized void read() {
      if (blockLeft == 0) {
        blockLeft = BLOCK;
        if (!control.emits(BLOCK)) {
          done.countDown();
        }
      }
      blockLeft--;
      if (++read == events) {
        done.countDown();
      }
    }
  }

  private static void produce(KafkaBroker broker, long events) throws Exception {
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", broker.address()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, CORES, (short) 1))).all().get();
    }
    Properties settings = new Properties();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 18);
    try (KafkaProducer<Long, Long> producer =
        new KafkaProducer<>(settings, new LongSerializer(), new LongSerializer())) {
      for (long i = 0; i < events; i++) {
        long key = WindowEvents.key(i);
        var unused =
            producer.send(
                new ProducerRecord<>(
                    TOPIC,
                    (int) (key % CORES),
                    WindowEvents.millis(i),
                    key,
                    WindowEvents.value(i)));
      }
    }
  }

  private static Topology topology(String kind, Progress progress) {
    StreamsBuilder builder = new StreamsBuilder();
    KGroupedStream<Long, Long> events =
        builder.stream(TOPIC, Consumed.with(Serdes.Long(), Serdes.Long()))
            .peek((key, value) -> progress.read())
            .groupByKey(Grouped.with(Serdes.Long(), Serdes.Long()));
    switch (kind) {
      case "tumble", "hop" -> {
        boolean tumble = kind.equals("tumble");
        Duration size =
            Duration.ofMillis(tumble ? WindowEvents.TUMBLE_MILLIS : WindowEvents.HOP_MILLIS);
        Duration slide = tumble ? size : Duration.ofMillis(WindowEvents.SLIDE_MILLIS);
        events
            .windowedBy(TimeWindows.ofSizeAndGrace(size, GRACE).advanceBy(slide))
            .aggregate(
                () -> new Sum(0, 0),
                (key, value, sum) -> sum.plus(value),
                Materialized.with(Serdes.Long(), Sum.SERDE))
            .toStream()
            .foreach((window, sum) -> {});
      }
      case "session" ->
          events
              .windowedBy(
                  SessionWindows.ofInactivityGapAndGrace(
                      Duration.ofMillis(WindowEvents.SESSION_GAP_MILLIS), GRACE))
              .aggregate(
                  () -> new Sum(0, 0),
                  (key, value, sum) -> sum.plus(value),
                  (key, a, b) -> new Sum(a.count() + b.count(), a.sum() + b.sum()),
                  Materialized.with(Serdes.Long(), Sum.SERDE))
              .toStream()
              .foreach((window, sum) -> {});
      default -> throw new IllegalArgumentException("no such window: " + kind);
    }
    return builder.build();
  }

  /** Count and sum of a window. */
  private record Sum(long count, long sum) {
    static final Serde<Sum> SERDE =
        Serdes.serdeFrom(
            (topic, sum) ->
                ByteBuffer.allocate(2 * Long.BYTES).putLong(sum.count()).putLong(sum.sum()).array(),
            (topic, bytes) ->
                new Sum(ByteBuffer.wrap(bytes).getLong(0), ByteBuffer.wrap(bytes).getLong(8)));

    Sum plus(long value) {
      return new Sum(count + 1, sum + value);
    }
  }

  private static Properties settings(KafkaBroker broker, Path folder) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "windows");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("streams").toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, CORES);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 2_000);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 256L << 20);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 60_000);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 1 << 17);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
    return settings;
  }
}
