package dev.freshet.sql.statement;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.Tokens.Token;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a table says of the order of its rows, in Flink's words: {@code WATERMARK FOR column
 * AS column [- INTERVAL '5' SECOND]}, and the option {@code 'scan.watermark.idle-timeout' = '30
 * s'}; and in words of our own {@code 'scan.watermark.max-ahead' = '1 d'}.
 */
final class WatermarkReader {
  private static final String IDLE = "scan.watermark.idle-timeout";
  private static final String AHEAD = "scan.watermark.max-ahead";
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*([a-zA-Z]+)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "MILLISECOND", 1_000L,
          "SECOND", 1_000_000L,
          "MINUTE", 60_000_000L,
          "HOUR", 3_600_000_000L,
          "DAY", 86_400_000_000L);

  private final TokenReader tokens;
  private long idle = Watermark.NEVER_IDLE;
  private long ahead = Watermark.ANY_AHEAD;

  WatermarkReader(TokenReader tokens) {
    this.tokens = tokens;
  }

  /** Reads behind WATERMARK FOR. */
  Watermark read(Token start, Optional<Watermark> before) {
    if (before.isPresent()) {
      throw tokens.error(ErrorCode.SQL_INVALID, "a table has one watermark.", start);
    }
    String column = tokens.name("a column's name");
    tokens.expect("AS");
    Token from = tokens.peek();
    if (!tokens.name("the column " + column).equals(column)) {
      throw tokens.error(
          ErrorCode.SQL_UNSUPPORTED,
          "a watermark is its column less an interval: " + column + " - INTERVAL '5' SECOND.",
          from);
    }
    return new Watermark(column, tokens.take("-") ? interval() : 0, Watermark.NEVER_IDLE);
  }

  private long interval() {
    tokens.expect("INTERVAL");
    Token at = tokens.peek();
    String amount = tokens.text("a number in single quotes");
    Token unit = tokens.next();
    Long micros = UNITS.get(unit.text().toUpperCase(Locale.ROOT));
    if (micros == null) {
      throw tokens.unexpected(unit, "SECOND, MINUTE, HOUR or DAY");
    }
    try {
      return new BigDecimal(amount.strip()).multiply(BigDecimal.valueOf(micros)).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw tokens.error(
          ErrorCode.SQL_INVALID, amount + " is no number of " + unit.text() + "S.", at);
    }
  }

  /** Takes an option over; false when it says nothing of time. */
  boolean take(Options.Option option) {
    switch (option.name()) {
      case IDLE -> idle = duration(option);
      case AHEAD -> ahead = duration(option);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Checks the watermark against the columns, and adds what the options say. */
  Optional<Watermark> complete(Optional<Watermark> watermark, Schema schema, Token place) {
    if (watermark.isEmpty()) {
      return watermark;
    }
    String column = watermark.get().column();
    int index = schema.indexOf(column);
    if (index < 0 || !isTime(schema.type(index))) {
      throw tokens.error(
          ErrorCode.SQL_INVALID,
          "the watermark's column " + column + " is no TIMESTAMP of the table.",
          place);
    }
    return Optional.of(new Watermark(column, watermark.get().delayMicros(), idle, ahead));
  }

  private static boolean isTime(DataType type) {
    return type == Simple.TIMESTAMP || type == Simple.TIMESTAMP_LTZ;
  }

  private long duration(Options.Option option) {
    Matcher matcher = DURATION.matcher(option.value().strip());
    long unit =
        matcher.matches()
            ? switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
              case "ms" -> 1_000L;
              case "s" -> 1_000_000L;
              case "m", "min" -> 60_000_000L;
              case "h" -> 3_600_000_000L;
              case "d" -> 86_400_000_000L;
              default -> 0;
            }
            : 0;
    long micros = unit == 0 ? 0 : Long.parseLong(matcher.group(1)) * unit;
    if (micros == 0) {
      throw notDuration(option);
    }
    return micros;
  }

  private SqlException notDuration(Options.Option option) {
    return tokens.error(
        ErrorCode.SQL_INVALID,
        "'" + option.value() + "' is no time, such as '30 s' or '5 min'.",
        option.place());
  }
}
