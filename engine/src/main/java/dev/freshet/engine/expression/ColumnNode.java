package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.DataType;

/** An input column. */
record ColumnNode(int index, DataType type) implements Node {
  @Override
  public Operand evaluate(Batch batch) {
    return Operand.rows(batch.column(index));
  }
}
