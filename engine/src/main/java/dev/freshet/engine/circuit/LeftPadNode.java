package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Matches;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.expression.CompiledExpression;
import dev.freshet.engine.expression.Evaluated;
import dev.freshet.engine.expression.Expressions;
import dev.freshet.sql.plan.Expression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a left join that have no partner, with NULLs on the right.
 *
 * <p>Without a residual a left row lacks a partner exactly if its key has no right row. With e(k) =
 * 1 for such keys the change is dA e-before + A-after (e-after - e-before): only keys that gain
 * their first or lose their last right row touch old left rows. With a residual the unmatched rows
 * of the changed keys are computed before and after the step. Where the residual fails on a pair it
 * is not known whether the left row has a partner: the row is left out, and {@link JoinNode}
 * reports the pair.
 */
final class LeftPadNode extends Node {
  private final ArrangeNode left;
  private final ArrangeNode right;
  private final Expression residual;
  private final List<CompiledExpression> condition;

  LeftPadNode(ArrangeNode left, ArrangeNode right, Expression residual, Schema schema) {
    super("left rows unmatched on " + PlanText.of(residual), schema, List.of(left, right));
    this.left = left;
    this.right = right;
    this.residual = residual;
    this.condition =
        residual.equals(Expression.TRUE) ? List.of() : List.of(Expressions.compile(residual));
  }

  @Override
  Batch evaluate() {
    List<Batch> parts = new ArrayList<>();
    if (condition.isEmpty()) {
      addNewLeftRows(parts);
      addFlippedKeys(parts);
    } else {
      addLeftRowsWithNullKey(parts);
      Probe keys = changedKeys();
      RunList oldLeft = left.before();
      RunList oldRight = right.before();
      RunList newLeft = left.after();
      RunList newRight = right.after();
      KeyRanges.addEach(parts, workers(), keys, range -> unmatched(range, oldLeft, oldRight, -1));
      KeyRanges.addEach(parts, workers(), keys, range -> unmatched(range, newLeft, newRight, 1));
    }
    return parts.isEmpty() ? nothing() : Rows.concat(schema(), parts);
  }

  private void addNewLeftRows(List<Batch> parts) {
    Batch change = left.delta().rows();
    if (change.isEmpty()) {
      return;
    }
    Probe probe = Probe.of(left.delta(), left.order().key()).withoutNullKeys();
    long[] partners = KeyRanges.weights(workers(), right.before(), probe);
    boolean[] matched = new boolean[change.rowCount()];
    for (int i = 0; i < probe.count(); i++) {
      matched[probe.row(i)] = partners[i] > 0;
    }
    addRows(parts, change, matched, 1);
  }

  private void addFlippedKeys(List<Batch> parts) {
    if (right.delta().isEmpty()) {
      return;
    }
    Probe keys = Probe.of(right.delta(), right.order().key()).withoutNullKeys().distinct();
    long[] old = KeyRanges.weights(workers(), right.before(), keys);
    long[] now = KeyRanges.weights(workers(), right.after(), keys);
    boolean[] gained = new boolean[keys.count()];
    boolean[] lost = new boolean[keys.count()];
    for (int i = 0; i < keys.count(); i++) {
      gained[i] = old[i] <= 0 && now[i] > 0;
      lost[i] = old[i] > 0 && now[i] <= 0;
    }
    addLeftRowsOf(parts, keys.where(gained), -1);
    addLeftRowsOf(parts, keys.where(lost), 1);
  }

  private void addLeftRowsOf(List<Batch> parts, Probe keys, int sign) {
    Matches matches = left.after().match(keys);
    if (matches.count() == 0) {
      return;
    }
    long[] weights = matches.arrangedWeights();
    parts.add(padded(matches.arrangedColumns(), signed(weights, sign), matches.count()));
  }

  private void addLeftRowsWithNullKey(List<Batch> parts) {
    Batch change = left.delta().rows();
    boolean[] hasKey = new boolean[change.rowCount()];
    for (int i = 0; i < hasKey.length; i++) {
      hasKey[i] = !Probe.hasNullKey(change, left.order().key(), i);
    }
    addRows(parts, change, hasKey, 1);
  }

  /** The keys of both sides' changes, each once. */
  private Probe changedKeys() {
    int[] leftKey = left.order().key();
    Schema schema = Schemas.numbered(left.schema(), leftKey);
    List<Batch> keys = new ArrayList<>(2);
    keys.add(columns(schema, left.delta().rows(), leftKey));
    keys.add(columns(schema, right.delta().rows(), right.order().key()));
    Batch all = Rows.concat(schema, keys);
    return Probe.of(all, Schemas.range(leftKey.length)).withoutNullKeys().distinct();
  }

  private static Batch columns(Schema schema, Batch batch, int[] positions) {
    Vector[] columns = new Vector[positions.length];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = batch.column(positions[c]);
    }
    return new Batch(schema, columns, batch.weights(), batch.rowCount());
  }

  private Batch unmatched(Probe keys, RunList leftRows, RunList rightRows, int sign) {
    Batch rows = leftRows.groups(keys).rows();
    if (rows.isEmpty()) {
      return nothing();
    }
    Matches matches = rightRows.match(Probe.of(rows, left.order().key()));
    long[] partners = new long[rows.rowCount()];
    if (matches.count() > 0) {
      countPartners(matches, partners);
    }
    boolean[] matched = new boolean[rows.rowCount()];
    for (int i = 0; i < matched.length; i++) {
      matched[i] = partners[i] > 0;
    }
    return rows(rows, matched, sign);
  }

  private void countPartners(Matches matches, long[] partners) {
    Batch pairs =
        JoinNode.pairs(
            schema(),
            matches.probeColumns(),
            matches.arrangedColumns(),
            matches.arrangedWeights(),
            matches.count());
    Evaluated result = condition.getFirst().evaluate(pairs);
    int[] rows = new int[matches.count()];
    int count = FilterNode.trueRows(result.vector(), result.failed(), rows, matches.count());
    for (int i = 0; i < count; i++) {
      partners[matches.probeRows()[rows[i]]] += pairs.weight(rows[i]);
    }
    boolean[] failed = result.failed();
    for (int i = 0; i < failed.length; i++) {
      if (failed[i]) {
        partners[matches.probeRows()[i]] += pairs.weight(i);
      }
    }
  }

  private void addRows(List<Batch> parts, Batch batch, boolean[] skip, int sign) {
    Batch kept = rows(batch, skip, sign);
    if (!kept.isEmpty()) {
      parts.add(kept);
    }
  }

  private Batch rows(Batch batch, boolean[] skip, int sign) {
    int[] rows = new int[batch.rowCount()];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      rows[count] = i;
      count += skip[i] ? 0 : 1;
    }
    if (count == 0) {
      return nothing();
    }
    Batch kept = Rows.gather(batch, rows, count);
    return padded(kept.columns(), signed(kept.weights(), sign), count);
  }

  private Batch padded(Vector[] leftColumns, long[] weights, int count) {
    Vector[] columns = Arrays.copyOf(leftColumns, schema().columnCount());
    for (int c = leftColumns.length; c < columns.length; c++) {
      VectorBuilder builder = new VectorBuilder(schema().type(c).layout(), count);
      for (int i = 0; i < count; i++) {
        builder.appendNull();
      }
      columns[c] = builder.build();
    }
    return new Batch(schema(), columns, weights, count);
  }

  private static long[] signed(long[] weights, int sign) {
    if (sign > 0) {
      return weights;
    }
    long[] negated = new long[weights.length];
    for (int i = 0; i < weights.length; i++) {
      negated[i] = -weights[i];
    }
    return negated;
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new LeftPadNode(
        (ArrangeNode) otherInputs.get(0), (ArrangeNode) otherInputs.get(1), residual, schema());
  }

  @Override
  public String operator() {
    return "left join padding";
  }
}
