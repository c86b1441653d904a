package dev.freshet.kafka;

import static dev.freshet.kafka.SharedBroker.send;
import static dev.freshet.kafka.SharedBroker.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.connect.Times;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(180)
@ExtendWith(SharedBroker.class)
class DebeziumTest {
  private static final String SCHEMA =
      """
      {"type":"struct","fields":[
        {"type":"struct","field":"before","fields":[]},
        {"type":"struct","field":"after","fields":[
          {"type":"int64","field":"id"},
          {"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"},"field":"price"},
          {"type":"int64","name":"io.debezium.time.Timestamp","field":"at"},
          {"type":"int32","name":"io.debezium.time.Date","field":"day"},
          {"type":"string","name":"io.debezium.data.Json","field":"doc"}]}]}\
      """;

  private static Reader orders(String topic, String... columns) {
    Reader reader = new Reader(topic, "id", columns);
    reader.envelope = Envelope.DEBEZIUM;
    return reader;
  }

  @Test
  void appliesAllOperations() throws Exception {
    String topic = topic("dbz", 1);
    String source = "\"source\":{\"lsn\":1,\"op\":\"x\"},\"ts_ms\":1";
    send(
        topic,
        0,
        "{\"id\":1}",
        "{\"op\":\"r\",\"before\":null,\"after\":{\"id\":1,\"name\":\"a\"}," + source + "}");
    send(
        topic,
        0,
        "{\"id\":2}",
        "{\"before\":null,\"after\":{\"id\":2,\"name\":\"b\"}," + source + ",\"op\":\"c\"}");
    send(
        topic,
        0,
        "{\"id\":2}",
        "{\"before\":{\"id\":2,\"name\":\"b\"},\"after\":{\"id\":2,\"name\":\"b2\"},\"op\":\"u\"}");
    send(
        topic,
        0,
        "{\"id\":1}",
        "{\"before\":{\"id\":1,\"name\":null},\"after\":null,\"op\":\"d\"}");
    send(topic, 0, "{\"id\":1}", null);
    send(topic, 0, "{\"id\":3}", "{\"before\":null,\"after\":null,\"op\":\"d\"}");
    send(topic, 0, (String) null, "{\"op\":\"m\",\"message\":{}}");
    send(topic, 0, (String) null, "{\"op\":\"t\"}");
    send(
        topic,
        0,
        "{\"id\":4}",
        "{\"before\":{\"id\":40},\"after\":{\"id\":4,\"name\":\"moved\"},\"op\":\"u\"}");
    send(topic, 0, "{\"id\":5}", "{\"id\":5,\"name\":\"flat\"}");
    try (Reader reader = orders(topic, "id BIGINT", "name VARCHAR").start().awaitRows(9)) {
      assertThat(reader.log.changes("t"))
          .containsExactly(
              "i{\"id\":1,\"name\":\"a\"}",
              "i{\"id\":2,\"name\":\"b\"}",
              "i{\"id\":2,\"name\":\"b2\"}",
              "d{\"id\":1,\"name\":null}",
              "d{\"id\":3,\"name\":null}",
              "t",
              "d{\"id\":40,\"name\":null}",
              "i{\"id\":4,\"name\":\"moved\"}");
      assertThat(reader.log.rejected())
          .singleElement()
          .satisfies(row ->
              assertThat(row.reason()).contains("it is no event of Debezium: op is missing"));
    }
  }

  @Test
  void readsTypesByTheSchemaInTheMessage() throws Exception {
    String topic = topic("dbzschema", 1);
    send(
        topic,
        0,
        "{\"schema\":{},\"payload\":{\"id\":1}}",
        "{\"schema\":"
            + SCHEMA
            + ",\"payload\":{\"before\":null,\"after\":{\"id\":1,\"price\":\"MDk=\",\"at\":1500,"
            + "\"day\":2,\"doc\":\"{\\\"x\\\":1}\"},\"op\":\"c\"}}");
    try (Reader reader =
        orders(topic, "id BIGINT", "price DECIMAL(9, 2)", "at TIMESTAMP", "day DATE", "doc JSON")
            .start()
            .awaitRows(1)) {
      assertThat(reader.log.rejected()).isEmpty();
      assertThat(reader.log.changes("t"))
          .containsExactly(
              "i{\"id\":1,\"price\":123.45,\"at\":\"1970-01-01T00:00:01.500\","
                  + "\"day\":\"1970-01-03\",\"doc\":{\"x\":1}}");
    }
  }

  @Test
  void refusesAMessageThatCannotBeDecodedAndGoesOn() throws Exception {
    String topic = topic("dbzscale", 1);
    String[] scales = {"\"2\"", "\"two\"", "\"2147483647\"", "\"-2147483648\"", "{}", "\"2\""};
    for (int i = 0; i < scales.length; i++) {
      String after = "{\"id\":" + i + ",\"price\":\"MDk=\"}";
      send(
          topic,
          0,
          "" + i,
          "{\"schema\":"
              + SCHEMA.replace("\"scale\":\"2\"", "\"scale\":" + scales[i])
              + ",\"payload\":{\"before\":null,\"after\":"
              + after
              + ",\"op\":\"c\"}}");
    }
    try (Reader reader = orders(topic, "id BIGINT", "price DECIMAL(9, 2)").start().awaitRows(6)) {
      reader.await(() -> reader.capture().status().received().endsWith("@6"));
      assertThat(reader.log.changes("t"))
          .containsExactly("i{\"id\":0,\"price\":123.45}", "i{\"id\":5,\"price\":123.45}");
      assertThat(reader.log.rejected())
          .extracting(row -> row.reason())
          .satisfiesExactly(
              reason ->
                  assertThat(reason)
                      .isEqualTo(
                          "topic "
                              + topic
                              + ", partition 0, offset 1: column price is DECIMAL(9, 2): its schema"
                              + " gives the scale \"two\", which is no number"),
              reason -> assertThat(reason).contains("offset 2: ").contains("scale of 2147483647"),
              reason -> assertThat(reason).contains("offset 3: ").contains("scale of -2147483648"),
              reason -> assertThat(reason).contains("offset 4: ").contains("the scale \"\""));
    }
  }

  @Test
  void keepsValuesThatTheDatabaseDidNotSend() throws Exception {
    String topic = topic("dbztoast", 1);
    String text = "__debezium_unavailable_value";
    String base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    send(
        topic,
        0,
        "1",
        "{\"after\":{\"id\":1,\"n\":1,\"name\":\"long\",\"raw\":\"AQI=\",\"tags\":[\"a\"]},\"op\":\"c\"}");
    send(
        topic,
        0,
        "1",
        ("{'after':{'id':1,'n':2,'name':'" + text + "','raw':'" + base64 + "','tags':['" + text)
                .replace('\'', '"')
            + "\"]},\"op\":\"u\"}");
    send(topic, 0, (String) null, "{\"after\":{\"id\":\"" + text + "\",\"n\":3},\"op\":\"u\"}");
    send(topic, 0, "2", "{\"after\":{\"id\":2,\"n\":4,\"name\":\"" + text + "!\"},\"op\":\"c\"}");
    String[] columns = {
      "id BIGINT", "n INTEGER", "name VARCHAR", "raw VARBINARY", "tags VARCHAR ARRAY"
    };
    try (Reader reader = orders(topic, columns).start().awaitRows(4);
        Reader keyless = new Reader(topic, "", columns)) {
      assertThat(reader.log.missing("t")).containsExactly("", "name raw tags", "");
      assertThat(reader.log.changes("t").get(2)).contains("\"name\":\"" + text + "!\"");
      assertThat(reader.log.rejected())
          .singleElement()
          .satisfies(row ->
              assertThat(row.reason())
                  .contains("offset 2: the source did not send column id, which is of the key"));
      keyless.envelope = Envelope.DEBEZIUM;
      keyless.start().awaitRows(4);
      assertThat(keyless.log.changes("t")).hasSize(2);
      assertThat(keyless.log.rejected().getFirst().reason())
          .contains("the source did not send column name")
          .contains("the table is without a key");
    }
  }

  @Test
  void takesNumbersForTimesOnlyWhenToldWhatTheyCount() throws Exception {
    String topic = topic("dbztimes", 1);
    send(topic, 0, "1", "{\"after\":{\"id\":1,\"at\":1500000},\"op\":\"c\"}");
    try (Reader reader = orders(topic, "id BIGINT", "at TIMESTAMP_LTZ");
        Reader told = orders(topic, "id BIGINT", "at TIMESTAMP_LTZ")) {
      reader.start().awaitRows(1);
      assertThat(reader.log.rejected().getFirst().reason()).contains("1500000 is a number");
      told.times = Optional.of(Times.Unit.MICROS);
      told.start().awaitRows(1);
      assertThat(told.log.changes("t"))
          .containsExactly("i{\"id\":1,\"at\":\"1970-01-01T00:00:01.500Z\"}");
    }
  }

  @Test
  void readsEnvelopesInAvro() throws Exception {
    String topic = topic("dbzavro", 1);
    Schema envelope =
        AvroMessagesTest.parse(
            """
            {"type": "record", "name": "Envelope", "fields": [
              {"name": "before", "type": ["null", {"type": "record", "name": "Value", "fields": [
                {"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]}]}]},
              {"name": "after", "type": ["null", "Value"]},
              {"name": "source", "type": {"type": "record", "name": "Source", "fields": [
                {"name": "lsn", "type": "long"}]}},
              {"name": "op", "type": "string"},
              {"name": "ts_ms", "type": ["null", "long"]}]}\
            """);
    try (SmallRegistry registry = SmallRegistry.start()) {
      registry.avro(4, envelope.toString());
      send(topic, 0, null, event(envelope, null, row(envelope, 1, "a"), "c"));
      send(topic, 0, null, event(envelope, row(envelope, 1, "a"), row(envelope, 1, "b"), "u"));
      send(topic, 0, null, event(envelope, row(envelope, 1, "b"), row(envelope, 2, "b"), "u"));
      send(topic, 0, null, event(envelope, row(envelope, 2, "b"), null, "d"));
      send(topic, 0, new byte[] {0, 0, 0, 0, 4}, null);
      try (Reader reader = orders(topic, "id BIGINT", "name VARCHAR").avro(registry)) {
        reader.keyFormat = KeyFormat.AVRO;
        reader.start().awaitRows(5);
        assertThat(reader.log.changes("t"))
            .containsExactly(
                "i{\"id\":1,\"name\":\"a\"}",
                "i{\"id\":1,\"name\":\"b\"}",
                "d{\"id\":1,\"name\":null}",
                "i{\"id\":2,\"name\":\"b\"}",
                "d{\"id\":2,\"name\":null}");
      }
    }
  }

  @Test
  void keepsValuesInAvroThatTheDatabaseDidNotSend() throws Exception {
    String topic = topic("dbzavrotoast", 1);
    String text = "__debezium_unavailable_value";
    Schema envelope =
        AvroMessagesTest.parse(
            """
            {"type": "record", "name": "Envelope", "fields": [
              {"name": "after", "type": ["null", {"type": "record", "name": "Value", "fields": [
                {"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]},
                {"name": "raw", "type": "bytes"},
                {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
                {"name": "n", "type": "int"}]}]},
              {"name": "op", "type": "string"}]}\
            """);
    GenericData.Record row =
        new GenericData.Record(envelope.getField("after").schema().getTypes().get(1));
    row.put("id", 1L);
    row.put("name", text);
    row.put("raw", ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    row.put("tags", List.of(text));
    row.put("n", 7);
    GenericData.Record event = new GenericData.Record(envelope);
    event.put("after", row);
    event.put("op", "u");
    try (SmallRegistry registry = SmallRegistry.start()) {
      registry.avro(4, envelope.toString());
      send(topic, 0, null, AvroMessagesTest.framed(4, envelope, event));
      row.put("name", text + "?");
      row.put("tags", List.of("a", text));
      send(topic, 0, null, AvroMessagesTest.framed(4, envelope, event));
      try (Reader reader =
          orders(
                  topic,
                  "id BIGINT",
                  "name VARCHAR",
                  "raw VARBINARY",
                  "tags VARCHAR ARRAY",
                  "n INTEGER")
              .avro(registry)
              .start()
              .awaitRows(2)) {
        assertThat(reader.log.missing("t")).containsExactly("name raw tags", "raw");
        assertThat(reader.log.changes("t").getFirst()).contains("\"id\":1").contains("\"n\":7");
        assertThat(reader.log.changes("t").get(1)).contains(text + "?");
      }
    }
  }

  private static GenericData.Record row(Schema envelope, long id, String name) {
    GenericData.Record row =
        new GenericData.Record(envelope.getField("before").schema().getTypes().get(1));
    row.put("id", id);
    row.put("name", name);
    return row;
  }

  private static byte[] event(
      Schema envelope, GenericData.Record before, GenericData.Record after, String op) {
    GenericData.Record source = new GenericData.Record(envelope.getField("source").schema());
    source.put("lsn", 9L);
    GenericData.Record event = new GenericData.Record(envelope);
    event.put("before", before);
    event.put("after", after);
    event.put("source", source);
    event.put("op", op);
    return AvroMessagesTest.framed(4, envelope, event);
  }
}
