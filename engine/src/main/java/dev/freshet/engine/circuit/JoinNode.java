package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Matches;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.expression.CompiledExpression;
import dev.freshet.engine.expression.Expressions;
import dev.freshet.sql.plan.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pairs of an equi-join. Bilinear: the change of A x B is dA x B before the step and A after
 * the step x dB. Both sides are arranged by the join's keys.
 */
final class JoinNode extends Node {
  private final ArrangeNode left;
  private final ArrangeNode right;
  private final Expression residual;
  private final List<CompiledExpression> condition;

  JoinNode(ArrangeNode left, ArrangeNode right, Expression residual, Schema schema) {
    super("join on " + PlanText.of(residual), schema, List.of(left, right));
    this.left = left;
    this.right = right;
    this.residual = residual;
    this.condition =
        residual.equals(Expression.TRUE) ? List.of() : List.of(Expressions.compile(residual));
  }

  @Override
  Batch evaluate() {
    List<Batch> parts = new ArrayList<>(2);
    if (!left.delta().isEmpty()) {
      Probe probe = Probe.of(left.delta(), left.order().key()).withoutNullKeys();
      RunList others = right.before();
      KeyRanges.addEach(parts, workers(), probe, part -> ofLeft(others.match(part)));
    }
    if (!right.delta().isEmpty()) {
      Probe probe = Probe.of(right.delta(), right.order().key()).withoutNullKeys();
      RunList others = left.after();
      KeyRanges.addEach(parts, workers(), probe, part -> ofRight(others.match(part)));
    }
    return parts.isEmpty() ? nothing() : Rows.concat(schema(), parts);
  }

  private Batch ofLeft(Matches matches) {
    return kept(matches, matches.probeColumns(), matches.arrangedColumns());
  }

  private Batch ofRight(Matches matches) {
    return kept(matches, matches.arrangedColumns(), matches.probeColumns());
  }

  private Batch kept(Matches matches, Vector[] leftSide, Vector[] rightSide) {
    if (matches.count() == 0) {
      return nothing();
    }
    Batch pairs = pairs(schema(), leftSide, rightSide, matches.weights(), matches.count());
    return condition.isEmpty() ? pairs : FilterNode.select(this, condition.getFirst(), pairs);
  }

  static Batch pairs(Schema schema, Vector[] left, Vector[] right, long[] weights, int count) {
    Vector[] columns = Stream.concat(Stream.of(left), Stream.of(right)).toArray(Vector[]::new);
    return new Batch(schema, columns, weights, count);
  }

  @Override
  boolean onlyInserts() {
    return inputs().stream().allMatch(Node::onlyInserts);
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new JoinNode(
        (ArrangeNode) otherInputs.get(0), (ArrangeNode) otherInputs.get(1), residual, schema());
  }

  @Override
  public String operator() {
    return "join";
  }
}
