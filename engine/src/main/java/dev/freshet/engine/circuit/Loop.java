package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The operators of a recursion's step. They run several times in a step of the engine, each time a
 * turn: the first turn takes the changes from outside, every turn the changed rows of the
 * recursion. One thread owns it.
 */
final class Loop implements PlanCompiler.Relations {
  private final Map<Fingerprint, Node> nodes = new LinkedHashMap<>();
  private final List<SourceNode> entries = new ArrayList<>();
  private final List<Node> outside;
  private final SourceNode turning;
  private final Node root;
  private boolean first;

  /**
   * @param outside the operators of the body's parts outside
   * @param owner takes the rows that fail
   */
  Loop(LoopBody body, List<Node> outside, Node owner) {
    this.outside = outside;
    for (int i = 0; i < outside.size(); i++) {
      entries.add(source("outside " + i, outside.get(i)));
    }
    this.turning = new SourceNode("recursion", LoopBody.withIteration(owner.schema()));
    turning.markStarted();
    this.root = new PlanCompiler(this::intern, this).compile(body.step());
    nodes.values().forEach(node -> node.reportTo(owner));
  }

  private static SourceNode source(String identity, Node outside) {
    SourceNode source = new SourceNode(identity, outside.schema());
    source.markStarted();
    return source;
  }

  private Node intern(Node node) {
    Node known = nodes.putIfAbsent(node.fingerprint(), node);
    return known == null ? node : known;
  }

  @Override
  public Node scan(Plan.Scan scan) {
    return intern(entries.get(LoopBody.number(scan)));
  }

  @Override
  public ArrivalsNode arrivals(Plan.Arrivals arrivals) {
    throw notRepeated();
  }

  @Override
  public WatermarkNode watermark() {
    throw notRepeated();
  }

  private static IllegalStateException notRepeated() {
    return new IllegalStateException("what is final is not in the step of a recursion");
  }

  @Override
  public Node recurse() {
    return intern(turning);
  }

  /** What is arranged outside is not arranged again. */
  @Override
  public Optional<ArrangeNode> arranged(Node input, RowOrder order) {
    OptionalInt entry =
        IntStream.range(0, entries.size())
            .filter(i -> entries.get(i).fingerprint().equals(input.fingerprint()))
            .findFirst();
    if (entry.isPresent()
        && outside.get(entry.getAsInt()) instanceof ArrangeNode arranged
        && arranged.order().text().equals(order.text())) {
      return Optional.of((ArrangeNode) intern(new Entered(input, arranged)));
    }
    return Optional.empty();
  }

  /** Begins a step: the next turn takes the changes from outside. */
  void open() {
    first = true;
    for (int i = 0; i < entries.size(); i++) {
      entries.get(i).offer(outside.get(i).output());
    }
  }

  /** What follows from the changed rows; not consolidated. */
  Batch turn(Batch changed) {
    turning.offer(changed);
    nodes.values().forEach(Node::step);
    Batch result = root.output();
    nodes.values().forEach(Node::endStep);
    first = false;
    return result;
  }

  List<RowOrder> stateOrders() {
    return nodes.values().stream().flatMap(node -> node.stateOrders().stream()).toList();
  }

  void writeState() {
    nodes.values().forEach(Node::writeState);
  }

  List<RunList> state() {
    return nodes.values().stream().flatMap(node -> node.state().stream()).toList();
  }

  void restore(List<RunList> state) {
    int at = 0;
    for (Node node : nodes.values()) {
      int count = node.stateOrders().size();
      node.restore(state.subList(at, at + count));
      node.markStarted();
      at += count;
    }
  }

  /** An arrangement outside, whose change stands in the first turn of a step only. */
  private final class Entered extends ArrangeNode {
    private final ArrangeNode arranged;

    Entered(Node entry, ArrangeNode arranged) {
      super(entry, arranged.order());
      this.arranged = arranged;
    }

    @Override
    Batch evaluate() {
      return changedRows();
    }

    @Override
    Batch changedRows() {
      return first ? arranged.changedRows() : nothing();
    }

    @Override
    RunList before() {
      return first ? arranged.before() : arranged.after();
    }

    @Override
    RunList after() {
      return arranged.after();
    }

    @Override
    dev.freshet.engine.arrangement.Run delta() {
      return first ? arranged.delta() : noChange();
    }

    @Override
    List<RowOrder> stateOrders() {
      return List.of();
    }

    @Override
    List<RunList> state() {
      return List.of();
    }

    @Override
    void restore(List<RunList> state) {}

    @Override
    void endStep() {
      forgetOutput();
    }
  }
}
