package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.function.library.ScalarMethod;
import dev.freshet.core.type.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of a function in Java, row by row. What it throws makes the row fail; the message is got
 * by calling it again, which a deterministic function allows.
 *
 * @param site the call's number within its expression, for failure codes
 */
record UserNode(ScalarMethod method, List<Node> arguments, DataType type, int site)
    implements Node, Site {
  @Override
  public String label() {
    return method.name();
  }

  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    Operand[] operands = new Operand[arguments.size()];
    int[] failures = Failures.NONE;
    for (int i = 0; i < operands.length; i++) {
      operands[i] = arguments.get(i).evaluate(batch);
      failures = Failures.merge(failures, operands[i].failures(), count);
    }
    int[] own = Failures.NONE;
    VectorBuilder result = new VectorBuilder(type.layout(), count);
    @Nullable Object[] values = new Object[operands.length];
    for (int row = 0; row < count; row++) {
      if (failures.length > 0 && failures[row] != 0) {
        result.appendNull();
        continue;
      }
      try {
        load(operands, row, values);
        Values.append(result, type, method.call(values));
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Throwable e) {
        result.truncate(row);
        result.appendNull();
        own = own.length == 0 ? new int[count] : own;
        own[row] = Failures.code(site, FailureKind.EXCEPTION);
      }
    }
    return new Operand(result.build(), Operand.Form.ROWS, Failures.merge(failures, own, count));
  }

  private void load(Operand[] operands, int row, @Nullable Object[] values) {
    for (int i = 0; i < operands.length; i++) {
      Vector vector = operands[i].vector();
      values[i] = Values.read(arguments.get(i).type(), vector, row & operands[i].mask());
    }
  }

  /** Why the call fails on the one row of a batch. */
  String problem(Batch row) {
    @Nullable Object[] values = new Object[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      Vector vector = arguments.get(i).evaluate(row).vector();
      values[i] = Values.read(arguments.get(i).type(), vector, 0);
    }
    try {
      Values.append(new VectorBuilder(type.layout(), 1), type, method.call(values));
      return "it failed once and not again; a function must give the same for the same arguments";
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      return UserFailures.message(e);
    }
  }
}
