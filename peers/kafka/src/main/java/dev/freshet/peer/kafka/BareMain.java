package dev.freshet.peer.kafka;

import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer that polls and counts, and nothing else: {@code BROKERS WARM-UP MESSAGES}. */
public final class BareMain {
  private BareMain() {}

  public static void main(String[] arguments) {
    long warmUp = Long.parseLong(arguments[1]);
    long end = Long.parseLong(arguments[2]);
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            arguments[0],
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            "false",
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            16 << 20,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            4 << 20,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            10_000);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TopicMain.TOPIC).stream().map(BareMain::partition).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long count = 0;
      while (count < warmUp) {
        count += consumer.poll(Duration.ofMillis(100)).count();
      }
      Meter meter = new Meter();
      long begun = count;
      long start = System.nanoTime();
      while (count < end) {
        count += consumer.poll(Duration.ofMillis(100)).count();
      }
      Told.figure("seconds", (System.nanoTime() - start) / 1e9);
      Told.figure("cpu_seconds", meter.cpuSeconds());
      Told.figure("rows", (double) (count - begun));
    }
  }

  private static TopicPartition partition(PartitionInfo info) {
    return new TopicPartition(info.topic(), info.partition());
  }
}
