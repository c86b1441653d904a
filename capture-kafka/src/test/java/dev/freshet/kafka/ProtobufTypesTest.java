package dev.freshet.kafka;

import static dev.freshet.kafka.ProtobufMessagesTest.framed;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BytesValue;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.Int64Value;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.Value;
import com.google.protobuf.WireFormat;
import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.connect.Times;
import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.Operation;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import dev.freshet.kafka.ProtobufMessagesTest.Fields;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.message.TableMessages;
import dev.freshet.kafka.registry.RegistrySettings;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values of each type, written by Protobuf's own classes, in the columns that take them. */
class ProtobufTypesTest {
  private static final int[] FIRST = {0};

  private SmallRegistry server;
  private SchemaRegistry registry;
  private Optional<Times.Unit> times = Optional.empty();
  private List<String> key = List.of();
  private int lastId;

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

  /** What one message becomes; its columns by lines, such as {@code id BIGINT}. */
  private String decoded(String schema, String columns, Fields fields) {
    DecodedRows rows = decode(schema, columns, fields);
    assertThat(rows.refused()).isEmpty();
    return JsonText.row(rows.changes().rows(), 0);
  }

  private String refused(String schema, String columns, Fields fields) {
    DecodedRows rows = decode(schema, columns, fields);
    assertThat(rows.refused()).hasSize(1);
    return rows.refused().getFirst().reason().replaceAll("^topic t, .*?offset 0: ", "");
  }

  private DecodedRows decode(String schema, String columns, Fields fields) {
    TableMessages messages = messages(schema, columns);
    messages.add(message(fields));
    return messages.take();
  }

  private ConsumerRecord<byte[], byte[]> message(Fields fields) {
    return new ConsumerRecord<>("t", 0, 0L, null, framed(lastId, FIRST, fields));
  }

  private TableMessages messages(String schema, String columns) {
    server.protobuf(++lastId, schema);
    List<Column> all = new ArrayList<>();
    for (String column : columns.split("\n|; ")) {
      String[] parts = column.strip().split(" ", 2);
      all.add(Column.nullable(parts[0], TypeParser.parse(parts[1])));
    }
    return new TableMessages(
        new Contract("t", new Schema(all), key, "", ""),
        new MessageSettings(
            MessageFormat.PROTOBUF, KeyFormat.NONE, Envelope.NONE, UnknownFields.IGNORE, times),
        registry,
        Clock.system());
  }

  @Test
  void putsEachScalarIntoItsColumn() {
    String schema =
        """
        syntax = "proto3";
        message All {
          double d = 1; float f = 2; int32 i = 3; int64 l = 4; uint32 ui = 5; uint64 ul = 6;
          sint32 si = 7; sint64 sl = 8; fixed32 fi = 9; fixed64 fl = 10; sfixed32 sfi = 11;
          sfixed64 sfl = 12; bool b = 13; string s = 14; bytes raw = 15; Kind kind = 16;
          string uuid = 17; bytes id = 18; string amount = 19;
        }
        enum Kind { NONE = 0; SOME = 5; ALSO = 7; }
        """;
    String columns =
        """
        d DOUBLE
        f REAL
        i INTEGER
        l BIGINT
        ui BIGINT
        ul DECIMAL(20, 0)
        si SMALLINT
        sl DECIMAL(20, 1)
        fi BIGINT
        fl DOUBLE
        sfi INTEGER
        sfl BIGINT
        b BOOLEAN
        s VARCHAR
        raw VARBINARY
        kind VARCHAR
        uuid UUID
        id UUID
        amount DECIMAL(9, 2)\
        """;
    assertThat(
            decoded(
                schema,
                columns,
                out -> {
                  out.writeDouble(1, -1.25);
                  out.writeFloat(2, 0.5f);
                  out.writeInt32(3, -7);
                  out.writeInt64(4, Long.MIN_VALUE);
                  out.writeUInt32(5, -1);
                  out.writeUInt64(6, -1L);
                  out.writeSInt32(7, -300);
                  out.writeSInt64(8, -1L << 40);
                  out.writeFixed32(9, -2);
                  out.writeFixed64(10, 8);
                  out.writeSFixed32(11, -2);
                  out.writeSFixed64(12, -9);
                  out.writeBool(13, true);
                  out.writeString(14, "grüß");
                  out.writeByteArray(15, new byte[] {1, 2});
                  out.writeEnum(16, 5);
                  out.writeString(17, "123e4567-e89b-12d3-a456-426614174000");
                  out.writeByteArray(18, new byte[16]);
                  out.writeString(19, "12.5");
                }))
        .isEqualTo(
            "{\"d\":-1.25,\"f\":0.5,\"i\":-7,\"l\":-9223372036854775808,\"ui\":4294967295,"
                + "\"ul\":18446744073709551615,\"si\":-300,\"sl\":-1099511627776.0,\"fi\":4294967294,"
                + "\"fl\":8.0,\"sfi\":-2,\"sfl\":-9,\"b\":true,\"s\":\"grüß\",\"raw\":\"AQI=\","
                + "\"kind\":\"SOME\",\"uuid\":\"123e4567-e89b-12d3-a456-426614174000\","
                + "\"id\":\"00000000-0000-0000-0000-000000000000\",\"amount\":12.50}");
    assertThat(refused(schema, "ul BIGINT", out -> out.writeUInt64(6, -1)))
        .isEqualTo(
            "column ul is BIGINT: 18446744073709551615 is more than a BIGINT holds; make it"
                + " DECIMAL(20, 0)");
    assertThat(refused(schema, "i TINYINT", out -> out.writeInt32(3, 200)))
        .isEqualTo("column i is TINYINT: 200 is not within -128 to 127");
    assertThat(refused(schema, "b VARCHAR", out -> out.writeBool(13, true)))
        .isEqualTo("column b is VARCHAR: it is Protobuf's bool, which is no VARCHAR");
    assertThat(refused(schema, "s VARCHAR", out -> out.writeByteArray(14, new byte[] {-1})))
        .isEqualTo("column s is VARCHAR: its text is not UTF-8");
    assertThat(decoded(schema, "kind VARCHAR", out -> out.writeEnum(16, 6)))
        .as("a number that is newer than the schema")
        .isEqualTo("{\"kind\":\"6\"}");
    assertThat(decoded(schema, "kind INTEGER", out -> out.writeEnum(16, 7)))
        .isEqualTo("{\"kind\":7}");
  }

  @Test
  void tellsAbsentFromZeroAsTheSchemaDoes() {
    Fields nothing = _ -> {};
    String columns =
        "i INTEGER; o INTEGER; s VARCHAR; k VARCHAR; m ROW(x INTEGER); r INTEGER ARRAY; c VARCHAR";
    String proto3 =
        """
        syntax = "proto3";
        message M {
          int32 i = 1; optional int32 o = 2; string s = 3; K k = 4; In m = 5; repeated int32 r = 6;
          oneof choice { string c = 7; int32 d = 8; }
          enum K { ZERO = 0; }
          message In { int32 x = 1; }
        }
        """;
    assertThat(decoded(proto3, columns, nothing))
        .isEqualTo("{\"i\":0,\"o\":null,\"s\":\"\",\"k\":\"ZERO\",\"m\":null,\"r\":[],\"c\":null}");
    String proto2 =
        """
        message M {
          optional int32 i = 1; optional int32 o = 2 [default = -5];
          optional string s = 3 [default = "none"]; optional K k = 4 [default = TWO];
          optional group M = 5 { optional int32 x = 1; } repeated int32 r = 6 [packed = true];
          oneof choice { string c = 7; int32 d = 8; }
          enum K { ONE = 1; TWO = 2; }
        }
        """;
    assertThat(decoded(proto2, columns, nothing))
        .isEqualTo(
            "{\"i\":null,\"o\":-5,\"s\":\"none\",\"k\":\"TWO\",\"m\":null,\"r\":[],\"c\":null}");
    String required = "message M { required int32 i = 1; optional int32 o = 2; }";
    assertThat(refused(required, "i INTEGER", nothing))
        .contains("column i is INTEGER")
        .contains("required field i is not there");
  }

  @Test
  void takesTheLastOfWhatComesTwiceAndMergesMessages() {
    String schema =
        """
        syntax = "proto3";
        message M {
          int32 i = 1; In m = 2; oneof choice { string c = 3; int32 d = 4; }
          message In { int32 x = 1; repeated string y = 2; int32 z = 3; }
        }
        """;
    assertThat(
            decoded(
                schema,
                "i INTEGER; m ROW(x INTEGER, y VARCHAR ARRAY, z INTEGER); c VARCHAR; d INTEGER",
                out -> {
                  out.writeInt32(1, 1);
                  out.writeByteArray(2, new byte[] {8, 1, 18, 1, 'a'});
                  out.writeString(3, "first");
                  out.writeInt32(1, 2);
                  out.writeInt32(4, 7);
                  out.writeByteArray(2, new byte[] {18, 1, 'b', 24, 9});
                }))
        .isEqualTo("{\"i\":2,\"m\":{\"x\":1,\"y\":[\"a\",\"b\"],\"z\":9},\"c\":null,\"d\":7}");
  }

  @Test
  void readsRepeatedFieldsPackedAndNotAndMaps() {
    String schema =
        """
        syntax = "proto3";
        message M {
          repeated sint64 a = 1; repeated double b = 2; repeated In c = 3;
          map<string, In> d = 4; map<int32, K> e = 5; map<bool, bytes> f = 6;
          message In { uint32 x = 1; }
          enum K { ZERO = 0; ONE = 1; }
        }
        """;
    Fields fields =
        out -> {
          out.writeByteArray(1, new byte[] {1, 2});
          out.writeSInt64(1, -9);
          out.writeDouble(2, 1.5);
          out.writeByteArray(3, new byte[] {8, 1});
          out.writeByteArray(3, new byte[] {});
          out.writeByteArray(4, new byte[] {10, 1, 'k', 18, 2, 8, 5});
          out.writeByteArray(4, new byte[] {10, 1, 'l'});
          out.writeByteArray(4, new byte[] {18, 2, 8, 6, 10, 1, 'k'});
          out.writeByteArray(5, new byte[] {16, 1});
          out.writeByteArray(6, new byte[] {8, 1, 18, 1, 7});
        };
    assertThat(
            decoded(
                schema,
                "a BIGINT ARRAY; b DOUBLE ARRAY; c ROW(x INTEGER) ARRAY; d MAP<VARCHAR, ROW(x INTEGER)>;"
                    + " e MAP<INTEGER, VARCHAR>; f MAP<BOOLEAN, VARBINARY>",
                fields))
        .isEqualTo(
            "{\"a\":[-1,1,-9],\"b\":[1.5],\"c\":[{\"x\":1},{\"x\":0}],"
                + "\"d\":{\"k\":{\"x\":6},\"l\":{\"x\":0}},\"e\":{\"0\":\"ONE\"},\"f\":{\"true\":\"Bw==\"}}");
    assertThat(decoded(schema, "a JSON; b JSON; c JSON; d JSON; e JSON; f JSON", fields))
        .isEqualTo(
            "{\"a\":[-1,1,-9],\"b\":[1.5],\"c\":[{\"x\":1},{\"x\":0}],"
                + "\"d\":{\"k\":{\"x\":6},\"l\":{\"x\":0}},\"e\":{\"0\":\"ONE\"},\"f\":{\"true\":\"Bw==\"}}");
    assertThat(refused(schema, "a BIGINT", fields))
        .isEqualTo("column a is BIGINT: it is Protobuf's repeated sint64, which is no BIGINT");
    assertThat(refused(schema, "d ROW(k INTEGER)", fields))
        .contains("it is Protobuf's map<string, M.In>, which is no ROW(k INTEGER)");
  }

  @Test
  void readsProtobufsOwnMessagesAsTheValuesThatTheyStandFor() {
    String schema =
        """
        syntax = "proto3";
        import "google/protobuf/timestamp.proto";
        import "google/type/date.proto";
        import "confluent/type/decimal.proto";
        message M {
          google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2;
          google.protobuf.Int64Value number = 3; google.protobuf.StringValue text = 4;
          google.protobuf.Struct doc = 5; google.protobuf.Value any = 6;
          repeated google.protobuf.Timestamp ats = 7; google.protobuf.BytesValue raw = 8;
          google.protobuf.UInt64Value large = 9; google.type.Date day = 10;
          google.type.TimeOfDay clock = 11; confluent.type.Decimal amount = 12;
        }
        """;
    Timestamp at = Timestamp.newBuilder().setSeconds(-1).setNanos(500_000_000).build();
    Struct doc =
        Struct.newBuilder()
            .putFields("n", Value.newBuilder().setNumberValue(3).build())
            .putFields(
                "list",
                Value.newBuilder()
                    .setListValue(
                        ListValue.newBuilder()
                            .addValues(Value.newBuilder().setNullValue(NullValue.NULL_VALUE))
                            .addValues(Value.newBuilder().setBoolValue(true))
                            .addValues(Value.newBuilder().setStringValue("x\"")))
                    .build())
            .build();
    Fields fields =
        out -> {
          out.writeMessage(1, at);
          out.writeMessage(2, Duration.newBuilder().setSeconds(-3).setNanos(-250_000_000).build());
          out.writeMessage(3, Int64Value.of(0));
          out.writeMessage(4, StringValue.of("t"));
          out.writeMessage(5, doc);
          out.writeMessage(6, Value.newBuilder().setNumberValue(0.25).build());
          out.writeMessage(7, at);
          out.writeMessage(8, BytesValue.getDefaultInstance());
          out.writeMessage(9, UInt64Value.of(-1));
          out.writeByteArray(10, new byte[] {8, (byte) 0xEA, 15, 16, 11, 24, 30});
          out.writeByteArray(11, new byte[] {8, 10, 16, 30});
          out.writeByteArray(12, new byte[] {10, 2, -1, 56, 16, 9, 24, 1});
        };
    assertThat(
            decoded(
                schema,
                """
                at TIMESTAMP_LTZ
                took DECIMAL(12, 3)
                number BIGINT
                text VARCHAR
                doc JSON
                any JSON
                ats TIMESTAMP ARRAY
                raw VARBINARY
                large DECIMAL(20, 0)
                day DATE
                clock TIME
                amount DECIMAL(9, 2)\
                """,
                fields))
        .isEqualTo(
            "{\"at\":\"1969-12-31T23:59:59.500Z\",\"took\":-3.250,\"number\":0,\"text\":\"t\","
                + "\"doc\":{\"n\":3,\"list\":[null,true,\"x\\\"\"]},\"any\":0.25,"
                + "\"ats\":[\"1969-12-31T23:59:59.500\"],\"raw\":\"\",\"large\":18446744073709551615,"
                + "\"day\":\"2026-11-30\",\"clock\":\"10:30:00\",\"amount\":-20.00}");
    assertThat(
            decoded(
                schema,
                "at VARCHAR; took VARCHAR; number JSON; text JSON; ats JSON; day JSON; large JSON",
                fields))
        .isEqualTo(
            "{\"at\":\"1969-12-31T23:59:59.500Z\",\"took\":\"-3.25s\",\"number\":0,\"text\":\"t\","
                + "\"ats\":[\"1969-12-31T23:59:59.500Z\"],\"day\":\"2026-11-30\","
                + "\"large\":18446744073709551615}");
    assertThat(decoded(schema, "at ROW(seconds BIGINT, nanos INTEGER); number BIGINT", _ -> {}))
        .isEqualTo("{\"at\":null,\"number\":null}");
    assertThat(
            decoded(
                schema, "at ROW(seconds BIGINT, nanos INTEGER)", out -> out.writeMessage(1, at)))
        .isEqualTo("{\"at\":{\"seconds\":-1,\"nanos\":500000000}}");
    assertThat(
            refused(
                schema,
                "at TIMESTAMP",
                out -> out.writeMessage(1, Timestamp.newBuilder().setNanos(1).build())))
        .contains("1970-01-01T00:00:00.000000001Z is finer than a microsecond; a column VARCHAR");
    assertThat(
            refused(
                schema,
                "at TIMESTAMP",
                out -> out.writeMessage(1, Timestamp.newBuilder().setNanos(-1).build())))
        .contains("0 seconds and -1 nanoseconds is no Timestamp");
    assertThat(refused(schema, "day DATE", out -> out.writeByteArray(10, new byte[] {8, 1})))
        .contains("year 1, month 0, day 0 is no date");
  }

  @Test
  void readsNumbersAsTimesWhereTheSourceSaysWhatTheyCount() {
    String schema = "syntax = \"proto3\"; message M { int64 at = 1; int32 day = 2; }";
    Fields fields =
        out -> {
          out.writeInt64(1, 1_500);
          out.writeInt32(2, 1);
        };
    assertThat(refused(schema, "at TIMESTAMP_LTZ", fields))
        .contains("it is Protobuf's int64, and nothing says what it counts; times: millis");
    times = Optional.of(Times.Unit.MILLIS);
    assertThat(decoded(schema, "at TIMESTAMP_LTZ; day DATE", fields))
        .isEqualTo("{\"at\":\"1970-01-01T00:00:01.500Z\",\"day\":\"1970-01-02\"}");
  }

  @Test
  void aRowMaySayWhatItDoes() {
    String schema = "syntax = \"proto3\"; message M { int64 id = 1; string _op = 2; }";
    key = List.of("id");
    for (String says : List.of("", "upsert", "delete")) {
      DecodedRows rows =
          decode(
              schema,
              "id BIGINT",
              out -> {
                out.writeInt64(1, 1);
                out.writeString(2, says);
              });
      assertThat(rows.changes().operations())
          .containsExactly(
              says.equals("delete") ? Operation.DELETE.code() : Operation.INSERT.code());
    }
    assertThat(refused(schema, "id BIGINT", out -> out.writeString(2, "remove")))
        .contains("_op is remove; it is \"upsert\" or \"delete\"");
  }

  @Test
  void readsGroupsAndPassesFieldsThatItDoesNotKnow() {
    String schema =
        "message M { repeated group Line = 1 { required int32 x = 2; } optional int32 last = 9; }";
    Fields fields =
        out -> {
          for (int i = 1; i <= 2; i++) {
            out.writeTag(1, WireFormat.WIRETYPE_START_GROUP);
            out.writeInt32(2, i);
            out.writeTag(1, WireFormat.WIRETYPE_END_GROUP);
          }
          out.writeTag(5, WireFormat.WIRETYPE_START_GROUP);
          out.writeTag(6, WireFormat.WIRETYPE_START_GROUP);
          out.writeFixed64(7, 1);
          out.writeTag(6, WireFormat.WIRETYPE_END_GROUP);
          out.writeTag(5, WireFormat.WIRETYPE_END_GROUP);
          out.writeFixed32(8, 1);
          out.writeInt32(9, 4);
        };
    assertThat(decoded(schema, "line ROW(x INTEGER) ARRAY; last INTEGER", fields))
        .isEqualTo("{\"line\":[{\"x\":1},{\"x\":2}],\"last\":4}");
    assertThat(
            refused(
                schema, "last INTEGER", out -> out.writeTag(5, WireFormat.WIRETYPE_START_GROUP)))
        .contains("it ends inside a group");
    assertThat(
            refused(schema, "last INTEGER", out -> out.writeTag(5, WireFormat.WIRETYPE_END_GROUP)))
        .contains("a group ends that did not begin");
  }

  @Test
  void refusesValuesThatAreNestedTooDeep() {
    String schema = "syntax = \"proto3\"; message N { N next = 1; int32 x = 2; }";
    byte[] deep = {16, 1};
    for (int i = 0; i < 3_000; i++) {
      deep = nested(deep);
    }
    byte[] whole = deep;
    assertThat(refused(schema, "next JSON; x INTEGER", out -> out.writeRawBytes(whole)))
        .contains("it is nested deeper than 100 levels");
    Fields groups =
        out -> {
          for (int i = 0; i < 100_000; i++) {
            out.writeTag(3, WireFormat.WIRETYPE_START_GROUP);
          }
        };
    assertThat(refused(schema, "x INTEGER", groups)).contains("it is nested deeper than 100");
  }

  private static byte[] nested(byte[] inner) {
    byte[] outer =
        new byte[inner.length + 1 + CodedOutputStream.computeUInt32SizeNoTag(inner.length)];
    CodedOutputStream out = CodedOutputStream.newInstance(outer);
    try {
      out.writeByteArray(1, inner);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return outer;
  }

  /** A message of 100 fields, each of which is written as JSON also when it is not there. */
  private static String wide() {
    StringBuilder wide = new StringBuilder("syntax = \"proto3\"; message M { repeated W w = 1; }");
    wide.append("message W {");
    for (int i = 1; i <= 100; i++) {
      wide.append("int32 field_with_a_name_%d = %d;".formatted(i, i));
    }
    return wide.append("}").toString();
  }

  private static Fields empty(int elements) {
    return out -> {
      for (int i = 0; i < elements; i++) {
        out.writeByteArray(1, new byte[0]);
      }
    };
  }

  @Test
  void refusesAMessageOfWhichFarMoreComesThanItsBytes() {
    assertThat(decoded(wide(), "w JSON", empty(20))).contains("\"field_with_a_name_100\":0}]");
    String reason = "it stands for texts and arrays of more than 7448960 bytes";
    assertThat(refused(wide(), "w JSON", empty(50_000))).contains("column w is JSON: " + reason);
    StringBuilder row = new StringBuilder("w ROW<field_with_a_name_1 INTEGER");
    for (int i = 2; i <= 100; i++) {
      row.append(", field_with_a_name_%d INTEGER".formatted(i));
    }
    assertThat(refused(wide(), row + "> ARRAY", empty(50_000))).contains(reason);
  }

  @Test
  void keepsWhatDebeziumSaysThatItDidNotSend() {
    String schema =
        """
        syntax = "proto3";
        message M { int64 id = 1; string a = 2; bytes b = 3; repeated string c = 4; map<string, string> d = 5; }
        """;
    String unsent = "__debezium_unavailable_value";
    Fields fields =
        out -> {
          out.writeInt64(1, 1);
          out.writeString(2, unsent);
          out.writeByteArray(3, unsent.getBytes(StandardCharsets.UTF_8));
          out.writeString(4, unsent);
        };
    key = List.of("id");
    DecodedRows rows =
        decode(schema, "id BIGINT; a VARCHAR; b VARBINARY; c VARCHAR ARRAY; d JSON", fields);
    assertThat(rows.refused()).isEmpty();
    for (int column = 1; column <= 3; column++) {
      assertThat(rows.changes().isMissing(column, 0)).as("column " + column).isTrue();
    }
    assertThat(rows.changes().isMissing(4, 0)).isFalse();
    key = List.of();
    assertThat(refused(schema, "id BIGINT; a VARCHAR", fields))
        .contains("the source did not send column a");
  }
}
