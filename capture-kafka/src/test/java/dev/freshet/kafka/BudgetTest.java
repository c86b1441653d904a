package dev.freshet.kafka;

import static dev.freshet.kafka.ProtobufMessagesTest.framed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSetCodec;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import dev.freshet.kafka.ProtobufMessagesTest.Fields;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.message.Metadata;
import dev.freshet.kafka.message.TableMessages;
import dev.freshet.kafka.registry.RegistrySettings;
import dev.freshet.kafka.registry.SchemaRegistry;
import dev.freshet.log.LogRecord;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may come of messages that have few bytes and stand for many. */
@Timeout(60)
class BudgetTest {
  private static final int[] FIRST = {0};
  private static final int ID = 1;
  private static final String NAME = "n".repeat(500_000);
  private static final String TOO_MUCH = "it stands for texts and arrays of more than ";

  /** Of a change set, with the schema of its table. */
  private static final int HEAD_BYTES = 300;

  /** What a change set may have before the last message. */
  private static final int BEFORE_BYTES = 4 << 20;

  private SmallRegistry server;
  private SchemaRegistry registry;

  @BeforeEach
  void start() {
    server = SmallRegistry.start();
    registry = new SchemaRegistry(new RegistrySettings(URI.create(server.url()), "", ""));
  }

  @AfterEach
  void stop() {
    registry.close();
    server.close();
  }

  private TableMessages messages(MessageFormat format, String schema, String... columns) {
    if (format == MessageFormat.AVRO) {
      server.avro(ID, schema);
    } else if (format == MessageFormat.PROTOBUF) {
      server.protobuf(ID, schema);
    }
    List<Column> parsed = new ArrayList<>();
    for (String column : columns) {
      String[] parts = column.split(" ", 2);
      parsed.add(Column.nullable(parts[0], TypeParser.parse(parts[1])));
    }
    return messages(format, new Schema(parsed));
  }

  private TableMessages messages(MessageFormat format, Schema columns) {
    return new TableMessages(
        new Contract("t", columns, List.of(), "", ""),
        new MessageSettings(
            format, KeyFormat.NONE, Envelope.NONE, UnknownFields.IGNORE, Optional.empty()),
        registry,
        Clock.system());
  }

  private static ConsumerRecord<byte[], byte[]> message(byte[] value) {
    return new ConsumerRecord<>("t", 0, 0L, null, value);
  }

  private static ConsumerRecord<byte[], byte[]> message(Fields fields) {
    return message(framed(ID, FIRST, fields));
  }

  private static void number(ByteArrayOutputStream out, long value) {
    long rest = value << 1;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** An array of so many equal items, and a text behind it. */
  private static ConsumerRecord<byte[], byte[]> avro(int count, byte[] item, int textBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(ID).array());
    number(out, count);
    for (int i = 0; i < count; i++) {
      out.writeBytes(item);
    }
    out.write(0);
    number(out, textBytes);
    out.writeBytes("x".repeat(textBytes).getBytes(UTF_8));
    return message(out.toByteArray());
  }

  private static String avroOf(String items) {
    return """
    {"type": "record", "name": "M", "fields": [
      {"name": "v", "type": {"type": "array", "items": %s}},
      {"name": "padding", "type": "string"}]}\
    """
        .formatted(items);
  }

  private static void assertTooMuch(TableMessages messages, ConsumerRecord<byte[], byte[]> from) {
    long counted = messages.add(from);
    DecodedRows rows = messages.take();
    assertThat(rows.accepted()).isZero();
    assertThat(counted)
        .as("only as it came is it kept")
        .isBetween((long) encodedBytes(rows) - HEAD_BYTES, 2L * from.value().length + 1_000);
    assertThat(rows.refused().getFirst().reason()).contains(TOO_MUCH);
  }

  @Test
  void countsTheSymbolsThatBytesOfAvroStandFor() {
    String schema =
        avroOf("{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"" + NAME + "\"]}");
    TableMessages messages = messages(MessageFormat.AVRO, schema, "v VARCHAR ARRAY");
    assertThat(messages.add(avro(1, new byte[1], 0))).isGreaterThan(NAME.length());
    assertThat(messages.take().accepted()).isEqualTo(1);
    assertTooMuch(messages, avro(10, new byte[1], 0));
  }

  private static Fields empty(int count) {
    return out -> {
      for (int i = 0; i < count; i++) {
        out.writeByteArray(1, new byte[0]);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optional E e = 1 [default = %1$s]; enum E { %1$s = 0; }",
        "optional string e = 1 [default = \"%1$s\"];"
      })
  void countsTheNamesAndDefaultsThatNoByteOfProtobufStandsFor(String field) {
    String schema = "message M { repeated I v = 1; message I { " + field.formatted(NAME) + " } }";
    TableMessages messages = messages(MessageFormat.PROTOBUF, schema, "v ROW<e VARCHAR> ARRAY");
    assertThat(messages.add(message(empty(1)))).isGreaterThan(NAME.length());
    assertThat(messages.take().accepted()).isEqualTo(1);
    assertTooMuch(messages, message(empty(10)));
  }

  @Test
  void countsTheNamesThatBytesOfProtobufStandFor() {
    String schema =
        "syntax = \"proto3\"; message M { repeated E v = 1; enum E { " + NAME + " = 0; } }";
    TableMessages messages = messages(MessageFormat.PROTOBUF, schema, "v VARCHAR ARRAY");
    assertTooMuch(messages, message(out -> out.writeByteArray(1, new byte[10])));
  }

  private static String wideRow(String type) {
    StringBuilder row = new StringBuilder("v ROW<a0 " + type);
    for (int i = 1; i < 100; i++) {
      row.append(", a").append(i).append(' ').append(type);
    }
    return row.append("> ARRAY").toString();
  }

  /** JSON as the message, and as a text in Avro and Protobuf. */
  @ParameterizedTest
  @EnumSource(names = {"JSON", "AVRO", "PROTOBUF"})
  void countsWhatJsonStandsFor(MessageFormat format) {
    String text =
        "{\"type\": \"record\", \"name\": \"M\", \"fields\": [{\"name\": \"v\", \"type\": \"string\"}]}";
    String schema = format == MessageFormat.AVRO ? text : "message M { optional string v = 1; }";
    TableMessages messages = messages(format, schema, wideRow("DECIMAL(38, 0)"));
    for (int count : new int[] {18_000, 40_000}) {
      byte[] json = ("[{}" + ",{}".repeat(count - 1) + "]" + " ".repeat(500_000)).getBytes(UTF_8);
      ConsumerRecord<byte[], byte[]> from =
          switch (format) {
            case AVRO -> avroText(json);
            case PROTOBUF -> message(out -> out.writeByteArray(1, json));
            case JSON, RAW -> message(("{\"v\":" + new String(json, UTF_8) + "}").getBytes(UTF_8));
          };
      if (count > 18_000) {
        assertTooMuch(messages, from);
      } else {
        long made = messages.add(from) - from.value().length;
        int encoded = encodedBytes(messages.take());
        assertThat(encoded).isGreaterThan(30_000_000);
        assertThat(made).isGreaterThan(encoded - 1_000);
      }
    }
  }

  @Test
  void takesManyJsonRowsOfWhichFewFieldsAreSet() {
    TableMessages messages = messages(MessageFormat.JSON, "", wideRow("BIGINT"));
    StringBuilder json = new StringBuilder("{\"v\":[{\"a0\":0}");
    for (int i = 1; i < 600; i++) {
      json.append(",{\"a").append(i % 100).append("\":").append(i).append('}');
    }
    messages.add(message(json.append("]}").toString().getBytes(UTF_8)));
    assertThat(messages.take().refused()).isEmpty();
  }

  private static ConsumerRecord<byte[], byte[]> avroText(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(ID).array());
    number(out, text.length);
    out.writeBytes(text);
    return message(out.toByteArray());
  }

  private static int encodedBytes(DecodedRows rows) {
    ByteWriter out = new ByteWriter(1 << 20);
    ChangeSet.Part last = ChangeSet.Part.LAST;
    ChangeSetCodec.write(
        out, new ChangeSet("s", new byte[0], 0, 0, 0, last, List.of(rows.changes())));
    return out.length();
  }

  @ParameterizedTest
  @EnumSource(names = {"AVRO", "PROTOBUF"})
  void rowsOfNullsFitIntoARecordOfTheLog(MessageFormat format) {
    boolean isAvro = format == MessageFormat.AVRO;
    String item = "{\"type\": \"record\", \"name\": \"I\", \"fields\": []}";
    TableMessages messages =
        messages(
            format,
            isAvro ? avroOf(item) : "message M { repeated I v = 1; message I { } }",
            wideRow("DECIMAL(38, 0)"));
    int padding = 600_000;
    Fields padded = out -> out.writeByteArray(2, new byte[padding]);
    for (int count : new int[] {18_500, 19_000, 40_000}) {
      ConsumerRecord<byte[], byte[]> from =
          isAvro
              ? avro(count, new byte[0], padding)
              : message(out -> {
                empty(count).write(out);
                padded.write(out);
              });
      if (count > 18_500) {
        assertTooMuch(messages, from);
      } else {
        long made = messages.add(from) - from.value().length;
        int encoded = encodedBytes(messages.take());
        assertThat(encoded).isBetween(33_000_000, LogRecord.BYTES_MAX / 2 + (1 << 20));
        assertThat(made).isGreaterThan(encoded - 1_000);
      }
    }
  }

  @Test
  void aMessageAndAllThatComesOfItFitIntoARecordOfTheLog() {
    String item = "{\"type\": \"record\", \"name\": \"I\", \"fields\": []}";
    TableMessages messages =
        messages(
            MessageFormat.AVRO,
            avroOf(item),
            wideRow("DECIMAL(38, 0)"),
            "padding VARCHAR",
            "kafka_value VARBINARY");
    int padding = 14 << 20;
    assertThat(messages.add(avro(16_000, new byte[0], padding))).isGreaterThan(58_000_000);
    int encoded = encodedBytes(messages.take());
    assertThat(encoded).isBetween(58_000_000, LogRecord.BYTES_MAX - BEFORE_BYTES);
    assertTooMuch(messages, avro(16_500, new byte[0], padding));
  }

  @Test
  void keepsNothingOfAMessageThatIsTooLongByItself() {
    TableMessages messages = messages(MessageFormat.PROTOBUF, "message M { }", "v VARCHAR");
    messages.add(message(new byte[57 << 20]));
    DecodedRows rows = messages.take();
    assertThat(rows.refused().getFirst().reason())
        .endsWith("it takes 59768832 bytes in the log, and a message may take 58720256");
    assertThat(rows.changes().rejected().getFirst().original()).isEqualTo(RejectedRow.LEFT_OUT);
    messages = messages(MessageFormat.RAW, "", "kafka_value VARBINARY");
    messages.add(message(new byte[40 << 20])); // it is there but once
    assertThat(messages.take().refused()).isEmpty();
  }

  @Test
  void countsWhatTheLogHasOfMetadata() {
    TableMessages messages = messages(MessageFormat.RAW, Metadata.rawSchema());
    for (byte[] value : List.of("\"".repeat(9_999).getBytes(UTF_8), new byte[3])) {
      ConsumerRecord<byte[], byte[]> message =
          new ConsumerRecord<>("topic".repeat(40), 0, 0L, new byte[10_000], new byte[20_000]);
      message.headers().add("\u0001".repeat(500), value).add("", new byte[0]);
      long counted = messages.add(message);
      int encoded = encodedBytes(messages.take());
      assertThat(counted).isBetween((long) encoded - HEAD_BYTES, encoded + 1_000L);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "google.protobuf.Timestamp; JSON; 0A00",
        "google.protobuf.Duration; JSON; 0A00",
        "google.protobuf.Value; JSON; 0A00",
        "google.protobuf.ListValue; JSON; 0A00",
        "int32; JSON; 0A03010101",
        "string; JSON; 0A03C3A901",
        "google.protobuf.Timestamp; VARCHAR ARRAY; 0A00",
        "google.protobuf.Duration; VARCHAR ARRAY; 0A00",
        "int64; BIGINT ARRAY; 0A03010101",
        "int64; DECIMAL(30, 0) ARRAY; 0A0A01FFFFFFFFFFFFFFFF01",
        "bool; BOOLEAN ARRAY; 0A03010101"
      })
  void countsWhatTheLogWrites(String type, String column, String bytes) {
    String schema =
        "syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\"; message M { repeated "
            + type
            + " v = 1; }";
    TableMessages messages = messages(MessageFormat.PROTOBUF, schema, "v " + column);
    byte[] field = HexFormat.of().parseHex(bytes.strip());
    ConsumerRecord<byte[], byte[]> from =
        message(out -> {
          for (int i = 0; i < 1_000; i++) {
            out.writeRawBytes(field);
          }
        });
    long made = messages.add(from) - from.value().length;
    DecodedRows rows = messages.take();
    assertThat(rows.refused()).isEmpty();
    assertThat(made + 100).isGreaterThan(encodedBytes(rows));
  }

  @Test
  void countsKeysOfJsonAsTheyAreWritten() {
    String schema = "syntax = \"proto3\"; message M { map<string, int32> v = 1; }";
    TableMessages messages = messages(MessageFormat.PROTOBUF, schema, "v JSON");
    byte[] entry = new byte[10_002];
    Arrays.fill(entry, (byte) 1);
    System.arraycopy(new byte[] {10, (byte) 0x8F, 78}, 0, entry, 0, 3); // 9,999 bytes of 1
    long made = messages.add(message(out -> out.writeByteArray(1, entry)));
    DecodedRows rows = messages.take();
    assertThat(rows.refused()).isEmpty();
    assertThat(made).isGreaterThan((1 + 6) * 9_999);
  }

  /** Of each item one of 50 fields is set; the others are written too, since none may be NULL. */
  @Test
  void takesItemsOfWhichFewFieldsAreSet() {
    StringBuilder schema = new StringBuilder("syntax = \"proto3\"; message M { repeated W v = 1; ");
    schema.append("message W {");
    for (int i = 1; i <= 50; i++) {
      schema.append("int32 field_with_a_name_%03d = %d;".formatted(i, i));
    }
    TableMessages messages =
        messages(MessageFormat.PROTOBUF, schema.append("}}").toString(), "v JSON");
    messages.add(
        message(out -> {
          for (int i = 0; i < 100; i++) {
            out.writeByteArray(1, new byte[] {8, 5});
          }
        }));
    DecodedRows rows = messages.take();
    assertThat(rows.refused()).isEmpty();
    assertThat(JsonText.row(rows.changes().rows(), 0))
        .startsWith("{\"v\":[{\"field_with_a_name_001\":5,\"field_with_a_name_002\":0,")
        .hasSizeGreaterThan(120_000);
  }
}
