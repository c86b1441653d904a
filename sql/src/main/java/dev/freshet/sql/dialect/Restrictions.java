package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/** Refuses what parses but cannot be maintained (yet), at the fragment, before validation. */
final class Restrictions extends SqlBasicVisitor<Void> {
  private static final Map<String, String> FUNCTIONS = functions();

  private final SourceText source;

  private Restrictions(SourceText source) {
    this.source = source;
  }

  static void check(SqlNode statement, SourceText source) {
    statement.accept(new Restrictions(source));
  }

  /** Why a function of the clock is refused; empty for any other name. */
  static String clockFunction(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    boolean clock = upper.startsWith("CURRENT_") || upper.startsWith("LOCALTIME");
    return clock ? FUNCTIONS.getOrDefault(upper, "") : "";
  }

  private static Map<String, String> functions() {
    String clock =
        "Its value changes without any input changing, so a result could not be kept equal to its"
            + " query. Use a column of the source instead.";
    String random = "Its value is not a function of the input.";
    return Map.ofEntries(
        Map.entry("CURRENT_TIMESTAMP", clock),
        Map.entry("CURRENT_DATE", clock),
        Map.entry("CURRENT_TIME", clock),
        Map.entry("LOCALTIMESTAMP", clock),
        Map.entry("LOCALTIME", clock),
        Map.entry("NOW", clock),
        Map.entry("PROCTIME", clock),
        Map.entry("RAND", random),
        Map.entry("RAND_INTEGER", random));
  }

  @Override
  public Void visit(SqlDynamicParam parameter) {
    throw new SqlException(
        ErrorCode.SQL_UNSUPPORTED,
        "Cannot run ?. Parameters are not there yet: write the value, with quotes in it doubled.",
        source,
        Positions.span(parameter));
  }

  @Override
  public Void visit(SqlCall call) {
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    String reason =
        switch (call.getKind()) {
          case MATCH_RECOGNIZE -> "Pattern matching is not there yet.";
          case SNAPSHOT -> asOfNow(((SqlSnapshot) call).getPeriod());
          case TABLESAMPLE -> "A sample is not a function of the input. Filter by a hash instead.";
          case MULTISET_VALUE_CONSTRUCTOR -> "Of collections there are ARRAY[...] and MAP[...].";
          default -> call.getOperator() instanceof SqlFunction ? FUNCTIONS.get(name) : null;
        };
    if (reason != null) {
      throw new SqlException(
          ErrorCode.SQL_UNSUPPORTED,
          "Cannot run " + fragment(call) + ". " + reason,
          source,
          Positions.span(call));
    }
    return super.visit(call);
  }

  /** Why a table cannot be asked for its rows as of the clock's time. */
  private static @Nullable String asOfNow(SqlNode time) {
    boolean clock =
        time instanceof SqlCall call
            ? FUNCTIONS.containsKey(call.getOperator().getName().toUpperCase(Locale.ROOT))
            : time instanceof SqlIdentifier id
                && FUNCTIONS.containsKey(id.names.getLast().toUpperCase(Locale.ROOT));
    return clock
        ? "What a row found when it came is not a function of the tables: it would never be"
            + " corrected, and another run would give other rows. Use a plain JOIN, which follows"
            + " every change, or FOR SYSTEM_TIME AS OF a column of time."
        : null;
  }

  private String fragment(SqlCall call) {
    String text = source.fragment(Positions.span(call));
    return text.length() <= 60 ? text : text.substring(0, 56) + " ...";
  }
}
