package dev.freshet.sql.dialect;

import static org.apache.calcite.sql.fun.SqlStdOperatorTable.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.jspecify.annotations.Nullable;

/** Every operator and function that SQL text may use; anything else is unknown to the validator. */
final class FreshetOperators implements SqlOperatorTable {
  static final FreshetOperators TABLE = new FreshetOperators(all());

  private final List<SqlOperator> operators;
  private final Map<String, List<SqlOperator>> byName = new HashMap<>();

  private FreshetOperators(List<SqlOperator> operators) {
    this.operators = List.copyOf(operators);
    for (SqlOperator operator : operators) {
      String name = operator.getName().toUpperCase(Locale.ROOT);
      byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(operator);
    }
  }

  @Override
  public List<SqlOperator> getOperatorList() {
    return operators;
  }

  /** The names of all functions, for suggestions. */
  Set<String> functionNames() {
    Set<String> names = new TreeSet<>();
    for (SqlOperator operator : operators) {
      if (operator instanceof SqlFunction) {
        // The names of the JSON aggregates end in what they do with NULL unless told.
        names.add(operator.getName().replaceAll("_(ABSENT|NULL)_ON_NULL$", ""));
      }
    }
    return names;
  }

  /** Names match whatever their case. */
  @Override
  public void lookupOperatorOverloads(
      SqlIdentifier name,
      @Nullable SqlFunctionCategory category,
      SqlSyntax syntax,
      List<SqlOperator> found,
      SqlNameMatcher matcher) {
    if (!name.isSimple()) {
      return;
    }
    String upper = name.getSimple().toUpperCase(Locale.ROOT);
    // The parser tells TRANSLATE(x, from, to) from TRANSLATE(x USING ...) by this name.
    String known = upper.equals("TRANSLATE3") ? "TRANSLATE" : upper;
    for (SqlOperator operator : byName.getOrDefault(known, List.of())) {
      boolean matches =
          operator.getSyntax() == syntax
              || switch (syntax) {
                case FUNCTION -> operator instanceof SqlFunction;
                // The same sign as prefix and between operands: the validator picks by operands.
                case BINARY, PREFIX, POSTFIX -> true;
                default -> false;
              };
      if (matches && !found.contains(operator)) {
        found.add(operator);
      }
    }
  }

  private static List<SqlOperator> all() {
    List<SqlOperator> all = new ArrayList<>();
    all.addAll(List.of(AND, OR, NOT, IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE));
    all.addAll(List.of(IS_UNKNOWN, IS_NOT_UNKNOWN, IS_NULL, IS_NOT_NULL));
    all.addAll(List.of(IS_DISTINCT_FROM, IS_NOT_DISTINCT_FROM));
    all.addAll(List.of(EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL));
    all.addAll(List.of(GREATER_THAN, GREATER_THAN_OR_EQUAL));
    all.addAll(List.of(BETWEEN, NOT_BETWEEN, SYMMETRIC_BETWEEN, SYMMETRIC_NOT_BETWEEN));
    all.addAll(List.of(IN, NOT_IN, EXISTS, LIKE, NOT_LIKE, CASE, CAST, COALESCE, NULLIF));
    all.addAll(List.of(SOME_EQ, SOME_NE, SOME_LT, SOME_LE, SOME_GT));
    all.addAll(List.of(SOME_GE, ALL_EQ, ALL_NE, ALL_LT, ALL_LE, ALL_GT, ALL_GE));
    all.addAll(List.of(PLUS, MINUS, MULTIPLY, DIVIDE, MOD, PERCENT_REMAINDER));
    all.addAll(List.of(UNARY_PLUS, UNARY_MINUS, ABS, FLOOR, CEIL, SIGN));
    all.addAll(List.of(CONCAT, UPPER, LOWER, CHAR_LENGTH, CHARACTER_LENGTH, SUBSTRING, TRIM));
    all.addAll(List.of(POSITION, OVERLAY));
    all.addAll(List.of(EXTRACT, YEAR, QUARTER, MONTH, WEEK, DAYOFYEAR, DAYOFMONTH, DAYOFWEEK));
    all.addAll(List.of(HOUR, MINUTE, SECOND, TIMESTAMP_ADD, TIMESTAMP_DIFF));
    all.addAll(List.of(DATETIME_PLUS, MINUS_DATE, INTERVAL));
    all.addAll(List.of(JSON_VALUE, JSON_QUERY, JSON_EXISTS, CARDINALITY, ITEM));
    all.addAll(List.of(COUNT, SUM, AVG, MIN, MAX, GROUPING, OVER, FILTER, DESC));
    all.addAll(List.of(ROW_NUMBER, RANK, DENSE_RANK, PERCENT_RANK, CUME_DIST, NTILE, LAG, LEAD));
    all.addAll(List.of(IGNORE_NULLS, RESPECT_NULLS));
    all.addAll(FrameFunctions.all());
    all.addAll(List.of(NULLS_FIRST, NULLS_LAST, AS, ROW, VALUES, DESCRIPTOR, GROUPING_SETS));
    all.addAll(List.of(ROLLUP, CUBE, UNION, UNION_ALL, INTERSECT, INTERSECT_ALL, EXCEPT));
    all.addAll(List.of(EXCEPT_ALL, COLLECTION_TABLE, EXPLICIT_TABLE, SCALAR_QUERY));
    all.addAll(List.of(ARRAY_VALUE_CONSTRUCTOR, MAP_VALUE_CONSTRUCTOR, DOT));
    all.add(SqlLibraryOperators.TRY_CAST);
    all.add(SqlLibraryOperators.INFIX_CAST);
    all.add(SqlLibraryOperators.IF);
    all.addAll(WindowFunction.all());
    all.addAll(FreshetFunctions.all());
    all.addAll(TextOperators.all());
    all.addAll(FreshetAggregates.all());
    all.addAll(List.of(UNNEST, UNNEST_WITH_ORDINALITY, LATERAL));
    return all;
  }
}
