package dev.freshet.sql.plan;

/**
 * The scalar functions, under Flink's names. Unless said otherwise a NULL argument gives NULL.
 * "Fails" means that the row goes to the model's errors instead of its output.
 *
 * <p>Whoever makes a plan sees to the argument types: comparisons get two arguments of the same
 * type; arithmetic gets two integers, two decimals (each with its own precision and scale) or two
 * DOUBLEs, and casts are put in where SQL text mixes them.
 */
public enum Function {
  // Comparison: two arguments of the same type -> BOOLEAN. NaN equals NaN and is greater than any
  // number.
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER,
  GREATER_OR_EQUAL,
  /** Never NULL: NULL is not distinct from NULL. */
  IS_DISTINCT_FROM,
  /** Never NULL. */
  IS_NULL,
  /** Never NULL. */
  IS_NOT_NULL,
  /** BOOLEAN; never NULL. */
  IS_TRUE,
  /** BOOLEAN; never NULL. */
  IS_FALSE,

  // Three-valued logic: any number of BOOLEANs for AND and OR. A side that decides the result hides
  // the other's failure.
  AND,
  OR,
  NOT,

  // Arithmetic. Integer results outside of the result type's range fail; DECIMAL results are
  // rounded half up to the result
  // type's scale and fail when they have too many digits; division by zero fails for integers and
  // decimals.
  PLUS,
  MINUS,
  TIMES,
  /** Integers: cut toward zero. */
  DIVIDE,
  /** The sign of the first argument, as in Java. */
  MOD,
  NEGATE,
  ABS,
  FLOOR,
  CEIL,
  /** (x, digits INTEGER): half up, away from zero; digits may be negative. */
  ROUND,
  SIGN,
  /** DOUBLE functions; outside of their domain they give NaN as Java does. */
  SQRT,
  POWER,
  EXP,
  LN,
  LOG10,

  // Text: VARCHAR; positions and lengths count Unicode code points from 1.
  /** Any number of VARCHARs; NULL if one is NULL ({@code ||} and CONCAT). */
  CONCAT,
  UPPER,
  LOWER,
  CHAR_LENGTH,
  /** (text, from BIGINT) or (text, from, length); a negative length fails. */
  SUBSTRING,
  /** (text, characters): cuts any of the characters at both ends; LTRIM and RTRIM at one. */
  TRIM,
  LTRIM,
  RTRIM,
  /** (text, search, replacement). */
  REPLACE,
  /** (search, text): 0 when not found. */
  POSITION,
  /** (text, pattern) or (text, pattern, escape): SQL LIKE over the whole text. */
  LIKE,
  LPAD,
  RPAD,
  REVERSE,
  LEFT,
  RIGHT,
  /** (text, delimiter, index INTEGER from 0): NULL when there is no such part. */
  SPLIT_INDEX,
  /** (text, regex, group INTEGER): NULL when it does not match. */
  REGEXP_EXTRACT,
  /** (text, regex) -> BOOLEAN: whether it matches somewhere. */
  REGEXP,

  // Date and time; DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ (taken in UTC). EXTRACT gives BIGINT.
  EXTRACT_YEAR,
  EXTRACT_QUARTER,
  EXTRACT_MONTH,
  /** ISO week of the year. */
  EXTRACT_WEEK,
  EXTRACT_DAY,
  /** 1 is Sunday. */
  EXTRACT_DOW,
  EXTRACT_DOY,
  EXTRACT_HOUR,
  EXTRACT_MINUTE,
  EXTRACT_SECOND,
  EXTRACT_MILLISECOND,
  /** Whole seconds since 1970-01-01. */
  EXTRACT_EPOCH,
  /** FLOOR(x TO unit): the start of the unit that holds x; weeks start on Monday. */
  FLOOR_TO_YEAR,
  FLOOR_TO_QUARTER,
  FLOOR_TO_MONTH,
  FLOOR_TO_WEEK,
  FLOOR_TO_DAY,
  FLOOR_TO_HOUR,
  FLOOR_TO_MINUTE,
  FLOOR_TO_SECOND,
  /** (date or time, micros BIGINT): adds a day-time interval. */
  PLUS_MICROS,
  /**
   * (date or time, months BIGINT): adds a year-month interval; the day is cut to the month's last.
   */
  PLUS_MONTHS,
  /** (a, b): a - b in microseconds, BIGINT, for two dates or times of the same type. */
  MICROS_BETWEEN,
  /** (a, b): whole months from b to a, BIGINT. */
  MONTHS_BETWEEN,
  /** (time, pattern): java.time's DateTimeFormatter pattern, in UTC. */
  DATE_FORMAT,
  /**
   * (time, size BIGINT micros, offset BIGINT micros): start of the tumbling window that holds the
   * time.
   */
  TUMBLE_START,

  // JSON: the document as JSON or VARCHAR, a path as VARCHAR literal (SQL/JSON: $, .name, ['name'],
  // [index], lax mode).
  /**
   * (document, path) -> VARCHAR: the scalar there as text, NULL for none or for an object or array.
   */
  JSON_VALUE,
  /** (document, path) -> JSON text of the object or array there, else NULL. */
  JSON_QUERY,
  /** (document, path) -> BOOLEAN. */
  JSON_EXISTS,

  // Arrays.
  CARDINALITY,
  /** (array, index BIGINT from 1): NULL outside. */
  ELEMENT,
  /** (array, value) -> BOOLEAN. */
  ARRAY_CONTAINS,
  /** (array, delimiter) -> VARCHAR, NULL elements left out. */
  ARRAY_JOIN,

  /** Any number of arguments of the same type. */
  GREATEST,
  LEAST
}
