package dev.freshet.kafka;

import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.Capture;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.connect.Times;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.registry.RegistrySettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A source of table {@code t} in a test, or of {@code u} too, with a log in memory. */
final class Reader implements AutoCloseable {
  final MemoryLog log = new MemoryLog();
  final Contract contract;
  String topic;
  Optional<String> otherTopic = Optional.empty();
  PausedTables paused = PausedTables.ofProcess();
  String brokers = SharedBroker.address();
  Map<String, String> properties = new HashMap<>();
  MessageFormat format = MessageFormat.JSON;
  KeyFormat keyFormat = KeyFormat.JSON;
  Envelope envelope = Envelope.NONE;
  UnknownFields unknown = UnknownFields.IGNORE;
  Optional<Times.Unit> times = Optional.empty();
  Optional<RegistrySettings> registry = Optional.empty();
  Start start = new Start.Earliest();
  WhenLost whenLost = WhenLost.STOP;
  boolean hasContract = true;
  Clock clock = Clock.system();
  private Capture capture;

  /**
   * @param columns such as {@code id BIGINT}
   */
  Reader(String topic, String key, String... columns) {
    this.topic = topic;
    List<Column> all = new ArrayList<>();
    for (String column : columns) {
      String[] parts = column.split(" ", 2);
      all.add(
          parts[0].equals(key)
              ? Column.notNull(parts[0], TypeParser.parse(parts[1]))
              : Column.nullable(parts[0], TypeParser.parse(parts[1])));
    }
    this.contract =
        new Contract("t", new Schema(all), key.isEmpty() ? List.of() : List.of(key), "", "");
    // Short, for brokers that are away.
    properties.put("default.api.timeout.ms", "5000");
    properties.put("request.timeout.ms", "4000");
  }

  Reader avro(SmallRegistry registryServer) {
    format = MessageFormat.AVRO;
    keyFormat = KeyFormat.AVRO;
    registry = Optional.of(new RegistrySettings(URI.create(registryServer.url()), "", ""));
    return this;
  }

  Reader protobuf(SmallRegistry registryServer) {
    avro(registryServer);
    format = MessageFormat.PROTOBUF;
    keyFormat = KeyFormat.PROTOBUF;
    return this;
  }

  private List<TopicChoice> topics() {
    List<TopicChoice> topics = new ArrayList<>(List.of(new TopicChoice(topic, "t")));
    otherTopic.ifPresent(other -> topics.add(new TopicChoice(other, "u")));
    return topics;
  }

  KafkaSettings settings() {
    return new KafkaSettings(
        "events",
        brokers,
        properties,
        "group-" + topic.replaceAll("\\W", ""),
        topics(),
        new MessageSettings(format, keyFormat, envelope, unknown, times),
        registry,
        start,
        whenLost,
        Duration.ofMillis(200));
  }

  KafkaSource source() {
    KafkaSettings settings = settings();
    Contract other = new Contract("u", contract.schema(), contract.key(), "", "");
    Map<String, Contract> contracts = Map.of("t", contract, "u", other);
    return new KafkaSource(settings, hasContract ? contracts : Map.of()).pausing(paused);
  }

  SourceCheck check() {
    return source().check(log.resume());
  }

  /** As the check of a project that does not look into the log. */
  SourceCheck checkFromNothing() {
    return source().check(Resume.FROM_NOTHING);
  }

  Reader start() {
    capture = source().start(Scheduler.threads(), clock, log.resume(), log);
    log.follows(capture);
    return this;
  }

  Capture capture() {
    return capture;
  }

  /** As after a kill: what was not synced is gone. */
  void kill() {
    capture.close();
    log.crash();
  }

  Reader await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "did not come: " + log.changes("t") + log.rejected() + capture.status());
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
    return this;
  }

  /** Waits until so many rows came, refused ones too. */
  Reader awaitRows(int count) {
    return await(() -> log.changes("t").size() + log.rejected().size() >= count);
  }

  @Override
  public void close() {
    if (capture != null) {
      capture.close();
    }
  }
}
