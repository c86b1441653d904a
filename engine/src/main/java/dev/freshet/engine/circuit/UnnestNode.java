package dev.freshet.engine.circuit;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.RowCodec;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.Arrays;
import java.util.List;

/** A row for each element of the row's array, a row among them by its fields. Linear. */
final class UnnestNode extends Node {
  private final Plan.Unnest plan;
  private final DataType element;

  UnnestNode(Node input, Plan.Unnest plan) {
    super(
        "unnest " + plan.kind() + " $" + plan.arrayColumn() + PlanText.types(plan.schema()),
        plan.schema(),
        List.of(input));
    this.plan = plan;
    this.element = ((DataType.Array) input.schema().type(plan.arrayColumn())).element();
  }

  @Override
  Batch evaluate() {
    Batch batch = input().output();
    if (batch.isEmpty()) {
      return nothing();
    }
    BytesVector arrays = (BytesVector) batch.column(plan.arrayColumn());
    VectorBuilder elements = new VectorBuilder(element.layout(), batch.rowCount());
    VectorBuilder places = new VectorBuilder(DataType.Layout.LONG, batch.rowCount());
    int[] rows = new int[batch.rowCount()];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      int added = arrays.isNull(i) ? 0 : append(arrays.copyOf(i), elements, places);
      if (added == 0 && plan.kind() == JoinKind.LEFT) {
        elements.appendNull();
        places.appendNull();
        added = 1;
      }
      if (count + added > rows.length) {
        rows = Arrays.copyOf(rows, Math.max(count + added, 2 * rows.length));
      }
      Arrays.fill(rows, count, count + added, i);
      count += added;
    }
    return joined(Rows.gather(batch, rows, count), elements.build(), places.build());
  }

  private int append(byte[] array, VectorBuilder elements, VectorBuilder places) {
    Vector values = ArrayCodec.elements(element, array);
    elements.appendAll(values);
    for (int i = 1; i <= values.length(); i++) {
      places.appendLong(i);
    }
    return values.length();
  }

  private Batch joined(Batch rows, Vector elements, Vector places) {
    int width = rows.columns().length;
    Vector[] columns = Arrays.copyOf(rows.columns(), schema().columnCount());
    Vector[] parts =
        element instanceof DataType.Row row
            ? RowCodec.columns(row, (BytesVector) elements)
            : new Vector[] {elements};
    System.arraycopy(parts, 0, columns, width, parts.length);
    if (columns.length > width + parts.length) {
      columns[width + parts.length] = places;
    }
    return new Batch(schema(), columns, rows.weights(), rows.rowCount());
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new UnnestNode(otherInputs.getFirst(), plan);
  }

  @Override
  public String operator() {
    return "unnest";
  }
}
