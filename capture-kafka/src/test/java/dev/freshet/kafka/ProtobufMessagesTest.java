package dev.freshet.kafka;

import static dev.freshet.kafka.SharedBroker.bytes;
import static dev.freshet.kafka.SharedBroker.send;
import static dev.freshet.kafka.SharedBroker.topic;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.rows.UnknownFields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages written by Protobuf's own writer, read by ours. */
@Timeout(180)
@ExtendWith(SharedBroker.class)
class ProtobufMessagesTest {
  private static final String PERSON =
      """
      syntax = "proto3";
      package people;
      // who is known
      message Person {
        int64 id = 1;
        optional string name = 2;
      }
      message Key { int64 id = 1; }
      """;
  private static final String PERSON_GROWN =
      """
      syntax = "proto3";
      package people;
      message Other {}
      message House {
        enum Kind { HUT = 0; }
        message Inhabitant {
          string nick = 3;
          sint32 id = 1;
          repeated string tags = 4;
          string name = 2;
        }
      }
      """;

  private SmallRegistry registry;

  @BeforeEach
  void start() {
    registry = SmallRegistry.start();
    registry.protobuf(1, PERSON);
    registry.protobuf(2, PERSON_GROWN);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private Reader people(String topic) {
    return new Reader(topic, "id", "id BIGINT", "name VARCHAR").protobuf(registry);
  }

  /** What writes one message's fields. */
  interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** In Confluent's wire format. */
  static byte[] framed(int id, int[] place, Fields fields) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      if (place.length == 1 && place[0] == 0) {
        out.writeSInt32NoTag(0);
      } else {
        out.writeSInt32NoTag(place.length);
        for (int index : place) {
          out.writeSInt32NoTag(index);
        }
      }
      fields.write(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] person(long id, String name) {
    return framed(
        1,
        new int[] {0},
        out -> {
          out.writeInt64(1, id);
          if (name != null) {
            out.writeString(2, name);
          }
        });
  }

  private static byte[] inhabitant(int id, String name) {
    return framed(
        2,
        new int[] {1, 0},
        out -> {
          out.writeString(4, "a");
          out.writeString(2, name);
          out.writeString(4, "b");
          out.writeSInt32(1, id);
        });
  }

  @Test
  void readsRowsOfSeveralSchemasPlacesAndKeys() throws Exception {
    String topic = topic("proto", 1);
    send(topic, 0, null, person(1, "ada"));
    send(topic, 0, null, person(2, null));
    send(topic, 0, null, inhabitant(-3, "grace"));
    send(topic, 0, framed(1, new int[] {1}, out -> out.writeInt64(1, 1)), null);
    send(topic, 0, framed(1, new int[] {1}, out -> out.writeInt64(1, 9)), person(0, "id 0"));
    try (Reader reader = people(topic).start().awaitRows(5)) {
      assertThat(reader.log.changes("t"))
          .containsExactly(
              "i{\"id\":1,\"name\":\"ada\"}",
              "i{\"id\":2,\"name\":null}",
              "i{\"id\":-3,\"name\":\"grace\"}",
              "d{\"id\":1,\"name\":null}",
              "i{\"id\":0,\"name\":\"id 0\"}");
      assertThat(registry.requests()).isEqualTo(2);
    }
  }

  @Test
  void takesKeyColumnsThatTheValueHasNotFromTheKey() throws Exception {
    String topic = topic("protokey", 1);
    registry.protobuf(3, "syntax = \"proto3\"; message Named { string name = 1; }");
    byte[] key = framed(1, new int[] {1}, out -> out.writeInt64(1, 4));
    send(topic, 0, key, framed(3, new int[] {0}, out -> out.writeString(1, "from the key")));
    try (Reader reader = people(topic).start().awaitRows(1)) {
      assertThat(reader.log.changes("t")).containsExactly("i{\"id\":4,\"name\":\"from the key\"}");
    }
  }

  @Test
  void refusesWhatIsNoProtobufOfItsSchemaWithItsBytes() throws Exception {
    String topic = topic("badproto", 1);
    registry.avro(4, "\"long\"");
    registry.protobuf(5, "syntax = \"proto3\"; message Broken { int64 id = 1; Missing part = 2; }");
    registry.protobuf(6, "message { what is this");
    byte[] cut = {0, 0, 0, 0, 1, 0, 8, 1, 18, 40, 'x'};
    send(topic, 0, null, bytes("{}"));
    send(topic, 0, null, framed(77, new int[] {0}, out -> out.writeInt64(1, 1)));
    send(topic, 0, null, cut);
    send(topic, 0, null, framed(1, new int[] {7}, out -> out.writeInt64(1, 1)));
    send(topic, 0, null, framed(1, new int[] {0}, out -> out.writeString(1, "1")));
    send(topic, 0, null, framed(4, new int[] {0}, out -> out.writeInt64(1, 1)));
    send(topic, 0, null, framed(5, new int[] {0}, out -> out.writeInt64(1, 1)));
    send(topic, 0, null, framed(6, new int[] {0}, out -> out.writeInt64(1, 1)));
    send(topic, 0, null, Arrays.copyOf(person(8, "x"), 5));
    send(topic, 0, null, person(5, "good"));
    try (Reader reader = people(topic).start().awaitRows(10)) {
      assertThat(reader.log.changes("t")).containsExactly("i{\"id\":5,\"name\":\"good\"}");
      assertThat(reader.log.rejected())
          .extracting(row -> row.reason().replaceAll(".*offset ", ""))
          .containsExactly(
              "0: its value does not begin with a zero and the id of a schema",
              "1: the schema registry has no schema of its id 77",
              "2: it is not of its Protobuf schema: a value of 40 bytes begins where 1 are left",
              "3: its schema has no message at its index [7]",
              "4: it is not of its Protobuf schema: field id (1) is not written as int64",
              "5: its schema 4 is one of AVRO, not of Protobuf",
              "6: its schema 5 cannot be read: type Missing of Broken stands neither in it nor"
                  + " in a reference",
              "7: its schema 6 cannot be read: Syntax error in line 1:9: expected a word",
              "8: it is not of its Protobuf schema: it ends inside a number");
      assertThat(reader.log.rejected().get(2).original())
          .contains(Base64.getEncoder().encodeToString(cut));
    }
  }

  @Test
  void refusesFieldsThatAreNoColumnsOrNotOfTheSchemaWhereThatIsWanted() throws Exception {
    String topic = topic("protostrict", 1);
    send(topic, 0, null, inhabitant(3, "grace"));
    send(
        topic,
        0,
        null,
        framed(
            1,
            new int[] {0},
            out -> {
              out.writeInt64(1, 1);
              out.writeString(12, "of a newer schema");
            }));
    try (Reader reader = people(topic)) {
      reader.unknown = UnknownFields.REFUSE;
      reader.start().awaitRows(2);
      assertThat(reader.log.rejected())
          .extracting(row -> row.reason().replaceAll(".*offset ", ""))
          .satisfiesExactly(
              reason -> assertThat(reason).contains("there is no column nick"),
              reason ->
                  assertThat(reason)
                      .isEqualTo("1: it has a field with number 12, which its schema has not"));
    }
  }

  @Test
  void readsSchemasThatReferToOthers() throws Exception {
    String topic = topic("protorefs", 1);
    String money =
        """
        syntax = "proto3"; package common.v1;
        import "common/cents.proto";
        message Money { Cents amount = 1; Currency currency = 2; }
        enum Currency { EUR = 0; USD = 1; }
        """;
    String cents = "syntax = \"proto3\"; package common.v1; message Cents { uint32 value = 1; }";
    String order =
        """
        syntax = "proto3"; package shop;
        import "common/money.proto";
        import "google/protobuf/timestamp.proto";
        message Order { int64 id = 1; common.v1.Money price = 2; google.protobuf.Timestamp at = 3; }
        """;
    registry.put(
        "/subjects/common%2Fcents/versions/1", "{\"schema\":" + SmallRegistry.quoted(cents) + "}");
    registry.put(
        "/subjects/common%2Fmoney/versions/2",
        "{\"schema\":"
            + SmallRegistry.quoted(money)
            + ",\"references\":[{\"name\":\"common/cents.proto\",\"subject\":\"common/cents\",\"version\":1}]}");
    registry.put(
        "/schemas/ids/21",
        "{\"schemaType\":\"PROTOBUF\",\"schema\":"
            + SmallRegistry.quoted(order)
            + ",\"references\":[{\"name\":\"common/money.proto\",\"subject\":\"common/money\",\"version\":2}]}");
    Fields price =
        out -> {
          out.writeByteArray(1, new byte[] {8, 5});
          out.writeEnum(2, 1);
        };
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    CodedOutputStream innerOut = CodedOutputStream.newInstance(inner);
    price.write(innerOut);
    innerOut.flush();
    send(
        topic,
        0,
        null,
        framed(
            21,
            new int[] {0},
            out -> {
              out.writeInt64(1, 1);
              out.writeByteArray(2, inner.toByteArray());
              out.writeByteArray(3, new byte[] {8, 60});
            }));
    try (Reader reader =
        new Reader(
                topic,
                "id",
                "id BIGINT",
                "price ROW(currency VARCHAR, amount JSON)",
                "at TIMESTAMP_LTZ")
            .protobuf(registry)
            .start()
            .awaitRows(1)) {
      assertThat(reader.log.rejected()).isEmpty();
      assertThat(reader.log.changes("t"))
          .containsExactly(
              "i{\"id\":1,\"price\":{\"currency\":\"USD\",\"amount\":{\"value\":5}},\"at\":\"1970-01-01T00:01:00Z\"}");
    }
  }

  @Test
  void findsAWrongRegistryBeforeTheFirstRow() throws Exception {
    String topic = topic("protocheck", 1);
    send(topic, 0, null, framed(78, new int[] {0}, out -> out.writeInt64(1, 1)));
    try (Reader reader = people(topic)) {
      assertThat(reader.check().problems().toString())
          .contains("has no schema of its id 78")
          .contains("correct registry.url");
      registry.protobuf(78, PERSON);
      assertThat(reader.check().problems()).isEmpty();
    }
  }
}
