package dev.freshet.bench.tpch;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer's rows. Exact types must be equal; where DuckDB computes in floating point, and Freshet
 * in decimals, the relative difference must be below one in a million.
 */
record Answer(List<@Nullable Object[]> rows) {
  private static final double TOLERANCE = 1e-6;

  /** How the other answer differs; empty when it does not. */
  String difference(Answer expected) {
    if (rows.size() != expected.rows.size()) {
      return rows.size() + " rows instead of " + expected.rows.size();
    }
    boolean[] floating = floatingColumns(expected);
    List<@Nullable Object[]> mine = sorted(rows, floating);
    List<@Nullable Object[]> theirs = sorted(expected.rows, floating);
    for (int i = 0; i < mine.size(); i++) {
      if (!equal(mine.get(i), theirs.get(i))) {
        return text(mine.get(i)) + " instead of " + text(theirs.get(i));
      }
    }
    return "";
  }

  private static boolean[] floatingColumns(Answer answer) {
    boolean[] floating = new boolean[answer.rows.isEmpty() ? 0 : answer.rows.getFirst().length];
    for (@Nullable Object[] row : answer.rows) {
      for (int c = 0; c < row.length; c++) {
        floating[c] |= row[c] instanceof Double;
      }
    }
    return floating;
  }

  private static List<@Nullable Object[]> sorted(List<@Nullable Object[]> rows, boolean[] without) {
    List<@Nullable Object[]> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(row -> sortText(row, without)));
    return sorted;
  }

  private static String sortText(@Nullable Object[] row, boolean[] without) {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < row.length; c++) {
      text.append(without[c] ? "" : exact(row[c])).append('|');
    }
    return text.toString();
  }

  private static boolean equal(@Nullable Object[] a, @Nullable Object[] b) {
    for (int c = 0; c < a.length; c++) {
      if (!equal(a[c], b[c])) {
        return false;
      }
    }
    return a.length == b.length;
  }

  private static boolean equal(@Nullable Object a, @Nullable Object b) {
    if (b instanceof Double expected) {
      return a instanceof Number actual && isNear(actual.doubleValue(), expected);
    }
    return exact(a).equals(exact(b));
  }

  private static boolean isNear(double a, double b) {
    return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
  }

  private static String exact(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case BigDecimal decimal ->
          decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
      case BigInteger integer -> exact(new BigDecimal(integer));
      case Integer number -> number.toString();
      case Long number -> number.toString();
      default -> value.toString();
    };
  }

  private static String text(@Nullable Object[] row) {
    List<String> values = new ArrayList<>();
    for (Object value : row) {
      values.add(exact(value));
    }
    return values.toString();
  }
}
