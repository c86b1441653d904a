package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.function.AggregateFunction;
import dev.freshet.core.function.ScalarFunction;
import dev.freshet.core.function.SqlType;
import dev.freshet.core.function.TableFunction;
import dev.freshet.core.function.UserFunction;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions in Java: what SQL may give them, what it gets, and what becomes of their failures. */
class FunctionsTest {
  @TempDir Path directory;

  public static final class CountChar extends ScalarFunction {
    public @Nullable Long eval(@Nullable String text, String character) {
      if (text == null) {
        return null;
      }
      if (character.isEmpty()) {
        throw new IllegalArgumentException("there is no character to count");
      }
      return text.chars().filter(c -> c == character.charAt(0)).count();
    }
  }

  /** The kinds of parameters, which overloads tell apart. */
  public static final class Kind extends ScalarFunction {
    public String eval(int value) {
      return "int " + value;
    }

    public String eval(double value) {
      return "double " + value;
    }

    public String eval(@Nullable BigDecimal value) {
      return "decimal " + value;
    }

    public String eval(String value) {
      return "text " + value;
    }

    public String eval(LocalDate value) {
      return "date " + value;
    }

    public String eval(Instant value) {
      return "instant " + value;
    }

    public String eval(List<Long> value) {
      return "list " + value;
    }

    public String eval(Map<String, Integer> value) {
      return "map " + value;
    }

    public String eval(Words.Word value) {
      return "record " + value;
    }
  }

  public static final class Shown extends ScalarFunction {
    public String eval(@Nullable Long number, boolean flag) {
      return number + " " + flag;
    }
  }

  public static final class Price extends ScalarFunction {
    @SqlType("DECIMAL(12, 2)")
    public BigDecimal eval(long cents) {
      return BigDecimal.valueOf(cents, 2);
    }
  }

  public static final class Words extends TableFunction {
    public record Word(String word, int length) {}

    public List<Word> eval(@Nullable String text) {
      if (text == null) {
        return List.of();
      }
      return Stream.of(text.split(" ", -1)).map(word -> new Word(word, word.length())).toList();
    }
  }

  public static final class Numbers extends TableFunction {
    public Stream<Long> eval(long from, long to) {
      return Stream.iterate(from, n -> n <= to, n -> n + 1);
    }
  }

  /** An average by weight that is kept in proportion to what changes. */
  public static final class WeightedAvg extends AggregateFunction<WeightedAvg.Total, Long> {
    public record Total(long sum, long weight) {}

    @Override
    public Total start() {
      return new Total(0, 0);
    }

    public Total accumulate(Total total, long value, long weight) {
      if (weight < 0) {
        throw new IllegalArgumentException("a weight is negative: " + weight);
      }
      return new Total(total.sum + value * weight, total.weight + weight);
    }

    public Total retract(Total total, long value, long weight) {
      return new Total(total.sum - value * weight, total.weight - weight);
    }

    @Override
    @SuppressWarnings("NullAway")
    public Long result(Total total) {
      return total.weight == 0 ? null : total.sum / total.weight;
    }
  }

  /** The same without a way to take values out. */
  public static final class Spread extends AggregateFunction<List<Long>, Long> {
    @Override
    public List<Long> start() {
      return new ArrayList<>();
    }

    public List<Long> accumulate(List<Long> values, long value) {
      values.add(value);
      return values;
    }

    @Override
    public Long result(List<Long> values) {
      return values.isEmpty() ? -1 : values.getLast() - values.getFirst();
    }
  }

  /** Any number of arguments. */
  public static final class Joined extends ScalarFunction {
    public String eval(String delimiter, @Nullable String... parts) {
      return String.join(delimiter, Stream.of(parts).map(String::valueOf).toList());
    }

    public String eval(String delimiter, String only) {
      return "only " + only;
    }

    public long eval(long... numbers) {
      return LongStream.of(numbers).sum();
    }
  }

  /** The greatest of all arguments of all rows. */
  public static final class GreatestOf extends AggregateFunction<Long, Long> {
    @Override
    public Long start() {
      return Long.MIN_VALUE;
    }

    public Long accumulate(Long greatest, long... values) {
      return LongStream.concat(LongStream.of(greatest), LongStream.of(values))
          .max()
          .orElse(greatest);
    }

    @Override
    public Long result(Long greatest) {
      return greatest;
    }
  }

  private Freshet open(UserFunction... functions) {
    return Freshet.open(directory, FreshetOptions.DEFAULT.withFunctions(functions));
  }

  private static List<String> rows(Freshet db, String sql) {
    return db.query(sql).stream().map(Row::toString).toList();
  }

  private static String value(Freshet db, String expression) {
    String row = db.query("SELECT " + expression + " AS v").single().toString();
    return row.substring("{v=".length(), row.length() - 1);
  }

  @Test
  void callsAScalarFunctionByItsNameInAnyCase() {
    try (Freshet db = open(new CountChar())) {
      assertThat(value(db, "count_char('banana', 'a')")).isEqualTo("3");
      assertThat(value(db, "COUNT_CHAR(CAST(NULL AS VARCHAR), 'a')")).isEqualTo("null");
    }
  }

  @Test
  void picksTheNearestOverload() {
    try (Freshet db = open(new Kind())) {
      assertThat(value(db, "KIND(7)")).isEqualTo("int 7");
      assertThat(value(db, "KIND(CAST(7 AS BIGINT))")).isEqualTo("decimal 7");
      assertThat(value(db, "KIND(7.50)")).isEqualTo("decimal 7.50");
      assertThat(value(db, "KIND(7.5e0)")).isEqualTo("double 7.5");
      assertThat(value(db, "KIND('x')")).isEqualTo("text x");
      assertThat(value(db, "KIND(DATE '2026-11-28')")).isEqualTo("date 2026-11-28");
      assertThat(value(db, "KIND(TO_TIMESTAMP_LTZ(0, 0))"))
          .isEqualTo("instant 1970-01-01T00:00:00Z");
      assertThat(value(db, "KIND(ARRAY[1, NULL, 3])")).isEqualTo("list [1, null, 3]");
      assertThat(value(db, "KIND(MAP['a', 1])")).isEqualTo("map {a=1}");
      assertThat(value(db, "KIND(ROW('a', 1))")).isEqualTo("record Word[word=a, length=1]");
      assertThatThrownBy(() -> value(db, "KIND(TRUE)"))
          .hasMessageContaining("KIND does not take these arguments: BOOLEAN. It is KIND(")
          .hasMessageContaining("KIND(DECIMAL)");
    }
  }

  @Test
  void takesAnyNumberOfArguments() {
    try (Freshet db = open(new Joined(), new GreatestOf())) {
      assertThat(value(db, "JOINED('-', 'a', CAST(NULL AS VARCHAR), 'c')")).isEqualTo("a-null-c");
      assertThat(value(db, "JOINED('-', 'a')")).isEqualTo("only a");
      assertThat(value(db, "JOINED('-')")).isEqualTo("");
      assertThat(value(db, "JOINED(1, 2, 39)")).isEqualTo("42");
      assertThat(value(db, "JOINED(1, CAST(NULL AS BIGINT))")).isEqualTo("null");
      assertThat(value(db, "JOINED()")).isEqualTo("0");
      assertThatThrownBy(() -> value(db, "JOINED(TRUE, 1)"))
          .hasMessageContaining("JOINED(VARCHAR, VARCHAR...)")
          .hasMessageContaining("JOINED(BIGINT...)");
      assertThat(rows(db, "SELECT GREATEST_OF(x, y) AS g FROM (VALUES (1, 7), (9, 2)) AS v (x, y)"))
          .containsExactly("{g=9}");
    }
  }

  @Test
  void aggregatesStandOverFrames() {
    try (Freshet db = open(new WeightedAvg(), new Spread())) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, g VARCHAR, v BIGINT, w BIGINT)");
      db.execute(
          "CREATE VIEW o AS SELECT id, WEIGHTED_AVG(v, w) OVER (PARTITION BY g ORDER BY id) AS running,"
              + " SPREAD(v) OVER (PARTITION BY g ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT"
              + " ROW) AS spread, SPREAD(v) OVER (PARTITION BY g) AS whole FROM t");
      db.execute(
          "INSERT INTO t VALUES (1, 'x', 10, 1), (2, 'x', 20, 3), (3, 'x', 2, NULL), (4, 'y', 5, 1)");
      assertThat(rows(db, "SELECT * FROM o ORDER BY id"))
          .containsExactly(
              "{id=1, running=10, spread=0, whole=18}",
              "{id=2, running=17, spread=10, whole=18}",
              "{id=3, running=17, spread=18, whole=18}",
              "{id=4, running=5, spread=0, whole=0}");
      db.execute("UPDATE t SET w = -1 WHERE id = 2");
      assertThat(rows(db, "SELECT id FROM o ORDER BY id")).containsExactly("{id=1}", "{id=4}");
      assertThat(db.errors("o").stream().map(Row::toString).toList())
          .hasSize(2)
          .allMatch(row -> row.contains("Cannot evaluate WEIGHTED_AVG: a weight is negative: -1."));
      db.execute("DELETE FROM t WHERE id = 2");
      assertThat(rows(db, "SELECT * FROM o ORDER BY id"))
          .containsExactly(
              "{id=1, running=10, spread=0, whole=8}",
              "{id=3, running=10, spread=8, whole=8}",
              "{id=4, running=5, spread=0, whole=0}");
      assertThat(db.errors("o").rowCount()).isZero();
      assertThatThrownBy(
              () -> db.query("SELECT SPREAD(v) FILTER (WHERE w > 1) OVER (ORDER BY id) FROM t"))
          .hasMessageContaining("SPREAD");
    }
  }

  @Test
  void givesNullToBoxesAndNotToPrimitives() {
    try (Freshet db = open(new Shown(), new Price())) {
      assertThat(value(db, "SHOWN(CAST(NULL AS BIGINT), TRUE)")).isEqualTo("null true");
      assertThat(value(db, "SHOWN(1, CAST(NULL AS BOOLEAN))")).isEqualTo("null");
      assertThat(value(db, "PRICE(1250) + 0.5")).isEqualTo("13.00");
    }
  }

  @Test
  void anExceptionMakesTheRowAnErrorUntilItIsCorrected() {
    try (Freshet db = open(new CountChar())) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text VARCHAR, c VARCHAR)");
      db.execute("CREATE VIEW v AS SELECT id, COUNT_CHAR(text, c) AS n FROM t");
      db.execute("INSERT INTO t VALUES (1, 'banana', 'a'), (2, 'tea', '')");
      assertThat(rows(db, "SELECT * FROM v")).containsExactly("{id=1, n=3}");
      assertThat(db.errors("v").stream().map(Row::toString).toList())
          .singleElement()
          .asString()
          .contains("Cannot evaluate COUNT_CHAR('tea', ''): there is no character to count.");
      db.execute("UPDATE t SET c = 't' WHERE id = 2");
      assertThat(rows(db, "SELECT * FROM v ORDER BY id"))
          .containsExactly("{id=1, n=3}", "{id=2, n=1}");
      assertThat(db.errors("v").rowCount()).isZero();
    }
  }

  @Test
  void tableFunctionsGiveRows() {
    try (Freshet db = open(new Words(), new Numbers())) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text VARCHAR)");
      db.execute(
          "CREATE VIEW words AS SELECT id, word, length FROM t"
              + " CROSS JOIN LATERAL TABLE(WORDS(text))");
      db.execute(
          "CREATE VIEW renamed AS SELECT id, w FROM t"
              + " LEFT JOIN LATERAL TABLE(WORDS(text)) AS x (w, l) ON TRUE");
      db.execute("INSERT INTO t VALUES (1, 'green tea'), (2, NULL)");
      assertThat(rows(db, "SELECT * FROM words ORDER BY word"))
          .containsExactly("{id=1, word=green, length=5}", "{id=1, word=tea, length=3}");
      assertThat(rows(db, "SELECT * FROM renamed ORDER BY id, w"))
          .containsExactly("{id=1, w=green}", "{id=1, w=tea}", "{id=2, w=null}");
      db.execute("UPDATE t SET text = 'tea' WHERE id = 1");
      assertThat(rows(db, "SELECT * FROM words")).containsExactly("{id=1, word=tea, length=3}");
      assertThat(rows(db, "SELECT n FROM TABLE(NUMBERS(2, 4)) AS x (n) ORDER BY n"))
          .containsExactly("{n=2}", "{n=3}", "{n=4}");
    }
  }

  @Test
  void aggregatesFollowEveryChangeWithAndWithoutRetract() {
    try (Freshet db = open(new WeightedAvg(), new Spread())) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, g VARCHAR, v BIGINT, w BIGINT)");
      db.execute(
          "CREATE VIEW a AS SELECT g, WEIGHTED_AVG(v, w) AS average, SPREAD(v) AS spread,"
              + " SPREAD(v) FILTER (WHERE w > 1) AS heavy, COUNT(*) AS n FROM t GROUP BY g");
      db.execute("CREATE VIEW whole AS SELECT WEIGHTED_AVG(v, w) AS average FROM t");
      db.execute("INSERT INTO t VALUES (1, 'x', 10, 1), (2, 'x', 20, 3), (3, 'y', 5, 1)");
      assertThat(rows(db, "SELECT * FROM a ORDER BY g"))
          .containsExactly(
              "{g=x, average=17, spread=10, heavy=0, n=2}",
              "{g=y, average=5, spread=0, heavy=-1, n=1}");
      db.execute("DELETE FROM t WHERE id = 2");
      db.execute("INSERT INTO t VALUES (4, 'x', 4, NULL)");
      assertThat(rows(db, "SELECT * FROM a WHERE g = 'x'"))
          .containsExactly("{g=x, average=10, spread=6, heavy=-1, n=2}");
      db.execute("DELETE FROM t");
      assertThat(rows(db, "SELECT * FROM a")).isEmpty();
      assertThat(rows(db, "SELECT * FROM whole")).containsExactly("{average=null}");
    }
  }

  @Test
  void aGroupWithARowThatFailsHasNoAnswerUntilTheRowGoes() {
    try (Freshet db = open(new WeightedAvg())) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BIGINT, w BIGINT)");
      db.execute("CREATE VIEW a AS SELECT WEIGHTED_AVG(v, w) AS average FROM t");
      db.execute("INSERT INTO t VALUES (1, 10, 1), (2, 20, -1)");
      assertThat(rows(db, "SELECT * FROM a")).isEmpty();
      assertThat(db.errors("a").stream().map(Row::toString).toList())
          .singleElement()
          .asString()
          .contains("Cannot evaluate WEIGHTED_AVG: a weight is negative: -1.");
      db.execute("UPDATE t SET w = 1 WHERE id = 2");
      assertThat(rows(db, "SELECT * FROM a")).containsExactly("{average=15}");
      assertThat(db.errors("a").rowCount()).isZero();
    }
  }

  @Test
  void keepsAccumulatorsAcrossARestart() {
    try (Freshet db = open(new WeightedAvg(), new Spread())) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BIGINT, w BIGINT)");
      db.execute("CREATE VIEW a AS SELECT WEIGHTED_AVG(v, w) AS x, SPREAD(v) AS y FROM t");
      db.execute("INSERT INTO t VALUES (1, 10, 1), (2, 20, 1), (3, 60, 2)");
    }
    try (Freshet db = open(new WeightedAvg(), new Spread())) {
      assertThat(rows(db, "SELECT * FROM a")).containsExactly("{x=37, y=50}");
      db.execute("DELETE FROM t WHERE id = 3");
      assertThat(rows(db, "SELECT * FROM a")).containsExactly("{x=15, y=10}");
    }
  }

  /** A function whose meaning is its version. */
  public static final class Scaled extends ScalarFunction {
    private final long factor;

    Scaled(long factor) {
      this.factor = factor;
    }

    @Override
    public String version() {
      return "times " + factor;
    }

    public long eval(long value) {
      return value * factor;
    }
  }

  @Test
  void aChangedFunctionRebuildsItsViews() {
    try (Freshet db = open(new Scaled(2))) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BIGINT)");
      db.execute("CREATE VIEW a AS SELECT SUM(SCALED(v)) AS total FROM t");
      db.execute("INSERT INTO t VALUES (1, 10), (2, 20)");
      assertThat(rows(db, "SELECT * FROM a")).containsExactly("{total=60}");
    }
    try (Freshet db = open(new Scaled(3))) {
      assertThat(rows(db, "SELECT * FROM a")).containsExactly("{total=90}");
      db.execute("DELETE FROM t WHERE id = 2");
      assertThat(rows(db, "SELECT * FROM a")).containsExactly("{total=30}");
    }
  }

  @Test
  void saysThatAFunctionOfAViewIsNotThere() {
    try (Freshet db = open(new Scaled(2))) {
      db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BIGINT)");
      db.execute("CREATE VIEW a AS SELECT SCALED(v) AS v FROM t");
    }
    assertThatThrownBy(() -> open()).hasMessageContaining("unknown function SCALED");
  }

  public static final class Upper extends ScalarFunction {
    public String eval(String text) {
      return text;
    }
  }

  public static final class Unknown extends ScalarFunction {
    public Object eval(String text) {
      return text;
    }
  }

  public static final class Halfway extends AggregateFunction<StringBuilder, String> {
    @Override
    public StringBuilder start() {
      return new StringBuilder();
    }

    public StringBuilder accumulate(StringBuilder text, String value) {
      return text.append(value);
    }

    public StringBuilder retract(StringBuilder text, String value) {
      return text;
    }

    @Override
    public String result(StringBuilder text) {
      return text.toString();
    }
  }

  @Test
  void refusesWhatSqlCannotCall() {
    assertThatThrownBy(() -> open(new Unknown()))
        .hasMessageContaining("Cannot use function UNKNOWN")
        .hasMessageContaining(
            "eval(String) returns a Object, which is no value of SQL. Use boolean");
    assertThatThrownBy(() -> open(new CountChar(), new CountChar()))
        .hasMessage(
            "Cannot use function COUNT_CHAR: there are two with this name. Override name() of one.");
    assertThatThrownBy(() -> open(new Halfway()))
        .hasMessageContaining("its accumulator is a java.lang.StringBuilder, which cannot be kept");
    try (Freshet db = open(new Upper())) {
      assertThatThrownBy(() -> db.query("SELECT 1 AS x"))
          .hasMessage("Cannot use function UPPER: SQL has one with this name. Override name().");
    }
  }
}
