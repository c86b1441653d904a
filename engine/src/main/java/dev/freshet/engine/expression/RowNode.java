package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.RowCodec;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.util.List;

/** A row of the fields' values; NULL fields are fields. */
record RowNode(List<Node> fields, DataType.Row type) implements Node {
  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    Operand[] operands = new Operand[fields.size()];
    VectorBuilder[] builders = new VectorBuilder[operands.length];
    int[] failures = Failures.NONE;
    for (int k = 0; k < operands.length; k++) {
      operands[k] = fields.get(k).evaluate(batch);
      builders[k] = new VectorBuilder(type.fields().get(k).type().layout(), 1);
      failures = Failures.merge(failures, operands[k].failures(), count);
    }
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      ByteWriter encoded = new ByteWriter(16 * operands.length);
      for (int k = 0; k < operands.length; k++) {
        builders[k].reset();
        builders[k].append(operands[k].vector(), i & operands[k].mask());
        RowCodec.writeField(encoded, builders[k].build());
      }
      out.append(encoded.toByteArray());
      out.endRow();
    }
    boolean[] nulls =
        failures.length == 0 ? Vector.NO_NULLS : Masks.orFailed(Vector.NO_NULLS, failures, count);
    return new Operand(out.build(nulls), Operand.Form.ROWS, failures);
  }
}
