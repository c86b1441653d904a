package dev.freshet.capture.poll;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What kind of column grows with every change. Its values are taken as the engine holds them: an
 * integer, days, or microseconds.
 */
enum Mark {
  NUMBER,
  DATE,
  /** A wall-clock time: nothing says of which zone. */
  LOCAL_TIME,
  INSTANT;

  private static final long MICROS = 1_000_000;

  /** No clock of any zone is further ahead of UTC. */
  private static final long ZONE_AHEAD_MICROS = 14 * 3_600 * MICROS;

  /** Clocks are not quite the same. */
  private static final long TOLERANCE_MICROS = 60 * MICROS;

  private static final long DAY_MICROS = 86_400 * MICROS;

  /** The kind of a column of this type; empty where it cannot grow. */
  static Optional<Mark> of(DataType type) {
    return switch (type) {
      case Simple.TINYINT, Simple.SMALLINT, Simple.INTEGER, Simple.BIGINT -> Optional.of(NUMBER);
      case DataType.Decimal decimal when decimal.scale() == 0 && decimal.layout() == Layout.LONG ->
          Optional.of(NUMBER);
      case Simple.DATE -> Optional.of(DATE);
      case Simple.TIMESTAMP -> Optional.of(LOCAL_TIME);
      case Simple.TIMESTAMP_LTZ -> Optional.of(INSTANT);
      default -> Optional.empty();
    };
  }

  /** From where to ask again. */
  long lowerBound(long mark, PollSettings.Table table) {
    long overlap =
        switch (this) {
          case NUMBER -> table.overlapNumbers();
          case DATE -> Math.ceilDiv(table.overlap().toSeconds(), 86_400);
          case LOCAL_TIME, INSTANT -> table.overlap().toNanos() / 1_000;
        };
    return mark < Long.MIN_VALUE + overlap ? Long.MIN_VALUE : mark - overlap;
  }

  /**
   * The highest value that is believed: a row with a time that has not come would hide all changes
   * until it has.
   *
   * @param nowMicros our own clock, before the question
   */
  long cap(long nowMicros) {
    long wallMicros = nowMicros + ZONE_AHEAD_MICROS + TOLERANCE_MICROS;
    return switch (this) {
      case NUMBER -> Long.MAX_VALUE;
      case DATE -> Math.floorDiv(wallMicros, DAY_MICROS);
      case LOCAL_TIME -> wallMicros;
      case INSTANT -> nowMicros + TOLERANCE_MICROS;
    };
  }

  /** A value as its reader gives it, as the engine holds it; {@link SeenRows#NO_MARK} for none. */
  long value(@Nullable Object read) {
    return switch (read) {
      case Long number -> number;
      case BigDecimal number -> number.longValue();
      case LocalDate date -> date.toEpochDay();
      case LocalDateTime time ->
          ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant(ZoneOffset.UTC));
      case Instant time -> ChronoUnit.MICROS.between(Instant.EPOCH, time);
      case null, default -> SeenRows.NO_MARK;
    };
  }

  void set(PreparedStatement statement, long value) throws SQLException {
    switch (this) {
      case NUMBER -> statement.setLong(1, value);
      case DATE -> statement.setObject(1, LocalDate.ofEpochDay(value));
      case LOCAL_TIME ->
          statement.setObject(1, LocalDateTime.ofInstant(instant(value), ZoneOffset.UTC));
      case INSTANT -> statement.setObject(1, instant(value).atOffset(ZoneOffset.UTC));
    }
  }

  /** The value for people. */
  String text(long value) {
    return switch (this) {
      case NUMBER -> Long.toString(value);
      case DATE -> LocalDate.ofEpochDay(value).toString();
      case LOCAL_TIME -> LocalDateTime.ofInstant(instant(value), ZoneOffset.UTC).toString();
      case INSTANT -> instant(value).toString();
    };
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
