package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * Calls that make or read rows and maps.
 *
 * <pre>
 * MAP[k, v, l, w]      MAP_FROM_ARRAYS(ARRAY[k, l], ARRAY[v, w])
 * (a, b) = (c, d)      a = c AND b = d
 * </pre>
 */
final class CollectionCalls {
  private final RexToExpression expressions;

  CollectionCalls(RexToExpression expressions) {
    this.expressions = expressions;
  }

  Expression field(RexFieldAccess access) {
    Expression row = expressions.convert(access.getReferenceExpr());
    return field(row, access.getField().getIndex());
  }

  static Expression field(Expression row, int index) {
    DataType type = ((DataType.Row) row.type()).fields().get(index).type();
    return Expressions.call(Function.FIELD, type, row, Expressions.integer(index));
  }

  /** Empty for a call that is not one of these. */
  Optional<Expression> convert(RexCall call) {
    return Optional.ofNullable(
        switch (call.getKind()) {
          case ROW -> row(call);
          case MAP_VALUE_CONSTRUCTOR -> map(call);
          case ITEM -> item(call);
          case DOT -> named(call);
          default -> named(call.getOperator().getName(), call);
        });
  }

  private @Nullable Expression named(String name, RexCall call) {
    return switch (name) {
      case "MAP_KEYS", "MAP_VALUES", "MAP_ENTRIES" -> {
        Expression map = expressions.convert(call.getOperands().getFirst());
        yield Expressions.call(Function.valueOf(name), type(call), map);
      }
      case "MAP_FROM_ARRAYS" -> fromArrays(call);
      case "MAP_UNION" ->
          Expressions.call(
              Function.MAP_UNION,
              type(call),
              call.getOperands().stream()
                  .map(operand -> Expressions.as(expressions.convert(operand), type(call)))
                  .toArray(Expression[]::new));
      case "STR_TO_MAP" -> ofText(call);
      case "ARRAY_SORT" -> sort(call);
      case "ELEMENT" ->
          Expressions.call(
              Function.ONLY_ELEMENT,
              type(call),
              expressions.convert(call.getOperands().getFirst()));
      default -> null;
    };
  }

  private static DataType type(RexCall call) {
    return RexToExpression.type(call.getType());
  }

  private Expression row(RexCall call) {
    DataType.Row type = (DataType.Row) type(call);
    Expression[] fields = new Expression[call.getOperands().size()];
    for (int i = 0; i < fields.length; i++) {
      Expression field = expressions.convert(call.getOperands().get(i));
      fields[i] = Expressions.as(field, type.fields().get(i).type());
    }
    return Expressions.call(Function.ROW, type, fields);
  }

  private Expression map(RexCall call) {
    DataType.Map type = (DataType.Map) type(call);
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    for (int i = 0; i < call.getOperands().size(); i++) {
      Expression part = expressions.convert(call.getOperands().get(i));
      boolean isKey = i % 2 == 0;
      (isKey ? keys : values).add(Expressions.as(part, isKey ? type.key() : type.value()));
    }
    return Expressions.call(
        Function.MAP_FROM_ARRAYS, type, array(type.key(), keys), array(type.value(), values));
  }

  private static Expression array(DataType element, List<Expression> elements) {
    return Expressions.call(
        Function.ARRAY, new DataType.Array(element), elements.toArray(Expression[]::new));
  }

  /** An element of an array, a value of a map, or a field of a row. */
  private Expression item(RexCall call) {
    Expression from = expressions.convert(call.getOperands().get(0));
    RexNode at = call.getOperands().get(1);
    return switch (from.type()) {
      case DataType.Array(DataType element) ->
          Expressions.call(
              Function.ELEMENT,
              element,
              from,
              Expressions.as(expressions.convert(at), Simple.BIGINT));
      case DataType.Map map ->
          Expressions.call(
              Function.MAP_VALUE,
              map.value(),
              from,
              Expressions.as(expressions.convert(at), map.key()));
      case DataType.Row _ -> named(call);
      case Simple _, DataType.Decimal _ ->
          throw new UnsupportedSqlException("ITEM", "Only arrays, maps and rows have items.");
    };
  }

  private Expression named(RexCall call) {
    Expression row = expressions.convert(call.getOperands().get(0));
    if (row.type() instanceof DataType.Row type
        && call.getOperands().get(1) instanceof RexLiteral name) {
      String text = name.getValueAs(String.class);
      for (int i = 0; i < type.fields().size(); i++) {
        if (type.fields().get(i).name().equalsIgnoreCase(text)) {
          return field(row, i);
        }
      }
    }
    throw new UnsupportedSqlException("ITEM", "A field is read by its name: row.field.");
  }

  private Expression fromArrays(RexCall call) {
    DataType.Map type = (DataType.Map) type(call);
    return Expressions.call(
        Function.MAP_FROM_ARRAYS,
        type,
        Expressions.as(
            expressions.convert(call.getOperands().get(0)), new DataType.Array(type.key())),
        Expressions.as(
            expressions.convert(call.getOperands().get(1)), new DataType.Array(type.value())));
  }

  private Expression ofText(RexCall call) {
    Expression[] arguments = {
      Expressions.nullOf(Simple.VARCHAR), Expressions.text(","), Expressions.text("=")
    };
    for (int i = 0; i < call.getOperands().size(); i++) {
      arguments[i] = Expressions.as(expressions.convert(call.getOperands().get(i)), Simple.VARCHAR);
    }
    return Expressions.call(Function.STR_TO_MAP, type(call), arguments);
  }

  /** (array [, ascending [, NULLs first]]): NULLs stand where the order begins. */
  private Expression sort(RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression ascending =
        operands.size() > 1 ? expressions.convert(operands.get(1)) : Expression.TRUE;
    Expression nullsFirst = operands.size() > 2 ? expressions.convert(operands.get(2)) : ascending;
    return Expressions.call(
        Function.ARRAY_SORT,
        type(call),
        expressions.convert(operands.getFirst()),
        ascending,
        nullsFirst);
  }

  /** Whether both sides are written as rows of as many values. */
  static boolean areRows(RexNode left, RexNode right) {
    return left.getKind() == SqlKind.ROW
        && right.getKind() == SqlKind.ROW
        && ((RexCall) left).getOperands().size() == ((RexCall) right).getOperands().size();
  }
}
