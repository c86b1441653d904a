package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.batch;
import static dev.freshet.engine.expression.Calls.call;
import static dev.freshet.engine.expression.Calls.column;
import static dev.freshet.engine.expression.Calls.integer;
import static dev.freshet.engine.expression.Calls.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredTextTest {
  private static final List<String> PIECES =
      List.of(
          "a",
          "b",
          "ab",
          "=x",
          "\\.",
          ".",
          "a*",
          "b+",
          "x?",
          "[ab]",
          "[^&]*",
          "[a-x]+?",
          "(a|b)",
          "(ab|)",
          "(?:=x)?",
          "^",
          "$",
          "\\b",
          "\\d",
          "\\w*",
          "(&|^)",
          "é",
          "😀",
          "(a(b|=)x)+",
          "a{2}",
          "(?i)a",
          "[]a]",
          "\\x61",
          "a++",
          "&&",
          "|b",
          "]",
          "(=");

  private static final List<String> TEXTS =
      List.of("a", "b", "ab", "=", "x", "=x", "&", ".", "1", "é", "😀", "B", "aa", "abx", "\n");

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "(&|^)channel_id=([^&]*) channel_id= 1",
        "ab+cd cd " + RequiredText.UNKNOWN,
        "abc+ ab 0",
        "x?y?abc abc 2",
        ".abc abc 2",
        "a\\.b\\dxy a.b 0",
        "(?:one)+two two " + RequiredText.UNKNOWN
      })
  void findsTheLongestPlainRun(String regex, String wanted, int charsBefore) {
    RequiredText found = RequiredText.of(regex).orElseThrow();
    assertThat(new String(found.bytes(), StandardCharsets.US_ASCII)).isEqualTo(wanted);
    assertThat(found.charsBefore()).isEqualTo(charsBefore);
  }

  @ParameterizedTest
  @CsvSource({"(?i)abc", "abc|abd", "a{2}bc", "(abc)", "a*b*", "\\Qab\\E", "a[[b]]cd", "''"})
  void saysNothingOfOtherConstructs(String regex) {
    assertThat(RequiredText.of(regex)).isEmpty();
  }

  /** The first match is that of the plain search, whatever is skipped before it. */
  @Test
  void matchesAreThoseOfTheWholeSearch() {
    SplittableRandom random = new SplittableRandom(20261129);
    int withText = 0;
    int matched = 0;
    for (int i = 0; i < 4_000; i++) {
      String regex = joined(random, PIECES, 6);
      Pattern pattern;
      try {
        pattern = Pattern.compile(regex);
      } catch (PatternSyntaxException _) {
        continue;
      }
      withText += RequiredText.of(regex).isPresent() ? 1 : 0;
      List<String> texts = new ArrayList<>();
      List<Object> extracted = new ArrayList<>();
      List<Object> found = new ArrayList<>();
      for (int t = 0; t < 20; t++) {
        String each = joined(random, TEXTS, 9);
        Matcher matcher = pattern.matcher(each);
        boolean matches = !regex.isEmpty() && matcher.find();
        texts.add(each);
        found.add(matches);
        extracted.add(pattern.matcher(each).results().findFirst().map(r -> r.group()).orElse(null));
        matched += matches ? 1 : 0;
      }
      Expression column = column(0, Simple.VARCHAR);
      Expression extract =
          call(Function.REGEXP_EXTRACT, Simple.VARCHAR, column, text(regex), integer(0));
      Expression test = call(Function.REGEXP, Simple.BOOLEAN, column, text(regex));
      assertThat(Calls.values(extract, batch(Simple.VARCHAR, texts.toArray())))
          .as("%s in %s", regex, texts)
          .isEqualTo(extracted);
      assertThat(Calls.values(test, batch(Simple.VARCHAR, texts.toArray())))
          .as("%s in %s", regex, texts)
          .isEqualTo(found);
    }
    assertThat(withText).isGreaterThan(300);
    assertThat(matched).isGreaterThan(3_000);
  }

  private static String joined(SplittableRandom random, List<String> parts, int most) {
    StringBuilder all = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      all.append(parts.get(random.nextInt(parts.size())));
    }
    return all.toString();
  }
}
