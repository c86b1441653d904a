package dev.freshet.kafka;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.kafka.KafkaPosition.Next;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Where each partition is read on: where the log has it up to; from the settings' start at a first
 * start; from its first message when it was made since.
 */
final class Beginnings {
  private final KafkaSettings settings;
  private final Topics topics;

  Beginnings(KafkaSettings settings, Topics topics) {
    this.settings = settings;
    this.topics = topics;
  }

  /**
   * @param position where to begin
   * @param lost what is passed over because the broker has it no more, for people; empty when
   *     nothing is
   */
  record Found(KafkaPosition position, List<String> lost) {}

  /**
   * @param isFirst whether the source was never started before
   * @param divergent partitions of which the broker has other messages than the log
   * @throws FreshetException {@link ErrorCode#SOURCE_POSITION_LOST} when messages are gone and the
   *     settings do not say to go on
   */
  Found find(
      Topics.Found broker, KafkaPosition position, boolean isFirst, Set<TopicPartition> divergent) {
    Map<TopicPartition, Long> earliest = topics.earliest(broker.partitions());
    Map<TopicPartition, Long> latest = topics.latest(broker.partitions());
    Map<TopicPartition, Long> start = isFirst ? start(broker, earliest, latest) : earliest;
    Map<TopicPartition, Next> next = new HashMap<>(position.next());
    List<String> lost = new ArrayList<>();
    for (TopicPartition partition : broker.partitions()) {
      long first = earliest.getOrDefault(partition, 0L);
      long end = latest.getOrDefault(partition, first);
      Next known = next.get(partition);
      if (known == null) {
        long from = start.getOrDefault(partition, first);
        next.put(partition, new Next(from, KafkaPosition.NO_EPOCH));
        continue;
      }
      String why = whyLost(broker, position, partition, known.offset(), first, end);
      if (why.isEmpty() && divergent.contains(partition)) {
        why =
            partition + " was cut by the broker, which wrote other messages in place of those read";
      }
      if (!why.isEmpty()) {
        lost.add(why);
        long from = settings.whenLost() == WhenLost.LATEST ? end : first;
        next.put(partition, new Next(from, KafkaPosition.NO_EPOCH));
      }
    }
    if (!lost.isEmpty() && settings.whenLost() == WhenLost.STOP) {
      throw lost(lost);
    }
    Map<String, Uuid> ids = new HashMap<>(position.ids());
    ids.putAll(broker.ids());
    return new Found(new KafkaPosition(ids, next), lost);
  }

  private Map<TopicPartition, Long> start(
      Topics.Found broker, Map<TopicPartition, Long> earliest, Map<TopicPartition, Long> latest) {
    return switch (settings.start()) {
      case Start.Earliest _ -> earliest;
      case Start.Latest _ -> latest;
      case Start.At(long millis) -> topics.at(broker.partitions(), millis);
    };
  }

  private static String whyLost(
      Topics.Found broker,
      KafkaPosition position,
      TopicPartition partition,
      long next,
      long first,
      long end) {
    Uuid before = position.ids().getOrDefault(partition.topic(), Uuid.ZERO_UUID);
    Uuid now = broker.ids().getOrDefault(partition.topic(), Uuid.ZERO_UUID);
    if (!before.equals(Uuid.ZERO_UUID) && !now.equals(Uuid.ZERO_UUID) && !before.equals(now)) {
      return "topic "
          + partition.topic()
          + " was deleted and created again (partition "
          + partition.partition()
          + " was read up to offset "
          + next
          + ")";
    }
    if (next < first) {
      return partition
          + ": offsets "
          + next
          + " to "
          + (first - 1)
          + " were deleted (retention) before they were read";
    }
    return next > end
        ? partition + " was read up to offset " + next + ", and the broker has only " + end
        : "";
  }

  private FreshetException lost(List<String> lost) {
    return new FreshetException(
        ErrorCode.SOURCE_POSITION_LOST,
        "Cannot go on reading source "
            + settings.name()
            + ": "
            + String.join("; ", lost)
            + ". Nothing was skipped. Fix: when-lost: earliest in the source's file goes on at the"
            + " oldest message that is kept (when-lost: latest behind the newest), and what lies"
            + " between is missing; or give the source and its tables new names, which reads anew.");
  }
}
