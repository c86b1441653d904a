package dev.freshet.bench.fuzz;

import dev.freshet.core.function.AggregateFunction;
import dev.freshet.core.function.ScalarFunction;
import dev.freshet.core.function.TableFunction;
import dev.freshet.core.function.UserFunction;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions in Java that cases call, and the same ones in DuckDB. */
public final class JavaFunctions {
  private JavaFunctions() {}

  static UserFunction[] all() {
    return new UserFunction[] {new Mix(), new Weight(), new Chain(), new Parts()};
  }

  static void create(Statement duck) throws SQLException {
    duck.execute(
        "CREATE MACRO F_MIX(n, t) AS CASE WHEN n IS NULL THEN NULL ELSE COALESCE(t, '-') || n END");
    duck.execute("SET order_by_non_integer_literal = true");
    duck.execute("CREATE MACRO F_WEIGHT(x, y) AS COALESCE(SUM(x * y), 0)");
    duck.execute("CREATE MACRO F_CHAIN(t) AS COALESCE(STRING_AGG(t, '/' ORDER BY t), '')");
    duck.execute("CREATE MACRO F_PARTS(t) AS string_split(t, 'b')");
  }

  /** A table function is a list that is unnested. */
  static String forDuckDb(String sql) {
    return sql.replaceAll("LATERAL TABLE\\((F_PARTS\\([^()]*\\))\\)", "UNNEST($1)");
  }

  /** A number that is never NULL behind a text that may be. */
  public static final class Mix extends ScalarFunction {
    @Override
    public String name() {
      return "F_MIX";
    }

    public String eval(long number, @Nullable String text) {
      return (text == null ? "-" : text) + number;
    }
  }

  /** A sum of products, which values can be taken out of. */
  public static final class Weight extends AggregateFunction<Long, Long> {
    @Override
    public String name() {
      return "F_WEIGHT";
    }

    @Override
    public Long start() {
      return 0L;
    }

    public Long accumulate(Long sum, long value, long weight) {
      return sum + value * weight;
    }

    public Long retract(Long sum, long value, long weight) {
      return sum - value * weight;
    }

    @Override
    public Long result(Long sum) {
      return sum;
    }
  }

  /** All texts of a group in their order: reads the group again when it changes. */
  public static final class Chain extends AggregateFunction<String, String> {
    @Override
    public String name() {
      return "F_CHAIN";
    }

    @Override
    public String start() {
      return "/";
    }

    public String accumulate(String chain, @Nullable String text) {
      return text == null ? chain : chain + text + "/";
    }

    @Override
    public String result(String chain) {
      return chain.substring(1, Math.max(1, chain.length() - 1));
    }
  }

  /** The parts of a text between the letters b. */
  public static final class Parts extends TableFunction {
    @Override
    public String name() {
      return "F_PARTS";
    }

    public List<String> eval(@Nullable String text) {
      return text == null ? List.of() : List.of(text.split("b", -1));
    }
  }
}
