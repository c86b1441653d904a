package dev.freshet.files;

import dev.freshet.capture.rows.RowSample.Form;
import dev.freshet.capture.rows.RowSample.Sampled;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds a type that all values seen of a column have. One thread owns it. */
final class TypeGuess {
  private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,11})(\\.[0-9]{1,6})?");
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  private static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
  private static final String TIME = "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?";
  private static final Pattern DATE = Pattern.compile(DAY);
  private static final Pattern LOCAL = Pattern.compile(DAY + TIME);
  private static final Pattern INSTANT = Pattern.compile(DAY + TIME + "(Z|[-+][0-9]{2}:[0-9]{2})");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int DECIMAL_PRECISION = 18;
  private static final int DISTINCT_MAX = 20_000;

  private final Set<Candidate> left = EnumSet.allOf(Candidate.class);
  private final Set<String> values = new HashSet<>();
  private long count;
  private long nulls;
  private long nested;
  private int scale;

  /** In the order in which one is taken. */
  private enum Candidate {
    TRUTH,
    WHOLE,
    DECIMAL,
    NUMBER,
    DATE,
    LOCAL,
    INSTANT,
    UUID
  }

  /** A field of CSV: whatever its text may mean. */
  void addField(String text, boolean isNull) {
    if (isNull) {
      addNull();
      return;
    }
    see(text);
    left.removeIf(candidate -> !mayBe(candidate, text));
  }

  /** A value of JSON, which tells numbers and truth values from texts. */
  void add(Sampled value) {
    switch (value.form()) {
      case NULL -> addNull();
      case NESTED -> {
        see(value.text());
        nested++;
        left.clear();
      }
      case TRUTH, NUMBER, TEXT -> {
        see(value.text());
        left.removeIf(
            candidate -> form(candidate) != value.form() || !mayBe(candidate, value.text()));
      }
    }
  }

  void addNull() {
    count++;
    nulls++;
  }

  private void see(String text) {
    count++;
    if (values.size() < DISTINCT_MAX) {
      values.add(text);
    }
    int point = text.indexOf('.');
    scale = Math.max(scale, point < 0 ? 0 : text.length() - point - 1);
  }

  private static Form form(Candidate candidate) {
    return switch (candidate) {
      case TRUTH -> Form.TRUTH;
      case WHOLE, DECIMAL, NUMBER -> Form.NUMBER;
      case DATE, LOCAL, INSTANT, UUID -> Form.TEXT;
    };
  }

  private static boolean mayBe(Candidate candidate, String text) {
    return switch (candidate) {
      case TRUTH -> text.equals("true") || text.equals("false");
      case WHOLE -> WHOLE.matcher(text).matches();
      case DECIMAL -> DECIMAL.matcher(text).matches();
      case NUMBER -> NUMBER.matcher(text).matches();
      case DATE -> DATE.matcher(text).matches();
      case LOCAL -> LOCAL.matcher(text).matches();
      case INSTANT -> INSTANT.matcher(text).matches();
      case UUID -> UUID.matcher(text).matches();
    };
  }

  /** Whether every row had a value, and no two the same. */
  boolean isUnique() {
    return count > 0 && nulls == 0 && nested == 0 && values.size() == count;
  }

  DataType type() {
    if (count == nulls) {
      return Simple.VARCHAR;
    }
    if (left.isEmpty()) {
      return nested > 0 ? Simple.JSON : Simple.VARCHAR;
    }
    return switch (left.iterator().next()) {
      case TRUTH -> Simple.BOOLEAN;
      case WHOLE -> Simple.BIGINT;
      case DECIMAL -> new DataType.Decimal(DECIMAL_PRECISION, scale);
      case NUMBER -> Simple.DOUBLE;
      case DATE -> Simple.DATE;
      case LOCAL -> Simple.TIMESTAMP;
      case INSTANT -> Simple.TIMESTAMP_LTZ;
      case UUID -> Simple.UUID;
    };
  }
}
