package dev.freshet.kafka;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Keep;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.Metadata;
import dev.freshet.kafka.message.TableMessages;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Looks for what would keep a source from running. One thread uses it. */
final class KafkaCheck {
  private static final Duration SAMPLE_POLL = Duration.ofMillis(200);
  private static final int SAMPLE_POLLS = 10;

  private final KafkaSettings settings;
  private final Map<String, Contract> contracts;
  private final Set<String> paused;
  private final List<SourceTable> tables = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param paused tables, whose topics need not be there as they were
   */
  KafkaCheck(KafkaSettings settings, Map<String, Contract> contracts, Set<String> paused) {
    this.settings = settings;
    this.contracts = contracts;
    this.paused = paused;
  }

  SourceCheck run(Resume resume) {
    settings.topics().stream().map(TopicChoice::table).distinct().forEach(this::table);
    try {
      broker(resume);
    } catch (FreshetException e) {
      problems.add(problem(e));
    }
    return new SourceCheck(tables, problems, notes);
  }

  private static Problem problem(FreshetException e) {
    return new Problem(e.code(), String.valueOf(e.getMessage()), "");
  }

  private void table(String table) {
    Contract contract = contracts.get(table);
    if (contract == null) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot read messages into table "
                  + table
                  + " of source "
                  + settings.name()
                  + ": nothing tells its columns.",
              "write contracts/"
                  + table
                  + ".yaml, such as: {key: [id], columns: {id: BIGINT, name: VARCHAR}}"));
      return;
    }
    boolean isRaw = settings.messages().format() == MessageFormat.RAW;
    for (String wrong : Metadata.problems(contract, isRaw)) {
      problems.add(
          new Problem(
              ErrorCode.CONTRACT_VIOLATED,
              "Invalid contract: contracts/" + table + ".yaml: " + wrong + ".",
              "change the contract"));
    }
    if (settings.messages().envelope() == Envelope.DEBEZIUM
        && contract.key().isEmpty()
        && contract.keep() == Keep.ALL) {
      problems.add(
          new Problem(
              ErrorCode.TABLE_WITHOUT_KEY,
              "Cannot apply Debezium's changes to table " + table + ": its contract has no key.",
              "name the columns that identify a row in contracts/" + table + ".yaml: key: [id]"));
    }
    tables.add(new SourceTable(table, table, 1, contract.schema(), contract.keyColumns()));
  }

  private void broker(Resume resume) {
    Clients.consumer(settings).close(); // whether its properties are any
    try (Admin admin = Clients.admin(settings)) {
      Topics topics = new Topics(settings, admin);
      topics.await("describe the cluster", admin.describeCluster().nodes());
      boolean isFirst = !(resume instanceof Resume.After);
      Topics.Found found = topics.find(isFirst ? Set.of() : paused);
      List<String> missing = needed(settings, found.missing(), paused);
      if (!missing.isEmpty()) {
        problems.add(problem(missing(settings, missing)));
      }
      notes(found);
      KafkaPosition position =
          resume instanceof Resume.After after
              ? KafkaPosition.read(after.position())
              : KafkaPosition.START;
      new Beginnings(settings, topics).find(found, position, isFirst, Map.of());
      topics.await(
          "read the offsets of group " + settings.group(),
          admin.listConsumerGroupOffsets(settings.group()).partitionsToOffsetAndMetadata());
      samples(topics, found);
    }
  }

  private void notes(Topics.Found found) {
    for (TopicChoice choice : settings.topics()) {
      if (choice.isPattern()
          && !paused.contains(choice.table())
          && !found.tables().containsValue(choice.table())) {
        notes.add("no topic matches " + choice.topic() + " yet");
      }
    }
    found
        .tables()
        .forEach((topic, table) -> {
          long count = found.partitions().stream().filter(p -> p.topic().equals(topic)).count();
          notes.add("topic " + topic + " (" + count + " partitions) fills " + table);
        });
  }

  /** Of topics that are missing, those of tables that are not paused. */
  static List<String> needed(KafkaSettings settings, List<String> missing, Set<String> paused) {
    List<String> needed = new ArrayList<>(missing);
    for (TopicChoice choice : settings.topics()) {
      if (paused.contains(choice.table())) {
        needed.remove(choice.topic());
      }
    }
    return needed;
  }

  static FreshetException missing(KafkaSettings settings, List<String> topics) {
    return new FreshetException(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot find topic "
            + String.join(", ", topics)
            + " at "
            + settings.brokers()
            + ". Fix: create it, such as: kafka-topics --create --topic "
            + topics.getFirst()
            + ", or correct its name in tables of source "
            + settings.name()
            + ".");
  }

  /** Reads a message of each topic: whether it may be read, and what it is. */
  private void samples(Topics topics, Topics.Found found) {
    try (SchemaRegistry registry = registry()) {
      if (registry != null) {
        registry.reach();
      }
      List<TopicPartition> newest = newest(topics, found);
      Map<String, TableMessages> decoders =
          KafkaSource.tables(settings, contracts, registry, Clock.system());
      for (ConsumerRecord<byte[], byte[]> message : read(newest, topics)) {
        TableMessages decoder = decoders.get(found.tables().getOrDefault(message.topic(), ""));
        if (decoder != null) {
          decoder.add(message);
        }
      }
      decoders
          .values()
          .forEach(decoder -> {
            for (RefusedRow row : decoder.take().refused()) {
              refused(row);
            }
          });
    }
  }

  /**
   * An unknown schema is a wrong registry; anything else may be one bad message among good ones.
   */
  private void refused(RefusedRow row) {
    if (row.code() == ErrorCode.SOURCE_MISCONFIGURED) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot decode the newest message ("
                  + row.reason()
                  + ") at "
                  + settings.registry().map(Object::toString).orElse("no registry")
                  + ".",
              "correct registry.url of the source: the producer registers its schemas elsewhere"));
    } else {
      notes.add("the newest message would be refused: " + row.reason());
    }
  }

  private @Nullable SchemaRegistry registry() {
    return settings.messages().needsRegistry()
        ? settings.registry().map(SchemaRegistry::new).orElse(null)
        : null;
  }

  /** A partition of each topic that has messages. */
  private static List<TopicPartition> newest(Topics topics, Topics.Found found) {
    Map<TopicPartition, Long> first = topics.earliest(found.partitions());
    Map<TopicPartition, Long> end = topics.latest(found.partitions());
    Set<String> seen = new HashSet<>();
    List<TopicPartition> chosen = new ArrayList<>();
    for (TopicPartition partition : found.partitions()) {
      if (end.getOrDefault(partition, 0L) > first.getOrDefault(partition, 0L)
          && seen.add(partition.topic())) {
        chosen.add(partition);
      }
    }
    return chosen;
  }

  private List<ConsumerRecord<byte[], byte[]>> read(
      List<TopicPartition> partitions, Topics topics) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    if (partitions.isEmpty()) {
      return found;
    }
    Map<TopicPartition, Long> ends = topics.latest(partitions);
    try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(settings)) {
      consumer.assign(partitions);
      partitions.forEach(
          partition -> consumer.seek(partition, Math.max(0, ends.getOrDefault(partition, 1L) - 1)));
      Set<TopicPartition> seen = new HashSet<>();
      for (int i = 0; i < SAMPLE_POLLS && seen.size() < partitions.size(); i++) {
        consumer
            .poll(SAMPLE_POLL)
            .forEach(message -> {
              if (seen.add(new TopicPartition(message.topic(), message.partition()))) {
                found.add(message);
              }
            });
      }
    } catch (KafkaException e) {
      throw KafkaErrors.of("read " + partitions, settings, e);
    }
    return found;
  }
}
