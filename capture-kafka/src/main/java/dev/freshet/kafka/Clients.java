package dev.freshet.kafka;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's clients as a source needs them. */
final class Clients {
  private static final int API_TIMEOUT_MILLIS = 10_000;
  private static final int REQUEST_TIMEOUT_MILLIS = 8_000;
  private static final int FETCH_BYTES = 16 << 20;
  private static final int FETCH_PARTITION_BYTES = 4 << 20;
  private static final int POLL_RECORDS = 10_000;

  private Clients() {}

  /**
   * @throws dev.freshet.core.error.FreshetException when the properties are no client's
   */
  static Admin admin(KafkaSettings settings) {
    Set<String> known = AdminClientConfig.configNames();
    Map<String, Object> properties = new TreeMap<>();
    settings
        .clientProperties()
        .forEach((name, value) -> {
          if (known.contains(name)) {
            properties.put(name, value);
          }
        });
    properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
    properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
    try {
      return Admin.create(properties);
    } catch (KafkaException e) {
      throw KafkaErrors.of("set up a client of Kafka", settings, e);
    }
  }

  /**
   * A consumer whose partitions are given to it, and that jumps nowhere by itself.
   *
   * @throws dev.freshet.core.error.FreshetException when the properties are no client's
   */
  static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings settings) {
    Map<String, Object> properties = settings.clientProperties();
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_PARTITION_BYTES);
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
    properties.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
    properties.putIfAbsent(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
    try {
      return new KafkaConsumer<>(
          properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw KafkaErrors.of("set up a client of Kafka", settings, e);
    }
  }
}
