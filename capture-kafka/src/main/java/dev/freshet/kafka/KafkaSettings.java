package dev.freshet.kafka;

import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.registry.RegistrySettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How a source reads topics.
 *
 * @param name the source's name in the project
 * @param brokers addresses of some brokers, {@code host:port} separated by commas
 * @param properties of Kafka's consumer, such as those of security; may hold secrets
 * @param group the consumer group that offsets are committed to, for Kafka's own tools to see
 * @param discover how often new topics and partitions are looked for
 */
public record KafkaSettings(
    String name,
    String brokers,
    Map<String, String> properties,
    String group,
    List<TopicChoice> topics,
    MessageSettings messages,
    Optional<RegistrySettings> registry,
    Start start,
    WhenLost whenLost,
    Duration discover) {
  /** What the source decides itself, because its promises hang on it. */
  private static final Set<String> OURS =
      Set.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);

  public KafkaSettings {
    properties = Map.copyOf(properties);
    topics = List.copyOf(topics);
  }

  /** Why a property of Kafka's consumer cannot be set; empty when it can. */
  public static String problemOf(String property) {
    if (OURS.contains(property)) {
      return "the source sets it itself";
    }
    return ConsumerConfig.configNames().contains(property)
        ? ""
        : "Kafka's consumer has no such property";
  }

  /** Whether a property is a secret, which is to come from the environment. */
  public static boolean isSecret(String property) {
    ConfigDef.ConfigKey key = ConsumerConfig.configDef().configKeys().get(property);
    return (key != null && key.type == ConfigDef.Type.PASSWORD)
        || property.contains("password")
        || property.contains("secret");
  }

  /** Properties that both kinds of clients take. */
  Map<String, Object> clientProperties() {
    Map<String, Object> all = new TreeMap<>(properties);
    all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    all.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "freshet-" + name);
    return all;
  }

  /** Without the properties' values: some are secrets. */
  @Override
  public String toString() {
    return "source " + name + " of " + brokers + ", properties " + properties.keySet();
  }
}
