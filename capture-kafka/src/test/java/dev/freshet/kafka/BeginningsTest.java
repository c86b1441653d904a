package dev.freshet.kafka;

import static dev.freshet.kafka.SharedBroker.admin;
import static dev.freshet.kafka.SharedBroker.send;
import static dev.freshet.kafka.SharedBroker.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.kafka.KafkaPosition.Next;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where reading goes on when the broker has other messages than the log. */
@Timeout(60)
@ExtendWith(SharedBroker.class)
class BeginningsTest {
  private static Beginnings.Found find(
      Reader reader, Uuid id, long readTo, Map<TopicPartition, Long> divergent) {
    KafkaSettings settings = reader.settings();
    Topics topics = new Topics(settings, admin());
    Topics.Found found = topics.find(Set.of());
    TopicPartition partition = new TopicPartition(reader.topic, 0);
    Uuid known = id.equals(Uuid.ZERO_UUID) ? found.ids().getOrDefault(reader.topic, id) : id;
    KafkaPosition position =
        new KafkaPosition(Map.of(reader.topic, known), Map.of(partition, new Next(readTo, 1)));
    return new Beginnings(settings, topics).find(found, position, false, divergent);
  }

  private static long from(Beginnings.Found found) {
    return found.position().next().values().iterator().next().offset();
  }

  @Test
  void readsAgainNoMessageThatWasRead() throws Exception {
    String topic = topic("beginnings", 1);
    for (int i = 0; i < 4; i++) {
      send(topic, 0, "1", "{}");
    }
    Uuid same = Uuid.ZERO_UUID;
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Reader reader = new Reader(topic, "id", "id BIGINT")) {
      assertThat(from(find(reader, same, 3, Map.of()))).isEqualTo(3);
      assertThatThrownBy(() -> find(reader, same, 3, Map.of(partition, 2L)))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("read up to offset 3, from offset 2 on");
      reader.whenLost = WhenLost.EARLIEST;
      assertThat(from(find(reader, same, 3, Map.of(partition, 2L)))).isEqualTo(2);
      assertThat(from(find(reader, same, 3, Map.of(partition, -1L)))).isEqualTo(3);
      assertThat(from(find(reader, same, 9, Map.of()))).isEqualTo(4);
      assertThat(from(find(reader, Uuid.randomUuid(), 3, Map.of()))).isEqualTo(0);
      reader.whenLost = WhenLost.LATEST;
      for (Map<TopicPartition, Long> divergent :
          List.of(Map.of(partition, 2L), Map.<TopicPartition, Long>of())) {
        assertThat(from(find(reader, Uuid.randomUuid(), 3, divergent))).isEqualTo(4);
      }
    }
  }
}
