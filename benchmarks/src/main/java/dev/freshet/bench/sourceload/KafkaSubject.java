package dev.freshet.bench.sourceload;

import dev.freshet.broker.Messages;
import dev.freshet.broker.Messages.Message;
import dev.freshet.capture.Source;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.kafka.KafkaSettings;
import dev.freshet.kafka.KafkaSource;
import dev.freshet.kafka.Start;
import dev.freshet.kafka.TopicChoice;
import dev.freshet.kafka.WhenLost;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A topic of JSON for each table, whose keys are spread over partitions. Messages come alone, in
 * transactions, and in transactions that are aborted.
 */
final class KafkaSubject extends ModelSubject {
  private static final int CHANGES_MAX = 12;
  private static final long ABORTED = -1;

  private final String brokers;
  private final Messages messages;
  private final String name;
  private final int partitions;
  private final int pollRecords;

  /**
   * @param name of the source, with which its topics' names begin
   */
  KafkaSubject(String brokers, Messages messages, String name, SplittableRandom random)
      throws InterruptedException {
    this.brokers = brokers;
    this.messages = messages;
    this.name = name;
    this.partitions = 1 + random.nextInt(4);
    this.pollRecords = 1 + random.nextInt(20);
    for (String table : Tables.NAMES) {
      messages.create(topic(table), partitions);
    }
  }

  private String topic(String table) {
    return name + "-" + table;
  }

  @Override
  public Source source() {
    KafkaSettings settings =
        new KafkaSettings(
            name,
            brokers,
            Map.of("max.poll.records", Integer.toString(pollRecords)),
            name,
            Tables.NAMES.stream().map(table -> new TopicChoice(topic(table), table)).toList(),
            new MessageSettings(
                MessageFormat.JSON,
                KeyFormat.JSON,
                Envelope.NONE,
                UnknownFields.REFUSE,
                Optional.empty()),
            Optional.empty(),
            new Start.Earliest(),
            WhenLost.STOP,
            Duration.ofMillis(200));
    return new KafkaSource(settings, contracts());
  }

  @Override
  public void write(SplittableRandom random) {
    List<Message> sent = new ArrayList<>();
    int kind = random.nextInt(10);
    int changes = 1 + random.nextInt(CHANGES_MAX);
    for (int i = 0; i < changes; i++) {
      String table = Tables.NAMES.get(random.nextInt(Tables.NAMES.size()));
      long id = random.nextInt(IDS);
      sent.add(kind == 0 ? aborted(table, id) : change(random, table, id));
    }
    if (kind == 0) {
      messages.abort(sent);
    } else if (kind < 4) {
      messages.commit(sent);
    } else {
      messages.send(sent);
    }
  }

  private Message aborted(String table, long id) {
    return message(table, id, new NewRow(id, ABORTED, 1, 0).json(""));
  }

  private Message change(SplittableRandom random, String table, long id) {
    int kind = random.nextInt(100);
    if (kind < 20) {
      deleted(table, id);
      return new Message(topic(table), partition(id), Long.toString(id), null);
    }
    if (kind < 23) {
      return message(table, id, "{\"n\":\"" + newBadText() + "\"}");
    }
    NewRow row = newRow(random, id);
    written(table, row);
    return message(table, id, row.json(""));
  }

  private Message message(String table, long id, String json) {
    return new Message(topic(table), partition(id), Long.toString(id), json);
  }

  private int partition(long id) {
    return (int) (id % partitions);
  }

  @Override
  public Map<String, List<String>> writeLast() {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, List<String>> last = new TreeMap<>();
    for (String table : Tables.NAMES) {
      List<String> texts = new ArrayList<>();
      for (int partition = 0; partition < partitions; partition++) {
        NewRow row = newRow(random, (long) IDS * partitions + partition);
        messages.send(List.of(message(table, row.id(), row.json(""))));
        written(table, row);
        texts.add(textOf(row));
      }
      last.put(table, texts);
    }
    return last;
  }

  /** Topics go with their broker. */
  @Override
  public void close() {}
}
