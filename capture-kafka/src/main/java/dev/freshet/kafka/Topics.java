package dev.freshet.kafka;

import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the broker has of the topics that a source reads. */
final class Topics {
  private static final long TIMEOUT_MILLIS = 10_000;

  private final KafkaSettings settings;
  private final Admin admin;

  Topics(KafkaSettings settings, Admin admin) {
    this.settings = settings;
    this.admin = admin;
  }

  /**
   * @param tables the table that each topic fills
   * @param ids of topics
   * @param missing names that the source gives, and the broker has not
   */
  record Found(
      Map<String, String> tables,
      Map<String, Uuid> ids,
      Set<TopicPartition> partitions,
      List<String> missing) {
    Found {
      tables = Map.copyOf(tables);
      ids = Map.copyOf(ids);
      partitions = Set.copyOf(partitions);
      missing = List.copyOf(missing);
    }
  }

  /**
   * Asks which topics and partitions there are.
   *
   * @param leftAlone tables whose topics are passed over
   * @throws FreshetException when the broker does not answer, or refuses
   */
  Found find(Set<String> leftAlone) {
    Map<String, String> tables = new TreeMap<>();
    List<TopicChoice> patterns = new ArrayList<>();
    for (TopicChoice choice : settings.topics()) {
      if (choice.isPattern()) {
        patterns.add(choice);
      } else {
        tables.put(choice.topic(), choice.table());
      }
    }
    if (!patterns.isEmpty()) {
      for (String name : await("list topics", admin.listTopics().names())) {
        for (TopicChoice choice : patterns) {
          if (choice.pattern().matcher(name).matches()) {
            tables.putIfAbsent(name, choice.table());
          }
        }
      }
    }
    tables.values().removeAll(leftAlone);
    return described(tables);
  }

  private Found described(Map<String, String> tables) {
    Map<String, Uuid> ids = new HashMap<>();
    Set<TopicPartition> partitions = new HashSet<>();
    List<String> missing = new ArrayList<>();
    admin
        .describeTopics(tables.keySet())
        .topicNameValues()
        .forEach((name, future) -> {
          try {
            TopicDescription topic = await(future);
            ids.put(name, topic.topicId());
            topic
                .partitions()
                .forEach(info -> partitions.add(new TopicPartition(name, info.partition())));
          } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
              throw KafkaErrors.of("describe topic " + name, settings, e);
            }
            missing.add(name);
          } catch (TimeoutException e) {
            throw KafkaErrors.of("describe topic " + name, settings, e);
          }
        });
    tables.keySet().removeAll(missing);
    return new Found(tables, ids, partitions, missing);
  }

  /** The offsets of the first messages that are kept. */
  Map<TopicPartition, Long> earliest(Collection<TopicPartition> partitions) {
    return offsets(partitions, OffsetSpec.earliest());
  }

  /** The offsets that the next messages get. */
  Map<TopicPartition, Long> latest(Collection<TopicPartition> partitions) {
    return offsets(partitions, OffsetSpec.latest());
  }

  /**
   * The offsets of the first messages of this time or later; behind the last where there is none.
   */
  Map<TopicPartition, Long> at(Collection<TopicPartition> partitions, long millis) {
    Map<TopicPartition, Long> found = offsets(partitions, OffsetSpec.forTimestamp(millis));
    Map<TopicPartition, Long> ends = latest(partitions);
    found.replaceAll((partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
    return found;
  }

  private Map<TopicPartition, Long> offsets(
      Collection<TopicPartition> partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, spec));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> each :
        await("read offsets", admin.listOffsets(asked).all()).entrySet()) {
      offsets.put(each.getKey(), each.getValue().offset());
    }
    return offsets;
  }

  /**
   * @param what what is asked for, as in {@code Failed to <what>}
   */
  <T> T await(String what, KafkaFuture<T> future) {
    try {
      return await(future);
    } catch (ExecutionException | TimeoutException e) {
      throw KafkaErrors.of(what, settings, e);
    }
  }

  private static <T> T await(KafkaFuture<T> future) throws ExecutionException, TimeoutException {
    try {
      return future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionException(e);
    }
  }
}
