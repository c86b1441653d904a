package dev.freshet.kafka;

import static dev.freshet.kafka.SharedBroker.admin;
import static dev.freshet.kafka.SharedBroker.bytes;
import static dev.freshet.kafka.SharedBroker.send;
import static dev.freshet.kafka.SharedBroker.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(180)
@ExtendWith(SharedBroker.class)
class KafkaCaptureTest {
  private static Reader people(String topic) {
    return new Reader(topic, "id", "id BIGINT", "name VARCHAR");
  }

  @Test
  void upsertsByTheKeyAndDeletesWithoutAValue() throws Exception {
    String topic = topic("people", 1);
    send(topic, 0, "1", "{\"name\": \"ada\"}");
    send(topic, 0, "2", "{\"id\": 2, \"name\": \"alan\", \"more\": [1]}");
    send(topic, 0, "{\"id\": 1}", "{\"name\": \"ada lovelace\"}");
    send(topic, 0, "2", null);
    try (Reader reader = people(topic).start().awaitRows(4)) {
      assertThat(reader.log.changes("t"))
          .containsExactly(
              "i{\"id\":1,\"name\":\"ada\"}",
              "i{\"id\":2,\"name\":\"alan\"}",
              "i{\"id\":1,\"name\":\"ada lovelace\"}",
              "d{\"id\":2,\"name\":null}");
      SourceStatus status = reader.capture().status();
      assertThat(status.state()).isEqualTo(State.STREAMING);
      assertThat(status.lastError()).isEmpty();
      assertThat(status.received()).isEqualTo(topic + "/0@4");
      assertThat(status.tables().getFirst().rows()).isEqualTo(4);
    }
  }

  @Test
  void goesOnWithoutGapOrRepeatAfterAKillAtEveryMessage() throws Exception {
    String topic = topic("killed", 2);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int id = 100 + i;
      send(topic, i % 2, "" + id, "{\"name\": \"n\"}");
      expected.add("i{\"id\":" + id + ",\"name\":\"n\"}");
    }
    try (Reader reader = people(topic)) {
      reader.properties.put("max.poll.records", "1");
      for (int taken = 1; taken <= 13; taken++) { // the first says where reading begins
        reader.log.limit(taken);
        int size = taken;
        reader.start().await(() -> reader.log.size() == size).kill();
      }
      assertThat(reader.log.changes("t")).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(reader.log.changes("t").stream().filter(row -> row.matches("i.{6}\\d*[02468],.*")))
          .hasSize(6)
          .isSorted();
    }
  }

  @Test
  void readsAgainWhatTheLogHadNotSynced() throws Exception {
    String topic = topic("unsynced", 1);
    send(topic, 0, "1", "{\"name\": \"a\"}");
    try (Reader reader = people(topic).start().awaitRows(1)) {
      reader.log.syncs(false);
      send(topic, 0, "2", "{\"name\": \"b\"}");
      reader.awaitRows(2).kill();
      assertThat(reader.log.changes("t")).hasSize(1);
      reader.log.syncs(true);
      reader.start().awaitRows(2);
      assertThat(reader.log.changes("t"))
          .containsExactly("i{\"id\":1,\"name\":\"a\"}", "i{\"id\":2,\"name\":\"b\"}");
    }
  }

  @Test
  void showsTheGroupWhatIsOnDisk() throws Exception {
    String topic = topic("group", 1);
    send(topic, 0, "1", "{\"name\": \"a\"}");
    try (Reader reader = people(topic)) {
      reader.clock = new SecondsClock();
      reader.start().awaitRows(1);
      TopicPartition partition = new TopicPartition(topic, 0);
      String group = "group-" + topic.replaceAll("\\W", "");
      reader.await(() -> committed(group, partition) == 1);
      reader.log.syncs(false);
      for (int row = 2; row <= 5; row++) { // between two of them lies a time to commit
        send(topic, 0, "" + row, "{\"name\": \"b\"}");
        reader.awaitRows(row);
      }
      assertThat(committed(group, partition)).isEqualTo(1);
      reader.log.sync();
      reader.await(() -> committed(group, partition) == 5);
    }
  }

  /** Each look at it is a second later than the one before. */
  private static final class SecondsClock implements Clock {
    private final AtomicLong seconds = new AtomicLong();

    @Override
    public long nanos() {
      return seconds.incrementAndGet() * 1_000_000_000L;
    }

    @Override
    public long wallMicros() {
      return Clock.system().wallMicros();
    }
  }

  private static long committed(String group, TopicPartition partition) {
    try {
      var offset =
          admin()
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(partition);
      return offset == null ? -1 : offset.offset();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void refusesSingleMessagesWithTheirPlaceAndGoesOn() throws Exception {
    String topic = topic("bad", 1);
    send(topic, 0, "1", "{\"name\": \"good\"}");
    send(topic, 0, "1", "{\"name\": ");
    send(topic, 0, "1", "{\"name\": 17}");
    send(topic, 0, bytes("1"), new byte[] {(byte) 0xFF, 0, 1});
    send(topic, 0, "x", "{\"name\": \"no key\"}");
    send(topic, 0, (String) null, "{\"name\": \"none\"}");
    send(topic, 0, "1", "{\"name\": \"last\"}");
    try (Reader reader = people(topic).start().awaitRows(7)) {
      assertThat(reader.log.changes("t"))
          .containsExactly("i{\"id\":1,\"name\":\"good\"}", "i{\"id\":1,\"name\":\"last\"}");
      String place = "topic " + topic + ", partition 0, offset ";
      assertThat(reader.log.rejected())
          .extracting(row -> row.reason())
          .satisfiesExactly(
              reason ->
                  assertThat(reason).startsWith(place + "1: its value is no JSON: it ends where"),
              reason ->
                  assertThat(reason)
                      .startsWith(place + "2: column name is VARCHAR: 17 is a number"),
              reason -> assertThat(reason).isEqualTo(place + "3: its value is no JSON: not UTF-8"),
              reason -> assertThat(reason).startsWith(place + "4: its key is no JSON: "),
              reason ->
                  assertThat(reason)
                      .isEqualTo(place + "5: column id is missing, and NOT NULL in the contract"));
      assertThat(reader.log.rejected().get(2).original())
          .isEqualTo("{\"key\":\"1\",\"value\":{\"base64\":\"/wAB\"}}");
      assertThat(reader.capture().status().tables().getFirst().refused()).isEqualTo(5);
    }
  }

  @Test
  void takesAThousandRefusedMessagesAndMore() throws Exception {
    String topic = topic("allbad", 1);
    for (int i = 0; i < 2_500; i++) {
      SharedBroker.sendLater(topic, 0, "1", "no");
    }
    send(topic, 0, "1", "{\"name\": \"last\"}");
    try (Reader reader = people(topic).start().awaitRows(2_501)) {
      assertThat(reader.log.rejected()).hasSize(2_500);
      assertThat(reader.log.changes("t")).hasSize(1);
    }
  }

  @Test
  void waitsForTheLogAndReadsNothingMeanwhile() throws Exception {
    String topic = topic("full", 1);
    for (int i = 0; i < 50; i++) {
      send(topic, 0, "" + i, "{\"name\": \"a\"}");
    }
    try (Reader reader = people(topic)) {
      reader.properties.put("max.poll.records", "5");
      reader.log.limit(2);
      reader.start().await(() -> reader.log.size() == 2);
      reader.await(() -> reader.capture().status().received().endsWith("@10"));
      int refused = reader.log.refusedOffers();
      reader.await(() -> reader.log.refusedOffers() >= refused + 3);
      assertThat(reader.capture().status().received()).endsWith("@10");
      assertThat(reader.log.changes("t")).hasSize(5);
      reader.log.limit(Integer.MAX_VALUE);
      reader.awaitRows(50);
      assertThat(reader.log.rows("t", "id")).hasSize(50);
      reader.await(() -> reader.capture().status().tables().getFirst().lagRows() == 0);
    }
  }

  @Test
  void readsOnlyWhatTransactionsCommitted() throws Exception {
    String topic = topic("transactions", 1);
    Map<String, Object> transactional = Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic);
    try (KafkaProducer<byte[], byte[]> producer =
        SharedBroker.producer(SharedBroker.address(), transactional)) {
      producer.initTransactions();
      producer.beginTransaction();
      var _ =
          producer.send(new ProducerRecord<>(topic, bytes("1"), bytes("{\"name\": \"aborted\"}")));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      var _ =
          producer.send(
              new ProducerRecord<>(topic, bytes("2"), bytes("{\"name\": \"committed\"}")));
      producer.commitTransaction();
      producer.beginTransaction();
      var _ = producer.send(new ProducerRecord<>(topic, bytes("3"), bytes("{\"name\": \"open\"}")));
      producer.flush();
      try (Reader reader = people(topic).start().awaitRows(1)) {
        assertThat(reader.log.changes("t")).containsExactly("i{\"id\":2,\"name\":\"committed\"}");
        producer.commitTransaction();
        reader.awaitRows(2);
        assertThat(reader.log.changes("t")).hasSize(2);
        reader.kill();
        producer.beginTransaction();
        var _ =
            producer.send(new ProducerRecord<>(topic, bytes("4"), bytes("{\"name\": \"later\"}")));
        producer.commitTransaction();
        reader.start().awaitRows(3);
        assertThat(reader.log.changes("t")).hasSize(3);
      }
    }
  }

  @Test
  void findsNewPartitionsAndNewTopicsOfAPattern() throws Exception {
    String topic = topic("many", 1);
    send(topic, 0, "1", "{\"name\": \"a\"}");
    try (Reader reader = people("/" + topic + ".*/").start().awaitRows(1)) {
      admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
      send(topic, 1, "2", "{\"name\": \"b\"}");
      reader.awaitRows(2);
      SharedBroker.create(topic + "-more", 1);
      send(topic + "-more", 0, "3", "{\"name\": \"c\"}");
      reader.awaitRows(3);
      assertThat(reader.log.rows("t", "id")).containsOnlyKeys("1", "2", "3");
      assertThat(reader.log.changes("t")).hasSize(3);
    }
  }

  @Test
  void waitsForATopicThatAPatternMatchesLater() throws Exception {
    String topic = topic("later", 1) + "-more";
    Set<State> states = EnumSet.noneOf(State.class);
    try (Reader reader = people("/" + topic + ".*/").start()) {
      reader.await(() -> reader.log.size() == 1);
      reader.await(() -> {
        states.add(reader.capture().status().state());
        return reader.capture().status().state() == State.STREAMING;
      });
      SharedBroker.create(topic, 1);
      send(topic, 0, "1", "{\"name\": \"a\"}");
      reader.await(() -> {
        states.add(reader.capture().status().state());
        return reader.log.changes("t").size() == 1;
      });
      assertThat(states).doesNotContain(State.FAILED, State.WAITING_TO_RETRY);
    }
  }

  @Test
  void notesANewPartitionBeforeItsFirstMessage() throws Exception {
    String topic = topic("noted", 1);
    try (Reader reader = people(topic).start()) {
      reader.await(() -> reader.log.size() == 1);
      admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
      reader.await(() -> reader.log.size() == 2);
      assertThat(KafkaPosition.read(reader.log.read(1).position()).toString())
          .isEqualTo(topic + "/0@0 " + topic + "/1@0");
    }
  }

  @Test
  void goesOnAtTheEndWhereTheBrokerHasLessThanTheLog() throws Exception {
    String topic = topic("less", 1);
    for (int i = 0; i < 3; i++) {
      send(topic, 0, "" + i, "{\"name\": \"in the log\"}");
    }
    Uuid id = admin().describeTopics(List.of(topic)).topicNameValues().get(topic).get().topicId();
    KafkaPosition position =
        new KafkaPosition(
            Map.of(topic, id), Map.of(new TopicPartition(topic, 0), new KafkaPosition.Next(9, -1)));
    try (Reader reader = people(topic)) {
      reader.whenLost = WhenLost.EARLIEST;
      reader.log.offer(
          new ChangeSet("events", position.toBytes(), 1, 1, 0, ChangeSet.Part.LAST, List.of()));
      reader.start().await(() -> !reader.capture().status().lastError().isEmpty());
      assertThat(reader.capture().status().lastError())
          .contains("was read up to offset 9, and the broker has only 3");
      send(topic, 0, "7", "{\"name\": \"new\"}");
      reader.awaitRows(1);
      assertThat(reader.log.changes("t")).containsExactly("i{\"id\":7,\"name\":\"new\"}");
    }
  }

  @Test
  void goesOnBehindTheNewestMessageWhereThatIsWanted() throws Exception {
    String topic = topic("lostlatest", 1);
    send(topic, 0, "1", "{\"name\": \"a\"}");
    try (Reader reader = people(topic).start().awaitRows(1)) {
      reader.kill();
      send(topic, 0, "2", "{\"name\": \"lost\"}");
      send(topic, 0, "3", "{\"name\": \"passed over\"}");
      admin()
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2)))
          .all()
          .get();
      reader.whenLost = WhenLost.LATEST;
      reader.start().await(() -> !reader.capture().status().lastError().isEmpty());
      send(topic, 0, "4", "{\"name\": \"new\"}");
      reader.awaitRows(2);
      assertThat(reader.log.changes("t"))
          .containsExactly("i{\"id\":1,\"name\":\"a\"}", "i{\"id\":4,\"name\":\"new\"}");
    }
  }

  @Test
  void beginsBehindTheNewestOrAtATime() throws Exception {
    String topic = topic("begin", 1);
    send(topic, 0, "1", "{\"name\": \"old\"}");
    try (Reader latest = people(topic);
        Reader since = people(topic)) {
      latest.start = new Start.Latest();
      latest.start().await(() -> latest.log.size() == 1).kill();
      send(topic, 0, "2", "{\"name\": \"while it was down\"}");
      latest.start().awaitRows(1);
      assertThat(latest.log.changes("t"))
          .containsExactly("i{\"id\":2,\"name\":\"while it was down\"}");
      since.start = new Start.At(System.currentTimeMillis() + 3_600_000);
      since.start().await(() -> since.log.size() == 1);
      send(topic, 0, "3", "{\"name\": \"new\"}");
      since.awaitRows(1);
      assertThat(since.log.changes("t")).containsExactly("i{\"id\":3,\"name\":\"new\"}");
    }
  }

  @Test
  void stopsWhenRetentionWasFasterAndSaysWhatCanBeDone() throws Exception {
    String topic = topic("retention", 1);
    send(topic, 0, "1", "{\"name\": \"a\"}");
    try (Reader reader = people(topic).start().awaitRows(1)) {
      reader.kill();
      send(topic, 0, "2", "{\"name\": \"lost\"}");
      send(topic, 0, "3", "{\"name\": \"kept\"}");
      admin()
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2)))
          .all()
          .get();
      assertThat(reader.check().problems())
          .singleElement()
          .satisfies(problem ->
              assertThat(problem.message())
                  .contains("Cannot go on reading source events: " + topic)
                  .contains("offsets 1 to 1 were deleted (retention) before they were read")
                  .contains("when-lost: earliest"));
      reader.start().await(() -> reader.capture().status().state() == State.FAILED);
      assertThat(reader.log.changes("t")).hasSize(1);
      reader.kill();
      reader.whenLost = WhenLost.EARLIEST;
      reader.start().awaitRows(2);
      assertThat(reader.log.changes("t").getLast()).isEqualTo("i{\"id\":3,\"name\":\"kept\"}");
      assertThat(reader.capture().status().lastError()).startsWith("Messages are missing");
    }
  }

  @Test
  void noticesThatATopicWasMadeAnew() throws Exception {
    String topic = topic("anew", 1);
    send(topic, 0, "1", "{\"name\": \"a\"}");
    try (Reader reader = people(topic).start().awaitRows(1)) {
      reader.kill();
      admin().deleteTopics(List.of(topic)).all().get();
      reader
          .start()
          .await(() -> reader.capture().status().lastError().contains("Cannot find topic"));
      reader.kill();
      SharedBroker.create(topic, 1);
      send(topic, 0, "9", "{\"name\": \"other\"}");
      send(topic, 0, "9", "{\"name\": \"other\"}");
      reader.start().await(() -> reader.capture().status().state() == State.FAILED);
      assertThat(reader.capture().status().lastError())
          .contains("was deleted and created again (partition 0 was read up to offset 1)");
      assertThat(reader.log.changes("t")).hasSize(1);
    }
  }

  @Test
  void noticesThatATopicWasMadeAnewWhileItWasRead() throws Exception {
    String topic = topic("anewrunning", 1);
    send(topic, 0, "1", "{\"name\": \"a\"}");
    try (Reader reader = people(topic).start().awaitRows(1)) {
      admin().deleteTopics(List.of(topic)).all().get();
      SharedBroker.create(topic, 1);
      reader.await(
          () -> reader.capture().status().lastError().contains("was deleted and created again"));
      assertThat(reader.log.changes("t")).hasSize(1);
    }
  }

  @Test
  void keepsRawMessagesWithTheirPlace() throws Exception {
    String topic = topic("raw", 1);
    send(topic, 0, bytes("k"), new byte[] {1, 2});
    send(topic, 0, bytes("k"), null);
    try (Reader reader =
        new Reader(
            topic,
            "",
            "kafka_partition INTEGER",
            "kafka_offset BIGINT",
            "kafka_key VARCHAR",
            "kafka_value VARBINARY",
            "kafka_headers JSON")) {
      reader.format = MessageFormat.RAW;
      reader.keyFormat = KeyFormat.NONE;
      reader.start().awaitRows(2);
      assertThat(reader.log.changes("t"))
          .satisfiesExactly(
              row ->
                  assertThat(row)
                      .startsWith("i{\"kafka_partition\":0,\"kafka_offset\":0,\"kafka_key\":\"k\",")
                      .endsWith("\"kafka_headers\":[]}"),
              row -> assertThat(row).contains("\"kafka_value\":null"));
      reader.hasContract = false;
      assertThat(reader.check().problems()).isEmpty();
      assertThat(reader.check().tables().getFirst().schema().names())
          .contains("kafka_topic", "kafka_timestamp");
    }
  }
}
