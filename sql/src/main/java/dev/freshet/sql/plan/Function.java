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
  /**
   * (x) or (x, digits INTEGER): half up, away from zero; digits may be negative. A DOUBLE is
   * rounded on its shortest decimal form.
   */
  ROUND,
  SIGN,
  /** DOUBLE functions; outside of their domain they give NaN as Java does. */
  SQRT,
  POWER,
  EXP,
  LN,
  LOG10,
  SIN,
  COS,
  TAN,
  ASIN,
  ACOS,
  ATAN,
  /** (y, x). */
  ATAN2,
  SINH,
  COSH,
  TANH,
  /** (x, digits INTEGER): toward zero, else as ROUND. */
  TRUNCATE,
  /** BIGINT -> VARCHAR: two's complement in binary, without leading zeros. */
  BIN,
  /** BIGINT, VARCHAR or BINARY -> VARCHAR: hexadecimal in capitals. */
  HEX,

  // Text: VARCHAR; positions and lengths count Unicode code points from 1.
  /** Any number of VARCHARs; NULL if one is NULL ({@code ||} and CONCAT). */
  CONCAT,
  UPPER,
  LOWER,
  CHAR_LENGTH,
  /**
   * (text, from BIGINT) or (text, from, length): a {@code from} of 0 counts as 1, a negative one
   * from the end, and one before the beginning gives the empty text; a negative length fails.
   */
  SUBSTRING,
  /** (text, characters): cuts any of the characters at both ends; LTRIM and RTRIM at one. */
  TRIM,
  LTRIM,
  RTRIM,
  /** (text, search, replacement): an empty search stands before each character and at the end. */
  REPLACE,
  /**
   * (search, text) or (search, text, from BIGINT): where it first stands, from there on; 0 when not
   * found, 1 for an empty search.
   */
  POSITION,
  /**
   * (text, pattern) or (text, pattern, escape): SQL LIKE over the whole text. There is no escape
   * character unless one is given; one that stands before anything but {@code %}, {@code _} or
   * itself fails.
   */
  LIKE,
  /** (text, length INTEGER, padding): NULL for a negative length or an empty padding. */
  LPAD,
  /** As LPAD. */
  RPAD,
  REVERSE,
  /** (text, length INTEGER): empty for a negative length. */
  LEFT,
  /** As LEFT. */
  RIGHT,
  /**
   * (text, delimiter, index INTEGER from 0): NULL when there is no such part; an empty text has
   * none, and an empty delimiter stands for a white space character.
   */
  SPLIT_INDEX,
  /**
   * (text, regex, group INTEGER): NULL when it does not match or has no such group. Regexes are
   * java.util.regex's; one that does not parse fails, and so does a text that takes too many steps.
   */
  REGEXP_EXTRACT,
  /** (text, regex, group INTEGER) -> VARCHAR ARRAY: the group of every match. */
  REGEXP_EXTRACT_ALL,
  /** (text, regex) -> BOOLEAN: whether it matches somewhere; an empty regex does not. */
  REGEXP,
  /** (text, regex, replacement): every match; the replacement is plain text. */
  REGEXP_REPLACE,
  /** (text, regex) -> BIGINT: how many matches there are. */
  REGEXP_COUNT,
  /** (text, regex) -> BIGINT: where the first match begins, 0 for none. */
  REGEXP_INSTR,
  /** (text, times BIGINT): empty for a count that is not positive. */
  REPEAT,
  /** Words of ASCII letters and digits with a capital first. */
  INITCAP,
  /**
   * (text, replacement, start BIGINT, length BIGINT): the text itself for a start outside of it;
   * nothing after the replacement for a length that is not positive.
   */
  OVERLAY,
  /** BIGINT: the first byte, signed; 0 of the empty text. */
  ASCII,
  /** BIGINT -> the character of its lowest byte; empty for a negative number. */
  CHR,
  /** (text, start) -> BOOLEAN. */
  STARTSWITH,
  /** (text, end) -> BOOLEAN. */
  ENDSWITH,
  /** VARCHAR -> BOOLEAN: whether there are characters, and all are letters. */
  IS_ALPHA,
  /** VARCHAR -> BOOLEAN: whether there are characters, and all are digits. */
  IS_DIGIT,
  /** VARCHAR -> BOOLEAN: whether it is a number as {@link Double#parseDouble} reads one. */
  IS_DECIMAL,
  /** (text, from, to): character by character; what has no partner in {@code to} goes. */
  TRANSLATE,
  /** (text, delimiter) -> VARCHAR ARRAY; the characters for an empty delimiter. */
  SPLIT,
  /** (url, part) or (url, 'QUERY', key): NULL for what is not there. */
  PARSE_URL,
  URL_ENCODE,
  /** NULL for what is not escaped right. */
  URL_DECODE,
  TO_BASE64,
  /** Fails for what is not the Base64 of a text. */
  FROM_BASE64,
  /** VARCHAR -> BINARY; NULL for what are not hexadecimal digits. */
  UNHEX,
  /** (text, character set) -> BINARY; fails for an unknown set. */
  ENCODE,
  /** (BINARY, character set) -> VARCHAR; fails for bytes that are no text of the set. */
  DECODE,
  // Digests of the UTF-8 bytes, as small hexadecimal digits.
  MD5,
  SHA1,
  SHA224,
  SHA256,
  SHA384,
  SHA512,

  // Date and time; DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ (taken in UTC). EXTRACT gives BIGINT. A
  // DATE has the time
  // 00:00; a TIME has no date, so only its own units can be asked of it.
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
  /** Whole seconds of the minute. */
  EXTRACT_SECOND,
  /** Milliseconds of the second. */
  EXTRACT_MILLISECOND,
  /** Whole seconds since 1970-01-01, cut toward the past; of a TIME, since midnight. */
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
  /**
   * (date or time, micros BIGINT): adds a day-time interval. A DATE whose result is a DATE moves by
   * whole days; a TIME goes round its day.
   */
  PLUS_MICROS,
  /**
   * (date or time, months BIGINT): adds a year-month interval; the day is cut to the month's last.
   */
  PLUS_MONTHS,
  /** (a, b): a - b in microseconds, BIGINT, for two dates or times of the same type. */
  MICROS_BETWEEN,
  /**
   * (a, b): whole months from b to a, BIGINT: the most that can be added to b, the day cut to the
   * month's last, without passing a. Negative when a is before b.
   */
  MONTHS_BETWEEN,
  /**
   * (time, pattern): java.time's DateTimeFormatter pattern, in UTC and English. Fails for a pattern
   * that does not parse or that asks for what the type does not have.
   */
  DATE_FORMAT,
  /**
   * (text, pattern) -> TIMESTAMP: NULL for a text that does not fit; what the pattern does not ask
   * for is of 1970-01-01 00:00:00.
   */
  TO_TIMESTAMP,
  /**
   * (text, zone, zone): a time of the first zone as one of the second, as yyyy-MM-dd HH:mm:ss; NULL
   * for a text in another form.
   */
  CONVERT_TZ,
  /**
   * (time, size BIGINT micros, offset BIGINT micros): start of the tumbling window that holds the
   * time. A size that is not positive fails.
   */
  TUMBLE_START,

  // JSON: the document as JSON or VARCHAR, a path as VARCHAR literal (SQL/JSON: $, .name, ['name'],
  // [index], lax mode;
  // an array is not unwrapped by itself). A document that is not valid JSON (RFC 8259) holds
  // nothing, as with NULL ON
  // ERROR. Of members with the same name the last counts. Numbers keep the document's spelling.
  /**
   * (document, path) -> VARCHAR: the scalar there as text, NULL for none or for an object or array.
   */
  JSON_VALUE,
  /**
   * (document, path) -> JSON text of the object or array there, as spelled but without blanks, else
   * NULL.
   */
  JSON_QUERY,
  /** (document, path) -> BOOLEAN: whether there is a value other than a JSON null. */
  JSON_EXISTS,

  /** (document, 'VALUE', 'OBJECT', 'ARRAY' or 'SCALAR' as literal) -> BOOLEAN. */
  IS_JSON,
  // Texts of values of any types, NULLs too; what is of type JSON stands as it is in the first two.
  /** (whether NULLs stay, name, value, name, value, ...) -> VARCHAR; the names are literals. */
  JSON_OBJECT,
  /** (whether NULLs stay, value, ...) -> VARCHAR. */
  JSON_ARRAY,
  /** A value of any type as JSON. */
  JSON_STRING,
  /** VARCHAR -> a JSON string of it in ASCII. */
  JSON_QUOTE,
  /** VARCHAR -> the text of the JSON string that it is; the text itself when it is none. */
  JSON_UNQUOTE,
  /** (format, value, ...): java.util.Formatter's; NULL for a format that does not fit. */
  PRINTF,

  // Arrays.
  /** Any number of values of one type -> an array of them; never NULL. */
  ARRAY,
  /** Of an array or a map. */
  CARDINALITY,
  /** (array, index BIGINT from 1): NULL outside. */
  ELEMENT,
  /** (array, value) -> BOOLEAN. */
  ARRAY_CONTAINS,
  /** (array, delimiter) -> VARCHAR, NULL elements left out. */
  ARRAY_JOIN,
  // NULL elements are equal to each other in these.
  /** (array, value) -> BIGINT: where it first stands, 0 when it does not. */
  ARRAY_POSITION,
  ARRAY_DISTINCT,
  ARRAY_REVERSE,
  /** (array, from BIGINT) or (array, from, to): with both ends; negative counts from the end. */
  ARRAY_SLICE,
  /** Any number of arrays. */
  ARRAY_CONCAT,
  /** The greatest element, NULL ones left out; NULL when there is none. */
  ARRAY_MAX,
  /** As ARRAY_MAX. */
  ARRAY_MIN,
  /** (array, array): the elements of the first that are not in the second. */
  ARRAY_REMOVE,
  // (array, array): each element once.
  ARRAY_UNION,
  ARRAY_INTERSECT,
  ARRAY_EXCEPT,
  /** (array, ascending BOOLEAN, NULLs first BOOLEAN). */
  ARRAY_SORT,
  /** The element of an array of one; NULL for none, fails for several. */
  ONLY_ELEMENT,

  // Rows and maps.
  /** The fields' values, each of its field's type -> ROW; never NULL. */
  ROW,
  /** (row, index INTEGER literal from 0): the field there. */
  FIELD,
  /** (map, key): the key's value, NULL when it is not there. */
  MAP_VALUE,
  /** The keys, in the order of the keys, as the next two are. */
  MAP_KEYS,
  MAP_VALUES,
  /** An array of rows of key and value. */
  MAP_ENTRIES,
  /**
   * (array, array) -> MAP: fails for arrays of other lengths and for a NULL key; of a key that
   * stands several times the last one counts.
   */
  MAP_FROM_ARRAYS,
  /** Any number of maps: of a key that several have the last one's value counts. */
  MAP_UNION,
  /**
   * (text, delimiter of pairs, delimiter of key and value): NULL for what has no value. Delimiters
   * that mean something in a regular expression fail.
   */
  STR_TO_MAP,

  /** Any number of arguments of the same type; NULL if one is NULL. */
  GREATEST,
  LEAST,

  /** (rows BIGINT) -> BOOLEAN: TRUE; a sub-query for a value that has more than one row fails. */
  ONE_ROW
}
