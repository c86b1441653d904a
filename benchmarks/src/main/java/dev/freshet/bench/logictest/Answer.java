package dev.freshet.bench.logictest;

import dev.freshet.bench.logictest.ScriptRecord.Expected;
import dev.freshet.bench.logictest.ScriptRecord.Order;
import dev.freshet.bench.logictest.ScriptRecord.Query;
import dev.freshet.database.QueryResult;
import dev.freshet.database.Row;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An answer as the scripts write it: one text a value, row by row. */
final class Answer {
  private static final int SHOWN = 12;
  private static final Pattern LEADING_INTEGER = Pattern.compile("\\s*([+-]?\\d{1,18})");

  private final List<List<String>> rows;

  private Answer(List<List<String>> rows) {
    this.rows = rows;
  }

  /** The answer to a query, as its types say. */
  static Answer of(Query query, QueryResult result) {
    List<List<String>> rows = new ArrayList<>();
    for (Row row : result) {
      @Nullable Object[] values = row.values();
      List<String> texts = new ArrayList<>(values.length);
      for (int i = 0; i < values.length; i++) {
        texts.add(text(values[i], i < query.types().length() ? query.types().charAt(i) : '?'));
      }
      rows.add(texts);
    }
    return new Answer(rows);
  }

  /** The same rows, sorted. */
  Answer sorted() {
    List<List<String>> sorted = new ArrayList<>(rows);
    sorted.sort(Answer::compare);
    return new Answer(sorted);
  }

  boolean sameAs(Answer other) {
    return rows.equals(other.rows);
  }

  /** How the answer differs from what the script expects; empty when it does not. */
  Optional<String> difference(Query query) {
    return difference(values(query.order()), query.expected());
  }

  /** As {@link #difference(Query)}, whatever the order of the rows is. */
  Optional<String> differenceAsBag(Query query) {
    if (query.order() != Order.AS_ANSWERED) {
      return difference(query);
    }
    return switch (query.expected()) {
      case Expected.Values expected ->
          difference(
              sorted().values(Order.AS_ANSWERED),
              new Expected.Values(sortedRows(expected.values(), query.types().length())));
      case Expected.Hash _ ->
          throw new IllegalArgumentException("the hash of an ordered answer says nothing of a bag");
    };
  }

  private static List<String> sortedRows(List<String> values, int columns) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i + columns <= values.size(); i += columns) {
      rows.add(values.subList(i, i + columns));
    }
    return new Answer(rows).sorted().values(Order.AS_ANSWERED);
  }

  private static Optional<String> difference(List<String> actual, Expected expected) {
    return switch (expected) {
      case Expected.Values values ->
          values.values().equals(actual)
              ? Optional.empty()
              : Optional.of("expected " + shown(values.values()) + ", answered " + shown(actual));
      case Expected.Hash hash ->
          hash.count() == actual.size() && hash.md5().equals(md5(actual))
              ? Optional.empty()
              : Optional.of(
                  "expected "
                      + hash.count()
                      + " values hashing to "
                      + hash.md5()
                      + ", answered "
                      + actual.size()
                      + " values hashing to "
                      + md5(actual)
                      + ": "
                      + shown(actual));
    };
  }

  private List<String> values(Order order) {
    List<String> values = new ArrayList<>();
    (order == Order.ROWS ? sorted() : this).rows.forEach(values::addAll);
    if (order == Order.VALUES) {
      Collections.sort(values);
    }
    return values;
  }

  private static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Comparator.<Integer>naturalOrder().compare(a.size(), b.size());
  }

  private static String shown(List<String> values) {
    return values.size() <= SHOWN
        ? values.toString()
        : values.subList(0, SHOWN) + " and " + (values.size() - SHOWN) + " more";
  }

  private static String text(@Nullable Object value, char type) {
    if (value == null) {
      return "NULL";
    }
    return switch (type) {
      case 'I' -> integer(value);
      case 'R' -> real(value);
      case 'T' -> value.toString().isEmpty() ? "(empty)" : value.toString();
      default -> "a value of no type: " + value;
    };
  }

  /** As SQLite reads any value as an integer: cut toward zero. */
  private static String integer(Object value) {
    return switch (value) {
      case Double number -> Long.toString((long) (double) number);
      case BigDecimal number -> number.toBigInteger().toString();
      case Boolean truth -> truth ? "1" : "0";
      case String text -> leadingInteger(text);
      default -> value.toString();
    };
  }

  private static String leadingInteger(String text) {
    Matcher digits = LEADING_INTEGER.matcher(text);
    return digits.lookingAt() ? Long.toString(Long.parseLong(digits.group(1))) : "0";
  }

  private static String real(Object value) {
    return switch (value) {
      case BigDecimal number -> String.format(Locale.ROOT, "%.3f", number);
      case Number number -> String.format(Locale.ROOT, "%.3f", number.doubleValue());
      default -> "a value that is no number: " + value;
    };
  }

  private static String md5(List<String> values) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      for (String value : values) {
        digest.update(value.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
