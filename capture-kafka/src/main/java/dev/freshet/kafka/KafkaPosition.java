package dev.freshet.kafka;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * How far the log has each partition.
 *
 * <pre>
 *   version 1 | topics 4 | (name | id 16 | partitions 4 | (partition 4, next offset 8, leader epoch 4) each) each
 * </pre>
 *
 * @param ids of topics, which tell one from another of the same name; zero where the broker has
 *     none
 * @param next the first offset that the log does not have, and the epoch of the message before
 */
record KafkaPosition(Map<String, Uuid> ids, Map<TopicPartition, Next> next) {
  private static final int VERSION = 1;

  /** No epoch is known: no message was read yet, or the broker sends none. */
  static final int NO_EPOCH = -1;

  record Next(long offset, int epoch) {}

  static final KafkaPosition START = new KafkaPosition(Map.of(), Map.of());

  KafkaPosition {
    ids = Map.copyOf(ids);
    next = Map.copyOf(next);
  }

  static KafkaPosition read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    int version = in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a Kafka source of format "
              + version
              + ": this Freshet knows format "
              + VERSION
              + ". Was a source of another kind renamed to this one's name? Give it a new name.");
    }
    Map<String, Uuid> ids = new HashMap<>();
    Map<TopicPartition, Next> next = new HashMap<>();
    int topics = in.readCount(8);
    for (int i = 0; i < topics; i++) {
      String name = in.readText();
      ids.put(name, new Uuid(in.readLong(), in.readLong()));
      int partitions = in.readCount(16);
      for (int j = 0; j < partitions; j++) {
        int partition = in.readInt();
        next.put(new TopicPartition(name, partition), new Next(in.readLong(), in.readInt()));
      }
    }
    return new KafkaPosition(ids, next);
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(64 + next.size() * 16);
    Map<String, Map<Integer, Next>> topics = new TreeMap<>();
    ids.keySet().forEach(topic -> topics.put(topic, new TreeMap<>()));
    next.forEach((partition, at) ->
        topics
            .computeIfAbsent(partition.topic(), _ -> new TreeMap<>())
            .put(partition.partition(), at));
    out.writeByte(VERSION);
    out.writeInt(topics.size());
    topics.forEach((topic, partitions) -> {
      Uuid id = ids.getOrDefault(topic, Uuid.ZERO_UUID);
      out.writeText(topic);
      out.writeLong(id.getMostSignificantBits());
      out.writeLong(id.getLeastSignificantBits());
      out.writeInt(partitions.size());
      partitions.forEach((partition, at) -> {
        out.writeInt(partition);
        out.writeLong(at.offset());
        out.writeInt(at.epoch());
      });
    });
    return out.toByteArray();
  }

  /** Such as {@code orders/0@17 orders/1@4}. */
  @Override
  public String toString() {
    return next.entrySet().stream()
        .map(at ->
            at.getKey().topic() + "/" + at.getKey().partition() + "@" + at.getValue().offset())
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
