package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import java.util.Arrays;
import java.util.List;

/**
 * CASE. Branch {@code i} has {@code conditions.get(i)} and {@code results.get(i)}; the last result,
 * without condition, is ELSE. A branch that no row takes is not evaluated; one that some rows take
 * is evaluated over all rows, and what it gives or fails with for the others is dropped.
 */
record CaseNode(List<Node> conditions, List<Node> results, DataType type) implements Node {
  private static final int UNDECIDED = -1;
  private static final int FAILED = -2;

  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    int[] choice = new int[count];
    Arrays.fill(choice, UNDECIDED);
    int[] failures = Failures.NONE;
    int undecided = count;
    for (int branch = 0; branch < conditions.size() && undecided > 0; branch++) {
      Operand condition = conditions.get(branch).evaluate(batch).expanded(count);
      failures = failUndecided(choice, condition.failures(), failures, count);
      undecided = take(choice, (BooleanVector) condition.vector(), branch, count);
    }
    int otherwise = conditions.size();
    for (int i = 0; i < count; i++) {
      choice[i] = choice[i] == UNDECIDED ? otherwise : choice[i];
    }
    return collect(batch, choice, failures);
  }

  private static int[] failUndecided(int[] choice, int[] condition, int[] failures, int count) {
    if (condition.length == 0) {
      return failures;
    }
    int[] merged = failures.length == 0 ? new int[count] : failures;
    for (int i = 0; i < count; i++) {
      if (choice[i] == UNDECIDED && condition[i] != 0) {
        choice[i] = FAILED;
        merged[i] = condition[i];
      }
    }
    return merged;
  }

  private static int take(int[] choice, BooleanVector condition, int branch, int count) {
    boolean[] values = condition.values();
    boolean[] nulls = condition.nulls();
    int undecided = 0;
    for (int i = 0; i < count; i++) {
      if (choice[i] == UNDECIDED) {
        if (values[i] && (nulls.length == 0 || !nulls[i])) {
          choice[i] = branch;
        } else {
          undecided++;
        }
      }
    }
    return undecided;
  }

  private Operand collect(Batch batch, int[] choice, int[] conditionFailures) {
    int count = batch.rowCount();
    boolean[] taken = new boolean[results.size()];
    for (int i = 0; i < count; i++) {
      if (choice[i] >= 0) {
        taken[choice[i]] = true;
      }
    }
    Operand[] branches = new Operand[results.size()];
    boolean[] nulls = new boolean[count];
    int[] failures = conditionFailures;
    for (int branch = 0; branch < branches.length; branch++) {
      if (taken[branch]) {
        branches[branch] = results.get(branch).evaluate(batch);
        markNulls(branches[branch], branch, choice, nulls, count);
        failures = keepTaken(branches[branch].failures(), branch, choice, failures, count);
      }
    }
    for (int i = 0; i < count; i++) {
      nulls[i] |= choice[i] == FAILED;
    }
    boolean[] mask = Masks.compact(nulls, count);
    Vector merged = Choice.merge(type.layout(), branches, choice, mask, count);
    return new Operand(merged, Operand.Form.ROWS, failures);
  }

  private static void markNulls(
      Operand operand, int branch, int[] choice, boolean[] nulls, int count) {
    boolean[] from = operand.vector().nulls();
    if (from.length == 0) {
      return;
    }
    int mask = operand.mask();
    for (int i = 0; i < count; i++) {
      if (choice[i] == branch) {
        nulls[i] = from[i & mask];
      }
    }
  }

  private static int[] keepTaken(int[] from, int branch, int[] choice, int[] failures, int count) {
    if (from.length == 0) {
      return failures;
    }
    int[] merged = failures.length == 0 ? new int[count] : failures;
    for (int i = 0; i < count; i++) {
      if (choice[i] == branch) {
        merged[i] = from[i];
      }
    }
    return merged;
  }
}
