package dev.freshet.engine.circuit;

import dev.freshet.sql.plan.Plan;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What a view that is computed beside a running circuit finds outside of its plan. */
final class BackfillRelations implements PlanCompiler.Relations {
  private final Function<String, Node> roots;
  private final Function<String, Output> running;
  private final Optional<BackfillTime> time;
  private final Set<Node> boundary = new HashSet<>();

  /**
   * @param roots the operator that stands for a relation
   * @param running the relations of the running circuit
   */
  BackfillRelations(
      Function<String, Node> roots, Function<String, Output> running, Optional<BackfillTime> time) {
    this.roots = roots;
    this.running = running;
    this.time = time;
  }

  /** What was found; it is not the view's own. */
  Set<Node> boundary() {
    return boundary;
  }

  @Override
  public Node scan(Plan.Scan scan) {
    Node scanned = roots.apply(scan.relation());
    boundary.add(scanned);
    return scanned;
  }

  /** Over an arrangement that only lends its name: a table's changes are given one by one. */
  @Override
  public ArrivalsNode arrivals(Plan.Arrivals arrivals) {
    Output table = running.apply(arrivals.relation());
    SourceNode source = new SourceNode(table.root());
    source.markStarted();
    ArrangeNode content = new ArrangeNode(source, table.order());
    content.markStarted();
    boundary.add(content);
    return ArrivalsNode.given(arrivals.relation(), content, time().copy(), arrivals.schema());
  }

  @Override
  public WatermarkNode watermark() {
    return new WatermarkNode(time().copy());
  }

  private BackfillTime time() {
    return time.orElseThrow(() -> new IllegalStateException("a final plan is a view of its own"));
  }
}
