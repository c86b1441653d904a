package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A value is the same through the snapshot, the binary stream and the text stream. */
class TypesTest {
  private static final String COLUMNS =
      """
      b boolean, i2 smallint, i4 integer, i8 bigint, f4 real, f8 double precision,
      n12 numeric(12, 2), n30 numeric(30, 4), n numeric, nneg numeric(5, -2), nsmall numeric(3, 5),
      t text, v varchar(20), c char(8), nm name, ci citext, j json, jb jsonb, u uuid, by bytea,
      d date, tm time, ts timestamp, tz timestamptz, e mood, dom positive, o oid, x xml,
      ai integer[], at text[], an numeric(10, 2)[], ae mood[], ats timestamptz[], ab bytea[],
      ad positive[]\
      """;

  private static final String[] ROWS = {
    """
    true, 32767, 2147483647, 9223372036854775807, 1.5, 0.1,
    12345678.9, 12345678901234567890.1234, 98765432109876543210.000000000000000001, 12345, 0.00123,
    'grüße \\ "x" {}', 'v', 'ab', 'nm', 'CiText', '{"a":  1}', '{"b": [1, "é"]}',
    '0f0e0d0c-0b0a-0908-0706-050403020100', '\\x00ff10',
    '2026-11-24', '23:59:59.999999', '2026-11-24 12:34:56.789', '2026-11-24 12:34:56.789+02',
    'happy', 7, 4294967295, '<a>1</a>',
    '{1,NULL,-3}', '{"a b","c\\"d","\\\\",NULL,"NULL",""}', '{1.50,-2.25}', '{sad,happy}',
    '{"2020-01-01 00:00+00",NULL}', '{"\\\\x01ff"}', '{1,2}'
    """,
    """
    false, -32768, -2147483648, -9223372036854775808, 'NaN', '-Infinity',
    -0.01, -0.0001, 0, -99900, -0.00999,
    '', '', '', '', '', 'null', '{}', '00000000-0000-0000-0000-000000000000', '',
    '4713-01-01 BC', '00:00:00', '0044-03-15 10:00:00 BC', '1883-11-18 12:00:00+00',
    'sad', 1, 0, '<b/>', '{}', '{}', '{}', '{}', '{}', '{}', '{}'
    """,
    """
    NULL, NULL, NULL, NULL, '-0', 1e308, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, '5874897-12-31', NULL, '294246-12-31 23:59:59.999999',
    '1969-12-31 23:59:59.999999+00', NULL, NULL, NULL, NULL, '[5:6]={1,2}', '{NULL}', NULL, NULL, NULL,
    NULL, NULL
    """,
    """
    true, 0, 0, 0, 3.4028235e38, 4.9e-324, 9999999999.99, 99999999999999999999999999.9999,
    99999999999999999999.999999999999999999, 0, 0, '☃', 'trailing  ', 'bl  ', 'x', 'ß', '[]', '"s"',
    'ffffffff-ffff-ffff-ffff-ffffffffffff', '\\xdeadbeef', '2000-01-01', '12:00', '2000-01-01 00:00:00',
    '2000-01-01 00:00:00+00', 'sad', 5, 1, '<c/>', '{2147483647}', '{a}', '{0.00}', '{sad}', '{}', '{}', '{}'
    """
  };

  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql(
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE DOMAIN positive AS int CHECK (value > 0)");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void givesEqualValuesThroughSnapshotAndBinaryStream() throws Exception {
    checkEqual("");
  }

  @Test
  void givesEqualValuesThroughSnapshotAndTextStream() throws Exception {
    checkEqual(", iv interval, ip inet, bits bit varying(5), aiv interval[], r int4range");
  }

  /** Before PostgreSQL 15 no scale is below zero or beyond the precision, so nothing is rounded. */
  private static String asTheServerCan(String sql) throws Exception {
    return CaptureHarness.serverVersion() >= 150_000
        ? sql
        : sql.replace("numeric(5, -2)", "numeric(7, 0)")
            .replace("numeric(3, 5)", "numeric(5, 5)")
            .replace("12345, 0.00123", "12300, 0.00123");
  }

  private void checkEqual(String moreColumns) throws Exception {
    String more =
        moreColumns.isEmpty()
            ? ""
            : ", '1 day 02:03', '10.0.0.1/8', B'101', '{\"1 day\",NULL}', '[1,5)'";
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, " + asTheServerCan(COLUMNS) + moreColumns + ")");
    for (int i = 0; i < ROWS.length; i++) {
      harness.sql("INSERT INTO t VALUES (" + i + ", " + asTheServerCan(ROWS[i]) + more + ")");
    }
    Capture capture = harness.startAndStream(harness.config("t"));
    for (int i = 0; i < ROWS.length; i++) {
      harness.sql(
          "INSERT INTO t VALUES (" + (i + 100) + ", " + asTheServerCan(ROWS[i]) + more + ")");
    }
    List<ChangeSet> log = harness.awaitAll(capture);

    assertThat(rejected(log)).isEmpty();
    Replica replica = Replica.of(log);
    for (int i = 0; i < ROWS.length; i++) {
      List<Object> copied = replica.table("t").get(i + "|");
      List<Object> streamed = replica.table("t").get((i + 100) + "|");
      assertThat(streamed.subList(1, streamed.size()))
          .as("row " + i)
          .isEqualTo(copied.subList(1, copied.size()));
    }
    checkFirstRow(replica.table("t").get("0|"), schemaOf(log));
    if (!moreColumns.isEmpty()) {
      List<Object> row = replica.table("t").get("0|");
      assertThat(row.subList(row.size() - 5, row.size()))
          .containsExactly(
              "1 day 02:03:00",
              "10.0.0.1/8",
              "101",
              java.util.Arrays.asList("1 day", null),
              "[1,5)");
    }
  }

  private static void checkFirstRow(List<Object> row, Schema schema) {
    assertThat(row.get(schema.indexOf("i8"))).isEqualTo(Long.MAX_VALUE);
    assertThat(row.get(schema.indexOf("n12"))).isEqualTo(new BigDecimal("12345678.90"));
    assertThat(schema.type(schema.indexOf("n"))).isEqualTo(new DataType.Decimal(38, 18));
    assertThat(row.get(schema.indexOf("n")))
        .isEqualTo(new BigDecimal("98765432109876543210.000000000000000001"));
    assertThat(row.get(schema.indexOf("nneg"))).isEqualTo(new BigDecimal("12300"));
    assertThat(row.get(schema.indexOf("t"))).isEqualTo("grüße \\ \"x\" {}");
    assertThat(row.get(schema.indexOf("c"))).isEqualTo("ab");
    assertThat(row.get(schema.indexOf("jb"))).isEqualTo("{\"b\": [1, \"é\"]}");
    assertThat(row.get(schema.indexOf("u")))
        .isEqualTo(UUID.fromString("0f0e0d0c-0b0a-0908-0706-050403020100"));
    assertThat(row.get(schema.indexOf("by"))).isEqualTo("[0, -1, 16]");
    assertThat(row.get(schema.indexOf("d"))).isEqualTo(LocalDate.of(2026, 11, 24));
    assertThat(row.get(schema.indexOf("tm"))).isEqualTo(LocalTime.of(23, 59, 59, 999_999_000));
    assertThat(row.get(schema.indexOf("ts")))
        .isEqualTo(LocalDateTime.parse("2026-11-24T12:34:56.789"));
    assertThat(row.get(schema.indexOf("tz"))).isEqualTo(Instant.parse("2026-11-24T10:34:56.789Z"));
    assertThat(row.get(schema.indexOf("e"))).isEqualTo("happy");
    assertThat(row.get(schema.indexOf("dom"))).isEqualTo(7L);
    assertThat(row.get(schema.indexOf("o"))).isEqualTo(4_294_967_295L);
    assertThat(row.get(schema.indexOf("at")))
        .isEqualTo(java.util.Arrays.asList("a b", "c\"d", "\\", null, "NULL", ""));
    assertThat(row.get(schema.indexOf("ae"))).isEqualTo(List.of("sad", "happy"));
  }

  @Test
  void rejectsValuesThatTheTypeCannotHoldAndGoesOn() throws Exception {
    String[] bad = {
      "'NaN', NULL, NULL, NULL, NULL",
      "'Infinity', NULL, NULL, NULL, NULL",
      "1e30, NULL, NULL, NULL, NULL",
      "1e-19, NULL, NULL, NULL, NULL",
      "1, 'infinity', NULL, NULL, NULL",
      "1, NULL, '-infinity', NULL, NULL",
      "1, NULL, '294276-12-31', NULL, NULL",
      "1, NULL, NULL, '24:00', NULL",
      "1, NULL, NULL, NULL, '{{1,2},{3,4}}'"
    };
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n numeric, d date, ts timestamp, tm time, a int[])");
    insert(bad, 0);
    harness.sql("INSERT INTO t VALUES (50, 1.5)");
    Capture capture = harness.startAndStream(harness.config("t"));
    insert(bad, 100);
    harness.sql("UPDATE t SET n = 'NaN' WHERE id = 50", "UPDATE t SET n = 7 WHERE id = 100");
    harness.sql("INSERT INTO t VALUES (51, 2.5)");
    List<ChangeSet> log = harness.awaitAll(capture);

    List<RejectedRow> rejected = rejected(log);
    assertThat(rejected).hasSize(2 * bad.length + 1);
    assertThat(rejected.subList(0, bad.length).stream().map(RejectedRow::reason))
        .isEqualTo(
            rejected.subList(bad.length, 2 * bad.length).stream()
                .map(RejectedRow::reason)
                .toList());
    assertThat(rejected.getFirst().reason())
        .isEqualTo("Column n is NaN, which a DECIMAL cannot hold");
    assertThat(rejected.getFirst().original())
        .isEqualTo("{\"id\":\"0\",\"n\":\"NaN\",\"d\":null,\"ts\":null,\"tm\":null,\"a\":null}");
    assertThat(rejected.get(3).reason()).contains("more than the 18 digits after the point");
    assertThat(rejected.get(8).original()).contains("\"a\":\"[2][2]={1,2,3,4}\"");
    long rows =
        log.stream().flatMap(c -> c.tables().stream()).mapToLong(TableChanges::rowCount).sum();
    assertThat(rows).as("the good rows").isEqualTo(3);
  }

  @Test
  void decodesNumbersOfEverySizeAsTheServerHasThem() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n numeric, m numeric(18, 6), w numeric(36, 12))");
    Map<String, List<Object>> expected = new HashMap<>();
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      BigDecimal n = number(random, 20, 18);
      BigDecimal m = number(random, 12, 6);
      BigDecimal w = number(random, 24, 12);
      expected.put(i + "|", List.of((long) i, n.setScale(18), m.setScale(6), w.setScale(12)));
      rows.append(i == 0 ? "" : ", ");
      rows.append(
          "(%d, %s, %s, %s)".formatted(i, n.toPlainString(), m.toPlainString(), w.toPlainString()));
    }
    harness.sql("INSERT INTO t VALUES " + rows);
    Capture capture = harness.startAndStream(harness.config("t"));
    assertThat(Replica.of(harness.sink.taken()).table("t")).as("seed " + seed).isEqualTo(expected);
    harness.sql("BEGIN; TRUNCATE t; INSERT INTO t VALUES " + rows + "; COMMIT");
    assertThat(Replica.of(harness.awaitAll(capture)).table("t"))
        .as("seed " + seed)
        .isEqualTo(expected);
  }

  private static BigDecimal number(Random random, int wholeDigits, int scale) {
    StringBuilder digits = new StringBuilder(random.nextBoolean() ? "-" : "");
    int whole = random.nextInt(wholeDigits + 1);
    digits.append('0');
    for (int i = 0; i < whole; i++) {
      digits.append(random.nextInt(3) == 0 ? 0 : random.nextInt(10));
    }
    digits.append('.');
    for (int i = random.nextInt(scale + 1); i >= 0; i--) {
      digits.append(i == 0 ? 0 : random.nextInt(3) == 0 ? 9 : random.nextInt(10));
    }
    BigDecimal value = new BigDecimal(digits.toString());
    return value.setScale(Math.min(value.scale(), scale), java.math.RoundingMode.DOWN);
  }

  private void insert(String[] values, int from) throws Exception {
    for (int i = 0; i < values.length; i++) {
      harness.sql("INSERT INTO t VALUES (" + (from + i) + ", " + values[i] + ")");
    }
  }

  private static List<RejectedRow> rejected(List<ChangeSet> log) {
    return log.stream()
        .flatMap(changes -> changes.tables().stream())
        .flatMap(table -> table.rejected().stream())
        .toList();
  }

  private static Schema schemaOf(List<ChangeSet> log) {
    return log.getFirst().tables().getFirst().rows().schema();
  }
}
