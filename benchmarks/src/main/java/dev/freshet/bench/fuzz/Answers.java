package dev.freshet.bench.fuzz;

import dev.freshet.database.QueryResult;
import dev.freshet.database.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers as sorted lines, alike for equal values whatever their Java types. */
final class Answers {
  private Answers() {}

  static List<String> of(QueryResult result) {
    List<String> lines = new ArrayList<>();
    for (Row row : result) {
      lines.add(line(row.values()));
    }
    Collections.sort(lines);
    return lines;
  }

  static List<String> ofDuckDb(Statement statement, String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        @Nullable Object[] values = new @Nullable Object[columns];
        for (int c = 0; c < columns; c++) {
          values[c] = rows.getObject(c + 1);
        }
        lines.add(line(values));
      }
    }
    Collections.sort(lines);
    return lines;
  }

  private static String line(@Nullable Object[] values) {
    List<String> texts = new ArrayList<>();
    for (Object value : values) {
      texts.add(text(value));
    }
    return String.join("|", texts);
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case BigDecimal decimal -> number(decimal);
      case BigInteger integer -> number(new BigDecimal(integer));
      case Double number when Double.isFinite(number) -> number(BigDecimal.valueOf(number));
      case Number number when !(number instanceof Double || number instanceof Float) ->
          Long.toString(number.longValue());
      case Timestamp timestamp -> timestamp.toLocalDateTime().toString();
      case String text -> "'" + text + "'";
      default -> value.toString();
    };
  }

  private static String number(BigDecimal decimal) {
    return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
  }
}
