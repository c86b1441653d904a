package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;

/** One value for all rows, in a vector of length 1. */
record ConstantNode(Vector value, DataType type) implements Node {
  @Override
  public Operand evaluate(Batch batch) {
    return new Operand(value, Operand.Form.CONSTANT, Failures.NONE);
  }
}
