package dev.freshet.kafka;

import dev.freshet.broker.KafkaBroker;
import dev.freshet.testing.files.WorkFolder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One real broker for all tests of this JVM, stopped behind the last. */
final class SharedBroker implements BeforeAllCallback {
  private static final AtomicInteger TOPICS = new AtomicInteger();
  private static Running running;

  private record Running(
      WorkFolder folder, KafkaBroker broker, Admin admin, KafkaProducer<byte[], byte[]> producer)
      implements AutoCloseable {
    @Override
    public void close() {
      producer.close();
      admin.close();
      broker.close();
      folder.close();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(Namespace.create(SharedBroker.class))
            .computeIfAbsent("broker", _ -> open(), Running.class);
  }

  private static Running open() {
    WorkFolder folder = WorkFolder.create("broker");
    KafkaBroker broker = KafkaBroker.start(folder.path());
    return new Running(
        folder,
        broker,
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address())),
        producer(broker.address(), Map.of()));
  }

  static KafkaProducer<byte[], byte[]> producer(String address, Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static KafkaBroker broker() {
    return running.broker();
  }

  static String address() {
    return running.broker().address();
  }

  static Admin admin() {
    return running.admin();
  }

  /** A topic of its own. */
  static String topic(String name, int partitions) throws Exception {
    String topic = name + "-" + TOPICS.incrementAndGet();
    create(topic, partitions);
    return topic;
  }

  static void create(String topic, int partitions) throws Exception {
    admin()
        .createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
        .all()
        .get();
  }

  static void send(String topic, int partition, byte[] key, byte[] value) throws Exception {
    running.producer().send(new ProducerRecord<>(topic, partition, key, value)).get();
  }

  static void send(String topic, int partition, String key, String value) throws Exception {
    send(topic, partition, bytes(key), bytes(value));
  }

  /** Sent before what is sent next to the same partition. */
  static void sendLater(String topic, int partition, String key, String value) {
    var _ =
        running.producer().send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value)));
  }

  static void sendLater(String topic, int partition, byte[] value) {
    var _ = running.producer().send(new ProducerRecord<>(topic, partition, null, value));
  }

  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
