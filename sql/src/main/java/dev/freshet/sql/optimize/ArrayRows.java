package dev.freshet.sql.optimize;

import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.type.RelDataType;

/**
 * The input's rows, one for each element of the array in its last column. Fields: the input's, the
 * element, and the element's place if the type has that field.
 */
public final class ArrayRows extends SingleRel {
  private final JoinKind kind;

  ArrayRows(RelNode input, JoinKind kind, RelDataType type) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.kind = kind;
    this.rowType = type;
  }

  /** Whether a row without elements stays. */
  public JoinKind kind() {
    return kind;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ArrayRows(inputs.getFirst(), kind, getRowType());
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("kind", kind).item("type", getRowType());
  }
}
