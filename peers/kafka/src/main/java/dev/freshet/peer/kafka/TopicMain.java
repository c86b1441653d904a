package dev.freshet.peer.kafka;

import dev.freshet.broker.KafkaBroker;
import dev.freshet.broker.SmallRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker and a registry with a topic of Avro messages of about 200 bytes, until the standard
 * input ends: {@code FOLDER MESSAGES PARTITIONS}. Tells {@code ready BROKERS REGISTRY BYTES}.
 */
public final class TopicMain {
  /** What a benchmark waits for. */
  public static final String READY = "ready ";

  /** The topic's name. */
  public static final String TOPIC = "views";

  private static final int SCHEMA_ID = 1;
  private static final int DISTINCT = 10_000;
  private static final String SCHEMA =
      """
      {"type": "record", "name": "View", "fields": [
        {"name": "id", "type": "long"},
        {"name": "visitor", "type": "long"},
        {"name": "page", "type": "string"},
        {"name": "referrer", "type": ["null", "string"]},
        {"name": "agent", "type": "string"},
        {"name": "seen_at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "millis", "type": "int"},
        {"name": "price", "type": "double"}]}\
      """;

  private TopicMain() {}

  public static void main(String[] arguments) throws Exception {
    long messages = Long.parseLong(arguments[1]);
    int partitions = Integer.parseInt(arguments[2]);
    try (KafkaBroker broker = KafkaBroker.start(Path.of(arguments[0]));
        SmallRegistry registry = SmallRegistry.start()) {
      registry.avro(SCHEMA_ID, SCHEMA);
      Map<String, Object> client =
          Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
      try (Admin admin = Admin.create(client)) {
        NewTopic topic = new NewTopic(TOPIC, Optional.of(partitions), Optional.empty());
        admin.createTopics(List.of(topic)).all().get();
      }
      long bytes = fill(broker.address(), messages, partitions);
      System.out.println(READY + broker.address() + " " + registry.url() + " " + bytes / messages);
      while (System.in.read() >= 0) {
        // until the benchmark closes it, or ends
      }
    }
    System.exit(0);
  }

  private static long fill(String brokers, long messages, int partitions) throws IOException {
    byte[][] values = new byte[DISTINCT][];
    for (int i = 0; i < DISTINCT; i++) {
      values[i] = message(i);
    }
    Map<String, Object> settings =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            brokers,
            ProducerConfig.BATCH_SIZE_CONFIG,
            256 << 10,
            ProducerConfig.LINGER_MS_CONFIG,
            20);
    long bytes = 0;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long i = 0; i < messages; i++) {
        byte[] value = values[(int) (i % DISTINCT)];
        bytes += value.length;
        var _ = producer.send(new ProducerRecord<>(TOPIC, (int) (i % partitions), null, value));
      }
    }
    return bytes;
  }

  private static byte[] message(int number) throws IOException {
    Schema schema = new Schema.Parser().parse(SCHEMA);
    GenericData.Record view = new GenericData.Record(schema);
    view.put("id", 1_000_000L + number);
    view.put("visitor", number * 7919L % 100_000);
    view.put("page", "/products/category-" + number % 50 + "/item-" + number % 997);
    view.put("referrer", number % 3 == 0 ? null : "https://search.example.com/?q=item+" + number);
    view.put(
        "agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0."
            + number
            + " Safari/537.36");
    view.put("seen_at", 1_795_000_000_000_000L + number * 1_000L);
    view.put("millis", number % 977);
    view.put("price", number / 100.0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(SCHEMA_ID).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericData.Record>(schema).write(view, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}
