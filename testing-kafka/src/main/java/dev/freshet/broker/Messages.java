package dev.freshet.broker;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes topics of a broker, and sends messages of texts to them, alone or in transactions. One
 * thread uses it.
 */
public final class Messages implements AutoCloseable {
  private final String address;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> plain;
  private final KafkaProducer<byte[], byte[]> transactional;

  /**
   * A message.
   *
   * @param value {@code null} to delete what the key names
   */
  public record Message(String topic, int partition, String key, @Nullable String value) {
    private ProducerRecord<byte[], byte[]> toRecord() {
      return new ProducerRecord<>(
          topic,
          partition,
          key.getBytes(StandardCharsets.UTF_8),
          value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * @param address of the broker
   */
  public Messages(String address) {
    this.address = address;
    admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address));
    plain = producer(address, Map.of());
    transactional =
        producer(address, Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "transactions"));
    transactional.initTransactions();
  }

  private static KafkaProducer<byte[], byte[]> producer(String address, Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Of the broker. */
  public String address() {
    return address;
  }

  /** Makes a topic. */
  public void create(String topic, int partitions) throws InterruptedException {
    try {
      admin
          .createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends messages without a transaction; returns when the broker has them. */
  public void send(List<Message> messages) {
    messages.forEach(message -> send(plain, message));
    plain.flush();
  }

  /** Sends messages in a transaction, which is committed. */
  public void commit(List<Message> messages) {
    transactional.beginTransaction();
    messages.forEach(message -> send(transactional, message));
    transactional.commitTransaction();
  }

  /** Sends messages in a transaction that is aborted when the broker has them. */
  public void abort(List<Message> messages) {
    transactional.beginTransaction();
    messages.forEach(message -> send(transactional, message));
    transactional.flush();
    transactional.abortTransaction();
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, Message message) {
    var _ = producer.send(message.toRecord());
  }

  @Override
  public void close() {
    plain.close();
    transactional.close();
    admin.close();
  }
}
