package dev.freshet.sql.dialect;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What functions that people know from other systems are called here, or how to do without. */
final class FamiliarNames {
  private static final Map<String, String> HINTS = hints();

  private FamiliarNames() {}

  /** A sentence on what to write instead; empty for a name that is not known from elsewhere. */
  static Optional<String> hint(String function) {
    return Optional.ofNullable(HINTS.get(function.toUpperCase(Locale.ROOT)));
  }

  static Set<String> names() {
    return HINTS.keySet();
  }

  private static Map<String, String> hints() {
    Map<String, String> hints = new HashMap<>();
    text(hints);
    time(hints);
    put(hints, "COALESCE(x, y)", "NVL", "ISNULL");
    put(hints, "IF(condition, x, y)", "IIF");
    put(hints, "POWER(x, y)", "POW");
    put(hints, "TRUNCATE(x, digits), or FLOOR(time TO unit)", "TRUNC");
    put(hints, "JSON_VALUE(document, '$.path')", "JSON_EXTRACT", "GET_JSON_OBJECT");
    put(hints, "JSON_VALUE(document, '$.path')", "JSON_EXTRACT_PATH_TEXT");
    put(hints, "CARDINALITY(array)", "ARRAY_LENGTH", "ARRAY_SIZE", "ARRAY_CARDINALITY");
    put(hints, "BOOL_AND(x)", "LOGICAL_AND");
    put(hints, "BOOL_OR(x)", "LOGICAL_OR", "BOOLOR_AGG");
    put(hints, "ARG_MAX(x, y)", "MAX_BY");
    put(hints, "ARG_MIN(x, y)", "MIN_BY");
    put(hints, "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x)", "QUANTILE", "APPROX_PERCENTILE");
    put(hints, "LISTAGG(text, delimiter) WITHIN GROUP (ORDER BY x)", "GROUP_CONCAT", "STRING_AGG");
    return Map.copyOf(hints);
  }

  private static void text(Map<String, String> hints) {
    put(hints, "CHAR_LENGTH(text)", "LENGTH", "LEN");
    put(hints, "POSITION(search IN text)", "STRPOS", "CHARINDEX");
    put(hints, "SPLIT_INDEX(text, delimiter, index), counted from 0", "SPLIT_PART");
    put(hints, "LOWER(text) LIKE pattern", "ILIKE");
    put(hints, "REGEXP(text, pattern)", "REGEXP_LIKE", "RLIKE", "REGEXP_MATCHES");
  }

  private static void time(Map<String, String> hints) {
    put(hints, "FLOOR(time TO unit)", "DATE_TRUNC", "TIME_BUCKET");
    put(hints, "EXTRACT(unit FROM time)", "DATE_PART", "DATEPART");
    put(hints, "DAYOFMONTH(time)", "DAY");
    put(hints, "TIMESTAMPDIFF(unit, from, to)", "DATEDIFF", "DATE_DIFF", "AGE");
    put(hints, "time + INTERVAL '1' DAY", "DATE_ADD", "DATEADD", "DATE_SUB");
    put(hints, "DATE_FORMAT(time, pattern)", "TO_CHAR", "STRFTIME", "FORMAT_DATE", "DAYNAME");
    put(hints, "TO_DATE(text, pattern)", "STR_TO_DATE");
    put(
        hints,
        "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' MINUTE))"
            + " GROUP BY window_start, window_end",
        "TUMBLE",
        "TUMBLE_START",
        "TUMBLE_END");
    put(
        hints,
        "FROM TABLE(HOP(TABLE t, DESCRIPTOR(time), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE))"
            + " GROUP BY window_start, window_end",
        "HOP",
        "HOP_START",
        "HOP_END");
    put(
        hints,
        "FROM TABLE(SESSION(TABLE t PARTITION BY key, DESCRIPTOR(time), INTERVAL '5' MINUTE))"
            + " GROUP BY key, window_start, window_end",
        "SESSION",
        "SESSION_START",
        "SESSION_END");
  }

  private static void put(Map<String, String> hints, String instead, String... names) {
    for (String name : names) {
      hints.put(name, "Write " + instead + ".");
    }
  }
}
