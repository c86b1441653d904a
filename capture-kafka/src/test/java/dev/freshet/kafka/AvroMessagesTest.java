package dev.freshet.kafka;

import static dev.freshet.kafka.SharedBroker.bytes;
import static dev.freshet.kafka.SharedBroker.send;
import static dev.freshet.kafka.SharedBroker.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.registry.RegistrySettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages written by Avro's own writer, read by ours. */
@Timeout(180)
@ExtendWith(SharedBroker.class)
class AvroMessagesTest {
  private static final String PERSON =
      """
      {"type": "record", "name": "Person", "fields": [
        {"name": "id", "type": "long"},
        {"name": "name", "type": ["null", "string"]}]}\
      """;
  private static final String PERSON_GROWN =
      """
      {"type": "record", "name": "Person", "fields": [
        {"name": "nick", "type": "string", "default": ""},
        {"name": "id", "type": "int"},
        {"name": "name", "type": "string"},
        {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []}]}\
      """;

  private SmallRegistry registry;

  @BeforeEach
  void start() {
    registry = SmallRegistry.start();
    registry.avro(1, PERSON);
    registry.avro(2, PERSON_GROWN);
    registry.avro(3, "\"long\"");
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private Reader people(String topic) {
    return new Reader(topic, "id", "id BIGINT", "name VARCHAR").avro(registry);
  }

  /** In Confluent's wire format. */
  static byte[] framed(int id, Schema schema, Object value) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<>(schema).write(value, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Schema parse(String schema) {
    return new Schema.Parser().parse(schema);
  }

  private static byte[] person(long id, String name) {
    Schema schema = parse(PERSON);
    GenericData.Record record = new GenericData.Record(schema);
    record.put("id", id);
    record.put("name", name);
    return framed(1, schema, record);
  }

  private static byte[] grown(int id, String name) {
    Schema schema = parse(PERSON_GROWN);
    GenericData.Record record = new GenericData.Record(schema);
    record.put("id", id);
    record.put("name", name);
    record.put("nick", "n");
    record.put("tags", List.of("a", "b"));
    return framed(2, schema, record);
  }

  @Test
  void readsRowsOfSeveralSchemasAndKeys() throws Exception {
    String topic = topic("avro", 1);
    send(topic, 0, null, person(1, "ada"));
    send(topic, 0, null, person(2, null));
    send(topic, 0, null, grown(3, "grace"));
    send(topic, 0, framed(3, Schema.create(Schema.Type.LONG), 1L), null);
    try (Reader reader = people(topic).start().awaitRows(4)) {
      assertThat(reader.log.changes("t"))
          .containsExactly(
              "i{\"id\":1,\"name\":\"ada\"}",
              "i{\"id\":2,\"name\":null}",
              "i{\"id\":3,\"name\":\"grace\"}",
              "d{\"id\":1,\"name\":null}");
      assertThat(registry.requests()).isEqualTo(3);
    }
  }

  @Test
  void refusesFieldsThatAreNoColumnsWhereThatIsWanted() throws Exception {
    String topic = topic("strict", 1);
    send(topic, 0, null, grown(3, "grace"));
    try (Reader reader = people(topic)) {
      reader.unknown = UnknownFields.REFUSE;
      reader.start().awaitRows(1);
      assertThat(reader.log.rejected().getFirst().reason()).contains("there is no column nick");
    }
  }

  @Test
  void refusesWhatIsNoAvroOfItsSchema() throws Exception {
    String topic = topic("badavro", 1);
    send(topic, 0, null, bytes("{}"));
    send(topic, 0, null, new byte[] {0, 0, 0, 0, 77, 1});
    send(topic, 0, null, new byte[] {0, 0, 0, 0, 1, 2, 2, 40, 'x'});
    byte[] tail = person(1, "ada");
    send(topic, 0, null, Arrays.copyOf(tail, tail.length + 2));
    send(topic, 0, null, person(5, "good"));
    try (Reader reader = people(topic).start().awaitRows(5)) {
      assertThat(reader.log.changes("t")).containsExactly("i{\"id\":5,\"name\":\"good\"}");
      assertThat(reader.log.rejected())
          .extracting(row -> row.reason().replaceAll(".*offset ", ""))
          .containsExactly(
              "0: its value does not begin with a zero and the id of a schema",
              "1: the schema registry has no schema of its id 77",
              "2: it is not of its Avro schema: a value of 20 bytes begins where 1 are left",
              "3: it is not of its Avro schema: 2 bytes are left behind its last field");
    }
  }

  @Test
  void waitsForARegistryThatIsAwayAndLosesNothing() throws Exception {
    String topic = topic("away", 1);
    send(topic, 0, null, person(1, "ada"));
    try (Reader reader = people(topic).start().awaitRows(1)) {
      registry.answerAlways(503);
      send(topic, 0, null, person(2, "known schema"));
      send(topic, 0, null, grown(3, "new schema"));
      send(topic, 0, null, person(4, "behind it"));
      reader.await(() -> reader.capture().status().state() == State.WAITING_TO_RETRY);
      assertThat(reader.capture().status().lastError())
          .contains("Cannot reach the schema registry at " + registry.url() + " (HTTP 503)");
      assertThat(reader.log.changes("t")).hasSize(2);
      registry.answerAlways(0);
      reader.awaitRows(4);
      assertThat(reader.log.changes("t")).hasSize(4);
      assertThat(reader.log.rows("t", "id")).containsOnlyKeys("1", "2", "3", "4");
    }
  }

  @Test
  void decodesManyMessagesAheadInTheirOrderAndEachOnce() throws Exception {
    String topic = topic("ahead", 1);
    int count = 30_000;
    int bad = 12_345;
    for (int i = 0; i < count; i++) {
      SharedBroker.sendLater(topic, 0, i == bad ? bytes("no Avro") : person(i, "many"));
    }
    send(topic, 0, null, person(count, "last"));
    try (Reader reader = people(topic)) {
      reader.log.syncs(false);
      reader.start().await(() -> reader.log.rows() > 0);
      reader.log.sync();
      reader.kill(); // what the log has not synced is read again, and nothing else
      reader.log.syncs(true);
      reader.start().await(() -> reader.log.rows() > count);
      List<String> changes = reader.log.changes("t");
      assertThat(changes).hasSize(count).doesNotHaveDuplicates();
      for (int i = 0; i < count; i++) {
        assertThat(changes.get(i)).startsWith("i{\"id\":" + (i < bad ? i : i + 1) + ",");
      }
      assertThat(reader.log.rejected()).hasSize(1);
    }
  }

  @Test
  void deliversWhatIsReadyBeforeItDecodesTheRest() throws Exception {
    String topic = topic("behind", 1);
    registry.avro(
        43,
        """
        {"type": "record", "name": "M", "fields": [{"name": "id", "type": "int"}, {"name": "j",
          "type": {"type": "array", "items": {"type": "record", "name": "E", "fields": [
            {"name": "%s", "type": "null"}]}}}]}\
        """
            .formatted("n".repeat(1_000)));
    int count = 2_500; // of each come 20 KB
    for (int i = 0; i < count; i++) {
      byte[] id = {(byte) (i << 1 | 0x80), (byte) (i >> 6)};
      SharedBroker.sendLater(topic, 0, new byte[] {0, 0, 0, 0, 43, id[0], id[1], 40, 0});
    }
    send(topic, 0, null, person(count, "last"));
    try (Reader reader = new Reader(topic, "", "id INTEGER", "j JSON").avro(registry)) {
      reader.start().await(() -> reader.log.size() > 9 && reader.log.rows() > count);
      int next = 0;
      for (String change : reader.log.changes("t")) {
        assertThat(change).startsWith("i{\"id\":" + next++ + ",");
      }
      assertThat(next).isEqualTo(count + 1);
    }
  }

  @Test
  void aRegistryThatGoesAwayWhileManyAreDecodedLosesNothing() throws Exception {
    String topic = topic("aheadaway", 1);
    int count = 8_000;
    for (int i = 0; i < count; i++) {
      SharedBroker.sendLater(topic, 0, i == 5_000 ? grown(i, "new schema") : person(i, "many"));
    }
    send(topic, 0, null, person(count, "last"));
    registry.put("/schemas/ids/2", "no JSON"); // which is no answer that a registry gives
    try (Reader reader = people(topic).start()) {
      reader.await(() -> reader.capture().status().state() == State.FAILED);
      assertThat(reader.log.rows()).isLessThanOrEqualTo(5_000);
      reader.capture().close();
      registry.avro(2, PERSON_GROWN);
      reader.start().await(() -> reader.log.rows() > count);
      List<String> changes = reader.log.changes("t");
      assertThat(changes).hasSize(count + 1).doesNotHaveDuplicates();
      assertThat(changes.get(5_000)).contains("new schema");
      assertThat(changes.getLast()).contains("last");
    }
  }

  @Test
  void putsEachTypeIntoItsColumn() throws Exception {
    String topic = topic("types", 1);
    Schema schema =
        parse(
            """
            {"type": "record", "name": "All", "fields": [
              {"name": "b", "type": "boolean"}, {"name": "f", "type": "float"},
              {"name": "d", "type": "double"}, {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["x", "y"]}},
              {"name": "n", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "wide", "type": {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 1}},
              {"name": "day", "type": {"type": "int", "logicalType": "date"}},
              {"name": "tm", "type": {"type": "int", "logicalType": "time-millis"}},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "local", "type": {"type": "long", "connect.name": "io.debezium.time.MicroTimestamp"}},
              {"name": "u", "type": {"type": "string", "logicalType": "uuid"}},
              {"name": "raw", "type": "bytes"},
              {"name": "arr", "type": {"type": "array", "items": ["null", "int"]}},
              {"name": "m", "type": {"type": "map", "values": "long"}},
              {"name": "j", "type": {"type": "record", "name": "J", "fields": [{"name": "a", "type": "int"}]}},
              {"name": "skipped", "type": {"type": "map", "values": {"type": "array", "items": "J"}}},
              {"name": "last", "type": "string"}]}\
            """);
    registry.avro(9, schema.toString());
    GenericData.Record all = new GenericData.Record(schema);
    all.put("b", true);
    all.put("f", 1.5f);
    all.put("d", -2.25);
    all.put("e", new GenericData.EnumSymbol(schema.getField("e").schema(), "y"));
    all.put("n", ByteBuffer.wrap(BigInteger.valueOf(-12345).toByteArray()));
    all.put("wide", ByteBuffer.wrap(new BigInteger("123456789012345678901").toByteArray()));
    all.put("day", 1);
    all.put("tm", 3_600_000);
    all.put("at", 1_000L);
    all.put("local", 2_000_001L);
    all.put("u", "123e4567-e89b-12d3-a456-426614174000");
    all.put("raw", ByteBuffer.wrap(new byte[] {1, 2}));
    all.put("arr", Arrays.asList(1, null));
    all.put("m", Map.of("k", 7L));
    GenericData.Record inner = new GenericData.Record(schema.getField("j").schema());
    inner.put("a", 3);
    all.put("j", inner);
    all.put("skipped", Map.of("x", List.of(inner, inner)));
    all.put("last", "end");
    send(topic, 0, null, framed(9, schema, all));
    try (Reader reader =
        new Reader(
                topic,
                "",
                "b BOOLEAN",
                "f REAL",
                "d DOUBLE",
                "e VARCHAR",
                "n DECIMAL(9, 2)",
                "wide DECIMAL(30, 1)",
                "day DATE",
                "tm TIME",
                "at TIMESTAMP_LTZ",
                "local TIMESTAMP",
                "u UUID",
                "raw VARBINARY",
                "arr INTEGER ARRAY",
                "m MAP<VARCHAR, BIGINT>",
                "j JSON",
                "last VARCHAR")
            .avro(registry)) {
      reader.start().awaitRows(1);
      assertThat(reader.log.rejected()).isEmpty();
      assertThat(reader.log.changes("t").getFirst())
          .contains("\"b\":true,\"f\":1.5,\"d\":-2.25,\"e\":\"y\",\"n\":-123.45")
          .contains("\"wide\":12345678901234567890.1,\"day\":\"1970-01-02\",\"tm\":\"01:00:00\"")
          .contains("\"at\":\"1970-01-01T00:00:01Z\",\"local\":\"1970-01-01T00:00:02.000001\"")
          .contains("\"u\":\"123e4567-e89b-12d3-a456-426614174000\"")
          .contains("\"arr\":[1,null]")
          .contains("\"j\":{\"a\":3},\"last\":\"end\"");
    }
  }

  @Test
  void namesAColumnThatAValueDoesNotFit() throws Exception {
    String topic = topic("unfit", 1);
    send(topic, 0, null, person(1L << 40, "big"));
    send(topic, 0, null, person(7, "x"));
    try (Reader reader =
        new Reader(topic, "id", "id INTEGER", "name TIMESTAMP_LTZ").avro(registry)) {
      reader.start().awaitRows(2);
      assertThat(reader.log.rejected())
          .extracting(row -> row.reason().replaceAll(".*offset ", ""))
          .satisfiesExactly(
              reason ->
                  assertThat(reason)
                      .isEqualTo(
                          "0: column id is INTEGER: 1099511627776 is not within -2147483648 to"
                              + " 2147483647"),
              reason -> assertThat(reason).startsWith("1: column name is TIMESTAMP_LTZ: \"x\""));
    }
  }

  @Test
  void readsSchemasThatReferToOthers() throws Exception {
    String topic = topic("refs", 1);
    String money =
        "{\"type\": \"record\", \"name\": \"Money\", \"fields\": [{\"name\": \"cents\", \"type\": \"long\"}]}";
    String order =
        "{\"type\": \"record\", \"name\": \"Order\", \"fields\": [{\"name\": \"id\", \"type\": \"long\"},"
            + " {\"name\": \"price\", \"type\": \"Money\"}]}";
    registry.put("/subjects/money/versions/1", "{\"schema\":" + SmallRegistry.quoted(money) + "}");
    registry.put(
        "/schemas/ids/21",
        "{\"schema\":"
            + SmallRegistry.quoted(order)
            + ",\"references\":[{\"name\":\"Money\",\"subject\":\"money\",\"version\":1}]}");
    Schema.Parser parser = new Schema.Parser();
    Schema moneySchema = parser.parse(money);
    Schema schema = parser.parse(order);
    GenericData.Record price = new GenericData.Record(moneySchema);
    price.put("cents", 5L);
    GenericData.Record value = new GenericData.Record(schema);
    value.put("id", 1L);
    value.put("price", price);
    send(topic, 0, null, framed(21, schema, value));
    try (Reader reader =
        new Reader(topic, "id", "id BIGINT", "price JSON").avro(registry).start().awaitRows(1)) {
      assertThat(reader.log.changes("t")).containsExactly("i{\"id\":1,\"price\":{\"cents\":5}}");
    }
  }

  @Test
  void tellsNullFromJsonsNull() throws Exception {
    String topic = topic("avrojson", 1);
    Schema schema =
        parse(
            """
            {"type": "record", "name": "D", "fields": [{"name": "id", "type": "long"},
              {"name": "j", "type": ["null", "string"]},
              {"name": "k", "type": ["null", {"type": "array", "items": ["null", "int"]}]}]}\
            """);
    registry.avro(31, schema.toString());
    GenericData.Record value = new GenericData.Record(schema);
    value.put("id", 1L);
    send(topic, 0, null, framed(31, schema, value));
    value.put("j", "{}");
    value.put("k", Arrays.asList(1, null));
    send(topic, 0, null, framed(31, schema, value));
    try (Reader reader = new Reader(topic, "id", "id BIGINT", "j JSON", "k JSON").avro(registry)) {
      reader.start().awaitRows(2);
      assertThat(reader.log.nulls("t")).containsExactly("j k", "");
      assertThat(reader.log.changes("t").get(1)).isEqualTo("i{\"id\":1,\"j\":{},\"k\":[1,null]}");
    }
  }

  @Test
  void refusesValuesThatAreDeeperOrLongerThanTheirBytes() throws Exception {
    String topic = topic("avrolimits", 1);
    registry.avro(
        32,
        """
        {"type": "record", "name": "Node", "fields": [{"name": "id", "type": "long"},
          {"name": "next", "type": ["null", "Node"]}]}\
        """);
    registry.avro(
        33,
        """
        {"type": "record", "name": "N", "fields": [{"name": "id", "type": "long"},
          {"name": "next", "type": {"type": "array", "items": "null"}}]}\
        """);
    ByteArrayOutputStream deep = new ByteArrayOutputStream();
    deep.writeBytes(new byte[] {0, 0, 0, 0, 32});
    for (int i = 0; i < 200_000; i++) {
      deep.writeBytes(new byte[] {2, 2});
    }
    deep.writeBytes(new byte[] {2, 0});
    ByteArrayOutputStream items = new ByteArrayOutputStream();
    items.writeBytes(new byte[] {0, 0, 0, 0, 33, 2});
    for (int i = 0; i < 20; i++) {
      items.writeBytes(new byte[] {(byte) 0x80, (byte) 0x80, 8}); // 65,536
    }
    items.write(0);
    send(topic, 0, null, person(1, "a"));
    send(topic, 0, null, deep.toByteArray());
    send(topic, 0, null, items.toByteArray());
    send(topic, 0, null, new byte[] {0, 0, 0, 0, 33, 2, 6, 0});
    try (Reader reader =
        new Reader(topic, "id", "id BIGINT", "next JSON").avro(registry).start().awaitRows(4)) {
      assertThat(reader.log.changes("t"))
          .containsExactly("i{\"id\":1,\"next\":null}", "i{\"id\":1,\"next\":[null,null,null]}");
      assertThat(reader.log.rejected())
          .extracting(row -> row.reason().replaceAll(".*offset ", ""))
          .satisfiesExactly(
              reason ->
                  assertThat(reason).startsWith("1: it is not of its Avro schema: it is nested"),
              reason ->
                  assertThat(reason)
                      .startsWith("2: it is not of its Avro schema: its arrays have far more"));
    }
  }

  @Test
  void refusesRecordsWithoutBytesAndSchemasThatNoJavaReads() throws Exception {
    String topic = topic("avrohostile", 1);
    StringBuilder chain =
        new StringBuilder(
            "{\"type\": \"record\", \"name\": \"L0\", \"fields\": [{\"name\": \"n\", \"type\": \"null\"}]}");
    for (int i = 1; i <= 60; i++) {
      chain.insert(
          0,
          "{\"type\": \"record\", \"name\": \"L%d\", \"fields\": [{\"name\": \"a\", \"type\": "
              .formatted(i));
      chain.append("}, {\"name\": \"b\", \"type\": \"L%d\"}]}".formatted(i - 1));
    }
    registry.avro(41, chain.toString());
    registry.avro(
        42,
        """
        {"type": "record", "name": "N", "fields": [
          {"name": "id", "type": {"type": "fixed", "name": "F", "size": 2147483647}}]}\
        """);
    send(topic, 0, null, new byte[] {0, 0, 0, 0, 41});
    for (int i = 0; i < 20; i++) {
      SharedBroker.sendLater(topic, 0, new byte[] {0, 0, 0, 0, 42});
    }
    send(topic, 0, null, person(1, "ada"));
    try (Reader reader = people(topic).start().awaitRows(22)) {
      assertThat(reader.log.changes("t")).containsExactly("i{\"id\":1,\"name\":\"ada\"}");
      assertThat(reader.log.rejected().getFirst().reason())
          .contains("it has far more values than bytes");
      assertThat(reader.log.rejected().get(1).reason())
          .contains("its schema 42 cannot be read: Cannot read arrays longer than");
      assertThat(registry.requests()).isEqualTo(3);
    }
  }

  @Test
  void asksAgainForASchemaOfWhichAPartWasMissing() throws Exception {
    String topic = topic("lateref", 1);
    String money =
        "{\"type\": \"record\", \"name\": \"Money\", \"fields\": [{\"name\": \"cents\", \"type\": \"long\"}]}";
    String order =
        "{\"type\": \"record\", \"name\": \"Order\", \"fields\": [{\"name\": \"id\", \"type\": \"long\"},"
            + " {\"name\": \"price\", \"type\": \"Money\"}]}";
    registry.put(
        "/schemas/ids/22",
        "{\"schema\":"
            + SmallRegistry.quoted(order)
            + ",\"references\":[{\"name\":\"Money\",\"subject\":\"money\",\"version\":1}]}");
    byte[] message = {0, 0, 0, 0, 22, 2, 10};
    try (Reader reader = new Reader(topic, "id", "id BIGINT", "price JSON").avro(registry)) {
      AtomicLong micros = new AtomicLong(1);
      reader.clock =
          new Clock() {
            @Override
            public long nanos() {
              return Clock.system().nanos();
            }

            @Override
            public long wallMicros() {
              return micros.get();
            }
          };
      for (int i = 0; i < 20; i++) {
        SharedBroker.sendLater(topic, 0, message);
      }
      reader.start().awaitRows(20);
      assertThat(reader.log.rejected().getFirst().reason())
          .contains("its schema 22 cannot be read");
      assertThat(registry.requests()).isEqualTo(2); // once for all of them: id and reference
      registry.put(
          "/subjects/money/versions/1", "{\"schema\":" + SmallRegistry.quoted(money) + "}");
      micros.addAndGet(6_000_000);
      send(topic, 0, null, message);
      reader.awaitRows(21);
      assertThat(reader.log.changes("t")).containsExactly("i{\"id\":1,\"price\":{\"cents\":5}}");
    }
  }

  @Test
  void findsAWrongRegistryBeforeTheFirstRow() throws Exception {
    String topic = topic("wrongregistry", 1);
    send(topic, 0, null, new byte[] {0, 0, 0, 0, 77, 1});
    try (Reader reader = people(topic)) {
      reader.keyFormat = KeyFormat.NONE;
      assertThat(reader.check().problems())
          .singleElement()
          .satisfies(problem ->
              assertThat(problem.toString())
                  .contains("has no schema of its id 77")
                  .contains("correct registry.url"));
      registry.allowOnly("kate", "secret");
      assertThat(reader.check().problems())
          .singleElement()
          .satisfies(problem ->
              assertThat(problem.message()).contains("it refuses who gives no user (HTTP 401)"));
      reader.registry =
          Optional.of(new RegistrySettings(URI.create(registry.url()), "kate", "wrong"));
      assertThat(reader.check().problems().getFirst().message())
          .contains("it refuses user kate (HTTP 401)")
          .doesNotContain("wrong");
      reader.registry =
          Optional.of(new RegistrySettings(URI.create(registry.url()), "kate", "secret"));
      registry.avro(77, PERSON);
      assertThat(reader.check().problems()).isEmpty();
      registry.close();
      assertThat(reader.check().problems().getFirst().message())
          .contains("Cannot reach the schema registry at " + registry.url());
    }
  }
}
