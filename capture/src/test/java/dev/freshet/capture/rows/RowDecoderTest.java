package dev.freshet.capture.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowDecoderTest {
  private static final Contract CLICKS =
      contract(
          List.of("id"),
          Column.notNull("id", TypeParser.parse("BIGINT")),
          "page VARCHAR",
          "price DECIMAL(6,2)");

  private static Contract contract(List<String> key, Column first, String... nullable) {
    List<Column> columns = new ArrayList<>(List.of(first));
    for (String column : nullable) {
      String[] parts = column.split(" ", 2);
      columns.add(Column.nullable(parts[0], TypeParser.parse(parts[1])));
    }
    return new Contract("clicks", new Schema(columns), key, "", "");
  }

  private static DecodedRows decode(
      Contract contract, RowFormat format, RowChange usual, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new RowDecoder(contract, UnknownFields.REFUSE)
        .decode(format, Map.of(), usual, bytes, bytes.length, ByteBudget.UNBOUNDED);
  }

  private static DecodedRows decode(Contract contract, RowFormat format, String text) {
    return decode(contract, format, RowChange.UPSERT, text);
  }

  private static DecodedRows decode(RowFormat format, RowChange usual, String text) {
    return decode(CLICKS, format, usual, text);
  }

  private static DecodedRows decode(RowFormat format, String text) {
    return decode(CLICKS, format, text);
  }

  private static List<String> rows(DecodedRows decoded) {
    return IntStream.range(0, decoded.accepted())
        .mapToObj(row -> JsonText.row(decoded.changes().rows(), row))
        .toList();
  }

  private static String reasons(DecodedRows decoded) {
    return decoded.refused().stream()
        .map(row -> row.index() + " " + row.code() + " " + row.reason())
        .collect(Collectors.joining("\n"));
  }

  /** One value of a type as JSON; returns the value as JSON, or the reason. */
  private static String value(String type, String json) {
    Contract contract = contract(List.of(), Column.nullable("v", TypeParser.parse(type)));
    DecodedRows decoded = decode(contract, RowFormat.JSON, "{\"v\":" + json + "}");
    if (decoded.accepted() == 0) {
      return decoded.refused().getFirst().reason();
    }
    String row = rows(decoded).getFirst();
    return row.substring("{\"v\":".length(), row.length() - 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          BOOLEAN              | true                             | true
          TINYINT              | -128                             | -128
          BIGINT               | 9223372036854775807              | 9223372036854775807
          BIGINT               | -9223372036854775808             | -9223372036854775808
          BIGINT               | "9007199254740993"               | 9007199254740993
          DOUBLE               | 1e3                              | 1000.0
          DOUBLE               | "NaN"                            | "NaN"
          REAL                 | 0.1                              | 0.10000000149011612
          DECIMAL(6, 2)        | 1234.5                           | 1234.50
          DECIMAL(6, 2)        | -0.5                             | -0.50
          DECIMAL(6, 2)        | 1.5e2                            | 150.00
          DECIMAL(6, 2)        | 12.5000                          | 12.50
          DECIMAL(6, 2)        | "9999.99"                        | 9999.99
          DECIMAL(2, 2)        | 0                                | 0.00
          DECIMAL(38, 10)      | 1234567890123456789012345678.0123456789 | 1234567890123456789012345678.0123456789
          VARCHAR              | "a\\u00e9\\ud83d\\ude00\\n\\/"   | "aé😀\\n/"
          VARCHAR              | "é😀"                            | "é😀"
          VARCHAR              | ""                               | ""
          VARCHAR              | null                             | null
          VARBINARY            | "AQID"                           | "AQID"
          DATE                 | "2024-02-29"                     | "2024-02-29"
          TIME                 | "10:30"                          | "10:30:00"
          TIME                 | "10:30:05.25"                    | "10:30:05.250"
          TIMESTAMP            | "2026-01-31T10:30:05.123456"     | "2026-01-31T10:30:05.123456"
          TIMESTAMP            | "1969-12-31 23:59:59"            | "1969-12-31T23:59:59"
          TIMESTAMP_LTZ        | "2026-01-31T10:30:05.5Z"         | "2026-01-31T10:30:05.500Z"
          TIMESTAMP_LTZ        | "2026-01-31T12:30:05+02:00"      | "2026-01-31T10:30:05Z"
          TIMESTAMP_LTZ        | "2026-01-31T10:30:05.123456000Z" | "2026-01-31T10:30:05.123456Z"
          UUID                 | "123E4567-e89b-12d3-a456-426614174000" | "123e4567-e89b-12d3-a456-426614174000"
          JSON                 | {"a": [1, {"b": null}]}          | {"a": [1, {"b": null}]}
          BIGINT ARRAY         | [1, null, 3]                     | [1,null,3]
          MAP<VARCHAR, BIGINT> | {"b": 2, "a": 1}                 | {"a":1,"b":2}
          MAP<BIGINT, BOOLEAN> | {"7": true}                      | {"7":true}
          ROW(a BIGINT, b VARCHAR ARRAY) | {"b": ["x"]}           | {"a":null,"b":["x"]}
          """)
  void takesWhatIsOfTheType(String type, String json, String value) {
    assertThat(value(type, json)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          BOOLEAN        | 1                       | column v is BOOLEAN: 1 is a number; send true or false
          BOOLEAN        | "true"                  | column v is BOOLEAN: "true" is a text; send true or false
          TINYINT        | 128                     | column v is TINYINT: 128 is not within -128 to 127
          INTEGER        | 1.0                     | column v is INTEGER: 1.0 has a fraction or exponent; send a whole number
          INTEGER        | "1"                     | column v is INTEGER: "1" is a text; send a whole number
          BIGINT         | 9223372036854775808     | column v is BIGINT: 9223372036854775808 is not within -9223372036854775808 to 9223372036854775807
          BIGINT         | "1 "                    | column v is BIGINT: "1 " is no number; send a whole number, or its digits as a text
          BIGINT         | true                    | column v is BIGINT: true is a truth value; send a whole number, or its digits as a text
          BIGINT         | [1]                     | column v is BIGINT: it is an array; send a whole number, or its digits as a text
          DOUBLE         | 1e999                   | column v is DOUBLE: 1e999 is beyond the type's range
          REAL           | 1e39                    | column v is REAL: 1e39 is beyond the type's range
          DECIMAL(6, 2)  | 1.005                   | column v is DECIMAL(6, 2): 1.005 has more than 2 digits behind the point
          DECIMAL(6, 2)  | 10000                   | column v is DECIMAL(6, 2): 10000 has more than 4 digits before the point
          DECIMAL(6, 2)  | 1e999999999             | column v is DECIMAL(6, 2): 1e999999999 has too many digits
          DECIMAL(38, 0) | 1e38                    | column v is DECIMAL(38, 0): 1e38 has more than 38 digits before the point
          VARCHAR        | 7                       | column v is VARCHAR: 7 is a number; send a text
          VARCHAR        | {"a": 1}                | column v is VARCHAR: it is an object; send a text
          VARBINARY      | "%"                     | column v is VARBINARY: "%" is no Base64
          DATE           | "2025-02-29"            | column v is DATE: "2025-02-29" names no day of the calendar
          DATE           | "31.01.2026"            | column v is DATE: "31.01.2026" is not a date such as 2026-01-31
          TIME           | "24:00"                 | column v is TIME: "24:00" names no time of the day
          TIMESTAMP      | "2026-01-31T10:30:05Z"  | column v is TIMESTAMP: "2026-01-31T10:30:05Z" is not a time without zone such as 2026-01-31T10:30:00
          TIMESTAMP      | "2026-01-31"            | column v is TIMESTAMP: "2026-01-31" is not a time without zone such as 2026-01-31T10:30:00
          TIMESTAMP      | "2026-01-31T10:30:05.1234567" | column v is TIMESTAMP: "2026-01-31T10:30:05.1234567" is finer than a microsecond
          TIMESTAMP_LTZ  | "2026-01-31T10:30:05"   | column v is TIMESTAMP_LTZ: "2026-01-31T10:30:05" is not a time with its zone such as 2026-01-31T10:30:00Z or 2026-01-31T12:30:00+02:00
          TIMESTAMP_LTZ  | 1795519800              | column v is TIMESTAMP_LTZ: 1795519800 is a number; send a text with its zone such as "2026-01-31T10:30:00Z"
          UUID           | "123e4567"              | column v is UUID: "123e4567" is no UUID such as 123e4567-e89b-12d3-a456-426614174000
          BIGINT ARRAY   | [1, "x"]                | column v is BIGINT ARRAY: "x" is no number; send a whole number, or its digits as a text
          BIGINT ARRAY   | {"a": 1}                | column v is BIGINT ARRAY: it is an object; send an array
          ROW(a BIGINT)  | {"b": 1}                | column v is ROW(a BIGINT): it has a field b, and ROW(a BIGINT) has not
          MAP<BIGINT, BIGINT> | {"7": 1, "7": 2}   | column v is MAP<BIGINT, BIGINT>: key 7 stands twice in it
          """)
  void refusesWhatIsNot(String type, String json, String reason) {
    assertThat(value(type, json)).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"id\"",
        "{\"id\":}",
        "{\"id\":1,}",
        "{\"id\":1}}",
        "[{\"id\":1},]",
        "[",
        "{\"id\":01}",
        "{\"id\":+1}",
        "{\"id\":1.}",
        "{\"id\":.5}",
        "{\"id\":tru}",
        "{'id':1}",
        "{\"id\":1}{\"id\":2}",
        "{\"page\":\"a\nb\"}",
        "{\"page\":\"\\x\"}",
        "{\"page\":\"\\ud800\"}",
        "{\"page\":\"\\u12\"}",
        "{\"page\":\"abc",
        "nul"
      })
  void takesNothingOfWhatIsNoJson(String text) {
    assertThatThrownBy(() -> decode(RowFormat.JSON, text))
        .hasMessageContaining("Cannot read the body as JSON: ")
        .hasMessageContaining("Nothing of it was taken.")
        .extracting("code")
        .isEqualTo(ErrorCode.REQUEST_INVALID);
  }

  @Test
  void tellsWhereTheJsonBreaks() {
    assertThatThrownBy(() -> decode(RowFormat.JSON, "[{\"id\": 1},\n {\"id\" 2}]"))
        .hasMessage(
            "Cannot read the body as JSON: ':' is missing before 2}] (line 2, column 8)."
                + " Nothing of it was taken.");
    assertThatThrownBy(() -> decode(RowFormat.JSON, "{\"id\": 1}\n{\"id\": 2}"))
        .hasMessageEndingWith("An object a line is sent with Content-Type: application/x-ndjson.");
  }

  @Test
  void refusesDeepNestingAndBytesThatAreNoText() {
    String deep = "{\"page\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> decode(RowFormat.JSON, deep)).hasMessageContaining("nested deeper");
    byte[] latin = "{\"page\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() ->
            new RowDecoder(CLICKS, UnknownFields.REFUSE)
                .decode(
                    RowFormat.JSON,
                    Map.of(),
                    RowChange.UPSERT,
                    latin,
                    latin.length,
                    ByteBudget.UNBOUNDED))
        .hasMessage("Cannot read the body: it is not UTF-8 (byte 10 of 12).");
  }

  @Test
  void refusesSingleRowsAndTakesTheOthers() {
    DecodedRows decoded =
        decode(
            RowFormat.JSON,
            """
            [{"id": 1, "page": "a", "price": 1.5},
             {"page": "b"},
             {"id": null},
             {"id": 4, "pgae": "c"},
             {"price": "x", "id": 5},
             7,
             {"id": 7, "id": 7},
             {"price": 2, "id": 8}]
            """);
    assertThat(rows(decoded))
        .containsExactly(
            "{\"id\":1,\"page\":\"a\",\"price\":1.50}", "{\"id\":8,\"page\":null,\"price\":2.00}");
    assertThat(reasons(decoded))
        .isEqualTo(
            """
            1 CONTRACT_VIOLATED column id is missing, and NOT NULL in the contract
            2 CONTRACT_VIOLATED column id is NULL, and NOT NULL in the contract
            3 CONTRACT_VIOLATED there is no column pgae in table clicks; its columns are id, page, price
            4 VALUE_INVALID column price is DECIMAL(6, 2): "x" is no number; send a number, or its digits as a text
            5 ROW_MALFORMED a row is an object of column names to values, and this is not
            6 ROW_MALFORMED column id stands twice in it\
            """);
    assertThat(decoded.changes().rejected())
        .extracting(RejectedRow::original)
        .containsExactly(
            "{\"page\": \"b\"}",
            "{\"id\": null}",
            "{\"id\": 4, \"pgae\": \"c\"}",
            "{\"price\": \"x\", \"id\": 5}",
            "7",
            "{\"id\": 7, \"id\": 7}");
  }

  @Test
  void leavesUnknownFieldsOutWhenToldTo() {
    byte[] text = "{\"id\": 4, \"pgae\": [{}]}".getBytes(StandardCharsets.UTF_8);
    DecodedRows decoded =
        new RowDecoder(CLICKS, UnknownFields.IGNORE)
            .decode(
                RowFormat.JSON,
                Map.of(),
                RowChange.UPSERT,
                text,
                text.length,
                ByteBudget.UNBOUNDED);
    assertThat(rows(decoded)).containsExactly("{\"id\":4,\"page\":null,\"price\":null}");
  }

  @Test
  void readsAnObjectALine() {
    DecodedRows decoded =
        decode(RowFormat.JSON_LINES, "{\"id\":1}\n\n{\"id\":2\r\n  {\"id\":3}\r\n{\"id\":4} x");
    assertThat(rows(decoded)).hasSize(2);
    assertThat(reasons(decoded))
        .isEqualTo(
            """
            1 ROW_MALFORMED the line is no JSON: it ends where '}' is missing (column 9)
            3 ROW_MALFORMED the line is no JSON: the end of the line is missing before x (column 10)\
            """);
    assertThat(decoded.changes().rejected().getFirst().original())
        .isEqualTo("\"{\\\"id\\\":2\\r\"");
  }

  @Test
  void readsCsv() {
    DecodedRows decoded =
        decode(
            RowFormat.CSV,
            "\uFEFFid,page,price\r\n1,\"a, \"\"b\"\"\nc\",1.5\r\n2,,\r\n3,\"\",\n4,x\n,y,1\n5,z,1.005");
    assertThat(rows(decoded))
        .containsExactly(
            "{\"id\":1,\"page\":\"a, \\\"b\\\"\\nc\",\"price\":1.50}",
            "{\"id\":2,\"page\":null,\"price\":null}",
            "{\"id\":3,\"page\":\"\",\"price\":null}");
    assertThat(reasons(decoded))
        .isEqualTo(
            """
            3 ROW_MALFORMED it has 2 fields, and the first line 3
            4 CONTRACT_VIOLATED column id is NULL, and NOT NULL in the contract
            5 VALUE_INVALID column price is DECIMAL(6, 2): 1.005 has more than 2 digits behind the point\
            """);
    assertThat(decoded.changes().rejected().getFirst().original()).isEqualTo("\"4,x\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          id,pgae    | there is no column pgae
          id;page    | its columns are id, page, price. The first line names the columns, separated by commas.
          id,id      | column id stands twice
          id,"page   | a quote is not closed (line 1)
          id,"page"x | text stands behind a closing quote
          """)
  void takesNothingOfWhatIsNoCsv(String text, String reason) {
    assertThatThrownBy(() -> decode(RowFormat.CSV, text)).hasMessageContaining(reason);
  }

  @Test
  void aRowSaysWhatItDoes() {
    DecodedRows decoded =
        decode(
            RowFormat.JSON_LINES,
            """
            {"id": 1, "page": 7, "_op": "delete"}
            {"_op": "delete", "id": 2}
            {"_op": "delete", "page": "a"}
            {"_op": "upsert", "id": 4}
            {"_op": "remove", "id": 5}
            """);
    assertThat(rows(decoded)).hasSize(3);
    assertThat(IntStream.range(0, 3).mapToObj(decoded.changes()::operation))
        .containsExactly(Operation.DELETE, Operation.DELETE, Operation.INSERT);
    assertThat(decoded.changes().isMissing(1, 0)).isTrue();
    assertThat(decoded.changes().isMissing(0, 0)).isFalse();
    assertThat(decoded.changes().isMissing(1, 2)).isFalse();
    assertThat(reasons(decoded))
        .isEqualTo(
            """
            2 CONTRACT_VIOLATED column id is missing, and NOT NULL in the contract
            4 VALUE_INVALID _op is "remove"; it is "upsert" or "delete\"\
            """);
  }

  @Test
  void deletesNothingByARowThatIsWrongAsAWhole() {
    DecodedRows decoded =
        decode(
            RowFormat.JSON_LINES,
            RowChange.DELETE,
            """
            {"id": 1, "_op": "UPSERT"}
            {"id": 2, "id": 3}
            {"id": 4, "page": "a", "page": "b"}
            {"id": 5, "_Op": "upsert"}
            7
            {"id": 7, "page": 7}
            {"id": 8, "_op": "upsert", "_op": "delete"}
            {"id": 9, "_op": "delete", "_op": "upsert"}
            """);
    assertThat(rows(decoded)).containsExactly("{\"id\":7,\"page\":null,\"price\":null}");
    assertThat(reasons(decoded))
        .isEqualTo(
            """
            0 VALUE_INVALID _op is "UPSERT"; it is "upsert" or "delete"
            1 ROW_MALFORMED column id stands twice in it
            2 ROW_MALFORMED column page stands twice in it
            3 CONTRACT_VIOLATED there is no column _Op in table clicks; its columns are id, page, price
            4 ROW_MALFORMED a row is an object of column names to values, and this is not
            6 ROW_MALFORMED _op stands twice in it
            7 ROW_MALFORMED _op stands twice in it\
            """);
    assertThat(reasons(decode(RowFormat.CSV, RowChange.DELETE, "id,_op\n1,UPSERT\n")))
        .isEqualTo("0 VALUE_INVALID _op is UPSERT; it is upsert or delete");
  }

  @Test
  void deletesNothingByWhatIsNoCloudEvent() {
    Contract events =
        contract(
            List.of("id"),
            Column.notNull("id", TypeParser.parse("BIGINT")),
            "ce_id VARCHAR",
            "ce_subject VARCHAR");
    String event = "\"source\": \"s\", \"type\": \"t\", \"data\": {\"id\": 1}}";
    assertThat(
            reasons(
                decode(
                    events,
                    RowFormat.EVENT_BATCH,
                    RowChange.DELETE,
                    "[{\"specversion\": \"0.3\", \"id\": \"1\", "
                        + event
                        + ", {\"specversion\": \"1.0\", "
                        + event
                        + ", {\"specversion\": \"1.0\", \"id\": \"1\", \"data_base64\": \"\", "
                        + event
                        + ", {\"specversion\": \"1.0\", \"id\": \"1\", \"subject\": \"a\", \"subject\": \"b\", "
                        + event
                        + "]")))
        .isEqualTo(
            """
            0 ROW_MALFORMED it is a CloudEvent of version 0.3, not 1.0
            1 ROW_MALFORMED it is no CloudEvent: id is missing
            2 VALUE_INVALID its data is binary (data_base64); send data as a JSON object
            3 ROW_MALFORMED column ce_subject stands twice in it\
            """);
  }

  @Test
  void quotesOnlyTheBeginningOfWhatWasSent() {
    String name = "n".repeat(1_000);
    List<String> texts =
        List.of(
            "{\"" + name + "\": 1}",
            "{\"id\": 1, \"_op\": \"" + name + "\"}",
            "{\"id\": 1, \"_op\": {\"" + name + "\": 1}}");
    for (String text : texts) {
      assertThat(reasons(decode(RowFormat.JSON, text))).contains("nnnnn...").hasSizeLessThan(200);
    }
    assertThat(reasons(decode(RowFormat.CSV, "id,_op\n1," + name + "\n")))
        .contains("nnnnn...")
        .hasSizeLessThan(200);
    assertThat(
            reasons(
                decode(
                    RowFormat.EVENT,
                    "{\"specversion\": \""
                        + name
                        + "\", \"id\": \"1\", \"source\": \"s\", \"type\": \"t\"}")))
        .contains("nnnnn...")
        .hasSizeLessThan(200);
    for (String type : List.of("ROW(a BIGINT)", "MAP<VARCHAR, BIGINT>")) {
      assertThat(value(type, "{\"" + name + "\": 1, \"" + name + "\": 2}"))
          .contains("nnnnn...")
          .hasSizeLessThan(200);
    }
    assertThatThrownBy(() -> decode(RowFormat.CSV, name + "\n1\n"))
        .hasMessageContaining("nnnnn...")
        .message()
        .hasSizeLessThan(250);
  }

  @Test
  void namesTheFirstColumnsOfAWideTable() {
    String[] columns = new String[500];
    Arrays.setAll(columns, i -> "c" + i + " BIGINT");
    Contract wide = contract(List.of(), Column.nullable("v", TypeParser.parse("BIGINT")), columns);
    assertThat(reasons(decode(wide, RowFormat.JSON, "{\"x\": 1}")))
        .endsWith(
            "its columns are v, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18 and 481 more");
  }

  @Test
  void keepsOfARefusedLineOfCsvNoMoreThanItHas() {
    String header = "id," + "h".repeat(20_000) + ",page\n";
    byte[] bytes =
        (header + "x,,a\n".repeat(100) + ",".repeat(1_000) + "\n").getBytes(StandardCharsets.UTF_8);
    DecodedRows decoded =
        new RowDecoder(CLICKS, UnknownFields.IGNORE)
            .decode(
                RowFormat.CSV,
                Map.of(),
                RowChange.UPSERT,
                bytes,
                bytes.length,
                ByteBudget.UNBOUNDED);
    assertThat(decoded.changes().rejected()).hasSize(101);
    assertThat(decoded.changes().rejected().getFirst().original())
        .isEqualTo("{\"id\":\"x\",\"page\":\"a\"}");
    assertThat(decoded.changes().rejected().getLast().original())
        .isEqualTo("\"" + ",".repeat(1_000) + "\"");
  }

  @Test
  void deletesNothingWithoutKeyOrKeptRows() {
    Contract bag = contract(List.of(), Column.nullable("id", TypeParser.parse("BIGINT")));
    assertThat(reasons(decode(bag, RowFormat.JSON, "{\"id\": 1, \"_op\": \"delete\"}")))
        .isEqualTo("0 CONTRACT_VIOLATED nothing can be deleted from a table without a key");
    assertThat(
            reasons(
                decode(CLICKS.with(Keep.NONE), RowFormat.JSON, "{\"id\": 1, \"_op\": \"delete\"}")))
        .isEqualTo("0 CONTRACT_VIOLATED nothing can be deleted from a table that keeps no rows");
  }

  @Test
  void readsEvents() {
    Contract events =
        contract(
            List.of("ce_id"),
            Column.notNull("ce_id", TypeParser.parse("VARCHAR")),
            "ce_time TIMESTAMP_LTZ",
            "page VARCHAR");
    String event =
        """
        {"specversion": "1.0", "id": "%s", "source": "/web", "type": "click",
         "time": "2026-01-31T10:30:00Z", "data": {"page": "a"}}
        """;
    DecodedRows decoded =
        decode(
            events,
            RowFormat.EVENT_BATCH,
            "["
                + event.formatted("1")
                + ", {\"id\": \"2\"}, {\"specversion\": \"0.3\", \"id\": \"3\","
                + " \"source\": \"s\", \"type\": \"t\", \"data\": {}}]");
    assertThat(rows(decoded))
        .containsExactly("{\"ce_id\":\"1\",\"ce_time\":\"2026-01-31T10:30:00Z\",\"page\":\"a\"}");
    assertThat(reasons(decoded))
        .isEqualTo(
            """
            1 ROW_MALFORMED it is no CloudEvent: specversion is missing
            2 ROW_MALFORMED it is a CloudEvent of version 0.3, not 1.0\
            """);
    byte[] bytes = event.formatted("9").getBytes(StandardCharsets.UTF_8);
    EventText text = EventText.read(bytes, bytes.length).orElseThrow();
    assertThat(text.source() + " " + text.id() + " " + text.type() + " " + text.specversion())
        .isEqualTo("/web 9 click 1.0");
    assertThat(TextCells.string(bytes, text.dataStart(), text.dataEnd()))
        .isEqualTo("{\"page\": \"a\"}");
    byte[] data = "{\"page\": \"b\"}".getBytes(StandardCharsets.UTF_8);
    DecodedRows beside =
        new RowDecoder(events, UnknownFields.REFUSE)
            .decode(
                RowFormat.EVENT_DATA,
                Map.of("specversion", "1.0", "id", "7", "source", "s", "type", "t"),
                RowChange.UPSERT,
                data,
                data.length,
                ByteBudget.UNBOUNDED);
    assertThat(rows(beside)).containsExactly("{\"ce_id\":\"7\",\"ce_time\":null,\"page\":\"b\"}");
  }

  /** What is counted of a text in a table with a column {@code v} of the type. */
  private static long made(RowFormat format, String type, String text) {
    Contract nested =
        contract(List.of(), Column.nullable("v", TypeParser.parse(type)), "ce_v " + type);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicLong made = new AtomicLong();
    DecodedRows decoded =
        new RowDecoder(nested, UnknownFields.REFUSE)
            .decode(format, Map.of(), RowChange.UPSERT, bytes, bytes.length, made::addAndGet);
    assertThat(decoded.refused()).isEmpty();
    return made.get();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "BIGINT ARRAY; [1,null,3]; 27",
        "ROW<a BIGINT, b VARCHAR>; {}; 21",
        "ROW<a BIGINT, b VARCHAR> ARRAY; [{},{\"a\":1}]; 52",
        "MAP<VARCHAR, BIGINT>; {\"k\":1}; 14",
        "BIGINT ARRAY ARRAY; [[],[1]]; 31",
        "VARCHAR; \"long\"; 0",
        "JSON; [1,2,3]; 0"
      })
  void countsWhatNestedValuesTakeHoweverTheyCome(String type, String value, long bytes) {
    String row = "{\"v\":" + value + "}";
    assertThat(made(RowFormat.JSON, type, row)).isEqualTo(bytes);
    assertThat(made(RowFormat.JSON_LINES, type, row + "\n" + row)).isEqualTo(2L * bytes);
    String csv = "v\n\"" + value.replace("\"", "\"\"") + "\"\n";
    assertThat(made(RowFormat.CSV, type, csv)).isEqualTo(bytes);
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"t\",\"v\":"
            + value
            + ",\"data\":"
            + row
            + "}";
    assertThat(made(RowFormat.EVENT, type, event)).isEqualTo(2L * bytes);
  }

  @Test
  void hasABoundForRowsAndForRefusedRows() {
    assertThatThrownBy(
            () -> decode(RowFormat.JSON_LINES, "{\"id\":1}\n".repeat(RowsBuilder.ROWS_MAX + 1)))
        .extracting("code")
        .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    assertThatThrownBy(
            () -> decode(RowFormat.JSON_LINES, "{}\n".repeat(RowsBuilder.REFUSED_MAX + 1)))
        .hasMessageContaining("more than 1000 of them do not fit table clicks")
        .hasMessageContaining("The first is row 0: column id is missing");
  }
}
