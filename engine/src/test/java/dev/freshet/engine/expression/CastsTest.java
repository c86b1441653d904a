package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.bool;
import static dev.freshet.engine.expression.Calls.cast;
import static dev.freshet.engine.expression.Calls.decimal;
import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.number;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.tryCast;
import static dev.freshet.engine.expression.Calls.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CastsTest {
  private static DataType dec(int precision, int scale) {
    return new DataType.Decimal(precision, scale);
  }

  @Test
  void checksTheRangeOfIntegers() {
    assertThat(value(cast(number(127), Simple.TINYINT))).isEqualTo(127L);
    assertThat(value(cast(number(128), Simple.TINYINT)).toString())
        .isEqualTo(
            "failed: Cannot evaluate CAST(128 AS TINYINT): the result does not fit the type TINYINT.");
    assertThat(value(tryCast(number(128), Simple.TINYINT))).isNull();
    assertThat(value(cast(literal(Simple.BIGINT, null), Simple.TINYINT))).isNull();
  }

  @Test
  void convertsAmongNumbers() {
    assertThat(value(cast(number(2.99), Simple.BIGINT))).isEqualTo(2L);
    assertThat(value(cast(number(-2.99), Simple.INTEGER))).isEqualTo(-2L);
    assertThat(value(cast(number(Double.NaN), Simple.BIGINT)).toString()).startsWith("failed:");
    assertThat(value(cast(number(0x1p63), Simple.BIGINT)).toString()).startsWith("failed:");
    assertThat(value(cast(number(-0x1p63), Simple.BIGINT))).isEqualTo(Long.MIN_VALUE);
    assertThat(value(cast(decimal("-2.99", 12, 2), Simple.INTEGER))).isEqualTo(-2L);
    assertThat(value(cast(decimal("12345678901234567890123", 30, 0), Simple.BIGINT)).toString())
        .startsWith("failed:");
    assertThat(value(cast(decimal("2.995", 12, 3), dec(12, 2)))).isEqualTo(new BigDecimal("3.00"));
    assertThat(value(cast(decimal("2.995", 12, 3), dec(30, 10))))
        .isEqualTo(new BigDecimal("2.9950000000"));
    assertThat(value(cast(decimal("999.995", 6, 3), dec(5, 2))).toString()).startsWith("failed:");
    assertThat(value(cast(number(7), dec(10, 2)))).isEqualTo(new BigDecimal("7.00"));
    assertThat(value(cast(number(Long.MIN_VALUE), dec(19, 0))))
        .isEqualTo(new BigDecimal(Long.MIN_VALUE));
    assertThat(value(cast(number(1000), dec(3, 0))).toString()).startsWith("failed:");
    assertThat(value(cast(number(0.1), dec(10, 4)))).isEqualTo(new BigDecimal("0.1000"));
    assertThat(value(cast(number(1e30), dec(38, 0)))).isEqualTo(new BigDecimal("1e30").setScale(0));
    assertThat(value(cast(number(1e300), dec(38, 0))).toString()).startsWith("failed:");
    assertThat(value(cast(decimal("0.1", 12, 1), Simple.DOUBLE))).isEqualTo(0.1);
    assertThat(value(cast(decimal("1234567890123456789012.5", 30, 1), Simple.DOUBLE)))
        .isEqualTo(1234567890123456789012.5);
    assertThat(value(cast(number(16777217), Simple.REAL))).isEqualTo(16777216.0);
    assertThat(value(cast(number(0.1), Simple.REAL))).isEqualTo((double) 0.1f);
    assertThat(value(cast(bool(true), Simple.INTEGER))).isEqualTo(1L);
    assertThat(value(cast(bool(true), dec(5, 2)))).isEqualTo(new BigDecimal("1.00"));
    assertThat(value(cast(bool(true), dec(2, 2))).toString()).startsWith("failed:");
    assertThat(value(cast(number(-3), Simple.BOOLEAN))).isEqualTo(true);
  }

  @Test
  void parsesNumbersStrictly() {
    assertThat(value(cast(text(" -42 "), Simple.INTEGER))).isEqualTo(-42L);
    assertThat(value(cast(text("+9223372036854775807"), Simple.BIGINT))).isEqualTo(Long.MAX_VALUE);
    assertThat(value(cast(text("-9223372036854775808"), Simple.BIGINT))).isEqualTo(Long.MIN_VALUE);
    assertThat(value(cast(text("9223372036854775808"), Simple.BIGINT)).toString())
        .contains("does not fit");
    assertThat(value(cast(text("12.7"), Simple.INTEGER))).isEqualTo(12L);
    for (String wrong : new String[] {"", " ", "-", "1a", "0x1", "1 2", ".", "1e3"}) {
      assertThat(value(cast(text(wrong), Simple.INTEGER)).toString())
          .as(wrong)
          .isEqualTo(
              "failed: Cannot evaluate CAST('"
                  + wrong
                  + "' AS INTEGER): the value is not a valid one of the type.");
      assertThat(value(tryCast(text(wrong), Simple.INTEGER))).isNull();
    }
    assertThat(value(cast(text("12.345"), dec(10, 2)))).isEqualTo(new BigDecimal("12.35"));
    assertThat(value(cast(text("-.5"), dec(10, 2)))).isEqualTo(new BigDecimal("-0.50"));
    assertThat(value(cast(text("1.5e3"), dec(10, 2)))).isEqualTo(new BigDecimal("1500.00"));
    assertThat(value(cast(text("12345678901234567890.123456789"), dec(38, 9))))
        .isEqualTo(new BigDecimal("12345678901234567890.123456789"));
    assertThat(value(cast(text("123456789"), dec(5, 0))).toString()).contains("does not fit");
    assertThat(value(cast(text("1e999999999"), dec(5, 0))).toString()).contains("does not fit");
    assertThat(value(cast(text("1e-999999999"), dec(5, 0)))).isEqualTo(new BigDecimal("0"));
    assertThat(value(cast(text("1.2.3"), dec(5, 0))).toString()).contains("not a valid");
    assertThat(value(cast(text("--1"), dec(5, 0))).toString()).contains("not a valid");
    assertThat(value(cast(text(" 1.5e2 "), Simple.DOUBLE))).isEqualTo(150.0);
    assertThat(value(cast(text("NaN"), Simple.DOUBLE))).isEqualTo(Double.NaN);
    assertThat(value(cast(text("1d"), Simple.DOUBLE)).toString()).contains("not a valid");
    assertThat(value(cast(text("0x1p3"), Simple.DOUBLE)).toString()).contains("not a valid");
    assertThat(value(cast(text("Yes"), Simple.BOOLEAN))).isEqualTo(true);
    assertThat(value(cast(text("false"), Simple.BOOLEAN))).isEqualTo(false);
    assertThat(value(cast(text("2"), Simple.BOOLEAN)).toString()).startsWith("failed:");
  }

  @Test
  void parsesDatesAndTimesStrictly() {
    assertThat(value(cast(text("2024-02-29"), Simple.DATE))).isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(value(cast(text("2024-2-9"), Simple.DATE))).isEqualTo(LocalDate.of(2024, 2, 9));
    assertThat(value(cast(text("2024-02-29 10:00:00"), Simple.DATE)))
        .isEqualTo(LocalDate.of(2024, 2, 29));
    for (String wrong :
        new String[] {
          "2023-02-29",
          "2024-13-01",
          "2024-00-01",
          "2024-01-32",
          "24-01-01",
          "2024-01",
          "x",
          "2024-01-01x"
        }) {
      assertThat(value(cast(text(wrong), Simple.DATE)).toString()).as(wrong).startsWith("failed:");
    }
    assertThat(value(cast(text("10:11:12.5"), Simple.TIME)))
        .isEqualTo(LocalTime.of(10, 11, 12, 500_000_000));
    assertThat(value(cast(text("24:00:00"), Simple.TIME)).toString()).startsWith("failed:");
    assertThat(value(cast(text("1969-12-31T23:59:59.999999"), Simple.TIMESTAMP)))
        .isEqualTo(LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000));
    assertThat(value(cast(text("2024-01-01 10:00"), Simple.TIMESTAMP)))
        .isEqualTo(LocalDateTime.of(2024, 1, 1, 10, 0));
    assertThat(value(cast(text("2024-01-01"), Simple.TIMESTAMP)))
        .isEqualTo(LocalDateTime.of(2024, 1, 1, 0, 0));
    assertThat(value(cast(text("2024-01-01 10:00:00+02"), Simple.TIMESTAMP)).toString())
        .startsWith("failed:");
    assertThat(value(cast(text("2024-01-01 10:00:00+02:30"), Simple.TIMESTAMP_LTZ)))
        .isEqualTo(Instant.parse("2024-01-01T07:30:00Z"));
    assertThat(value(cast(text("2024-01-01 10:00:00Z"), Simple.TIMESTAMP_LTZ)))
        .isEqualTo(Instant.parse("2024-01-01T10:00:00Z"));
  }

  @Test
  void writesTextAsFlinkDoes() {
    assertThat(value(cast(number(Long.MIN_VALUE), Simple.VARCHAR)))
        .isEqualTo("-9223372036854775808");
    assertThat(value(cast(number(0), Simple.VARCHAR))).isEqualTo("0");
    assertThat(value(cast(decimal("-0.05", 12, 2), Simple.VARCHAR))).isEqualTo("-0.05");
    assertThat(value(cast(decimal("-12.50", 12, 2), Simple.VARCHAR))).isEqualTo("-12.50");
    assertThat(value(cast(decimal("1e25", 30, 2), Simple.VARCHAR)))
        .isEqualTo("10000000000000000000000000.00");
    assertThat(value(cast(number(1e10), Simple.VARCHAR))).isEqualTo("1.0E10");
    assertThat(value(cast(literal(Simple.REAL, 0.1f), Simple.VARCHAR))).isEqualTo("0.1");
    assertThat(value(cast(bool(true), Simple.VARCHAR))).isEqualTo("TRUE");
    assertThat(value(cast(literal(Simple.DATE, LocalDate.of(2024, 2, 3)), Simple.VARCHAR)))
        .isEqualTo("2024-02-03");
    assertThat(value(cast(literal(Simple.TIME, LocalTime.of(1, 2, 3)), Simple.VARCHAR)))
        .isEqualTo("01:02:03");
    assertThat(value(cast(literal(Simple.TIME, LocalTime.of(1, 2, 3, 40_000_000)), Simple.VARCHAR)))
        .isEqualTo("01:02:03.04");
    assertThat(
            value(
                cast(
                    literal(Simple.TIMESTAMP, LocalDateTime.of(1969, 1, 2, 3, 4, 5, 6000)),
                    Simple.VARCHAR)))
        .isEqualTo("1969-01-02 03:04:05.000006");
    assertThat(
            value(
                cast(
                    literal(Simple.TIMESTAMP_LTZ, Instant.parse("2024-01-02T03:04:05Z")),
                    Simple.VARCHAR)))
        .isEqualTo("2024-01-02 03:04:05.000000");
    UUID uuid = UUID.fromString("0123abcd-4567-89ef-8123-456789abcdef");
    assertThat(value(cast(literal(Simple.UUID, uuid), Simple.VARCHAR))).isEqualTo(uuid.toString());
    assertThat(
            value(
                cast(text(" " + uuid.toString().toUpperCase(java.util.Locale.ROOT)), Simple.UUID)))
        .isEqualTo(uuid);
    assertThat(value(cast(text("0123abcd-4567-89ef-8123-456789abcdeg"), Simple.UUID)).toString())
        .startsWith("failed:");
    assertThat(
            value(
                cast(
                    literal(new DataType.Array(Simple.BIGINT), Arrays.asList(1L, null, -3L)),
                    Simple.VARCHAR)))
        .isEqualTo("[1, NULL, -3]");
    assertThat(value(cast(text("{}"), Simple.JSON))).isEqualTo("{}");
    assertThat(value(cast(literal(Simple.BINARY, new byte[] {'a', 'b'}), Simple.VARCHAR)))
        .isEqualTo("ab");
    assertThat(
            value(cast(literal(Simple.BINARY, new byte[] {(byte) 0xFF}), Simple.VARCHAR))
                .toString())
        .isEqualTo(
            "failed: Cannot evaluate CAST(1 bytes AS VARCHAR): the value is not a valid one of the type.");
  }

  @Test
  void convertsAmongDatesAndTimestamps() {
    LocalDateTime before = LocalDateTime.of(1969, 12, 31, 23, 0);
    assertThat(value(cast(literal(Simple.TIMESTAMP, before), Simple.DATE)))
        .isEqualTo(LocalDate.of(1969, 12, 31));
    assertThat(value(cast(literal(Simple.TIMESTAMP, before), Simple.TIME)))
        .isEqualTo(LocalTime.of(23, 0));
    assertThat(value(cast(literal(Simple.TIMESTAMP, before), Simple.TIMESTAMP_LTZ)))
        .isEqualTo(Instant.parse("1969-12-31T23:00:00Z"));
    assertThat(value(cast(literal(Simple.DATE, LocalDate.of(1969, 12, 31)), Simple.TIMESTAMP)))
        .isEqualTo(LocalDateTime.of(1969, 12, 31, 0, 0));
    assertThat(value(cast(literal(Simple.DATE, LocalDate.MAX), Simple.TIMESTAMP)).toString())
        .startsWith("failed:");
  }

  @Test
  void castsArraysElementByElement() {
    DataType texts = new DataType.Array(Simple.VARCHAR);
    DataType numbers = new DataType.Array(Simple.INTEGER);
    assertThat(value(cast(literal(texts, Arrays.asList("1", null)), numbers)))
        .isEqualTo(Arrays.asList(1L, null));
    assertThat(value(cast(literal(texts, Arrays.asList("1", "x")), numbers)).toString())
        .startsWith("failed:");
  }

  @Test
  void refusesWhatCannotBeConverted() {
    assertThatThrownBy(() -> Expressions.compile(cast(literal(Simple.DATE, null), Simple.BIGINT)))
        .isInstanceOf(FreshetException.class)
        .hasMessageStartingWith("Cannot cast DATE to BIGINT.");
  }
}
