package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.number;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeFunctionsTest {
  private static final long SEED = 19700101;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private static Expression timestamp(LocalDateTime time) {
    return literal(Simple.TIMESTAMP, time);
  }

  private static Expression date(LocalDate date) {
    return literal(Simple.DATE, date);
  }

  private static Object of(Function function, DataType type, Expression... arguments) {
    return value(Calls.call(function, type, arguments));
  }

  private static LocalDateTime random(Random random) {
    return LocalDateTime.of(-4000, 1, 1, 0, 0)
        .plusDays(random.nextInt(10_000 * 366))
        .plus(random.nextLong(MICROS_PER_DAY), ChronoUnit.MICROS);
  }

  @Test
  void calendarAgreesWithJavaTimeOnEveryKindOfDay() {
    Random random = new Random(SEED);
    for (int i = 0; i < 300_000; i++) {
      long day = i < 200_000 ? i - 100_000L : random.nextLong(Civil.MIN_DAY, Civil.MAX_DAY + 1);
      LocalDate expected = LocalDate.ofEpochDay(day);
      long date = Civil.date(day);
      boolean same =
          Civil.year(date) == expected.getYear()
              && Civil.month(date) == expected.getMonthValue()
              && Civil.day(date) == expected.getDayOfMonth()
              && Civil.epochDay(
                      expected.getYear(), expected.getMonthValue(), expected.getDayOfMonth())
                  == day
              && Civil.dayOfYear(day) == expected.getDayOfYear()
              && Civil.dayFromMonday(day) == expected.getDayOfWeek().getValue() - 1
              && Civil.isoWeek(day) == expected.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      assertThat(same).as("day %d (%s) seed %d", day, expected, SEED).isTrue();
    }
  }

  @Test
  void extractsWhatJavaTimeDoes() {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      LocalDateTime time = random(random);
      Expression timestamp = timestamp(time);
      assertThat(part(Function.EXTRACT_YEAR, timestamp)).isEqualTo((long) time.getYear());
      assertThat(part(Function.EXTRACT_QUARTER, timestamp))
          .isEqualTo((long) time.get(IsoFields.QUARTER_OF_YEAR));
      assertThat(part(Function.EXTRACT_MONTH, timestamp)).isEqualTo((long) time.getMonthValue());
      assertThat(part(Function.EXTRACT_WEEK, timestamp))
          .isEqualTo((long) time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      assertThat(part(Function.EXTRACT_DAY, timestamp)).isEqualTo((long) time.getDayOfMonth());
      assertThat(part(Function.EXTRACT_DOW, timestamp))
          .isEqualTo((long) time.getDayOfWeek().getValue() % 7 + 1);
      assertThat(part(Function.EXTRACT_DOY, timestamp)).isEqualTo((long) time.getDayOfYear());
      assertThat(part(Function.EXTRACT_HOUR, timestamp)).isEqualTo((long) time.getHour());
      assertThat(part(Function.EXTRACT_MINUTE, timestamp)).isEqualTo((long) time.getMinute());
      assertThat(part(Function.EXTRACT_SECOND, timestamp)).isEqualTo((long) time.getSecond());
      assertThat(part(Function.EXTRACT_MILLISECOND, timestamp))
          .isEqualTo((long) time.get(ChronoField.MILLI_OF_SECOND));
      assertThat(part(Function.EXTRACT_EPOCH, timestamp))
          .isEqualTo(time.toEpochSecond(java.time.ZoneOffset.UTC));
    }
  }

  private static Object part(Function function, Expression of) {
    return of(function, Simple.BIGINT, of);
  }

  @Test
  void extractsFromDatesAndTimes() {
    Expression date = date(LocalDate.of(2024, 12, 30));
    assertThat(part(Function.EXTRACT_WEEK, date)).isEqualTo(1L);
    assertThat(part(Function.EXTRACT_DOW, date)).isEqualTo(2L);
    assertThat(part(Function.EXTRACT_HOUR, date)).isEqualTo(0L);
    assertThat(part(Function.EXTRACT_EPOCH, date))
        .isEqualTo(LocalDate.of(2024, 12, 30).toEpochDay() * 86_400);
    Expression time = literal(Simple.TIME, LocalTime.of(23, 59, 58, 999_999_000));
    assertThat(part(Function.EXTRACT_HOUR, time)).isEqualTo(23L);
    assertThat(part(Function.EXTRACT_MILLISECOND, time)).isEqualTo(999L);
    assertThat(part(Function.EXTRACT_EPOCH, time)).isEqualTo(86_398L);
    assertThat(part(Function.EXTRACT_YEAR, literal(Simple.TIMESTAMP, null))).isNull();
    assertThatThrownBy(() -> part(Function.EXTRACT_YEAR, time))
        .isInstanceOf(FreshetException.class)
        .hasMessageStartingWith("Cannot evaluate EXTRACT_YEAR(TIME) as BIGINT.");
  }

  @Test
  void floorsToTheStartOfTheUnit() {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      LocalDateTime time = random(random);
      LocalDateTime day = time.truncatedTo(ChronoUnit.DAYS);
      assertThat(floor(Function.FLOOR_TO_YEAR, time)).isEqualTo(day.withDayOfYear(1));
      assertThat(floor(Function.FLOOR_TO_QUARTER, time))
          .isEqualTo(day.withDayOfMonth(1).withMonth((time.getMonthValue() - 1) / 3 * 3 + 1));
      assertThat(floor(Function.FLOOR_TO_MONTH, time)).isEqualTo(day.withDayOfMonth(1));
      assertThat(floor(Function.FLOOR_TO_WEEK, time))
          .isEqualTo(day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
      assertThat(floor(Function.FLOOR_TO_DAY, time)).isEqualTo(day);
      assertThat(floor(Function.FLOOR_TO_HOUR, time)).isEqualTo(time.truncatedTo(ChronoUnit.HOURS));
      assertThat(floor(Function.FLOOR_TO_MINUTE, time))
          .isEqualTo(time.truncatedTo(ChronoUnit.MINUTES));
      assertThat(floor(Function.FLOOR_TO_SECOND, time))
          .isEqualTo(time.truncatedTo(ChronoUnit.SECONDS));
      LocalDate date = time.toLocalDate();
      assertThat(of(Function.FLOOR_TO_MONTH, Simple.DATE, date(date)))
          .isEqualTo(date.withDayOfMonth(1));
      assertThat(of(Function.FLOOR_TO_HOUR, Simple.DATE, date(date))).isEqualTo(date);
    }
    assertThat(floor(Function.FLOOR_TO_DAY, null)).isNull();
    assertThat(of(Function.FLOOR_TO_HOUR, Simple.TIME, literal(Simple.TIME, LocalTime.of(3, 4, 5))))
        .isEqualTo(LocalTime.of(3, 0));
    assertThat(
            of(Function.FLOOR_TO_WEEK, Simple.TIMESTAMP, Calls.cast(text("-1"), Simple.TIMESTAMP))
                .toString())
        .startsWith("failed:");
  }

  private static Object floor(Function function, LocalDateTime time) {
    return of(function, Simple.TIMESTAMP, timestamp(time));
  }

  @Test
  void addsIntervals() {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      LocalDateTime time = random(random);
      long months = random.nextInt(20_000) - 10_000L;
      long micros = random.nextLong(1L << 50) - (1L << 49);
      assertThat(of(Function.PLUS_MONTHS, Simple.TIMESTAMP, timestamp(time), number(months)))
          .isEqualTo(time.plusMonths(months));
      assertThat(of(Function.PLUS_MONTHS, Simple.DATE, date(time.toLocalDate()), number(months)))
          .isEqualTo(time.toLocalDate().plusMonths(months));
      assertThat(of(Function.PLUS_MICROS, Simple.TIMESTAMP, timestamp(time), number(micros)))
          .isEqualTo(time.plus(micros, ChronoUnit.MICROS));
    }
    LocalDate day = LocalDate.of(2024, 3, 1);
    assertThat(of(Function.PLUS_MICROS, Simple.DATE, date(day), number(-MICROS_PER_DAY)))
        .isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(of(Function.PLUS_MICROS, Simple.TIMESTAMP, date(day), number(1_000_000)))
        .isEqualTo(LocalDateTime.of(2024, 3, 1, 0, 0, 1));
    assertThat(
            of(
                Function.PLUS_MICROS,
                Simple.TIME,
                literal(Simple.TIME, LocalTime.of(23, 0)),
                number(MICROS_PER_DAY / 12)))
        .isEqualTo(LocalTime.of(1, 0));
    assertThat(
            of(
                    Function.PLUS_MICROS,
                    Simple.TIMESTAMP,
                    timestamp(LocalDateTime.of(2024, 1, 1, 0, 0)),
                    number(Long.MAX_VALUE))
                .toString())
        .startsWith("failed:");
    assertThat(
            of(
                    Function.PLUS_MONTHS,
                    Simple.TIMESTAMP,
                    timestamp(LocalDateTime.of(2024, 1, 1, 0, 0)),
                    number(Long.MIN_VALUE))
                .toString())
        .startsWith("failed:");
    assertThat(of(Function.PLUS_MONTHS, Simple.DATE, date(LocalDate.MAX), number(1)).toString())
        .startsWith("failed:");
    assertThat(of(Function.PLUS_MONTHS, Simple.DATE, date(day), literal(Simple.BIGINT, null)))
        .isNull();
  }

  @Test
  void measuresDifferences() {
    LocalDateTime a = LocalDateTime.of(2024, 3, 31, 12, 0);
    LocalDateTime b = LocalDateTime.of(2024, 2, 29, 13, 0);
    assertThat(of(Function.MICROS_BETWEEN, Simple.BIGINT, timestamp(a), timestamp(b)))
        .isEqualTo(ChronoUnit.MICROS.between(b, a));
    assertThat(
            of(
                Function.MICROS_BETWEEN,
                Simple.BIGINT,
                date(a.toLocalDate()),
                date(b.toLocalDate())))
        .isEqualTo(31 * MICROS_PER_DAY);
    assertThat(
            of(Function.MICROS_BETWEEN, Simple.BIGINT, date(LocalDate.MAX), date(LocalDate.MIN))
                .toString())
        .startsWith("failed:");
    assertThat(of(Function.MONTHS_BETWEEN, Simple.BIGINT, timestamp(a), timestamp(b)))
        .isEqualTo(1L);
    assertThat(of(Function.MONTHS_BETWEEN, Simple.BIGINT, timestamp(b), timestamp(a)))
        .isEqualTo(-1L);
    assertThat(
            of(
                Function.MONTHS_BETWEEN,
                Simple.BIGINT,
                date(LocalDate.of(2024, 2, 29)),
                date(LocalDate.of(2024, 1, 31))))
        .isEqualTo(1L);
    assertThat(
            of(
                Function.MONTHS_BETWEEN,
                Simple.BIGINT,
                date(LocalDate.of(2024, 2, 28)),
                date(LocalDate.of(2024, 1, 31))))
        .isEqualTo(0L);
    assertThat(
            of(
                Function.MONTHS_BETWEEN,
                Simple.BIGINT,
                date(LocalDate.of(2024, 2, 28)),
                literal(Simple.DATE, null)))
        .isNull();
    Random random = new Random(SEED);
    for (int i = 0; i < 1_000; i++) {
      LocalDateTime from = random(random);
      LocalDateTime to = from.plusDays(random.nextInt(4_000)).plusSeconds(random.nextInt(86_400));
      long expected = 0;
      while (!from.plusMonths(expected + 1).isAfter(to)) {
        expected++;
      }
      assertThat(of(Function.MONTHS_BETWEEN, Simple.BIGINT, timestamp(to), timestamp(from)))
          .as("%s to %s", from, to)
          .isEqualTo(expected);
    }
  }

  @Test
  void formatsPlainPatternsAsTheFormatterOfJavaDoes() {
    List<LocalDateTime> times =
        List.of(
            LocalDateTime.of(2024, 2, 29, 23, 59, 58, 987_654_000),
            LocalDateTime.of(1969, 12, 31, 23, 59, 59, 1_000),
            LocalDateTime.of(1, 1, 1, 0, 0),
            LocalDateTime.of(9999, 12, 31, 12, 0),
            LocalDateTime.of(0, 12, 31, 1, 2, 3),
            LocalDateTime.of(12_345, 6, 7, 8, 9));
    for (LocalDateTime time : times) {
      for (String pattern :
          List.of("yyyy-MM-dd", "HH:mm:ss.SSS", "yyyyMMdd HHmm", "dd/MM", "d MMM")) {
        String expected = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
        assertThat(of(Function.DATE_FORMAT, Simple.VARCHAR, timestamp(time), text(pattern)))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void formatsInEnglishAndUtc() {
    LocalDateTime time = LocalDateTime.of(2024, 3, 5, 6, 7, 8);
    assertThat(
            of(
                Function.DATE_FORMAT,
                Simple.VARCHAR,
                timestamp(time),
                text("yyyy-MM-dd HH:mm EEE MMM")))
        .isEqualTo("2024-03-05 06:07 Tue Mar");
    assertThat(
            of(
                Function.DATE_FORMAT,
                Simple.VARCHAR,
                date(time.toLocalDate()),
                text("dd.MM.yyyy HH")))
        .isEqualTo("05.03.2024 00");
    assertThat(
            of(
                Function.DATE_FORMAT,
                Simple.VARCHAR,
                literal(Simple.TIMESTAMP_LTZ, Instant.parse("2024-03-05T06:07:08Z")),
                text("HH:mmXXX")))
        .isEqualTo("06:07Z");
    assertThat(
            of(
                Function.DATE_FORMAT,
                Simple.VARCHAR,
                literal(Simple.TIME, LocalTime.of(6, 7)),
                text("HHmm")))
        .isEqualTo("0607");
    assertThat(of(Function.DATE_FORMAT, Simple.VARCHAR, timestamp(time), text("{")).toString())
        .endsWith("the pattern is not valid.");
    assertThat(
            of(
                    Function.DATE_FORMAT,
                    Simple.VARCHAR,
                    literal(Simple.TIME, LocalTime.of(6, 7)),
                    text("yyyy"))
                .toString())
        .endsWith("the pattern is not valid.");
    assertThat(
            of(Function.DATE_FORMAT, Simple.VARCHAR, literal(Simple.TIMESTAMP, null), text("yyyy")))
        .isNull();
  }

  @Test
  void findsTheWindowThatHoldsATime() {
    LocalDateTime time = LocalDateTime.of(1969, 12, 31, 23, 59, 59);
    assertThat(
            of(
                Function.TUMBLE_START,
                Simple.TIMESTAMP,
                timestamp(time),
                number(60_000_000),
                number(0)))
        .isEqualTo(LocalDateTime.of(1969, 12, 31, 23, 59));
    assertThat(
            of(
                Function.TUMBLE_START,
                Simple.TIMESTAMP,
                timestamp(time),
                number(60_000_000),
                number(30_000_000)))
        .isEqualTo(LocalDateTime.of(1969, 12, 31, 23, 59, 30));
    assertThat(
            of(
                Function.TUMBLE_START,
                Simple.TIMESTAMP,
                timestamp(time),
                number(60_000_000),
                number(-90_000_000)))
        .isEqualTo(LocalDateTime.of(1969, 12, 31, 23, 59, 30));
    assertThat(
            of(Function.TUMBLE_START, Simple.TIMESTAMP, timestamp(time), number(0), number(0))
                .toString())
        .endsWith("an argument is out of its range.");
    assertThat(
            of(
                Function.TUMBLE_START,
                Simple.TIMESTAMP,
                literal(Simple.TIMESTAMP, null),
                number(0),
                number(0)))
        .isNull();
  }

  @Test
  void knowsTheLengthOfMonths() {
    for (int year : new int[] {1900, 2000, 2023, 2024, -4, 0}) {
      for (int month = 1; month <= 12; month++) {
        assertThat(Civil.daysInMonth(year, month))
            .isEqualTo(YearMonth.of(year, month).lengthOfMonth());
      }
    }
  }
}
