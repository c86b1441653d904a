package dev.freshet.sql.optimize;

import dev.freshet.sql.dialect.FreshetFunctions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalTableFunctionScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * The window table functions as columns. TUMBLE is a projection; the others give what cannot be
 * computed from the row alone, and the rest follows from it, so that a GROUP BY of all three is one
 * by the first.
 *
 * <pre>
 * TUMBLE(DESCRIPTOR(t), size, offset)       Project *, start(t, size, offset), start + size, end - 1 ms
 *   input                                     Filter t IS NOT NULL
 *                                               input
 *
 * HOP(DESCRIPTOR(t), slide, size, offset)   Project *, start, start + size, end - 1 ms
 *   input                                     HOP_STARTS(t, slide, size, offset): *, start
 *                                               Filter t IS NOT NULL
 *                                                 input
 *
 * CUMULATE(DESCRIPTOR(t), step, size, ...)  Project *, start(end - step, size, offset), end, end - 1 ms
 *   input                                     CUMULATE_ENDS(t, step, size, offset): *, end
 *                                               ...
 *
 * SESSION(DESCRIPTOR(t), gap,               Project *, start, end, end - 1 ms
 *   DESCRIPTOR(k)                             SESSIONS(t, gap, k): *, start, end
 *   input                                       ...
 * </pre>
 */
final class WindowExpansion extends RelHomogeneousShuttle {
  private WindowExpansion() {}

  static RelNode expand(RelNode root) {
    return root.accept(new WindowExpansion());
  }

  @Override
  public RelNode visit(RelNode other) {
    RelNode visited = super.visit(other);
    return visited instanceof TableFunctionScan scan ? new Expansion(scan).expanded() : visited;
  }

  private static final class Expansion {
    private final TableFunctionScan scan;
    private final RexBuilder rex;
    private final RexCall call;
    private final RelNode timed;
    private final RexNode time;
    private final List<RexNode> intervals;

    Expansion(TableFunctionScan scan) {
      this.scan = scan;
      this.rex = scan.getCluster().getRexBuilder();
      this.call = (RexCall) scan.getCall();
      RelNode input = scan.getInput(0);
      List<RexNode> operands = call.getOperands();
      int descriptor = descriptor(operands);
      RexNode reference = ((RexCall) operands.get(descriptor)).getOperands().getFirst();
      this.intervals = operands.subList(descriptor + 1, operands.size());
      RexNode column = rex.makeInputRef(input, ((RexInputRef) reference).getIndex());
      this.time = column;
      this.timed =
          LogicalFilter.create(input, rex.makeCall(SqlStdOperatorTable.IS_NOT_NULL, column));
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

    RelNode expanded() {
      return switch (call.getOperator().getName()) {
        case "TUMBLE" -> tumble();
        case "HOP" -> hop();
        case "CUMULATE" -> cumulate();
        case "SESSION" -> session();
        default -> scan;
      };
    }

    private RelNode tumble() {
      RexNode start = start(rex.makeNotNull(time), intervals.getFirst(), offset(1));
      return project(timed, start, plus(start, intervals.getFirst()));
    }

    private RelNode hop() {
      RelNode windows = windows(FreshetFunctions.HOP_STARTS, withOffset(), "window_start");
      RexNode start = added(windows, 0);
      return project(windows, start, plus(start, intervals.get(1)));
    }

    private RelNode cumulate() {
      RelNode windows = windows(FreshetFunctions.CUMULATE_ENDS, withOffset(), "window_end");
      RexNode end = added(windows, 0);
      RexNode inside = plus(end, rex.makeCall(SqlStdOperatorTable.UNARY_MINUS, intervals.get(0)));
      return project(windows, start(inside, intervals.get(1), offset(2)), end);
    }

    private RelNode session() {
      List<RexNode> operands = new ArrayList<>(intervals.subList(0, 1));
      if (intervals.size() > 1) {
        operands.addAll(((RexCall) intervals.get(1)).getOperands());
      }
      RelNode windows = windows(FreshetFunctions.SESSIONS, operands, "window_start", "window_end");
      return project(windows, added(windows, 0), added(windows, 1));
    }

    private List<RexNode> withOffset() {
      return List.of(intervals.get(0), intervals.get(1), offset(2));
    }

    private RexNode offset(int at) {
      return intervals.size() > at ? intervals.get(at) : millis(0);
    }

    private RelNode windows(SqlFunction function, List<RexNode> operands, String... names) {
      RelDataTypeFactory.Builder type =
          scan.getCluster().getTypeFactory().builder().addAll(timed.getRowType().getFieldList());
      for (String name : names) {
        type.add(name, timestamp());
      }
      List<RexNode> all = new ArrayList<>(List.of(time));
      all.addAll(operands);
      RelDataType rowType = type.build();
      return LogicalTableFunctionScan.create(
          scan.getCluster(),
          List.of(timed),
          rex.makeCall(rowType, function, all),
          null,
          rowType,
          Set.of());
    }

    /** A column that the window function added. */
    private RexNode added(RelNode windows, int index) {
      return rex.makeInputRef(windows, timed.getRowType().getFieldCount() + index);
    }

    private RelDataType timestamp() {
      List<RelDataType> types =
          scan.getRowType().getFieldList().stream().map(f -> f.getType()).toList();
      return types.get(types.size() - 3);
    }

    private RexNode start(RexNode of, RexNode size, RexNode offset) {
      return rex.ensureType(
          timestamp(),
          rex.makeCall(of.getType(), FreshetFunctions.TUMBLE_START, List.of(of, size, offset)),
          true);
    }

    private RexNode plus(RexNode from, RexNode interval) {
      return rex.makeCall(timestamp(), SqlStdOperatorTable.DATETIME_PLUS, List.of(from, interval));
    }

    private RelNode project(RelNode input, RexNode start, RexNode end) {
      List<RexNode> columns =
          new ArrayList<>(
              rex.identityProjects(input.getRowType())
                  .subList(0, timed.getRowType().getFieldCount()));
      RelDataType timeType = scan.getRowType().getFieldList().getLast().getType();
      columns.add(start);
      columns.add(end);
      columns.add(rex.ensureType(timeType, plus(end, millis(-1)), true));
      return LogicalProject.create(
          input, List.of(), columns, scan.getRowType().getFieldNames(), Set.of());
    }

    private RexNode millis(long millis) {
      return rex.makeIntervalLiteral(
          BigDecimal.valueOf(millis),
          new SqlIntervalQualifier(TimeUnit.SECOND, null, SqlParserPos.ZERO));
    }
  }
}
