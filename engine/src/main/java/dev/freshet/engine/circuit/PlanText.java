package dev.freshet.engine.circuit;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Texts that are equal exactly for equal expressions and types; they never change their form. */
final class PlanText {
  private PlanText() {}

  static String of(Expression expression) {
    StringBuilder text = new StringBuilder();
    append(text, expression);
    return text.toString();
  }

  static String of(List<Expression> expressions) {
    StringBuilder text = new StringBuilder();
    for (Expression expression : expressions) {
      append(text.append(text.isEmpty() ? "" : ", "), expression);
    }
    return text.toString();
  }

  /** The types without the names: names do not matter to results. */
  static String types(Schema schema) {
    StringBuilder text = new StringBuilder();
    for (Column column : schema.columns()) {
      text.append(text.isEmpty() ? "" : ", ").append(column.type().sql());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Expression expression) {
    switch (expression) {
      case Expression.ColumnRef column -> text.append('$').append(column.index());
      case Expression.Literal literal -> appendLiteral(text, literal);
      case Expression.Call call -> {
        text.append(call.function()).append('(');
        for (int i = 0; i < call.arguments().size(); i++) {
          append(text.append(i == 0 ? "" : ", "), call.arguments().get(i));
        }
        text.append("):").append(call.type().sql());
      }
      case Expression.UserCall call -> {
        text.append(call.method()).append('(');
        for (int i = 0; i < call.arguments().size(); i++) {
          append(text.append(i == 0 ? "" : ", "), call.arguments().get(i));
        }
        text.append("):").append(call.type().sql());
      }
      case Expression.Cast cast -> {
        text.append("CAST_").append(cast.onFailure()).append('(');
        append(text, cast.operand());
        text.append(" AS ").append(cast.type().sql()).append(')');
      }
      case Expression.Case choice -> {
        text.append("CASE(");
        for (Expression.Case.Branch branch : choice.branches()) {
          append(text, branch.condition());
          append(text.append(" -> "), branch.result());
          text.append(", ");
        }
        append(text.append("else "), choice.otherwise());
        text.append("):").append(choice.type().sql());
      }
    }
  }

  private static void appendLiteral(StringBuilder text, Expression.Literal literal) {
    if (literal.value().isEmpty()) {
      text.append("NULL");
    } else {
      appendValue(text, literal.value().get());
    }
    text.append(':').append(literal.type().sql());
  }

  private static void appendValue(StringBuilder text, Object value) {
    switch (value) {
      case byte[] bytes -> text.append("x'").append(HexFormat.of().formatHex(bytes)).append('\'');
      case String string -> text.append('\'').append(string.replace("'", "''")).append('\'');
      case List<?> list -> {
        text.append('[');
        for (Object element : list) {
          if (element == null) {
            text.append("NULL");
          } else {
            appendValue(text, element);
          }
          text.append(',');
        }
        text.append(']');
      }
      case Map<?, ?> map -> {
        text.append('{');
        map.forEach((key, item) -> {
          appendValue(text, key);
          text.append('=');
          if (item == null) {
            text.append("NULL");
          } else {
            appendValue(text, item);
          }
          text.append(',');
        });
        text.append('}');
      }
      default -> text.append(value);
    }
  }
}
