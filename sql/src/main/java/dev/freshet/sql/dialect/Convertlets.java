package dev.freshet.sql.dialect;

import java.util.List;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql2rel.SqlRexContext;
import org.apache.calcite.sql2rel.SqlRexConvertlet;
import org.apache.calcite.sql2rel.SqlRexConvertletTable;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.jspecify.annotations.Nullable;

/** Calcite's ways to convert calls, save those whose expansion is not what the plan wants. */
final class Convertlets implements SqlRexConvertletTable {
  @Override
  public @Nullable SqlRexConvertlet get(SqlCall call) {
    return switch (call.getKind()) {
      case TIMESTAMP_DIFF -> Convertlets::timeDifference;
      case IS_DISTINCT_FROM, IS_NOT_DISTINCT_FROM -> Convertlets::asItIs;
      default -> StandardConvertletTable.INSTANCE.get(call);
    };
  }

  /** Not spelled out with IS NULL and OR: the plan has a function, and joins a way to hash it. */
  private static RexNode asItIs(SqlRexContext context, SqlCall call) {
    return context
        .getRexBuilder()
        .makeCall(
            call.getOperator(),
            context.convertExpression(call.operand(0)),
            context.convertExpression(call.operand(1)));
  }

  /** TIMESTAMPDIFF(unit, from, to) stays a call with the unit's name as its first argument. */
  private static RexNode timeDifference(SqlRexContext context, SqlCall call) {
    RexBuilder builder = context.getRexBuilder();
    SqlIntervalQualifier unit = call.operand(0);
    return builder.makeCall(
        context.getValidator().getValidatedNodeType(call),
        FreshetFunctions.TIME_DIFFERENCE,
        List.of(
            builder.makeLiteral(unit.getUnit().name()),
            context.convertExpression(call.operand(1)),
            context.convertExpression(call.operand(2))));
  }
}
