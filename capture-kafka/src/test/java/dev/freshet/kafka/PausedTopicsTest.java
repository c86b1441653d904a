package dev.freshet.kafka;

import static dev.freshet.kafka.SharedBroker.admin;
import static dev.freshet.kafka.SharedBroker.send;
import static dev.freshet.kafka.SharedBroker.sendLater;
import static dev.freshet.kafka.SharedBroker.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.SourceStatus.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The topic of a table that is paused is not read, and read on without gap or repeat. */
@Timeout(120)
@ExtendWith(SharedBroker.class)
class PausedTopicsTest {
  private String topic;
  private String other;

  @BeforeEach
  void createTopics() throws Exception {
    topic = topic("paused", 2);
    other = topic("others", 1);
  }

  private Reader reader() {
    Reader reader = new Reader(topic, "id", "id BIGINT");
    reader.otherTopic = Optional.of(other);
    return reader;
  }

  private static void pause(Reader reader) throws InterruptedException {
    reader.paused.pause(List.of("t"));
    reader.capture().wake();
    assertThat(reader.paused.awaitNoticed(60_000)).isTrue();
  }

  private static void resume(Reader reader) {
    reader.paused.resume(List.of("t"));
    reader.capture().wake();
  }

  private void sendTo(String to, int partition, int id) throws Exception {
    send(to, partition, "" + id, "{}");
  }

  private static List<String> inserts(int from, int to) {
    return IntStream.range(from, to).mapToObj(id -> "i{\"id\":" + id + "}").toList();
  }

  private static void awaitOthers(Reader reader, int rows) {
    reader.await(() -> reader.log.changes("u").size() >= rows);
  }

  @Test
  void goesOnExactlyWhereItWasOverKills() throws Exception {
    sendTo(topic, 0, 0);
    try (Reader reader = reader().start().awaitRows(1)) {
      pause(reader);
      sendTo(topic, 0, 1);
      sendTo(topic, 1, 2);
      sendTo(other, 0, 0);
      awaitOthers(reader, 1);
      reader.kill();
      sendTo(other, 0, 1);
      reader.start();
      awaitOthers(reader, 2);
      assertThat(reader.log.changes("t")).isEqualTo(inserts(0, 1));

      reader.log.syncs(false);
      resume(reader);
      reader.awaitRows(3).kill(); // what came is read again, and nothing else
      assertThat(reader.log.changes("t")).isEqualTo(inserts(0, 1));
      reader.log.syncs(true);
      sendTo(topic, 1, 3);
      reader.start().awaitRows(4);
      sendTo(topic, 0, 4);
      sendTo(other, 0, 2);
      reader.awaitRows(5);
      awaitOthers(reader, 3);
      assertThat(reader.log.changes("t")).containsExactlyInAnyOrderElementsOf(inserts(0, 5));
      assertThat(reader.log.changes("u")).isEqualTo(inserts(0, 3));
    }
  }

  /** Whatever was polled, or is being decoded, when it is paused. */
  @Test
  void takesEachMessageOnceHoweverOftenItIsPaused() throws Exception {
    int count = 12_000;
    for (int id = 0; id < count; id++) {
      sendLater(topic, id % 2, "" + id, "{}");
      if (id % 4 == 0) {
        sendLater(other, 0, "" + id / 4, "{}");
      }
    }
    Random random = new Random(7);
    try (Reader reader = reader()) {
      reader.properties.put("max.poll.records", "1500");
      reader.start();
      for (int pauses = 0; pauses < 6; pauses++) {
        int more = random.nextInt(2_000);
        reader.awaitRows(Math.min(count, reader.log.changes("t").size() + more));
        pause(reader);
        int before = reader.log.changes("t").size();
        int others = reader.log.changes("u").size();
        awaitOthers(reader, Math.min(count / 4, others + 1));
        if (pauses % 3 == 0) {
          reader.kill();
          reader.start();
        }
        assertThat(reader.log.changes("t")).hasSize(before);
        resume(reader);
      }
      reader.awaitRows(count);
      awaitOthers(reader, count / 4);
      assertThat(reader.log.changes("t"))
          .hasSize(count)
          .containsExactlyInAnyOrderElementsOf(inserts(0, count));
      assertThat(reader.log.changes("u")).isEqualTo(inserts(0, count / 4));
    }
  }

  @Test
  void whatBecomesOfItsTopicIsNothingToTheOthers() throws Exception {
    sendTo(topic, 0, 0);
    try (Reader reader = reader().start().awaitRows(1)) {
      pause(reader);
      sendTo(topic, 0, 1);
      TopicPartition partition = new TopicPartition(topic, 0);
      admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2))).all().get();
      reader.kill();
      assertThat(reader.check().problems()).isEmpty();
      sendTo(other, 0, 0);
      reader.start();
      awaitOthers(reader, 1);

      resume(reader);
      reader.await(() -> reader.capture().status().state() == State.FAILED);
      assertThat(reader.capture().status().lastError())
          .contains("offsets 1 to 1 were deleted (retention) before they were read");
      pause(reader);
      sendTo(other, 0, 1);
      awaitOthers(reader, 2);
      assertThat(reader.capture().status().lastError()).isEmpty();
      admin().deleteTopics(List.of(topic)).all().get();
      reader.kill();
      assertThat(reader.check().problems()).isEmpty();
      assertThat(reader.checkFromNothing().problems()).isEmpty();
      sendTo(other, 0, 2);
      reader.start();
      awaitOthers(reader, 3);
      assertThat(reader.log.changes("t")).isEqualTo(inserts(0, 1));
    }
  }

  /** Where its topic is read from is the source's start, not when it is resumed. */
  @Test
  void isReadFromTheFirstStartOnWhenItWasPausedBefore() throws Exception {
    sendTo(topic, 0, 0);
    try (Reader reader = reader()) {
      reader.start = new Start.Latest();
      reader.paused.pause(List.of("t"));
      reader.start().await(() -> reader.log.size() > 0);
      sendTo(topic, 0, 1);
      sendTo(other, 0, 0);
      awaitOthers(reader, 1);
      assertThat(reader.log.changes("t")).isEmpty();
      resume(reader);
      reader.awaitRows(1);
      assertThat(reader.log.changes("t")).isEqualTo(inserts(1, 2));
    }
  }

  @Test
  void neverHavingBeenThereItIsNothingToTheOthers() throws Exception {
    topic = "none-" + topic;
    sendTo(other, 0, 0);
    try (Reader reader = reader()) {
      assertThat(reader.check().problems()).hasSize(1);
      reader.paused.pause(List.of("t"));
      assertThat(reader.check().problems()).isEmpty();
      reader.start();
      awaitOthers(reader, 1);
    }
  }
}
