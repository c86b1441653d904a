package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.StateMemory;
import dev.freshet.engine.circuit.TailNode.Beginning;
import dev.freshet.engine.time.ViewTime;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * All operators of an engine, each after its inputs. Operators are shared by fingerprint and go
 * when no output needs them. One thread owns it.
 */
public final class Circuit {
  /** The columns of error rows. */
  public static final Schema ERROR_SCHEMA = ErrorRows.SCHEMA;

  private final Map<Fingerprint, Node> nodes = new LinkedHashMap<>();
  private final List<Node> unstarted = new ArrayList<>();
  private SavedState saved;
  private boolean adopting;
  private Node[] order = {};
  private final Workers workers;
  private int named;

  /**
   * @param workers share what an operator does in a step
   */
  public Circuit(SavedState saved, Workers workers) {
    this.saved = saved;
    this.workers = workers;
  }

  /** Those that share the work of a step. */
  public Workers workers() {
    return workers;
  }

  /** Adds a source of changes with its content by key. */
  public Output addSource(SourceNode source, Keep keep, int[] keyColumns) {
    Node interned = intern(source);
    interned.markStarted();
    unstarted.remove(interned);
    RowOrder order = RowOrder.byKey(source.schema(), keyColumns);
    ArrangeNode content =
        switch (keep) {
          case ALL -> (ArrangeNode) intern(new ArrangeNode(interned, order));
          case NONE -> passing(interned, order);
        };
    startNew();
    return new Output(interned, content, Set.of());
  }

  /** As {@link #addSource(SourceNode, Keep, int[])}, without the content that was saved of it. */
  public Output addEmptySource(SourceNode source, Keep keep, int[] keyColumns) {
    SavedState before = saved;
    saved = SavedState.NONE;
    try {
      return addSource(source, keep, keyColumns);
    } finally {
      saved = before;
    }
  }

  private ArrangeNode passing(Node input, RowOrder order) {
    return (ArrangeNode) intern(new PassingNode(input, order));
  }

  /** What an addition finds outside of its plan; what it finds is not the output's own. */
  private record Outside(
      Function<String, Output> outputs,
      Optional<ViewTime> time,
      Optional<Beginning> beginning,
      Set<Node> boundary)
      implements PlanCompiler.Relations {
    @Override
    public Node scan(Plan.Scan scan) {
      Output output = outputs.apply(scan.relation());
      Node scanned = output.root();
      boundary.add(scanned);
      return output.isKept()
          ? scanned
          : new TailNode(
              scanned,
              beginning.orElseThrow(() -> new IllegalStateException("such a view is added")));
    }

    @Override
    public ArrivalsNode arrivals(Plan.Arrivals arrivals) {
      ArrangeNode content = outputs.apply(arrivals.relation()).arranged();
      boundary.add(content);
      return new ArrivalsNode(arrivals.relation(), content, viewTime(), arrivals.schema());
    }

    @Override
    public WatermarkNode watermark() {
      return new WatermarkNode(viewTime());
    }

    private ViewTime viewTime() {
      return time.orElseThrow(() -> new IllegalStateException("a final plan is a view of its own"));
    }
  }

  /**
   * Adds a plan's operators. Those that are new start with the content of their inputs, so the
   * output is complete at once.
   *
   * @param relations finds the output of a relation that the plan reads
   */
  public Output add(Addition view, Function<String, Output> relations) {
    Set<Node> boundary = new HashSet<>();
    Outside outside = new Outside(relations, view.time(), Optional.of(view.beginning()), boundary);
    return add(view.plan(), outside, boundary, view.keep(), view.keyColumns());
  }

  /**
   * A view to add.
   *
   * @param beginning where it begins to read relations that keep no rows
   * @param time the time of the view, if it is a final one
   */
  @SuppressWarnings("ArrayRecordComponent") // read-only by contract
  public record Addition(
      Plan plan, Beginning beginning, Optional<ViewTime> time, Keep keep, int[] keyColumns) {}

  /**
   * As {@link #add}, with the state that equal operators came to elsewhere, in a {@link Backfill}
   * or another circuit: nothing is computed.
   */
  public Output adopt(Addition view, Function<String, Output> relations, SavedState states) {
    SavedState before = saved;
    saved = states;
    adopting = true;
    try {
      return add(view, relations);
    } finally {
      adopting = false;
      saved = before;
    }
  }

  /** The state that all operators have come to, for {@link #adopt} elsewhere. */
  public SavedState states() {
    Map<Fingerprint, List<RunList>> states = new HashMap<>();
    forEachState(states::put);
    return new SavedState() {
      @Override
      public boolean has(Fingerprint fingerprint) {
        return states.containsKey(fingerprint);
      }

      @Override
      public Optional<List<RunList>> find(Fingerprint fingerprint, List<RowOrder> orders) {
        return Optional.ofNullable(states.get(fingerprint));
      }
    };
  }

  /** Whether a view's content was saved, so that adding it computes nothing. Not a final view. */
  public boolean hasSaved(Addition view, Function<String, Output> relations) {
    Map<Fingerprint, Node> scratch = new HashMap<>();
    PlanCompiler compiler =
        new PlanCompiler(
            node -> {
              Node known = scratch.putIfAbsent(node.fingerprint(), node);
              return known == null ? node : known;
            },
            new Outside(relations, view.time(), Optional.of(view.beginning()), new HashSet<>()));
    Node root = compiler.compile(view.plan());
    RowOrder byKey = RowOrder.byKey(root.schema(), view.keyColumns());
    Node content =
        switch (view.keep()) {
          case ALL -> compiler.arrange(root, byKey);
          case NONE -> new PassingNode(root, byKey);
        };
    return nodes.containsKey(content.fingerprint()) || saved.has(content.fingerprint());
  }

  /** As {@link #add}, over operators that stand for relations. */
  Output addOver(Plan plan, BackfillRelations relations, int[] keyColumns) {
    return add(plan, relations, relations.boundary(), Keep.ALL, keyColumns);
  }

  private Output add(
      Plan plan, PlanCompiler.Relations outside, Set<Node> boundary, Keep keep, int[] keyColumns) {
    PlanCompiler compiler = new PlanCompiler(this::intern, outside);
    Node root;
    ArrangeNode content;
    try {
      root = compiler.compile(plan);
      RowOrder order = RowOrder.byKey(root.schema(), keyColumns);
      content =
          switch (keep) {
            case ALL -> compiler.arrange(root, order);
            case NONE -> passing(root, order);
          };
      startNew();
    } catch (RuntimeException e) {
      abandonNew();
      throw e;
    }
    Set<Node> own = new LinkedHashSet<>();
    collect(root, boundary, own);
    return new Output(root, content, own);
  }

  /** Adds a source without content. */
  SourceNode addSource(SourceNode source) {
    SourceNode interned = (SourceNode) intern(source);
    interned.markStarted();
    unstarted.remove(interned);
    return interned;
  }

  /** Adds what keeps the sum of several operators' rows. */
  ArrangeNode addSum(List<Node> inputs, RowOrder order) {
    Node sum = intern(new UnionNode(inputs, inputs.getFirst().schema()));
    ArrangeNode content = (ArrangeNode) intern(new ArrangeNode(sum, order));
    startNew();
    return content;
  }

  private static void collect(Node node, Set<Node> boundary, Set<Node> found) {
    if (!boundary.contains(node) && found.add(node)) {
      for (Node input : node.inputs()) {
        collect(input, boundary, found);
      }
    }
  }

  private Node intern(Node node) {
    Node known = nodes.putIfAbsent(node.fingerprint(), node);
    if (known != null) {
      return known;
    }
    node.name("n" + ++named);
    node.useWorkers(workers);
    order = nodes.values().toArray(Node[]::new);
    if (!restore(node)) {
      unstarted.add(node);
    }
    return node;
  }

  /** State may be taken only over inputs that are those of the saved state themselves. */
  private boolean restore(Node node) {
    boolean fits = node.inputs().stream().allMatch(adopting ? Node::isStarted : Node::isRestored);
    if (!fits) {
      return false;
    }
    List<RowOrder> orders = new ArrayList<>(node.stateOrders());
    orders.add(ErrorRows.ORDER);
    Optional<List<RunList>> found = saved.find(node.fingerprint(), orders);
    if (found.isEmpty()) {
      return false;
    }
    List<RunList> state = found.get();
    List<RunList> parts = state.subList(0, state.size() - 1);
    if (adopting) {
      node.adopt(state.getLast(), parts);
    } else {
      node.markRestored(state.getLast(), parts);
    }
    return true;
  }

  /** Lets no operator find saved state any more: the state has moved on. */
  public void forgetSavedState() {
    saved = SavedState.NONE;
  }

  private void startNew() {
    if (unstarted.isEmpty()) {
      return;
    }
    Set<Node> starting = new HashSet<>(unstarted);
    Map<Node, Node> rebuilt = new HashMap<>();
    Set<Node> presenting = new LinkedHashSet<>();
    for (Node node : unstarted) {
      for (Node input : node.inputs()) {
        if (!starting.contains(input) && presenting.add(input)) {
          boolean kept = input instanceof SortedNode;
          input.presentContent(kept ? input.nothing() : content(input, rebuilt));
        }
      }
      node.step();
    }
    unstarted.clear();
    presenting.forEach(Node::endStep);
    starting.forEach(Node::endStep);
  }

  /** Takes back what a failed addition left. */
  private void abandonNew() {
    nodes.values().removeAll(unstarted);
    unstarted.clear();
    order = nodes.values().toArray(Node[]::new);
    endStep();
  }

  private Batch content(Node node, Map<Node, Node> rebuilt) {
    return rebuild(node, rebuilt).output();
  }

  /**
   * A copy of an operator that has just seen the whole content of its inputs. Goes down to the
   * first operators whose content is kept.
   */
  private Node rebuild(Node node, Map<Node, Node> rebuilt) {
    Node known = rebuilt.get(node);
    if (known != null) {
      return known;
    }
    Node copy;
    Optional<ArrangeNode> kept = arrangementOf(node);
    if (node instanceof SortedNode sorted) {
      copy = sorted.presenting();
    } else if (kept.isPresent()) {
      SourceNode stub = new SourceNode("content", node.schema());
      stub.markStarted();
      stub.offer(kept.get().after().scan());
      copy = stub;
    } else {
      List<Node> inputs = new ArrayList<>();
      for (Node input : node.inputs()) {
        inputs.add(rebuild(input, rebuilt));
      }
      copy = node.copy(inputs);
      copy.useWorkers(workers);
      copy.step();
    }
    rebuilt.put(node, copy);
    return copy;
  }

  private Optional<ArrangeNode> arrangementOf(Node node) {
    for (Node candidate : order) {
      if (candidate instanceof ArrangeNode arranged
          && !(arranged instanceof PassingNode)
          && arranged.isStarted()
          && arranged.input().equals(node)) {
        return Optional.of(arranged);
      }
    }
    return Optional.empty();
  }

  /**
   * Runs all operators whose inputs changed. Changes stay to be read until {@link #endStep}.
   *
   * @throws OperatorFailure when one is broken
   */
  public void step() {
    for (Node node : order) {
      try {
        node.step();
      } catch (RuntimeException | Error e) {
        if (OperatorFailure.isOf(e)) {
          throw new OperatorFailure(node, e);
        }
        throw e;
      }
    }
    settle();
  }

  /** Each arrangement's change goes into its own content, so all may do so at once. */
  private void settle() {
    List<ArrangeNode> changed = new ArrayList<>();
    long rows = 0;
    for (Node node : order) {
      if (node instanceof ArrangeNode arranged && arranged.unsettledRows() > 0) {
        changed.add(arranged);
        rows += arranged.unsettledRows();
      }
    }
    if (workers.parts((int) Math.min(rows, Integer.MAX_VALUE)) == 1) {
      changed.forEach(ArrangeNode::settle);
      return;
    }
    workers.map(
        changed.size(),
        i -> {
          changed.get(i).settle();
          return changed.get(i);
        });
  }

  /** Ends the step: outputs then have no change. */
  public void endStep() {
    for (Node node : order) {
      node.endStep();
    }
  }

  /** Removes all operators that none of the outputs needs. */
  public void retain(Collection<Output> outputs) {
    Set<Node> needed = new HashSet<>();
    for (Output output : outputs) {
      collect(output.arranged(), Set.of(), needed);
    }
    nodes.values().removeIf(node -> !needed.contains(node));
    order = nodes.values().toArray(Node[]::new);
  }

  /** Which operators there are, for {@link #reset}. */
  public Mark mark() {
    return new Mark(new LinkedHashMap<>(nodes));
  }

  /** Goes back to the operators of before, between two steps: no operator was changed. */
  public void reset(Mark mark) {
    nodes.clear();
    nodes.putAll(mark.nodes());
    order = nodes.values().toArray(Node[]::new);
  }

  /** The operators at one moment. */
  public record Mark(Map<Fingerprint, Node> nodes) {}

  /** All operators in the order in which a step runs them. */
  public List<Node> operators() {
    return List.of(order);
  }

  /** The last operator of an output: the one that keeps its content. */
  public Node rootOf(Output output) {
    return output.arranged();
  }

  /** The operators behind an output. */
  public Set<Node> operatorsOf(Output output) {
    Set<Node> needed = new LinkedHashSet<>();
    collect(output.arranged(), Set.of(), needed);
    return needed;
  }

  /** Gives each operator's state, error rows last, to be saved under its fingerprint. */
  public void forEachState(StateSink sink) {
    for (Node node : order) {
      node.writeState();
      List<RunList> state = new ArrayList<>(node.state());
      state.add(node.errorContent());
      sink.accept(node.fingerprint(), state);
    }
  }

  /** Gives all parts of all operators' state. */
  public void forEachContent(Consumer<RunList> sink) {
    for (Node node : order) {
      node.state().forEach(sink);
      sink.accept(node.errorContent());
    }
  }

  /** What the operators keep in memory beside their state. */
  public List<StateMemory.Table> tables() {
    List<StateMemory.Table> tables = new ArrayList<>();
    for (Node node : order) {
      if (node.tableBytes() > 0) {
        tables.add(new OperatorTable(node));
      }
    }
    return tables;
  }

  private record OperatorTable(Node node) implements StateMemory.Table {
    @Override
    public long bytes() {
      return node.tableBytes();
    }

    @Override
    public void release() {
      node.releaseTable();
    }
  }

  /** Takes the state of one operator. */
  public interface StateSink {
    void accept(Fingerprint fingerprint, List<RunList> state);
  }
}
