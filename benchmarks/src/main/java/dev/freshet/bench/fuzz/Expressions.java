package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.List;

/**
 * Random expressions over columns in scope. What both dialects write and mean alike, and nothing
 * that can fail on a row: numbers stay far from overflow.
 */
final class Expressions {
  private static final List<String> COMPARISONS = List.of("=", "<>", "<", "<=", ">", ">=");

  private final Draws draws;

  Expressions(Draws draws) {
    this.draws = draws;
  }

  /** An expression of this kind. */
  String of(Kind kind, List<FuzzColumn> scope, int depth) {
    if (depth <= 0 || draws.chance(0.4)) {
      return leaf(kind, scope);
    }
    if (draws.chance(0.3)) {
      return any(kind, scope, depth - 1);
    }
    return switch (kind) {
      case INTEGER -> integer(scope, depth - 1);
      case BIGINT -> "(" + of(kind, scope, depth - 1) + " + " + integer(scope, depth - 1) + ")";
      case DECIMAL -> decimal(scope, depth - 1);
      case TEXT -> text(scope, depth - 1);
      case BOOLEAN -> condition(scope, depth - 1);
      case DATE -> "CAST(" + of(Kind.TIMESTAMP, scope, depth - 1) + " AS DATE)";
      case TIMESTAMP ->
          "("
              + leaf(kind, scope)
              + draws.pick(List.of(" + ", " - "))
              + draws.pick(
                  List.of("INTERVAL '1' DAY", "INTERVAL '90' MINUTE", "INTERVAL '2' MONTH"))
              + ")";
    };
  }

  private String leaf(Kind kind, List<FuzzColumn> scope) {
    List<FuzzColumn> fitting = scope.stream().filter(column -> column.kind() == kind).toList();
    if (fitting.isEmpty() || draws.chance(0.15)) {
      return kind.literal(draws);
    }
    return draws.pick(fitting).name();
  }

  private String any(Kind kind, List<FuzzColumn> scope, int depth) {
    return switch (draws.weighted(3, 2, 2, 1)) {
      case 3 -> part(kind, scope, depth);
      case 0 ->
          "CASE WHEN "
              + condition(scope, depth)
              + " THEN "
              + of(kind, scope, depth)
              + (draws.chance(0.7) ? " ELSE " + of(kind, scope, depth) : "")
              + " END";
      case 1 -> "COALESCE(" + of(kind, scope, depth) + ", " + of(kind, scope, depth) + ")";
      default -> "NULLIF(" + of(kind, scope, depth) + ", " + of(kind, scope, depth) + ")";
    };
  }

  /** A value that was put into a map, a row or an array, and taken out again. */
  private String part(Kind kind, List<FuzzColumn> scope, int depth) {
    String values = leaf(kind, scope) + ", " + leaf(kind, scope) + ", " + leaf(kind, scope);
    return switch (draws.between(0, 2)) {
      case 0 ->
          "MAP_FROM_ARRAYS(ARRAY['a', 'b', 'ab'], ARRAY["
              + values
              + "])["
              + of(Kind.TEXT, scope, depth)
              + "]";
      case 1 ->
          "(CAST(ROW("
              + leaf(kind, scope)
              + ", "
              + leaf(Kind.TEXT, scope)
              + ") AS ROW(f "
              + kind.sql()
              + ", g VARCHAR))).f";
      default -> "ARRAY_SORT(ARRAY[" + values + "])[" + draws.between(1, 4) + "]";
    };
  }

  private String integer(List<FuzzColumn> scope, int depth) {
    String operand = of(Kind.INTEGER, scope, depth);
    return switch (draws.weighted(3, 2, 1, 1, 1, 1, 1, 1, 1)) {
      case 0 -> "(" + operand + " + " + of(Kind.INTEGER, scope, depth) + ")";
      case 1 -> "(" + operand + " - " + of(Kind.INTEGER, scope, depth) + ")";
      case 2 -> "(" + operand + " * " + draws.between(-3, 3) + ")";
      case 3 -> "MOD(" + operand + ", " + draws.between(2, 5) + ")";
      case 4 -> "ABS(" + operand + ")";
      case 5 -> "CHAR_LENGTH(" + of(Kind.TEXT, scope, depth) + ")";
      case 6 -> "POSITION('b' IN " + of(Kind.TEXT, scope, depth) + ")";
      case 7 ->
          "EXTRACT("
              + draws.pick(List.of("HOUR", "MINUTE", "SECOND", "QUARTER"))
              + " FROM "
              + of(Kind.TIMESTAMP, scope, depth)
              + ")";
      default ->
          "EXTRACT("
              + draws.pick(List.of("YEAR", "MONTH", "DAY", "QUARTER", "WEEK", "DOY"))
              + " FROM "
              + of(Kind.DATE, scope, depth)
              + ")";
    };
  }

  private String decimal(List<FuzzColumn> scope, int depth) {
    String operand = of(Kind.DECIMAL, scope, depth);
    return switch (draws.weighted(3, 2, 2, 1)) {
      case 0 -> "(" + operand + " + " + of(Kind.DECIMAL, scope, depth) + ")";
      case 1 -> "(" + operand + " - " + of(Kind.INTEGER, scope, depth) + ")";
      case 2 -> "(" + operand + " * " + draws.between(-3, 3) + ")";
      default -> "CAST(" + of(Kind.INTEGER, scope, depth) + " AS DECIMAL(9, 2))";
    };
  }

  private String text(List<FuzzColumn> scope, int depth) {
    String operand = of(Kind.TEXT, scope, depth);
    return switch (draws.weighted(3, 1, 1, 2, 1, 3, 1)) {
      case 0 -> "(" + operand + " || " + of(Kind.TEXT, scope, depth) + ")";
      case 1 -> "UPPER(" + operand + ")";
      case 2 -> "LOWER(" + operand + ")";
      case 3 ->
          "SUBSTRING("
              + operand
              + " FROM "
              + draws.between(1, 3)
              + " FOR "
              + draws.between(0, 3)
              + ")";
      case 4 -> "TRIM(" + operand + ")";
      case 5 -> builtIn(operand, scope, depth);
      default -> "CAST(" + of(Kind.INTEGER, scope, depth) + " AS VARCHAR)";
    };
  }

  private String builtIn(String operand, List<FuzzColumn> scope, int depth) {
    return switch (draws.between(0, 10)) {
      case 10 -> "F_MIX(" + of(Kind.INTEGER, scope, depth) + ", " + operand + ")";
      case 0 -> "REPLACE(" + operand + ", 'b', 'xy')";
      case 1 -> "REPEAT(" + operand + ", " + draws.between(0, 2) + ")";
      case 2 ->
          draws.pick(List.of("LPAD", "RPAD"))
              + "("
              + operand
              + ", "
              + draws.between(0, 6)
              + ", 'xy')";
      case 3 -> "REVERSE(" + operand + ")";
      case 4 ->
          draws.pick(List.of("LEFT", "RIGHT")) + "(" + operand + ", " + draws.between(0, 3) + ")";
      case 5 ->
          "CONCAT_WS('-', " + operand + ", " + of(Kind.TEXT, scope, depth) + ", " + operand + ")";
      case 6 -> draws.pick(List.of("MD5", "SHA256")) + "(" + operand + ")";
      case 7 -> "TRANSLATE(" + operand + ", 'abc', 'xy')";
      case 8 -> draws.pick(List.of("LTRIM", "RTRIM")) + "(" + operand + ")";
      default -> "HEX(" + operand + ")";
    };
  }

  /** A condition, three-valued. */
  String condition(List<FuzzColumn> scope, int depth) {
    if (depth > 0 && draws.chance(0.4)) {
      return switch (draws.weighted(3, 3, 2)) {
        case 0 -> "(" + condition(scope, depth - 1) + " AND " + condition(scope, depth - 1) + ")";
        case 1 -> "(" + condition(scope, depth - 1) + " OR " + condition(scope, depth - 1) + ")";
        default -> "(NOT " + condition(scope, depth - 1) + ")";
      };
    }
    Kind kind = draws.pick(List.of(Kind.values()));
    String left = of(kind, scope, depth - 1);
    return switch (draws.weighted(6, 2, 2, 2, 1)) {
      case 0 -> "(" + left + " " + draws.pick(COMPARISONS) + " " + of(kind, scope, depth - 1) + ")";
      case 1 -> "(" + left + " IS " + (draws.chance(0.5) ? "NOT " : "") + "NULL)";
      case 2 ->
          "("
              + left
              + (draws.chance(0.3) ? " NOT" : "")
              + " IN ("
              + kind.literal(draws)
              + ", "
              + kind.literal(draws)
              + "))";
      case 3 ->
          "("
              + left
              + " BETWEEN "
              + of(kind, scope, depth - 1)
              + " AND "
              + of(kind, scope, depth - 1)
              + ")";
      default ->
          "("
              + of(Kind.TEXT, scope, depth - 1)
              + " LIKE "
              + draws.pick(List.of("'a%'", "'%b'", "'_b%'", "'%'", "''"))
              + ")";
    };
  }
}
