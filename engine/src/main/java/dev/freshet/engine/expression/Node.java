package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.DataType;

/** A compiled expression. Immutable; any thread may evaluate it. */
sealed interface Node
    permits ColumnNode,
        ConstantNode,
        CallNode,
        LogicNode,
        NullTestNode,
        CaseNode,
        ArrayNode,
        RowNode,
        UserNode,
        WrittenNode {
  DataType type();

  Operand evaluate(Batch batch);
}
