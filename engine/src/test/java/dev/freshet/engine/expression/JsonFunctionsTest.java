package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.column;
import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JsonFunctionsTest {
  static final Set<Function> LISTED =
      EnumSet.of(
          Function.IS_JSON,
          Function.JSON_OBJECT,
          Function.JSON_ARRAY,
          Function.JSON_STRING,
          Function.JSON_QUOTE,
          Function.JSON_UNQUOTE,
          Function.PRINTF);

  private static final String DOCUMENT =
      """
      {"id": 7, "name": "a\\"b\\u00e9\\ud83d\\ude00\\n", "price": 1.50, "big": 12345678901234567890.123,
       "flag": true, "off": false, "none": null, "tags": ["x", {"y": [1, 2]}, []], "a b": {"c.d": "deep"},
       "caf\\u00e9": 1, "dup": 1, "dup": {"z": 2}}
      """;

  private static Object json(Function function, String document, String path) {
    Expression documentColumn = column(0, Simple.JSON);
    Expression call =
        Calls.call(
            function,
            function == Function.JSON_EXISTS ? Simple.BOOLEAN : Simple.VARCHAR,
            documentColumn,
            text(path));
    return values(call, Calls.batch(Simple.JSON, null, document, "{\"other\": 1}")).get(1);
  }

  private static Object value(String path) {
    return json(Function.JSON_VALUE, DOCUMENT, path);
  }

  @Test
  void findsScalars() {
    assertThat(value("$.id")).isEqualTo("7");
    assertThat(value("$.name")).isEqualTo("a\"bé😀\n");
    assertThat(value("$.price")).isEqualTo("1.50");
    assertThat(value("$.big")).isEqualTo("12345678901234567890.123");
    assertThat(value("$.flag")).isEqualTo("true");
    assertThat(value("$.off")).isEqualTo("false");
    assertThat(value("$.none")).isNull();
    assertThat(value("$.missing")).isNull();
    assertThat(value("$.tags")).isNull();
    assertThat(value("$['a b']")).isNull();
  }

  @Test
  void followsPaths() {
    assertThat(value("$.tags[0]")).isEqualTo("x");
    assertThat(value("lax $.tags[1].y[1]")).isEqualTo("2");
    assertThat(value("strict $.tags[1].y[ 0 ]")).isEqualTo("1");
    assertThat(value("$.tags[9]")).isNull();
    assertThat(value("$.id.x")).isNull();
    assertThat(value("$.id[0]")).isNull();
    assertThat(value("$['a b'][\"c.d\"]")).isEqualTo("deep");
    assertThat(value("$.\"a b\"['c.d']")).isEqualTo("deep");
    assertThat(value("$.café")).isEqualTo("1");
    assertThat(json(Function.JSON_VALUE, "[10, 20]", "$[1]")).isEqualTo("20");
    assertThat(json(Function.JSON_VALUE, " \"x\" ", "$")).isEqualTo("x");
  }

  @Test
  void takesTheLastOfMembersWithTheSameName() {
    assertThat(value("$.dup")).isNull();
    assertThat(value("$.dup.z")).isEqualTo("2");
    assertThat(json(Function.JSON_VALUE, "{\"a\": {\"b\": 1}, \"a\": 2}", "$.a.b")).isNull();
  }

  @Test
  void queriesObjectsAndArraysOnly() {
    assertThat(json(Function.JSON_QUERY, DOCUMENT, "$.tags")).isEqualTo("[\"x\",{\"y\":[1,2]},[]]");
    assertThat(json(Function.JSON_QUERY, DOCUMENT, "$['a b']")).isEqualTo("{\"c.d\":\"deep\"}");
    assertThat(json(Function.JSON_QUERY, DOCUMENT, "$.id")).isNull();
    assertThat(json(Function.JSON_QUERY, "{\"a\": {\"b c\": \"d \\\" e\"}}", "$.a"))
        .isEqualTo("{\"b c\":\"d \\\" e\"}");
  }

  @Test
  void testsForExistence() {
    assertThat(json(Function.JSON_EXISTS, DOCUMENT, "$.id")).isEqualTo(true);
    assertThat(json(Function.JSON_EXISTS, DOCUMENT, "$.tags[2]")).isEqualTo(true);
    assertThat(json(Function.JSON_EXISTS, DOCUMENT, "$.missing")).isEqualTo(false);
    assertThat(json(Function.JSON_EXISTS, DOCUMENT, "$.none")).isEqualTo(false);
    assertThat(json(Function.JSON_EXISTS, "no json", "$")).isEqualTo(false);
  }

  @Test
  void givesNullForNullDocumentsAndPaths() {
    Expression call =
        Calls.call(Function.JSON_VALUE, Simple.VARCHAR, literal(Simple.JSON, null), text("$.a"));
    assertThat(Calls.value(call)).isNull();
    Expression noPath =
        Calls.call(Function.JSON_VALUE, Simple.VARCHAR, text("{}"), literal(Simple.VARCHAR, null));
    assertThat(Calls.value(noPath)).isNull();
  }

  @Test
  void findsNothingInInvalidDocuments() {
    String[] invalid = {
      "",
      " ",
      "{",
      "{\"a\":1",
      "{\"a\":1,}",
      "{\"a\" 1}",
      "{a:1}",
      "{\"a\":1} x",
      "{\"a\":01}",
      "{\"a\":1.}",
      "{\"a\":1,\"b\":\"\\x\"}",
      "{\"a\":1,\"b\":\"\\u12g4\"}",
      "{\"a\":1,\"b\":tru}",
      "{\"a\":1,\"b\":[1,]}",
      "{\"a\":1,\"b\":\"x\ny\"}",
      "{\"a\":1,\"b\":-}",
      "{\"a\":1,\"b\":1e}",
      "{\"a\":1]",
      "{\"a\":1,\"b\":\"",
      "{\"a\":1,\"b\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}"
    };
    for (String document : invalid) {
      assertThat(json(Function.JSON_VALUE, document, "$.a")).as(document).isNull();
    }
    assertThat(
            json(
                Function.JSON_VALUE,
                "{\"a\":1,\"b\":" + "[".repeat(900) + "]".repeat(900) + "}",
                "$.a"))
        .isEqualTo("1");
  }

  @Test
  void replacesHalfSurrogatePairs() {
    assertThat(json(Function.JSON_VALUE, "{\"a\": \"x\\ud83dy\"}", "$.a")).isEqualTo("x\uFFFDy");
  }

  @Test
  void refusesOtherPaths() {
    for (String path : new String[] {"$[*]", "$..a", "$.*", "$.a.size()", "$[?(@.a)]", "$[-1]"}) {
      assertThatThrownBy(() -> value(path))
          .as(path)
          .isInstanceOf(FreshetException.class)
          .hasMessageStartingWith("Cannot use the JSON path " + path);
    }
    for (String path : new String[] {"", "a", "$.", "$['a", "$[1", "$ x"}) {
      assertThatThrownBy(() -> value(path))
          .as(path)
          .isInstanceOf(FreshetException.class)
          .hasMessageStartingWith("Invalid JSON path: " + path);
    }
    Expression column =
        Calls.call(Function.JSON_VALUE, Simple.VARCHAR, text("{}"), column(0, Simple.VARCHAR));
    assertThatThrownBy(() -> Expressions.compile(column))
        .hasMessageContaining("its path is not a constant");
  }

  @Test
  void tellsWhatIsJson() {
    assertThat(isJson("{}", "OBJECT")).isEqualTo(true);
    assertThat(isJson("{}", "VALUE")).isEqualTo(true);
    assertThat(isJson("{}", "ARRAY")).isEqualTo(false);
    assertThat(isJson(" [1]", "ARRAY")).isEqualTo(true);
    assertThat(isJson("\"a\"", "SCALAR")).isEqualTo(true);
    assertThat(isJson("null", "SCALAR")).isEqualTo(true);
    assertThat(isJson("[1", "VALUE")).isEqualTo(false);
    assertThat(isJson("", "VALUE")).isEqualTo(false);
  }

  private static Object isJson(String text, String kind) {
    return Calls.value(Calls.call(Function.IS_JSON, Simple.BOOLEAN, text(text), text(kind)));
  }

  @Test
  void writesJsonOfValues() {
    Expression nothing = literal(Simple.VARCHAR, null);
    Expression json = literal(Simple.JSON, "{\"x\":1}");
    Expression keep = literal(Simple.BOOLEAN, true);
    Expression drop = literal(Simple.BOOLEAN, false);
    assertThat(
            Calls.value(
                Calls.call(
                    Function.JSON_OBJECT,
                    Simple.VARCHAR,
                    keep,
                    text("a"),
                    text("q\"uote"),
                    text("b"),
                    nothing,
                    text("c"),
                    json)))
        .isEqualTo("{\"a\":\"q\\\"uote\",\"b\":null,\"c\":{\"x\":1}}");
    assertThat(
            Calls.value(
                Calls.call(Function.JSON_ARRAY, Simple.VARCHAR, drop, nothing, json, text("z"))))
        .isEqualTo("[{\"x\":1},\"z\"]");
    assertThat(Calls.value(Calls.call(Function.JSON_ARRAY, Simple.VARCHAR, keep, nothing)))
        .isEqualTo("[null]");
  }

  @Test
  void quotesAndUnquotes() {
    assertThat(quoted("a\"b\\/\n\tü\u0001😀"))
        .isEqualTo("\"a\\\"b\\\\\\/\\n\\t\\u00fc\\u0001\\ud83d\\ude00\"");
    for (String text : List.of("", "a\"b\\/\n\tü\u0001😀", "{\"a\": 1}")) {
      assertThat(unquoted(quoted(text))).isEqualTo(text);
    }
    for (String text : List.of("", "abc", "\"", "\"a", "\"a\" ", "\"\\x\"", "{\"a\": 1}", "[1]")) {
      assertThat(unquoted(text)).isEqualTo(text);
    }
    assertThat(Calls.value(Calls.call(Function.JSON_STRING, Simple.VARCHAR, text("q\"x"))))
        .isEqualTo("\"q\\\"x\"");
    Expression nothing = literal(Simple.VARCHAR, null);
    assertThat(Calls.value(Calls.call(Function.JSON_STRING, Simple.VARCHAR, nothing))).isNull();
  }

  private static String quoted(String text) {
    return String.valueOf(Calls.value(Calls.call(Function.JSON_QUOTE, Simple.VARCHAR, text(text))));
  }

  private static String unquoted(String text) {
    return String.valueOf(
        Calls.value(Calls.call(Function.JSON_UNQUOTE, Simple.VARCHAR, text(text))));
  }

  @Test
  void printsValues() {
    Expression seven = literal(Simple.BIGINT, 7L);
    assertThat(
            Calls.value(
                Calls.call(Function.PRINTF, Simple.VARCHAR, text("%03d %s"), seven, text("x"))))
        .isEqualTo("007 x");
    assertThat(Calls.value(Calls.call(Function.PRINTF, Simple.VARCHAR, text("%d"), text("x"))))
        .isNull();
    assertThat(
            Calls.value(Calls.call(Function.PRINTF, Simple.VARCHAR, literal(Simple.VARCHAR, null))))
        .isNull();
  }
}
