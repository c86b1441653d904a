package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.call;
import static dev.freshet.engine.expression.Calls.decimal;
import static dev.freshet.engine.expression.Calls.integer;
import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.number;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Functions of Flink's built-in page by their answers; each is computed in all forms. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuiltInsTest {
  /** The functions that this test answers for. */
  static final Set<Function> LISTED =
      EnumSet.of(
          Function.SIN,
          Function.COS,
          Function.TAN,
          Function.ASIN,
          Function.ACOS,
          Function.ATAN,
          Function.ATAN2,
          Function.SINH,
          Function.COSH,
          Function.TANH,
          Function.TRUNCATE,
          Function.BIN,
          Function.HEX,
          Function.REGEXP_EXTRACT_ALL,
          Function.REGEXP_REPLACE,
          Function.REGEXP_COUNT,
          Function.REGEXP_INSTR,
          Function.REPEAT,
          Function.INITCAP,
          Function.OVERLAY,
          Function.ASCII,
          Function.CHR,
          Function.STARTSWITH,
          Function.ENDSWITH,
          Function.IS_ALPHA,
          Function.IS_DIGIT,
          Function.IS_DECIMAL,
          Function.TRANSLATE,
          Function.SPLIT,
          Function.PARSE_URL,
          Function.URL_ENCODE,
          Function.URL_DECODE,
          Function.TO_BASE64,
          Function.FROM_BASE64,
          Function.UNHEX,
          Function.ENCODE,
          Function.DECODE,
          Function.MD5,
          Function.SHA1,
          Function.SHA224,
          Function.SHA256,
          Function.SHA384,
          Function.SHA512,
          Function.TO_TIMESTAMP,
          Function.CONVERT_TZ,
          Function.ARRAY,
          Function.ARRAY_MAX,
          Function.ARRAY_MIN,
          Function.ARRAY_REMOVE,
          Function.ARRAY_POSITION,
          Function.ARRAY_DISTINCT,
          Function.ARRAY_REVERSE,
          Function.ARRAY_SLICE,
          Function.ARRAY_CONCAT,
          Function.ARRAY_UNION,
          Function.ARRAY_INTERSECT,
          Function.ARRAY_EXCEPT);

  private static final Expression NOTHING = literal(Simple.VARCHAR, null);
  private static final DataType TEXTS = new DataType.Array(Simple.VARCHAR);

  private final Set<Function> tested = EnumSet.noneOf(Function.class);

  private Object of(Function function, DataType type, Expression... arguments) {
    tested.add(function);
    return value(call(function, type, arguments));
  }

  private Object textOf(Function function, Expression... arguments) {
    return of(function, Simple.VARCHAR, arguments);
  }

  private Object countOf(Function function, Expression... arguments) {
    return of(function, Simple.BIGINT, arguments);
  }

  private static Expression texts(String... elements) {
    return literal(TEXTS, Arrays.asList(elements));
  }

  @AfterAll
  void answersForAllThatItLists() {
    assertThat(tested).containsAll(LISTED);
  }

  @Test
  void computesAngles() {
    double x = 0.7;
    List<Double> expected =
        List.of(
            Math.sin(x),
            Math.cos(x),
            Math.tan(x),
            Math.asin(x),
            Math.acos(x),
            Math.atan(x),
            Math.sinh(x),
            Math.cosh(x),
            Math.tanh(x));
    List<Function> functions =
        List.of(
            Function.SIN,
            Function.COS,
            Function.TAN,
            Function.ASIN,
            Function.ACOS,
            Function.ATAN,
            Function.SINH,
            Function.COSH,
            Function.TANH);
    for (int i = 0; i < functions.size(); i++) {
      assertThat((Double) of(functions.get(i), Simple.DOUBLE, number(x)))
          .as(functions.get(i).name())
          .isCloseTo(expected.get(i), within(1e-14));
    }
    assertThat(of(Function.ATAN2, Simple.DOUBLE, number(1.0), number(-1.0)))
        .isEqualTo(3 * Math.PI / 4);
    assertThat(of(Function.ASIN, Simple.DOUBLE, number(2.0))).isEqualTo(Double.NaN);
  }

  @Test
  void truncatesTowardZero() {
    DataType one = new DataType.Decimal(5, 1);
    assertThat(of(Function.TRUNCATE, one, decimal("42.39", 5, 2), integer(1)))
        .isEqualTo(new BigDecimal("42.3"));
    assertThat(of(Function.TRUNCATE, one, decimal("-42.39", 5, 2), integer(1)))
        .isEqualTo(new BigDecimal("-42.3"));
    assertThat(
            of(Function.TRUNCATE, new DataType.Decimal(5, 0), decimal("-49.99", 5, 2), integer(-1)))
        .isEqualTo(new BigDecimal("-40"));
    assertThat(of(Function.TRUNCATE, Simple.DOUBLE, number(42.389), integer(2))).isEqualTo(42.38);
    assertThat(of(Function.TRUNCATE, Simple.DOUBLE, number(-42.389), integer(-1))).isEqualTo(-40.0);
    assertThat(of(Function.TRUNCATE, Simple.BIGINT, number(-199), integer(-2))).isEqualTo(-100L);
    assertThat(of(Function.TRUNCATE, Simple.BIGINT, number(199), integer(2))).isEqualTo(199L);
    assertThat(of(Function.TRUNCATE, Simple.BIGINT, number(Long.MAX_VALUE), integer(-30)))
        .isEqualTo(0L);
  }

  @Test
  void writesNumbersInOtherBases() {
    assertThat(textOf(Function.BIN, number(12))).isEqualTo("1100");
    assertThat(textOf(Function.BIN, number(-1))).isEqualTo("1".repeat(64));
    assertThat(textOf(Function.HEX, number(255))).isEqualTo("FF");
    assertThat(textOf(Function.HEX, text("ü!"))).isEqualTo("C3BC21");
    assertThat(textOf(Function.HEX, NOTHING)).isNull();
    assertThat((byte[]) of(Function.UNHEX, Simple.BINARY, text("F0a1")))
        .containsExactly(0xF0, 0xA1);
    assertThat((byte[]) of(Function.UNHEX, Simple.BINARY, text("F0a"))).containsExactly(0x0F, 0x0A);
    assertThat(of(Function.UNHEX, Simple.BINARY, text("xy"))).isNull();
  }

  @Test
  void repeatsOverlaysAndCapitalises() {
    assertThat(textOf(Function.REPEAT, text("aü"), number(3))).isEqualTo("aüaüaü");
    assertThat(textOf(Function.REPEAT, text("aü"), number(-1))).isEqualTo("");
    assertThat(textOf(Function.REPEAT, text(""), number(Long.MAX_VALUE))).isEqualTo("");
    assertThat(textOf(Function.REPEAT, text("a"), number(1L << 40)).toString())
        .endsWith("the result is longer than the limit of 16 MiB.");
    assertThat(textOf(Function.OVERLAY, text("xxxxxtest"), text("xxxx"), number(6), number(4)))
        .isEqualTo("xxxxxxxxx");
    assertThat(textOf(Function.OVERLAY, text("xxxxxtest"), text("xxxx"), number(6), number(2)))
        .isEqualTo("xxxxxxxxxst");
    assertThat(textOf(Function.OVERLAY, text("äöü"), text("-"), number(2), number(1)))
        .isEqualTo("ä-ü");
    assertThat(textOf(Function.OVERLAY, text("abc"), text("-"), number(2), number(0)))
        .isEqualTo("a-");
    assertThat(textOf(Function.OVERLAY, text("abc"), text("-"), number(4), number(1)))
        .isEqualTo("abc");
    assertThat(textOf(Function.OVERLAY, text("abc"), text("-"), number(0), number(1)))
        .isEqualTo("abc");
    assertThat(textOf(Function.INITCAP, text("hELLO wORLD-a1b é"))).isEqualTo("Hello World-A1b é");
  }

  @Test
  void tellsWhatATextConsistsOf() {
    assertThat(is(Function.IS_ALPHA, "grün")).isEqualTo(true);
    assertThat(is(Function.IS_ALPHA, "a1")).isEqualTo(false);
    assertThat(is(Function.IS_ALPHA, "")).isEqualTo(false);
    assertThat(is(Function.IS_DIGIT, "0123")).isEqualTo(true);
    assertThat(is(Function.IS_DIGIT, "-1")).isEqualTo(false);
    assertThat(is(Function.IS_DIGIT, "")).isEqualTo(false);
    assertThat(is(Function.IS_DECIMAL, "-1.50")).isEqualTo(true);
    assertThat(is(Function.IS_DECIMAL, "1e3")).isEqualTo(true);
    assertThat(is(Function.IS_DECIMAL, "1,5")).isEqualTo(false);
    assertThat(is(Function.IS_DECIMAL, "")).isEqualTo(false);
  }

  private Object is(Function function, String text) {
    return of(function, Simple.BOOLEAN, text(text));
  }

  @Test
  void looksAtSingleCharacters() {
    assertThat(countOf(Function.ASCII, text("abc"))).isEqualTo(97L);
    assertThat(countOf(Function.ASCII, text(""))).isEqualTo(0L);
    assertThat(countOf(Function.ASCII, NOTHING)).isNull();
    assertThat(textOf(Function.CHR, number(97))).isEqualTo("a");
    assertThat(textOf(Function.CHR, number(353))).isEqualTo("a");
    assertThat(textOf(Function.CHR, number(228))).isEqualTo("ä");
    assertThat(textOf(Function.CHR, number(-1))).isEqualTo("");
    assertThat(of(Function.STARTSWITH, Simple.BOOLEAN, text("grün"), text("gr"))).isEqualTo(true);
    assertThat(of(Function.STARTSWITH, Simple.BOOLEAN, text("g"), text("gr"))).isEqualTo(false);
    assertThat(of(Function.STARTSWITH, Simple.BOOLEAN, text(""), text(""))).isEqualTo(true);
    assertThat(of(Function.ENDSWITH, Simple.BOOLEAN, text("grün"), text("ün"))).isEqualTo(true);
    assertThat(of(Function.ENDSWITH, Simple.BOOLEAN, text("n"), text("ün"))).isEqualTo(false);
    assertThat(textOf(Function.TRANSLATE, text("grünes Ei"), text("üeE"), text("uo")))
        .isEqualTo("grunos i");
    assertThat(value(call(Function.POSITION, Simple.BIGINT, text("l"), text("hello"), number(4))))
        .isEqualTo(4L);
    assertThat(value(call(Function.POSITION, Simple.BIGINT, text("h"), text("hello"), number(2))))
        .isEqualTo(0L);
    assertThat(value(call(Function.POSITION, Simple.BIGINT, text("ü"), text("üü"), number(2))))
        .isEqualTo(2L);
    assertThat(value(call(Function.POSITION, Simple.BIGINT, text("h"), text("hello"), number(-5))))
        .isEqualTo(1L);
  }

  @Test
  void findsAndReplacesByRegex() {
    assertThat(textOf(Function.REGEXP_REPLACE, text("foobar"), text("oo|ar"), text("")))
        .isEqualTo("fb");
    assertThat(textOf(Function.REGEXP_REPLACE, text("a1b2"), text("[0-9]"), text("$0\\")))
        .isEqualTo("a$0\\b$0\\");
    assertThat(textOf(Function.REGEXP_REPLACE, text("a"), text("("), text("")).toString())
        .endsWith("the pattern is not valid.");
    assertThat(countOf(Function.REGEXP_COUNT, text("banana"), text("an"))).isEqualTo(2L);
    assertThat(countOf(Function.REGEXP_INSTR, text("ünnb"), text("n+"))).isEqualTo(2L);
    assertThat(countOf(Function.REGEXP_INSTR, text("x"), text("n"))).isEqualTo(0L);
    assertThat(
            of(
                Function.REGEXP_EXTRACT_ALL,
                TEXTS,
                text("100-200, 3-4"),
                text("(\\d+)-(\\d+)"),
                integer(1)))
        .isEqualTo(List.of("100", "3"));
    assertThat(of(Function.REGEXP_EXTRACT_ALL, TEXTS, text("abc"), text("(\\d+)"), integer(0)))
        .isEqualTo(List.of());
    assertThat(of(Function.REGEXP_EXTRACT_ALL, TEXTS, text("abc"), text("b"), integer(1))).isNull();
  }

  @Test
  void aPatternThatBacktracksWithoutEndFailsItsRow() {
    Expression text = text("a".repeat(60));
    Expression regex = text("(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b");
    for (Expression call :
        List.of(
            call(Function.REGEXP, Simple.BOOLEAN, text, regex),
            call(Function.REGEXP_COUNT, Simple.BIGINT, text, regex),
            call(Function.REGEXP_INSTR, Simple.BIGINT, text, regex),
            call(Function.REGEXP_REPLACE, Simple.VARCHAR, text, regex, text("")),
            call(Function.REGEXP_EXTRACT, Simple.VARCHAR, text, regex, integer(0)),
            call(Function.REGEXP_EXTRACT_ALL, TEXTS, text, regex, integer(0)))) {
      assertThat(Calls.values(call, Calls.batch(Simple.BOOLEAN, true)).getFirst().toString())
          .endsWith("matching the pattern takes too many steps.");
    }
  }

  @Test
  void aLongTextIsMatchedAsLongAsItsStepsAreInProportion() {
    Expression text = text("ab".repeat(1 << 20));
    assertThat(value(call(Function.REGEXP, Simple.BOOLEAN, text, text("ba$|x")))).isEqualTo(false);
    assertThat(value(call(Function.REGEXP_COUNT, Simple.BIGINT, text, text("a[^c]"))))
        .isEqualTo(1L << 20);
  }

  @Test
  void splitsTexts() {
    assertThat(of(Function.SPLIT, TEXTS, text("a,b,,c,"), text(",")))
        .isEqualTo(List.of("a", "b", "", "c", ""));
    assertThat(of(Function.SPLIT, TEXTS, text("ab"), text("::"))).isEqualTo(List.of("ab"));
    assertThat(of(Function.SPLIT, TEXTS, text("aü😀"), text("")))
        .isEqualTo(List.of("a", "ü", "😀"));
    assertThat(of(Function.SPLIT, TEXTS, NOTHING, text(","))).isNull();
  }

  @Test
  void takesUrlsApart() {
    Expression url = text("http://user:pw@facebook.com:80/path1/p.php?k1=v1&k2=v2#Ref1");
    List<String> parts =
        List.of("HOST", "PATH", "QUERY", "REF", "PROTOCOL", "AUTHORITY", "FILE", "USERINFO");
    List<Object> found = new ArrayList<>();
    parts.forEach(part -> found.add(textOf(Function.PARSE_URL, url, text(part))));
    assertThat(found)
        .containsExactly(
            "facebook.com",
            "/path1/p.php",
            "k1=v1&k2=v2",
            "Ref1",
            "http",
            "user:pw@facebook.com:80",
            "/path1/p.php?k1=v1&k2=v2",
            "user:pw");
    assertThat(textOf(Function.PARSE_URL, url, text("QUERY"), text("k2"))).isEqualTo("v2");
    assertThat(textOf(Function.PARSE_URL, url, text("QUERY"), text("k"))).isNull();
    assertThat(textOf(Function.PARSE_URL, url, text("host"))).isNull();
    assertThat(textOf(Function.PARSE_URL, text("no url"), text("HOST"))).isNull();
    assertThat(textOf(Function.PARSE_URL, text("https://[::1]:8/x"), text("HOST")))
        .isEqualTo("[::1]");
  }

  @Test
  void encodesAndDecodes() {
    assertThat(textOf(Function.TO_BASE64, text("hello world"))).isEqualTo("aGVsbG8gd29ybGQ=");
    assertThat(textOf(Function.FROM_BASE64, text("aGVsbG8gd29ybGQ="))).isEqualTo("hello world");
    assertThat(textOf(Function.FROM_BASE64, text("%")).toString()).startsWith("failed:");
    assertThat(textOf(Function.FROM_BASE64, text("/w==")).toString()).startsWith("failed:");
    assertThat(textOf(Function.URL_ENCODE, text("a b/ü"))).isEqualTo("a+b%2F%C3%BC");
    assertThat(textOf(Function.URL_DECODE, text("a+b%2F%C3%BC"))).isEqualTo("a b/ü");
    assertThat(textOf(Function.URL_DECODE, text("%zz"))).isNull();
    assertThat((byte[]) of(Function.ENCODE, Simple.BINARY, text("ü"), text("iso-8859-1")))
        .containsExactly(0xFC);
    assertThat(of(Function.ENCODE, Simple.BINARY, text("ü"), text("EBCDIC")).toString())
        .endsWith("an argument is out of its range.");
    Expression bytes = literal(Simple.BINARY, "ü".getBytes(StandardCharsets.UTF_16BE));
    assertThat(textOf(Function.DECODE, bytes, text("UTF-16BE"))).isEqualTo("ü");
    assertThat(textOf(Function.DECODE, bytes, text("US-ASCII")).toString()).startsWith("failed:");
  }

  @Test
  void digestsAsTheStandardsSay() {
    assertThat(textOf(Function.MD5, text("abc"))).isEqualTo("900150983cd24fb0d6963f7d28e17f72");
    assertThat(textOf(Function.SHA1, text("abc")))
        .isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
    assertThat(textOf(Function.SHA224, text("abc")))
        .isEqualTo("23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
    assertThat(textOf(Function.SHA256, text("abc")))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(textOf(Function.SHA384, text("abc")).toString())
        .startsWith("cb00753f45a35e8b")
        .hasSize(96);
    assertThat(textOf(Function.SHA512, text("abc")).toString())
        .startsWith("ddaf35a193617aba")
        .hasSize(128);
    assertThat(textOf(Function.MD5, NOTHING)).isNull();
  }

  @Test
  void readsTimesByAPattern() {
    assertThat(
            of(
                Function.TO_TIMESTAMP,
                Simple.TIMESTAMP,
                text("24.11.2026 09:30"),
                text("dd.MM.yyyy HH:mm")))
        .isEqualTo(LocalDateTime.of(2026, 11, 24, 9, 30));
    assertThat(of(Function.TO_TIMESTAMP, Simple.TIMESTAMP, text("2026"), text("yyyy")))
        .isEqualTo(LocalDateTime.of(2026, 1, 1, 0, 0));
    assertThat(of(Function.TO_TIMESTAMP, Simple.TIMESTAMP, text("09:30"), text("HH:mm")))
        .isEqualTo(LocalDateTime.of(1970, 1, 1, 9, 30));
    assertThat(of(Function.TO_TIMESTAMP, Simple.TIMESTAMP, text("x"), text("yyyy"))).isNull();
    assertThat(of(Function.TO_TIMESTAMP, Simple.TIMESTAMP, text("x"), text("{")).toString())
        .endsWith("the pattern is not valid.");
    assertThat(
            textOf(
                Function.CONVERT_TZ,
                text("1970-01-01 00:00:00"),
                text("UTC"),
                text("America/Los_Angeles")))
        .isEqualTo("1969-12-31 16:00:00");
    assertThat(textOf(Function.CONVERT_TZ, text("today"), text("UTC"), text("Asia/Tokyo")))
        .isNull();
    assertThat(
            textOf(Function.CONVERT_TZ, text("1970-01-01 00:00:00"), text("UTC"), text("Mars"))
                .toString())
        .endsWith("an argument is out of its range.");
  }

  @Test
  void worksOnArrays() {
    Expression array = texts("a", null, "b", "a");
    assertThat(countOf(Function.ARRAY_POSITION, array, text("b"))).isEqualTo(3L);
    assertThat(countOf(Function.ARRAY_POSITION, array, text("x"))).isEqualTo(0L);
    assertThat(of(Function.ARRAY_DISTINCT, TEXTS, array)).isEqualTo(Arrays.asList("a", null, "b"));
    assertThat(of(Function.ARRAY_REVERSE, TEXTS, array))
        .isEqualTo(Arrays.asList("a", "b", null, "a"));
    assertThat(of(Function.ARRAY_SLICE, TEXTS, array, number(2), number(3)))
        .isEqualTo(Arrays.asList(null, "b"));
    assertThat(of(Function.ARRAY_SLICE, TEXTS, array, number(-2))).isEqualTo(List.of("b", "a"));
    assertThat(of(Function.ARRAY_SLICE, TEXTS, array, number(3), number(2))).isEqualTo(List.of());
    assertThat(of(Function.ARRAY_SLICE, TEXTS, array, number(0), number(1)))
        .isEqualTo(List.of("a"));
    Expression other = texts("c", "a", null);
    assertThat(of(Function.ARRAY_CONCAT, TEXTS, texts("a"), other))
        .isEqualTo(Arrays.asList("a", "c", "a", null));
    assertThat(of(Function.ARRAY_UNION, TEXTS, array, other))
        .isEqualTo(Arrays.asList("a", null, "b", "c"));
    assertThat(of(Function.ARRAY_INTERSECT, TEXTS, array, other))
        .isEqualTo(Arrays.asList("a", null));
    assertThat(of(Function.ARRAY_EXCEPT, TEXTS, array, other)).isEqualTo(List.of("b"));
    assertThat(of(Function.ARRAY_EXCEPT, TEXTS, array, literal(TEXTS, null))).isNull();
    assertThat(of(Function.ARRAY_REMOVE, TEXTS, array, texts("a")))
        .isEqualTo(Arrays.asList(null, "b"));
    assertThat(of(Function.ARRAY_REMOVE, TEXTS, array, texts("b", null)))
        .isEqualTo(List.of("a", "a"));
    assertThat(textOf(Function.ARRAY_MAX, array)).isEqualTo("b");
    assertThat(textOf(Function.ARRAY_MIN, array)).isEqualTo("a");
    assertThat(textOf(Function.ARRAY_MIN, texts((String) null))).isNull();
    assertThat(textOf(Function.ARRAY_MIN, texts())).isNull();
  }

  @Test
  void makesArraysOfValuesAndNulls() {
    assertThat(of(Function.ARRAY, TEXTS, text("a"), NOTHING, text("b")))
        .isEqualTo(Arrays.asList("a", null, "b"));
    assertThat(of(Function.ARRAY, TEXTS)).isEqualTo(List.of());
    assertThat(of(Function.ARRAY, TEXTS, NOTHING)).isEqualTo(Arrays.asList((Object) null));
    Expression fails = Calls.cast(text("x"), Simple.BIGINT);
    assertThat(of(Function.ARRAY, new DataType.Array(Simple.BIGINT), number(1), fails).toString())
        .startsWith("failed: Cannot evaluate CAST('x' AS BIGINT)");
  }
}
