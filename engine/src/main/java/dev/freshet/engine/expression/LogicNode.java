package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import java.util.Arrays;
import java.util.List;

/**
 * AND and OR. A deciding value (FALSE for AND, TRUE for OR) in any operand decides the row; else
 * the first failure, else NULL, else the other value.
 */
record LogicNode(Connective connective, List<Node> operands) implements Node {
  /** Which of the two. */
  enum Connective {
    AND,
    OR
  }

  @Override
  public DataType type() {
    return DataType.Simple.BOOLEAN;
  }

  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    boolean deciding = connective == Connective.OR;
    boolean[] values = new boolean[count];
    if (!deciding) {
      Arrays.fill(values, true);
    }
    boolean[] unknown = Vector.NO_NULLS;
    int[] failures = Failures.NONE;
    for (Node node : operands) {
      Operand operand = node.evaluate(batch).expanded(count);
      boolean[] nulls = operand.vector().nulls();
      decide(values, ((BooleanVector) operand.vector()).values(), nulls, deciding, count);
      unknown = Masks.or(unknown, nulls, count);
      failures = Failures.merge(failures, operand.failures(), count);
      if (allEqual(values, deciding, count)) {
        return Operand.rows(new BooleanVector(values, Vector.NO_NULLS, count));
      }
    }
    return undecided(values, unknown, failures, deciding, count);
  }

  private static void decide(
      boolean[] values, boolean[] operand, boolean[] nulls, boolean deciding, int count) {
    if (nulls.length > 0) {
      for (int i = 0; i < count; i++) {
        if (!nulls[i] && operand[i] == deciding) {
          values[i] = deciding;
        }
      }
    } else if (deciding) {
      for (int i = 0; i < count; i++) {
        values[i] |= operand[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        values[i] &= operand[i];
      }
    }
  }

  /** Failed rows are null in {@code unknown} too; a decided row is neither. */
  private static Operand undecided(
      boolean[] values, boolean[] unknown, int[] failures, boolean deciding, int count) {
    if (unknown.length == 0) {
      return Operand.rows(new BooleanVector(values, Vector.NO_NULLS, count));
    }
    boolean[] nulls = new boolean[count];
    for (int i = 0; i < count; i++) {
      nulls[i] = unknown[i] && values[i] != deciding;
    }
    int[] left = Failures.NONE;
    if (failures.length > 0) {
      left = new int[count];
      for (int i = 0; i < count; i++) {
        left[i] = nulls[i] ? failures[i] : 0;
      }
    }
    return new Operand(new BooleanVector(values, nulls, count), Operand.Form.ROWS, left);
  }

  private static boolean allEqual(boolean[] values, boolean wanted, int count) {
    for (int i = 0; i < count; i++) {
      if (values[i] != wanted) {
        return false;
      }
    }
    return true;
  }
}
