package dev.freshet.sql.translate;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.WindowKind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;

/** The nodes of HOP, CUMULATE and SESSION. */
final class WindowScans {
  private WindowScans() {}

  static Plan convert(TableFunctionScan scan, Plan input, RexToExpression expressions) {
    RexCall call = (RexCall) scan.getCall();
    return switch (call.getOperator().getName()) {
      case "HOP_STARTS" -> windows(WindowKind.HOP, call, input, expressions);
      case "CUMULATE_ENDS" -> windows(WindowKind.CUMULATE, call, input, expressions);
      case "SESSIONS" -> sessions(call, input, expressions);
      default ->
          throw new UnsupportedSqlException(
              call.getOperator().getName(), "This table function is not there yet.");
    };
  }

  private static Plan windows(
      WindowKind kind, RexCall call, Plan input, RexToExpression expressions) {
    List<RexNode> operands = call.getOperands();
    String name = kind.name();
    long step = positive(name, operands.get(1), expressions);
    long size = positive(name, operands.get(2), expressions);
    long offset = micros(operands.get(3), expressions).orElseThrow(() -> notConstant(name));
    if (size % step != 0) {
      throw new UnsupportedSqlException(
          name, "Its size must be a whole multiple of its " + step(kind) + ".");
    }
    if (size / step > Plan.Windows.MAX_PER_ROW) {
      throw new UnsupportedSqlException(
          name,
          "Each row would lie in up to "
              + size / step
              + " windows; at most "
              + Plan.Windows.MAX_PER_ROW
              + " are possible. Use a larger "
              + step(kind)
              + ".");
    }
    return PlanBuilder.windows(
        input, kind, column(operands.getFirst(), expressions), step, size, offset);
  }

  private static String step(WindowKind kind) {
    return switch (kind) {
      case HOP -> "slide";
      case CUMULATE -> "step";
    };
  }

  private static Plan sessions(RexCall call, Plan input, RexToExpression expressions) {
    List<RexNode> operands = call.getOperands();
    TreeSet<Integer> partition = new TreeSet<>();
    operands.subList(2, operands.size()).forEach(key -> partition.add(column(key, expressions)));
    return PlanBuilder.sessions(
        input,
        List.copyOf(partition),
        column(operands.getFirst(), expressions),
        positive("SESSION", operands.get(1), expressions));
  }

  private static int column(RexNode reference, RexToExpression expressions) {
    return ((Expression.ColumnRef) expressions.convert(reference)).index();
  }

  private static long positive(String function, RexNode interval, RexToExpression expressions) {
    long micros = micros(interval, expressions).orElseThrow(() -> notConstant(function));
    if (micros <= 0) {
      throw new UnsupportedSqlException(function, "Its intervals must be longer than nothing.");
    }
    return micros;
  }

  private static OptionalLong micros(RexNode interval, RexToExpression expressions) {
    return expressions.convert(interval) instanceof Expression.Literal literal
            && literal.value().isPresent()
        ? OptionalLong.of((Long) literal.value().get())
        : OptionalLong.empty();
  }

  private static UnsupportedSqlException notConstant(String function) {
    return new UnsupportedSqlException(
        function, "Its intervals must be constant, such as INTERVAL '5' MINUTE.");
  }

  /** The input's columns and these timestamps. */
  static Schema with(Schema input, String... names) {
    List<Column> columns = new ArrayList<>(input.columns());
    for (String name : names) {
      String unique = name;
      for (int n = 0; input.names().contains(unique); n++) {
        unique = name + n;
      }
      columns.add(Column.notNull(unique, Simple.TIMESTAMP));
    }
    return new Schema(columns);
  }
}
