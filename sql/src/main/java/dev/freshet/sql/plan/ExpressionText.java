package dev.freshet.sql.plan;

import dev.freshet.core.batch.Values;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;

/** Expressions as text, for {@link PlanText}. */
final class ExpressionText {
  private final Optional<Schema> names;

  private ExpressionText(Optional<Schema> names) {
    this.names = names;
  }

  /** With the input's column names and without types. */
  static ExpressionText named(Schema input) {
    return new ExpressionText(Optional.of(input));
  }

  /** With positions and with the type of every call and literal. */
  static ExpressionText positional() {
    return new ExpressionText(Optional.empty());
  }

  String print(Expression expression) {
    return switch (expression) {
      case Expression.ColumnRef column ->
          names.isPresent() ? names.get().column(column.index()).name() : "$" + column.index();
      case Expression.Literal literal -> literal(literal);
      case Expression.Call call -> call(call);
      case Expression.UserCall call ->
          (names.isPresent() ? call.method().name() : call.method().toString())
              + call.arguments().stream()
                  .map(this::print)
                  .collect(Collectors.joining(", ", "(", ")"))
              + typed(call.type());
      case Expression.Cast cast ->
          (cast.onFailure() == Expression.Cast.OnFailure.NULL ? "TRY_CAST(" : "CAST(")
              + print(cast.operand())
              + " AS "
              + cast.type().sql()
              + ")";
      case Expression.Case choice ->
          "CASE "
              + choice.branches().stream()
                  .map(b -> "WHEN " + print(b.condition()) + " THEN " + print(b.result()) + " ")
                  .collect(Collectors.joining())
              + "ELSE "
              + print(choice.otherwise())
              + " END"
              + typed(choice.type());
    };
  }

  private String typed(DataType type) {
    return names.isPresent() ? "" : ":" + type.sql();
  }

  private String literal(Expression.Literal literal) {
    if (literal.value().isEmpty()) {
      return "NULL" + typed(literal.type());
    }
    return switch (literal.value().get()) {
      case String text -> "'" + text.replace("'", "''") + "'" + typed(literal.type());
      case byte[] bytes -> "x'" + HexFormat.of().formatHex(bytes) + "'";
      case java.math.BigDecimal number -> number.toPlainString() + typed(literal.type());
      case Number number -> number + typed(literal.type());
      case Boolean truth -> truth ? "TRUE" : "FALSE";
      case Object value ->
          literal.type().sql() + " '" + (names.isPresent() ? Values.text(value) : value) + "'";
    };
  }

  private String call(Expression.Call call) {
    Optional<String> infix = infix(call.function());
    if (infix.isPresent() && call.arguments().size() > 1) {
      return call.arguments().stream()
              .map(this::print)
              .collect(Collectors.joining(" " + infix.get() + " ", "(", ")"))
          + typed(call.type());
    }
    return switch (call.function()) {
      case IS_NULL -> print(call.arguments().getFirst()) + " IS NULL";
      case IS_NOT_NULL -> print(call.arguments().getFirst()) + " IS NOT NULL";
      default ->
          call.function()
              + call.arguments().stream()
                  .map(this::print)
                  .collect(Collectors.joining(", ", "(", ")"))
              + typed(call.type());
    };
  }

  private static Optional<String> infix(Function function) {
    return switch (function) {
      case EQUAL -> Optional.of("=");
      case NOT_EQUAL -> Optional.of("<>");
      case LESS -> Optional.of("<");
      case LESS_OR_EQUAL -> Optional.of("<=");
      case GREATER -> Optional.of(">");
      case GREATER_OR_EQUAL -> Optional.of(">=");
      case AND -> Optional.of("AND");
      case OR -> Optional.of("OR");
      case PLUS -> Optional.of("+");
      case MINUS -> Optional.of("-");
      case TIMES -> Optional.of("*");
      case DIVIDE -> Optional.of("/");
      default -> Optional.empty();
    };
  }
}
