package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType;
import dev.freshet.sql.plan.Expression.Cast.OnFailure;
import java.util.List;

/**
 * A strict call of a kernel.
 *
 * @param site the call's number within its expression, for failure codes
 * @param label how messages name it: the function, or CAST
 */
record CallNode(
    Kernel kernel, List<Node> arguments, DataType type, int site, String label, OnFailure onFailure)
    implements Node, Site {
  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    Operand[] operands = new Operand[arguments.size()];
    boolean[] nulls = Vector.NO_NULLS;
    int[] failures = Failures.NONE;
    boolean allNull = false;
    boolean allConstant = true;
    for (int i = 0; i < operands.length; i++) {
      Operand operand = arguments.get(i).evaluate(batch);
      operands[i] = operand;
      failures = Failures.merge(failures, operand.failures(), count);
      if (operand.isConstant()) {
        allNull |= operand.vector().isNull(0);
      } else {
        allConstant = false;
        nulls = Masks.or(nulls, operand.vector().nulls(), count);
      }
    }
    if (allNull) {
      return new Operand(Masks.nullVector(type.layout(), count), Operand.Form.ROWS, failures);
    }
    if (allConstant) {
      operands[0] = operands[0].expanded(count);
    }
    return call(new Arguments(operands, nulls, count, site), failures);
  }

  private Operand call(Arguments call, int[] failures) {
    int count = call.count();
    Vector vector = kernel.apply(call);
    Check.that(vector.length() == count, "a kernel keeps the row count", vector.length(), count);
    int[] own = call.failures();
    if (own.length == 0) {
      return new Operand(vector, Operand.Form.ROWS, failures);
    }
    Vector masked = Masks.withNulls(vector, Masks.orFailed(vector.nulls(), own, count));
    if (onFailure == OnFailure.NULL) {
      return new Operand(masked, Operand.Form.ROWS, failures);
    }
    return new Operand(masked, Operand.Form.ROWS, Failures.merge(failures, own, count));
  }
}
