package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.util.List;

/** An array of the elements' values; NULL elements are elements. */
record ArrayNode(List<Node> elements, DataType.Array type) implements Node {
  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    Operand[] operands = new Operand[elements.size()];
    int[] failures = Failures.NONE;
    for (int k = 0; k < operands.length; k++) {
      operands[k] = elements.get(k).evaluate(batch);
      failures = Failures.merge(failures, operands[k].failures(), count);
    }
    BytesOutput out = new BytesOutput(count, 16 * count);
    VectorBuilder array = new VectorBuilder(type.element().layout(), operands.length);
    for (int i = 0; i < count; i++) {
      array.reset();
      for (Operand operand : operands) {
        array.append(operand.vector(), i & operand.mask());
      }
      out.append(ArrayCodec.encode(array.build()));
      out.endRow();
    }
    boolean[] nulls =
        failures.length == 0 ? Vector.NO_NULLS : Masks.orFailed(Vector.NO_NULLS, failures, count);
    return new Operand(out.build(nulls), Operand.Form.ROWS, failures);
  }
}
