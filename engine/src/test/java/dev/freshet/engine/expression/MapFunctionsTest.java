package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.bool;
import static dev.freshet.engine.expression.Calls.call;
import static dev.freshet.engine.expression.Calls.cast;
import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.number;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.tryCast;
import static dev.freshet.engine.expression.Calls.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MapFunctionsTest {
  static final Set<Function> LISTED =
      EnumSet.of(
          Function.MAP_VALUE,
          Function.MAP_KEYS,
          Function.MAP_VALUES,
          Function.MAP_ENTRIES,
          Function.MAP_FROM_ARRAYS,
          Function.MAP_UNION,
          Function.STR_TO_MAP,
          Function.ROW,
          Function.FIELD,
          Function.ARRAY_SORT,
          Function.ONLY_ELEMENT);

  private static final DataType.Map COUNTS = new DataType.Map(Simple.VARCHAR, Simple.BIGINT);
  private static final DataType TEXTS = new DataType.Array(Simple.VARCHAR);
  private static final DataType NUMBERS = new DataType.Array(Simple.BIGINT);
  private static final DataType.Row PAIR = row("a", Simple.BIGINT, "b", Simple.VARCHAR);

  private static DataType.Row row(String name, DataType type, String other, DataType otherType) {
    return new DataType.Row(
        List.of(new DataType.Row.Field(name, type), new DataType.Row.Field(other, otherType)));
  }

  private static Expression counts(Object... entries) {
    Map<Object, Object> map = new HashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put(entries[i], entries[i + 1]);
    }
    return literal(COUNTS, map);
  }

  @Test
  void readsAMapByKey() {
    Expression map = counts("a", 1L, "b", null, "ä", 3L);
    assertThat(value(call(Function.MAP_VALUE, Simple.BIGINT, map, text("ä")))).isEqualTo(3L);
    assertThat(value(call(Function.MAP_VALUE, Simple.BIGINT, map, text("b")))).isNull();
    assertThat(value(call(Function.MAP_VALUE, Simple.BIGINT, map, text("c")))).isNull();
    assertThat(value(call(Function.CARDINALITY, Simple.INTEGER, map))).isEqualTo(3L);
    assertThat(value(call(Function.MAP_KEYS, TEXTS, map))).isEqualTo(List.of("a", "b", "ä"));
    assertThat(value(call(Function.MAP_VALUES, NUMBERS, map)))
        .isEqualTo(Arrays.asList(1L, null, 3L));
    DataType entries = new DataType.Array(row("key", Simple.VARCHAR, "value", Simple.BIGINT));
    assertThat(value(call(Function.MAP_ENTRIES, entries, counts("a", 1L))))
        .isEqualTo(List.of(List.of("a", 1L)));
  }

  @Test
  void theLastOfEqualKeysCounts() {
    Expression keys = literal(TEXTS, List.of("b", "a", "b"));
    Expression values = literal(NUMBERS, List.of(1L, 2L, 3L));
    assertThat(value(call(Function.MAP_FROM_ARRAYS, COUNTS, keys, values)))
        .isEqualTo(Map.of("a", 2L, "b", 3L));
    assertThat(value(call(Function.MAP_UNION, COUNTS, counts("a", 1L), counts("a", 2L, "b", 3L))))
        .isEqualTo(Map.of("a", 2L, "b", 3L));
  }

  @Test
  void refusesKeysThatAreNullAndArraysOfOtherLengths() {
    Expression two = literal(NUMBERS, List.of(1L, 2L));
    Expression withNull = literal(TEXTS, Arrays.asList("a", null));
    assertThat(value(call(Function.MAP_FROM_ARRAYS, COUNTS, withNull, two)))
        .asString()
        .startsWith("failed: ")
        .contains("a key of a map is NULL");
    Expression one = literal(TEXTS, List.of("a"));
    assertThat(value(call(Function.MAP_FROM_ARRAYS, COUNTS, one, two)))
        .asString()
        .startsWith("failed: ")
        .contains("an argument is out of its range");
  }

  @Test
  void equalMapsAreEqualWhateverTheOrder() {
    Expression keys = literal(TEXTS, List.of("b", "a"));
    Expression made =
        call(Function.MAP_FROM_ARRAYS, COUNTS, keys, literal(NUMBERS, List.of(2L, 1L)));
    assertThat(value(call(Function.EQUAL, Simple.BOOLEAN, made, counts("a", 1L, "b", 2L))))
        .isEqualTo(true);
    assertThat(value(call(Function.EQUAL, Simple.BOOLEAN, made, counts("a", 1L)))).isEqualTo(false);
  }

  @Test
  void makesMapsOfText() {
    DataType.Map texts = new DataType.Map(Simple.VARCHAR, Simple.VARCHAR);
    Map<String, String> expected = new HashMap<>(Map.of("a", "1=2", "b", ""));
    expected.put("c", null);
    Expression text = text("a=1=2,b=,c,,");
    Map<String, String> withEmpty = new HashMap<>(expected);
    assertThat(value(call(Function.STR_TO_MAP, texts, text, text(","), text("="))))
        .isEqualTo(withEmpty);
    assertThat(value(call(Function.STR_TO_MAP, texts, text, text("|"), text("="))))
        .asString()
        .startsWith("failed: ")
        .contains("an argument is out of its range");
  }

  @Test
  void makesAndReadsRows() {
    Expression made = call(Function.ROW, PAIR, number(7), literal(Simple.VARCHAR, null));
    assertThat(value(made)).isEqualTo(Arrays.asList(7L, null));
    Expression first = literal(Simple.INTEGER, 0L);
    assertThat(value(call(Function.FIELD, Simple.BIGINT, made, first))).isEqualTo(7L);
    Expression nothing = literal(PAIR, null);
    assertThat(value(call(Function.FIELD, Simple.BIGINT, nothing, first))).isNull();
  }

  @Test
  void castsPartByPart() {
    DataType.Map wide = new DataType.Map(Simple.VARCHAR, Simple.VARCHAR);
    assertThat(value(cast(counts("a", 1L), wide))).isEqualTo(Map.of("a", "1"));
    DataType.Row other = row("x", Simple.VARCHAR, "y", Simple.BIGINT);
    Expression made = literal(PAIR, List.of(1L, "2"));
    assertThat(value(cast(made, other))).isEqualTo(List.of("1", 2L));
    Expression wrong = literal(PAIR, List.of(1L, "two"));
    assertThat(value(tryCast(wrong, other))).isNull();
    assertThat(value(cast(made, Simple.VARCHAR))).isEqualTo("(1, 2)");
    assertThat(value(cast(counts("a", 1L, "b", null), Simple.VARCHAR))).isEqualTo("{a=1, b=NULL}");
  }

  @Test
  void sortsArraysAndTakesTheOnlyElement() {
    Expression array = literal(NUMBERS, Arrays.asList(2L, null, 1L));
    assertThat(value(call(Function.ARRAY_SORT, NUMBERS, array, bool(true), bool(true))))
        .isEqualTo(Arrays.asList(null, 1L, 2L));
    assertThat(value(call(Function.ARRAY_SORT, NUMBERS, array, bool(false), bool(false))))
        .isEqualTo(Arrays.asList(2L, 1L, null));
    Expression one = literal(NUMBERS, List.of(4L));
    assertThat(value(call(Function.ONLY_ELEMENT, Simple.BIGINT, one))).isEqualTo(4L);
    assertThat(value(call(Function.ONLY_ELEMENT, Simple.BIGINT, literal(NUMBERS, List.of()))))
        .isNull();
    assertThat(value(call(Function.ONLY_ELEMENT, Simple.BIGINT, array)))
        .asString()
        .startsWith("failed: ")
        .contains("an argument is out of its range");
  }
}
