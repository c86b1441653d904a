package dev.freshet.contracts.mask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.property.Property;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static final MaskKey KEY = MaskKey.of("a key for tests, of 32 characters");

  private final Tokens tokens = new Tokens(KEY);

  @Test
  void keepsTheFormOfAText() {
    String text = "Ann-Marie O'Neil <ann.07@example.org>, +49 (0)30 1234";

    String token = text(text);

    assertThat(form(token)).isEqualTo(form(text)).startsWith("Aaa-Aaaaa A'Aaaa <aaa.00@");
    assertThat(token).isNotEqualTo(text);
    assertThat(text("")).isEmpty();
    assertThat(text("-- /")).isEqualTo("-- /");
  }

  @Test
  void lettersOfAllScriptsAreReplaced() {
    for (String name :
        List.of("Żółć", "Иван", "Ångström", "李小龙", "김철수", "Ελένη", "محمد", "דוד", "अमित", "𐐀𐐨")) {
      String token = text(name);

      assertThat(form(token)).as(name).isEqualTo(form(name));
      assertThat(token.codePoints().toArray()).hasSize((int) name.codePoints().count());
      int[] before = name.codePoints().toArray();
      int[] after = token.codePoints().toArray();
      long same = IntStream.range(0, before.length).filter(i -> before[i] == after[i]).count();
      assertThat(same).as("%s became %s", name, token).isLessThan(before.length);
    }
  }

  @Test
  void allTextsOfAFormHaveDifferentTokens() {
    assertDistinct(26, IntStream.range(0, 26).mapToObj(i -> "" + (char) ('a' + i)));
    assertDistinct(10, IntStream.range(0, 10).mapToObj(i -> "No " + i));
    assertDistinct(1_000, IntStream.range(0, 1_000).mapToObj(i -> String.format("%03d", i)));
    assertDistinct(
        2_600,
        IntStream.range(0, 2_600)
            .mapToObj(i -> i % 10 + "/" + (char) ('A' + i / 100) + "-" + i / 10 % 10));
    assertDistinct(
        17_576,
        IntStream.range(0, 17_576)
            .mapToObj(i ->
                "" + (char) ('a' + i / 676) + (char) ('a' + i / 26 % 26) + (char) ('a' + i % 26)));
  }

  private void assertDistinct(int count, Stream<String> texts) {
    List<String> all = texts.toList();
    Set<String> found = new HashSet<>();
    for (String text : all) {
      String token = text(text);
      assertThat(form(token)).isEqualTo(form(text));
      found.add(token);
    }
    assertThat(found).hasSize(count);
    assertThat(new HashSet<>(all)).hasSize(count);
  }

  @Test
  void anyTextKeepsItsFormAndHasATokenOfItsOwn() {
    Property.of("tokens of texts", 200)
        .check(draws -> {
          String one = drawn(draws);
          String other = drawn(draws);
          Tokens elsewhere = new Tokens(KEY);

          assertThat(form(text(one))).isEqualTo(form(one));
          assertThat(text(elsewhere, one)).isEqualTo(text(one));
          assertThat(text(one).equals(text(other))).isEqualTo(one.equals(other));
        });
  }

  private static String drawn(Draws draws) {
    StringBuilder text = new StringBuilder();
    int length = draws.small(40);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          draws.pick(
                  List.of((int) 'a', (int) 'Z', (int) '0', (int) ' ', 0xE9, 0x416, 0x674E, 0x1F600))
              + (draws.chance(0.5) ? draws.between(0, 9) : 0));
    }
    return text.toString();
  }

  @Test
  void anotherKeyGivesOtherTokens() {
    Tokens other = new Tokens(MaskKey.of("another key, also of 32 characters"));

    assertThat(text(other, "ann@example.org")).isNotEqualTo(text("ann@example.org"));
  }

  /** Rows that were captured before must join with those that come later. */
  @Test
  void tokensStayTheSameForEver() {
    assertThat(text("ann.07@example.org")).isEqualTo("fcz.87@sjzpfqr.pcj");
    assertThat(text("Иван")).isEqualTo("Ӗӌӧҵ");
    assertThat(number(Simple.BIGINT, 4_711L)).isEqualTo(8_258L);
    assertThat(single(Simple.UUID, UUID.fromString("123e4567-e89b-42d3-a456-426614174000")))
        .hasToString("ff02d8c3-2a1f-4da3-aecd-63f28b4a9248");
  }

  @Test
  void numbersKeepSignAndDigits() {
    for (long value :
        new long[] {
          0,
          7,
          -7,
          42,
          -99,
          100,
          32_767,
          -32_768,
          32_768,
          2_147_483_647L,
          -2_147_483_648L,
          2_147_483_648L,
          1_234_567_890_123L,
          Long.MAX_VALUE,
          Long.MIN_VALUE
        }) {
      long token = number(Simple.BIGINT, value);

      assertThat(form(Long.toString(token)))
          .as("%s: %s", value, token)
          .isEqualTo(form(Long.toString(value)));
      assertThat((short) token == token).isEqualTo((short) value == value);
      assertThat((int) token == token).isEqualTo((int) value == value);
    }
  }

  @Test
  void allNumbersOfALengthHaveDifferentTokens() {
    for (long[] range : new long[][] {{0, 9}, {-9, -1}, {10, 99}, {-999, -100}, {30_000, 34_000}}) {
      assertThat(
              LongStream.rangeClosed(range[0], range[1])
                  .map(v -> number(Simple.INTEGER, v))
                  .distinct())
          .hasSize((int) (range[1] - range[0] + 1));
    }
  }

  @Test
  void aNumberHasTheSameTokenInAllTypes() {
    for (long value : new long[] {0, 5, 4_711, 30_000, -32_768}) {
      assertThat(number(Simple.SMALLINT, value)).isEqualTo(number(Simple.BIGINT, value));
    }
    assertThat(number(Simple.INTEGER, 2_000_000_000))
        .isEqualTo(number(Simple.BIGINT, 2_000_000_000));
  }

  @Test
  void uuidsKeepVersionAndVariant() {
    Set<Object> found = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      UUID uuid = new UUID(0x1234_5678_9abc_4000L | i, 0x8000_0000_0000_0000L);
      UUID token = (UUID) single(Simple.UUID, uuid);
      assertThat(token.version()).isEqualTo(4);
      assertThat(token.variant()).isEqualTo(2);
      found.add(token);
    }
    assertThat(found).hasSize(1_000);
  }

  @Test
  void nullStaysNull() {
    VectorBuilder builder = new VectorBuilder(Simple.VARCHAR.layout(), 2);
    builder.appendNull();
    Values.append(builder, Simple.VARCHAR, "b");
    Vector masked = tokens.apply(builder.build(), Simple.VARCHAR);

    assertThat(masked.isNull(0)).isTrue();
    assertThat(((BytesVector) masked).text(1)).isEqualTo(text("b"));
    assertThat(single(Simple.UUID, null)).isNull();
    assertThat(single(Simple.BIGINT, null)).isNull();
  }

  @Test
  void aLongTextIsMaskedToo() {
    String text = "Lorem ipsum 42. ".repeat(5_000);

    assertThat(form(text(text))).isEqualTo(form(text));
  }

  private long number(DataType type, long value) {
    Object token = single(type, value);
    return token == null ? -1 : (Long) token;
  }

  private String text(String text) {
    return text(tokens, text);
  }

  private static String text(Tokens tokens, String text) {
    return String.valueOf(MaskedValues.single(tokens, Simple.VARCHAR, text));
  }

  private @Nullable Object single(DataType type, @Nullable Object value) {
    return MaskedValues.single(tokens, type, value);
  }

  /** What a token keeps, told without the code under test. */
  private static String form(String text) {
    StringBuilder form = new StringBuilder();
    text.codePoints()
        .forEach(point -> {
          switch (Character.getType(point)) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> form.append('A');
            case Character.LOWERCASE_LETTER -> form.append('a');
            case Character.OTHER_LETTER, Character.MODIFIER_LETTER -> form.append('x');
            case Character.DECIMAL_DIGIT_NUMBER -> form.append('0');
            default -> form.appendCodePoint(point);
          }
        });
    return form.toString();
  }
}
