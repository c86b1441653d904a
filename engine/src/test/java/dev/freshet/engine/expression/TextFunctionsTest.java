package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.bool;
import static dev.freshet.engine.expression.Calls.integer;
import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.number;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import org.junit.jupiter.api.Test;

class TextFunctionsTest {
  private static final Expression NOTHING = literal(Simple.VARCHAR, null);

  private static Object textOf(Function function, Expression... arguments) {
    return value(Calls.call(function, Simple.VARCHAR, arguments));
  }

  private static Object numberOf(Function function, Expression... arguments) {
    return value(Calls.call(function, Simple.BIGINT, arguments));
  }

  private static Object truth(Function function, Expression... arguments) {
    return value(Calls.call(function, Simple.BOOLEAN, arguments));
  }

  @Test
  void concatenatesUnlessOneIsNull() {
    assertThat(textOf(Function.CONCAT, text("a"), text(""), text("ü"))).isEqualTo("aü");
    assertThat(textOf(Function.CONCAT, text("a"), NOTHING)).isNull();
    assertThat(
            textOf(Function.CONCAT, text("x".repeat(9 << 20)), text("x".repeat(9 << 20)))
                .toString())
        .endsWith("the result is longer than the limit of 16 MiB.");
  }

  @Test
  void changesCaseBeyondAscii() {
    assertThat(textOf(Function.UPPER, text("azAZ09{`"))).isEqualTo("AZAZ09{`");
    assertThat(textOf(Function.LOWER, text("azAZ@["))).isEqualTo("azaz@[");
    assertThat(textOf(Function.UPPER, text("straße"))).isEqualTo("STRASSE");
    assertThat(textOf(Function.LOWER, text("ÄI"))).isEqualTo("äi");
    assertThat(textOf(Function.LOWER, NOTHING)).isNull();
  }

  @Test
  void countsCodePoints() {
    assertThat(numberOf(Function.CHAR_LENGTH, text("aü€😀"))).isEqualTo(4L);
    assertThat(numberOf(Function.CHAR_LENGTH, text(""))).isEqualTo(0L);
    assertThat(numberOf(Function.CHAR_LENGTH, NOTHING)).isNull();
    assertThat(textOf(Function.REVERSE, text("aü€😀"))).isEqualTo("😀€üa");
    assertThat(textOf(Function.REVERSE, text(""))).isEqualTo("");
    assertThat(textOf(Function.REVERSE, NOTHING)).isNull();
  }

  @Test
  void cutsSubstringsAsFlinkDoes() {
    assertThat(textOf(Function.SUBSTRING, text("h€llo"), number(2))).isEqualTo("€llo");
    assertThat(textOf(Function.SUBSTRING, text("h€llo"), number(2), number(2))).isEqualTo("€l");
    assertThat(textOf(Function.SUBSTRING, text("hello"), number(0), number(2))).isEqualTo("he");
    assertThat(textOf(Function.SUBSTRING, text("h€llo"), number(-4), number(2))).isEqualTo("€l");
    assertThat(textOf(Function.SUBSTRING, text("hello"), number(-9), number(2))).isEqualTo("");
    assertThat(textOf(Function.SUBSTRING, text("hello"), number(9), number(2))).isEqualTo("");
    assertThat(textOf(Function.SUBSTRING, text("hello"), number(3), number(Long.MAX_VALUE)))
        .isEqualTo("llo");
    assertThat(textOf(Function.SUBSTRING, text("hello"), number(3), number(0))).isEqualTo("");
    assertThat(textOf(Function.SUBSTRING, text("hello"), number(3), number(-1)).toString())
        .isEqualTo("failed: Cannot evaluate SUBSTRING('hello', 3, -1): the length is negative.");
    assertThat(textOf(Function.SUBSTRING, NOTHING, number(3), number(-1))).isNull();
    assertThat(textOf(Function.LEFT, text("€uro"), integer(2))).isEqualTo("€u");
    assertThat(textOf(Function.LEFT, text("euro"), integer(-2))).isEqualTo("");
    assertThat(textOf(Function.LEFT, text("euro"), integer(9))).isEqualTo("euro");
    assertThat(textOf(Function.LEFT, NOTHING, integer(9))).isNull();
    assertThat(textOf(Function.RIGHT, text("eur€s"), integer(2))).isEqualTo("€s");
    assertThat(textOf(Function.RIGHT, text("euro"), integer(-2))).isEqualTo("");
    assertThat(textOf(Function.RIGHT, text("euro"), integer(9))).isEqualTo("euro");
    assertThat(textOf(Function.RIGHT, text("euro"), literal(Simple.INTEGER, null))).isNull();
  }

  @Test
  void trimsAnyOfTheCharacters() {
    assertThat(textOf(Function.TRIM, text("  a b "), text(" "))).isEqualTo("a b");
    assertThat(textOf(Function.TRIM, text("  a b "))).isEqualTo("a b");
    assertThat(textOf(Function.LTRIM, text("xyxaxy"), text("yx"))).isEqualTo("axy");
    assertThat(textOf(Function.RTRIM, text("xyxaxy"), text("yx"))).isEqualTo("xyxa");
    assertThat(textOf(Function.TRIM, text("€a€"), text("€"))).isEqualTo("a");
    assertThat(textOf(Function.TRIM, text("   "), text(" "))).isEqualTo("");
    assertThat(textOf(Function.TRIM, text("aa"), text(""))).isEqualTo("aa");
    assertThat(textOf(Function.TRIM, text("aa"), NOTHING)).isNull();
  }

  @Test
  void replacesEveryOccurrence() {
    assertThat(textOf(Function.REPLACE, text("banana"), text("an"), text("-"))).isEqualTo("b--a");
    assertThat(textOf(Function.REPLACE, text("banana"), text("x"), text("-"))).isEqualTo("banana");
    assertThat(textOf(Function.REPLACE, text("banana"), text("banana"), text(""))).isEqualTo("");
    assertThat(textOf(Function.REPLACE, text("a€"), text(""), text("-"))).isEqualTo("-a-€-");
    assertThat(textOf(Function.REPLACE, text(""), text(""), text("-"))).isEqualTo("-");
    assertThat(textOf(Function.REPLACE, text("a"), NOTHING, text("-"))).isNull();
    assertThat(
            textOf(
                    Function.REPLACE,
                    text("a".repeat(1 << 16)),
                    text("a"),
                    text("x".repeat(1 << 10)))
                .toString())
        .endsWith("longer than the limit of 16 MiB.");
  }

  @Test
  void findsPositionsInCodePoints() {
    assertThat(numberOf(Function.POSITION, text("l"), text("h€llo"))).isEqualTo(3L);
    assertThat(numberOf(Function.POSITION, text("x"), text("h€llo"))).isEqualTo(0L);
    assertThat(numberOf(Function.POSITION, text(""), text("h€llo"))).isEqualTo(1L);
    assertThat(numberOf(Function.POSITION, NOTHING, text("h€llo"))).isNull();
  }

  @Test
  void pads() {
    assertThat(textOf(Function.LPAD, text("7"), integer(3), text("0"))).isEqualTo("007");
    assertThat(textOf(Function.LPAD, text("7"), integer(4), text("€x"))).isEqualTo("€x€7");
    assertThat(textOf(Function.RPAD, text("7"), integer(4), text("€x"))).isEqualTo("7€x€");
    assertThat(textOf(Function.LPAD, text("h€llo"), integer(2), text("0"))).isEqualTo("h€");
    assertThat(textOf(Function.RPAD, text("hello"), integer(0), text("0"))).isEqualTo("");
    assertThat(textOf(Function.RPAD, text("hello"), integer(-1), text("0"))).isNull();
    assertThat(textOf(Function.LPAD, text("hello"), integer(9), text(""))).isNull();
    assertThat(textOf(Function.LPAD, NOTHING, integer(9), text(""))).isNull();
    assertThat(textOf(Function.LPAD, text("x"), integer(Integer.MAX_VALUE), text("0")).toString())
        .startsWith("failed:");
  }

  @Test
  void splits() {
    assertThat(textOf(Function.SPLIT_INDEX, text("a,b,,c"), text(","), integer(1))).isEqualTo("b");
    assertThat(textOf(Function.SPLIT_INDEX, text("a,b,,c"), text(","), integer(2))).isEqualTo("");
    assertThat(textOf(Function.SPLIT_INDEX, text("a,b,,c"), text(","), integer(3))).isEqualTo("c");
    assertThat(textOf(Function.SPLIT_INDEX, text("a,b,,c"), text(","), integer(4))).isNull();
    assertThat(textOf(Function.SPLIT_INDEX, text("a,b,"), text(","), integer(2))).isEqualTo("");
    assertThat(textOf(Function.SPLIT_INDEX, text("a<>b"), text("<>"), integer(1))).isEqualTo("b");
    assertThat(textOf(Function.SPLIT_INDEX, text("a b"), text(""), integer(1))).isEqualTo("b");
    assertThat(textOf(Function.SPLIT_INDEX, text(""), text(","), integer(0))).isNull();
    assertThat(textOf(Function.SPLIT_INDEX, text("a"), text(","), integer(-1))).isNull();
    assertThat(textOf(Function.SPLIT_INDEX, NOTHING, text(","), integer(0))).isNull();
  }

  @Test
  void matchesLikePatterns() {
    String[] matching = {
      "abc", "abc", "abc", "a%", "abc", "%c", "abc", "%b%", "abc", "a_c", "abc", "%", "", "%", "",
      "", "a€c", "a_c", "€x", "_x", "aXbXc", "a%X%c", "abcbc", "a%bc", "ab", "%_b", "a\nb", "a%b",
      "😀", "_"
    };
    for (int i = 0; i < matching.length; i += 2) {
      assertThat(truth(Function.LIKE, text(matching[i]), text(matching[i + 1])))
          .as(matching[i] + " LIKE " + matching[i + 1])
          .isEqualTo(true);
    }
    String[] others = {
      "abc", "ab", "abc", "b%", "abc", "%b", "abc", "%x%", "abc", "a_", "", "_", "a€", "a__", "ABC",
      "abc", "abcd", "a%c", "ab", "a%_%_%b"
    };
    for (int i = 0; i < others.length; i += 2) {
      assertThat(truth(Function.LIKE, text(others[i]), text(others[i + 1])))
          .as(others[i] + " LIKE " + others[i + 1])
          .isEqualTo(false);
    }
    assertThat(truth(Function.LIKE, NOTHING, text("%"))).isNull();
    assertThat(truth(Function.LIKE, text("a"), NOTHING)).isNull();
  }

  @Test
  void escapesInLikePatterns() {
    assertThat(truth(Function.LIKE, text("100%"), text("100!%"), text("!"))).isEqualTo(true);
    assertThat(truth(Function.LIKE, text("1000"), text("100!%"), text("!"))).isEqualTo(false);
    assertThat(truth(Function.LIKE, text("a_b!c"), text("_!_%!!c"), text("!"))).isEqualTo(true);
    assertThat(truth(Function.LIKE, text("€%"), text("€€€%"), text("€"))).isEqualTo(true);
    assertThat(truth(Function.LIKE, text("a"), text("a!"), text("!")).toString())
        .isEqualTo("failed: Cannot evaluate LIKE('a', 'a!', '!'): the pattern is not valid.");
    assertThat(truth(Function.LIKE, text("a"), text("a!b"), text("!")).toString())
        .startsWith("failed:");
    assertThat(truth(Function.LIKE, text("a"), text("a"), text("!!")).toString())
        .startsWith("failed:");
    assertThat(truth(Function.LIKE, text("a"), text("a"), text("")).toString())
        .startsWith("failed:");
  }

  @Test
  void findsRegularExpressions() {
    assertThat(truth(Function.REGEXP, text("order-42"), text("\\d+$"))).isEqualTo(true);
    assertThat(truth(Function.REGEXP, text("order"), text("\\d"))).isEqualTo(false);
    assertThat(truth(Function.REGEXP, text("order"), text(""))).isEqualTo(false);
    assertThat(truth(Function.REGEXP, NOTHING, text(""))).isNull();
    assertThat(truth(Function.REGEXP, text("order"), text("(")).toString())
        .isEqualTo("failed: Cannot evaluate REGEXP('order', '('): the pattern is not valid.");
    assertThat(textOf(Function.REGEXP_EXTRACT, text("k=v;x"), text("(\\w)=(\\w)"), integer(2)))
        .isEqualTo("v");
    assertThat(textOf(Function.REGEXP_EXTRACT, text("k=v;x"), text("(\\w)=(\\w)"), integer(0)))
        .isEqualTo("k=v");
    assertThat(textOf(Function.REGEXP_EXTRACT, text("k=v;x"), text("(\\w)=(\\w)"), integer(3)))
        .isNull();
    assertThat(textOf(Function.REGEXP_EXTRACT, text("kv"), text("(\\w)=(\\w)"), integer(1)))
        .isNull();
    assertThat(textOf(Function.REGEXP_EXTRACT, text("b"), text("(a)|b"), integer(1))).isNull();
    assertThat(textOf(Function.REGEXP_EXTRACT, text("kv"), text("["), integer(1)).toString())
        .startsWith("failed:");
    assertThat(textOf(Function.REGEXP_EXTRACT, NOTHING, text("["), integer(1))).isNull();
  }

  @Test
  void refusesWhatIsNotText() {
    assertThatThrownBy(() -> truth(Function.LIKE, bool(true), text("%")))
        .isInstanceOf(FreshetException.class)
        .hasMessageStartingWith("Cannot evaluate LIKE(BOOLEAN, VARCHAR) as BOOLEAN.");
  }
}
