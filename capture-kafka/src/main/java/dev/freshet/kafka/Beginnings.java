package dev.freshet.kafka;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.kafka.KafkaPosition.Next;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Where each partition is read on: where the log has it up to; from the settings' start at a first
 * start; from its first message when it was made since. Where that is no more, only as the settings
 * allow it, and never at messages that were read already.
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
   * What cannot be read on.
   *
   * @param from the first message after it that was not read
   */
  private record Loss(String what, long from) {}

  /**
   * @param isFirst whether the source was never started before
   * @param divergent partitions of which the broker has other messages than the log, and from which
   *     offset on; -1 where that is not known
   * @throws FreshetException {@link ErrorCode#SOURCE_POSITION_LOST} when messages are gone and the
   *     settings do not say to go on
   */
  Found find(
      Topics.Found broker,
      KafkaPosition position,
      boolean isFirst,
      Map<TopicPartition, Long> divergent) {
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
      Loss loss = loss(broker, position, partition, known.offset(), first, end);
      if (loss == null && divergent.containsKey(partition)) {
        loss = cut(partition, divergent.getOrDefault(partition, -1L), known.offset(), first, end);
      }
      if (loss != null) {
        lost.add(loss.what());
        long from = settings.whenLost() == WhenLost.LATEST ? end : loss.from();
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

  private static Loss cut(
      TopicPartition partition, long divergent, long next, long first, long end) {
    long from = divergent >= 0 ? divergent : next;
    return new Loss(
        partition
            + " was cut by the broker, which wrote other messages in place of those read up to"
            + " offset "
            + next
            + (divergent >= 0 ? ", from offset " + divergent + " on" : ""),
        Math.clamp(from, first, end));
  }

  private static @Nullable Loss loss(
      Topics.Found broker,
      KafkaPosition position,
      TopicPartition partition,
      long next,
      long first,
      long end) {
    Uuid before = position.ids().getOrDefault(partition.topic(), Uuid.ZERO_UUID);
    Uuid now = broker.ids().getOrDefault(partition.topic(), Uuid.ZERO_UUID);
    if (!before.equals(Uuid.ZERO_UUID) && !now.equals(Uuid.ZERO_UUID) && !before.equals(now)) {
      // Until the new id was seen, what had the offsets behind the old topic's was read.
      return new Loss(
          "topic "
              + partition.topic()
              + " was deleted and created again (partition "
              + partition.partition()
              + " was read up to offset "
              + next
              + ")",
          first);
    }
    if (next < first) {
      return new Loss(
          partition
              + ": offsets "
              + next
              + " to "
              + (first - 1)
              + " were deleted (retention) before they were read",
          first);
    }
    return next > end
        ? new Loss(
            partition + " was read up to offset " + next + ", and the broker has only " + end, end)
        : null;
  }

  private FreshetException lost(List<String> lost) {
    return new FreshetException(
        ErrorCode.SOURCE_POSITION_LOST,
        "Cannot go on reading source "
            + settings.name()
            + ": "
            + String.join("; ", lost)
            + ". Nothing was skipped. Fix: when-lost: earliest in the source's file goes on at the"
            + " oldest message that is kept and was not read (when-lost: latest behind the newest),"
            + " and what lies between is missing; or give the source and its tables new names, which reads anew.");
  }
}
