package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds of values that cases are made of, written alike in both dialects. */
enum Kind {
  INTEGER("INTEGER"),
  BIGINT("BIGINT"),
  DECIMAL("DECIMAL(9, 2)"),
  TEXT("VARCHAR"),
  BOOLEAN("BOOLEAN"),
  DATE("DATE"),
  TIMESTAMP("TIMESTAMP");

  private static final List<String> TEXTS =
      List.of("", "a", "b", "ab", "Abc", "ä", "zz top", "a%", "日本", "it");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private final String sql;

  Kind(String sql) {
    this.sql = sql;
  }

  /** The type as a column has it. */
  String sql() {
    return sql;
  }

  boolean isNumber() {
    return this == INTEGER || this == BIGINT || this == DECIMAL;
  }

  /** A literal; few different ones, so that rows meet. */
  String literal(Draws draws) {
    return switch (this) {
      case INTEGER -> Integer.toString(draws.between(-3, 9));
      case BIGINT -> Long.toString(draws.between(-2L, 5L) * 1_000_000_007L);
      case DECIMAL -> draws.between(-4, 20) + "." + draws.pick(List.of("00", "25", "50", "99"));
      case TEXT -> "'" + draws.pick(TEXTS) + "'";
      case BOOLEAN -> draws.chance(0.5) ? "TRUE" : "FALSE";
      case DATE -> "DATE '2026-" + draws.pick(List.of("01-31", "02-28", "11-24", "12-31")) + "'";
      case TIMESTAMP ->
          "TIMESTAMP '2026-11-24 "
              + draws.pick(List.of("00:00:00", "09:59:59.5", "10:00:00", "23:59:59.999999"))
              + "'";
    };
  }

  /** A literal of a time. */
  static String timestamp(LocalDateTime time) {
    return "TIMESTAMP '" + TIME.format(time) + "'";
  }

  /** The Java value of a literal of this kind; null for NULL. */
  @Nullable Object value(String literal) {
    if (literal.equals("NULL")) {
      return null;
    }
    String quoted = literal.substring(literal.indexOf('\'') + 1).replace("'", "");
    return switch (this) {
      case INTEGER -> Integer.valueOf(literal);
      case BIGINT -> Long.valueOf(literal);
      case DECIMAL -> new BigDecimal(literal);
      case TEXT -> quoted;
      case BOOLEAN -> Boolean.valueOf(literal);
      case DATE -> LocalDate.parse(quoted);
      case TIMESTAMP -> LocalDateTime.parse(quoted.replace(' ', 'T'));
    };
  }
}
