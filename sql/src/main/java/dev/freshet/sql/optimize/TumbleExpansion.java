package dev.freshet.sql.optimize;

import dev.freshet.sql.dialect.FreshetFunctions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * The TUMBLE table function as columns.
 *
 * <pre>
 * TableFunctionScan TUMBLE(DESCRIPTOR(t), size, offset)
 *   input
 *
 * Project *, start(t, size, offset), start + size, start + size - 1 ms
 *   Filter t IS NOT NULL
 *     input
 * </pre>
 */
final class TumbleExpansion extends RelHomogeneousShuttle {
  private TumbleExpansion() {}

  static RelNode expand(RelNode root) {
    return root.accept(new TumbleExpansion());
  }

  @Override
  public RelNode visit(RelNode other) {
    RelNode visited = super.visit(other);
    return visited instanceof TableFunctionScan scan ? tumble(scan) : visited;
  }

  private static RelNode tumble(TableFunctionScan scan) {
    RexBuilder rex = scan.getCluster().getRexBuilder();
    RexCall call = (RexCall) scan.getCall();
    List<RexNode> operands = call.getOperands();
    RelNode input = scan.getInput(0);
    int descriptor = descriptor(operands);
    RexNode timeReference = ((RexCall) operands.get(descriptor)).getOperands().getFirst();
    int timeColumn = ((RexInputRef) timeReference).getIndex();
    List<RexNode> intervals = operands.subList(descriptor + 1, operands.size());
    RexNode time = rex.makeInputRef(input, timeColumn);
    RelNode timed =
        LogicalFilter.create(input, rex.makeCall(SqlStdOperatorTable.IS_NOT_NULL, time));
    List<RexNode> columns = new ArrayList<>(rex.identityProjects(input.getRowType()));
    columns.addAll(windowColumns(scan, rex, rex.makeNotNull(time), intervals));
    return LogicalProject.create(
        timed, List.of(), columns, scan.getRowType().getFieldNames(), java.util.Set.of());
  }

  private static int descriptor(List<RexNode> operands) {
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i) instanceof RexCall call
          && call.getOperator().equals(SqlStdOperatorTable.DESCRIPTOR)) {
        return i;
      }
    }
    throw new IllegalStateException("no descriptor");
  }

  private static List<RexNode> windowColumns(
      TableFunctionScan scan, RexBuilder rex, RexNode time, List<RexNode> intervals) {
    List<RelDataType> types =
        scan.getRowType().getFieldList().stream().map(f -> f.getType()).toList();
    int count = types.size();
    RelDataType timestamp = types.get(count - 3);
    RexNode size = intervals.getFirst();
    RexNode offset = intervals.size() > 1 ? intervals.get(1) : millis(rex, 0);
    RexNode start =
        rex.ensureType(
            timestamp,
            rex.makeCall(
                time.getType(), FreshetFunctions.TUMBLE_START, List.of(time, size, offset)),
            true);
    // The others are made of the start, so that a GROUP BY of all three is one by the start.
    RexNode end = rex.makeCall(timestamp, SqlStdOperatorTable.DATETIME_PLUS, List.of(start, size));
    RexNode last =
        rex.makeCall(timestamp, SqlStdOperatorTable.DATETIME_PLUS, List.of(end, millis(rex, -1)));
    return List.of(start, end, rex.ensureType(types.get(count - 1), last, true));
  }

  private static RexNode millis(RexBuilder rex, long millis) {
    return rex.makeIntervalLiteral(
        BigDecimal.valueOf(millis),
        new SqlIntervalQualifier(TimeUnit.SECOND, null, SqlParserPos.ZERO));
  }
}
