package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import java.util.Arrays;
import java.util.List;

/**
 * The predicates that look at NULL itself and are never NULL.
 *
 * @param equal the equality of the two operands of DISTINCT; unused by the others
 */
record NullTestNode(Test test, List<Node> operands, Kernel equal) implements Node {
  /** Which predicate. */
  enum Test {
    IS_NULL,
    IS_NOT_NULL,
    IS_TRUE,
    IS_FALSE,
    DISTINCT
  }

  @Override
  public DataType type() {
    return DataType.Simple.BOOLEAN;
  }

  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    Operand first = operands.get(0).evaluate(batch);
    if (test != Test.DISTINCT) {
      first = first.expanded(count);
    }
    boolean[] nulls = first.vector().nulls();
    boolean[] result = new boolean[count];
    int[] failures = first.failures();
    switch (test) {
      case IS_NULL -> {
        if (nulls.length > 0) {
          System.arraycopy(nulls, 0, result, 0, count);
        }
      }
      case IS_NOT_NULL -> {
        Arrays.fill(result, true);
        for (int i = 0; i < Math.min(count, nulls.length); i++) {
          result[i] = !nulls[i];
        }
      }
      case IS_TRUE -> is(true, (BooleanVector) first.vector(), result, count);
      case IS_FALSE -> is(false, (BooleanVector) first.vector(), result, count);
      case DISTINCT -> {
        Operand second = operands.get(1).evaluate(batch);
        failures = Failures.merge(failures, second.failures(), count);
        distinct(first, second, result, count);
      }
    }
    boolean[] failed =
        failures.length == 0 ? Vector.NO_NULLS : Masks.orFailed(Vector.NO_NULLS, failures, count);
    return new Operand(new BooleanVector(result, failed, count), Operand.Form.ROWS, failures);
  }

  private static void is(boolean wanted, BooleanVector operand, boolean[] result, int count) {
    boolean[] values = operand.values();
    boolean[] nulls = operand.nulls();
    for (int i = 0; i < count; i++) {
      result[i] = values[i] == wanted && (nulls.length == 0 || !nulls[i]);
    }
  }

  private void distinct(Operand first, Operand second, boolean[] result, int count) {
    Operand a = first.isConstant() && second.isConstant() ? first.expanded(count) : first;
    Operand[] pair = {a, second};
    BooleanVector same =
        (BooleanVector) equal.apply(new Arguments(pair, Vector.NO_NULLS, count, 0));
    boolean[] values = same.values();
    boolean[] nullsA = a.vector().nulls();
    boolean[] nullsB = second.vector().nulls();
    int maskA = nullsA.length == 0 ? 0 : a.mask();
    int maskB = nullsB.length == 0 ? 0 : second.mask();
    for (int i = 0; i < count; i++) {
      boolean nullA = nullsA.length > 0 && nullsA[i & maskA];
      boolean nullB = nullsB.length > 0 && nullsB[i & maskB];
      result[i] = (nullA | nullB) ? nullA != nullB : !values[i];
    }
  }
}
