package dev.freshet.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.message.TableMessages;
import dev.freshet.kafka.registry.RegistrySettings;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecoderTest {
  private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

  private final Counters counters = new Counters(List.of("t"));

  private Decoder decoder(MessageFormat format, @Nullable SchemaRegistry registry) {
    Schema schema =
        Schema.of(Column.nullable("id", Simple.BIGINT), Column.nullable("j", Simple.JSON));
    TableMessages messages =
        new TableMessages(
            new Contract("t", schema, List.of(), "", ""),
            new MessageSettings(
                format, KeyFormat.NONE, Envelope.NONE, UnknownFields.REFUSE, Optional.empty()),
            registry,
            Clock.system());
    return new Decoder(
        "s",
        new Topics.Found(Map.of("topic", "t"), Map.of(), Set.of(PARTITION), List.of()),
        KafkaPosition.START,
        Map.of("t", messages),
        counters,
        Clock.system());
  }

  private static ConsumerRecords<byte[], byte[]> messages(byte[] value, int count) {
    List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(
          new ConsumerRecord<>(
              "topic",
              0,
              i,
              1,
              TimestampType.CREATE_TIME,
              0,
              value.length,
              null,
              value,
              new RecordHeaders(),
              Optional.empty()));
    }
    return new ConsumerRecords<>(Map.of(PARTITION, messages), Map.of());
  }

  private static ConsumerRecords<byte[], byte[]> message(String value) {
    return messages(value.getBytes(StandardCharsets.UTF_8), 1);
  }

  @Test
  void countsWhatIsTakenAndNotWhatIsDropped() {
    decoder(MessageFormat.JSON, null).decode(message("{\"id\": 1}")); // it is read again
    assertThat(counters.tables()).containsExactly(new SourceStatus.Table("t", 0, 0, 0, -1));
    Decoder decoder = decoder(MessageFormat.JSON, null);
    decoder.decode(message("{\"id\": 1}"));
    decoder.decode(message("{\"id\": 0.5}"));
    assertThat(decoder.takeReady()).hasSize(2);
    assertThat(decoder.takeReady()).isEmpty();
    assertThat(counters.tables()).containsExactly(new SourceStatus.Table("t", 1, 1, 20, -1));
  }

  @Test
  void endsAChangeSetWhenMuchCameOfFewBytes() {
    decodesOfEach20Kilobytes(
        1_000,
        decoder -> {
          assertThat(decoder.isBehind()).isFalse();
          assertThat(decoder.takeReady()).hasSize(5);
        });
    assertThat(counters.tables()).containsExactly(new SourceStatus.Table("t", 1_000, 0, 7_000, -1));
  }

  @Test
  void stopsBeforeTheRestWhenMuchIsReady() {
    decodesOfEach20Kilobytes(
        5_000, // 100 MB
        decoder -> {
          KafkaPosition before = KafkaPosition.START;
          int turns = 0;
          do {
            assertThat(decoder.position()).isNotEqualTo(before);
            before = decoder.position();
            assertThat(decoder.takeReady()).hasSizeBetween(1, 8);
            turns++;
            decoder.decode(ConsumerRecords.empty());
          } while (decoder.isBehind());
          decoder.takeReady();
          assertThat(turns).isEqualTo(3);
          assertThat(decoder.position().next().get(PARTITION).offset()).isEqualTo(5_000);
        });
    assertThat(counters.tables())
        .containsExactly(new SourceStatus.Table("t", 5_000, 0, 35_000, -1));
  }

  private void decodesOfEach20Kilobytes(int count, Consumer<Decoder> check) {
    String name = "n".repeat(1_000);
    try (SmallRegistry server = SmallRegistry.start();
        SchemaRegistry registry =
            new SchemaRegistry(new RegistrySettings(URI.create(server.url()), "", ""))) {
      server.avro(
          7,
          """
          {"type": "record", "name": "M", "fields": [{"name": "j", "type":
            {"type": "array", "items": {"type": "record", "name": "E", "fields": [
              {"name": "%s", "type": "null"}]}}}]}\
          """
              .formatted(name));
      Decoder decoder = decoder(MessageFormat.AVRO, registry);
      byte[] twentyItems = {0, 0, 0, 0, 7, 40, 0};
      decoder.decode(messages(twentyItems, count));
      check.accept(decoder);
    }
  }
}
