package dev.freshet.kafka.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that nobody means well with; HttpIngestTest has the others. */
@Timeout(60)
class AvroContainerTest {
  private static final int BYTES_MAX = 1 << 20;
  private static final byte[] MARK = new byte[16];
  private static final String LONG_ID = record("R", field("id", "\"long\""));

  private long reserved;

  private static String record(String name, String fields) {
    return "{\"type\": \"record\", \"name\": \"" + name + "\", \"fields\": [" + fields + "]}";
  }

  private static String field(String name, String type) {
    return "{\"name\": \"" + name + "\", \"type\": " + type + "}";
  }

  /** Takes no byte, and twice as many steps with each level. */
  private static String chain(int depth, String defaults) {
    String chain = record("L0", field("n", "\"null\""));
    for (int i = 1; i <= depth; i++) {
      String again = "\"L" + (i - 1) + "\"";
      chain = record("L" + i, field("a", chain + defaults) + "," + field("b", again + defaults));
    }
    return chain;
  }

  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes number(long value) {
      long rest = (value << 1) ^ (value >> 63);
      while ((rest & ~0x7FL) != 0) {
        out.write((int) (rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      out.write((int) rest);
      return this;
    }

    Bytes raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Bytes text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return number(bytes.length).raw(bytes);
    }

    Bytes block(long rows, byte[] values) {
      return number(rows).number(values.length).raw(values).raw(MARK);
    }

    byte[] done() {
      return out.toByteArray();
    }
  }

  private static Bytes container(Map<String, String> metadata) {
    Bytes head = new Bytes().raw(new byte[] {'O', 'b', 'j', 1}).number(metadata.size());
    new TreeMap<>(metadata).forEach((name, value) -> head.text(name).text(value));
    return head.number(0).raw(MARK);
  }

  private static Bytes container(String schema, String codec) {
    return container(Map.of("avro.schema", schema, "avro.codec", codec));
  }

  private static byte[] deflated(byte[] bytes) {
    byte[] packed = new byte[bytes.length + 100];
    try (Deflater deflater = new Deflater(9, true)) {
      deflater.setInput(bytes);
      deflater.finish();
      return Arrays.copyOf(packed, deflater.deflate(packed));
    }
  }

  /** An array of so many values that take no byte. */
  private static byte[] items(int count) {
    return new Bytes().number(count).number(0).done();
  }

  private DecodedRows decode(UnknownFields unknown, byte[] body) {
    reserved = 0;
    Schema schema =
        Schema.of(
            Column.nullable("id", TypeParser.parse("BIGINT")),
            Column.nullable("j", TypeParser.parse("JSON")),
            Column.nullable("s", TypeParser.parse("VARCHAR")),
            Column.nullable("items", TypeParser.parse("VARCHAR ARRAY")),
            Column.nullable(
                "rows", TypeParser.parse("ROW<a INTEGER, b INTEGER, c INTEGER> ARRAY")));
    return new AvroContainer(new Contract("t", schema, List.of(), "", ""), unknown, BYTES_MAX)
        .decode(RowChange.UPSERT, body, body.length, bytes -> reserved = Math.max(reserved, bytes));
  }

  private void refuses(ErrorCode code, String why, Bytes body) {
    for (UnknownFields unknown : UnknownFields.values()) {
      assertThatThrownBy(() -> decode(unknown, body.done()))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining(why)
          .extracting("code")
          .isEqualTo(code);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"j", "items", "no_column"})
  void refusesRecordsThatTakeNoByteAndStepsWithoutEnd(String column) {
    Bytes body = container(record("R", field(column, chain(60, ""))), "null").block(1, new byte[0]);
    if (column.equals("j")) {
      refuses(ErrorCode.LIMIT_EXCEEDED, "texts and arrays of more than 1048576 bytes", body);
    } else {
      refuses(ErrorCode.REQUEST_INVALID, "it has far more values than bytes", body);
    }
  }

  @Test
  void readsSchemasWhoseDefaultsWouldTakeStepsWithoutEnd() {
    String schema = record("R", field("j", chain(60, ", \"default\": {}")));
    assertThat(decode(UnknownFields.REFUSE, container(schema, "null").done()).accepted()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"j", "items", "no_column"})
  void boundsItemsThatTakeNoByteOverAllBlocks(String column) {
    String type = "{\"type\": \"array\", \"items\": \"null\"}";
    Bytes body = container(record("R", field(column, type)), "null");
    for (int i = 0; i < 100; i++) {
      body.block(1, items(30_000));
    }
    refuses(ErrorCode.REQUEST_INVALID, "its arrays have far more items than it has bytes", body);
  }

  @ParameterizedTest
  @CsvSource({"j, 400000", "rows, 100000"})
  void boundsRecordsWithoutFields(String column, int count) {
    String type = "{\"type\": \"array\", \"items\": " + record("E", "") + "}";
    Map<String, String> metadata =
        Map.of("avro.schema", record("R", field(column, type)), "padding", "x".repeat(100_000));
    Bytes body = container(metadata).block(1, items(count));
    refuses(ErrorCode.LIMIT_EXCEEDED, "texts and arrays of more than 1048576 bytes", body);
  }

  @Test
  void boundsTheNamesThatAreWrittenForValuesWithoutBytes() {
    String name = "n".repeat(20_000);
    String type = "{\"type\": \"array\", \"items\": " + record("E", field(name, "\"null\"")) + "}";
    Bytes body = container(record("R", field("j", type)), "null").block(1, items(60));
    refuses(ErrorCode.LIMIT_EXCEEDED, "texts and arrays of more than 1048576 bytes", body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"j", "s", "items"})
  void boundsTheSymbolsThatBytesStandFor(String column) {
    String symbol = "n".repeat(20_000);
    String type = "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"" + symbol + "\"]}";
    byte[] rows = new byte[60];
    Bytes body;
    if (column.equals("items")) {
      String array = "{\"type\": \"array\", \"items\": " + type + "}";
      byte[] row = new Bytes().number(60).raw(rows).number(0).done();
      body = container(record("R", field(column, array)), "null").block(1, row);
    } else {
      body = container(record("R", field(column, type)), "null").block(60, rows);
    }
    refuses(ErrorCode.LIMIT_EXCEEDED, "texts and arrays of more than 1048576 bytes", body);
  }

  @Test
  void takesTheGoodRowsBetweenRefusedOnesOfWhichMuchWouldBeKept() {
    StringBuilder fields = new StringBuilder(field("id", "[\"long\", \"string\"]"));
    for (int i = 0; i < 100; i++) {
      fields.append(",").append(field("n".repeat(40) + i, "\"null\""));
    }
    Bytes body = container(record("R", fields.toString()), "null");
    byte[] good = new Bytes().number(0).number(7).done();
    byte[] bad = new Bytes().number(1).text("x").done();
    for (int i = 0; i < 500; i++) {
      body.block(2, new Bytes().raw(good).raw(bad).done());
    }
    DecodedRows decoded = decode(UnknownFields.IGNORE, body.done());
    assertThat(decoded.accepted()).isEqualTo(500);
    assertThat(decoded.refused()).hasSize(500);
    List<RejectedRow> rejected = decoded.changes().rejected();
    assertThat(rejected.getFirst().original()).startsWith("{\"id\":\"x\",\"nnnn").endsWith("null}");
    assertThat(rejected.getLast().original()).isEqualTo(RejectedRow.LEFT_OUT);
    assertThat(rejected.stream().mapToInt(row -> row.original().length()).sum())
        .isBetween(BYTES_MAX * 9 / 10, BYTES_MAX + 10_000);
    assertThat(reserved).isBetween((long) BYTES_MAX / 2, BYTES_MAX * 2L);
  }

  @Test
  void takesWhatIsReadAndAsksForRoomForIt() {
    String type = "{\"type\": \"array\", \"items\": [\"null\", \"string\"]}";
    String schema = record("R", field("id", "\"long\"") + "," + field("items", type));
    byte[] row = new Bytes().number(1).number(2).number(0).number(1).text("a").number(0).done();
    Bytes plain = container(schema, "null");
    Bytes packed = container(schema, "deflate");
    Bytes rows = new Bytes();
    for (int i = 0; i < 1_000; i++) {
      plain.block(1, row);
      rows.raw(row);
    }
    for (int i = 0; i < 10; i++) {
      packed.block(1_000, deflated(rows.done()));
    }
    DecodedRows decoded = decode(UnknownFields.REFUSE, plain.done());
    assertThat(decoded.accepted()).isEqualTo(1_000);
    assertThat(JsonText.row(decoded.changes().rows(), 999))
        .isEqualTo("{\"id\":1,\"j\":null,\"s\":null,\"items\":[null,\"a\"],\"rows\":null}");
    assertThat(reserved).isZero();
    byte[] body = packed.done();
    assertThat(decode(UnknownFields.REFUSE, body).accepted()).isEqualTo(10_000);
    assertThat(reserved + body.length).isBetween(row.length * 10_000L, row.length * 20_000L);
  }

  @Test
  void refusesBlocksThatAreTooLongTogetherBeforeTheyAreUnpacked() {
    Bytes body = container(record("R", field("j", "\"string\"")), "deflate");
    byte[] value = new Bytes().text("\"" + "x".repeat(BYTES_MAX / 8) + "\"").done();
    for (int i = 0; i < 8; i++) {
      body.block(1, deflated(value));
    }
    refuses(ErrorCode.LIMIT_EXCEEDED, "that is unpacked to more than 1048576 bytes", body);
    assertThat(reserved).isBetween(BYTES_MAX * 7L / 8, (long) BYTES_MAX);
  }

  @Test
  void refusesBlocksThatEndTooSoon() {
    byte[] packed = deflated(new byte[1_000]);
    byte[] cut = Arrays.copyOf(packed, packed.length - 4);
    refuses(
        ErrorCode.REQUEST_INVALID,
        "a block ends in the middle of its packed bytes",
        container(LONG_ID, "deflate").block(1, cut));
  }

  @Test
  void refusesSchemasThatCannotBeRead() {
    Map<String, String> wrong =
        Map.of(
            "its schema cannot be read: Cannot read arrays longer than",
            record("R", field("j", "{\"type\": \"fixed\", \"name\": \"F\", \"size\": 2147483647}")),
            "its schema cannot be read: ",
            "{\"type\": ",
            "nesting depth (1001)",
            record(
                "R",
                field(
                    "j",
                    "{\"type\": \"array\", \"items\": ".repeat(1_001)
                        + "\"long\""
                        + "}".repeat(1_001))),
            "it holds no records but values of type long",
            "\"long\"",
            "its metadata has no avro.schema",
            "");
    wrong.forEach(
        (why, schema) -> refuses(ErrorCode.REQUEST_INVALID, why, container(schema, "null")));
    refuses(
        ErrorCode.REQUEST_INVALID,
        "its metadata has no avro.schema",
        container(Map.of("avro.codec", "null")));
  }
}
