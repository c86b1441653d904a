package dev.freshet.engine.circuit;

import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.OrderedCall;
import dev.freshet.engine.arrangement.FirstRows.Rest;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Turns a plan into operators. Every operator passes through {@code intern}, which gives back an
 * equal one that is there already, so that equal sub-plans become one operator.
 */
final class PlanCompiler {
  private final UnaryOperator<Node> intern;
  private final Relations relations;

  /** Finds operators of what lies outside of the plan. */
  interface Relations {
    /** The operator whose output is a relation. */
    Node scan(Plan.Scan scan);

    /** The content of a table, and the time of the view that the plan is. */
    ArrivalsNode arrivals(Plan.Arrivals arrivals);

    WatermarkNode watermark();

    /** The operator whose output is the rows of the recursion in whose step the plan stands. */
    default Node recurse() {
      throw new IllegalStateException("not in the step of a recursion");
    }

    /** An arrangement of an operator that is there already. */
    default Optional<ArrangeNode> arranged(Node input, RowOrder order) {
      return Optional.empty();
    }
  }

  PlanCompiler(UnaryOperator<Node> intern, Relations relations) {
    this.intern = intern;
    this.relations = relations;
  }

  Node compile(Plan plan) {
    return switch (plan) {
      case Plan.Scan scan -> scan(scan);
      case Plan.Arrivals arrivals -> intern.apply(relations.arrivals(arrivals));
      case Plan.OnTime onTime ->
          intern.apply(new OnTimeNode(compile(onTime.input()), onTime, OnTimeNode.Side.ON_TIME));
      case Plan.NotAhead ahead ->
          intern.apply(
              new NotAheadNode(compile(ahead.input()), ahead.timeColumn(), ahead.limitColumn()));
      case Plan.Expire expire -> expire(expire);
      case Plan.Final last -> last(last);
      case Plan.Constants constants -> intern.apply(new ConstantsNode(constants));
      case Plan.Filter filter ->
          intern.apply(new FilterNode(compile(filter.input()), filter.predicate()));
      case Plan.Project project ->
          intern.apply(
              new ProjectNode(compile(project.input()), project.expressions(), project.schema()));
      case Plan.Union union ->
          intern.apply(
              new UnionNode(union.inputs().stream().map(this::compile).toList(), union.schema()));
      case Plan.Distinct distinct -> distinct(compile(distinct.input()));
      case Plan.Multiset multiset -> multiset(multiset);
      case Plan.Unnest unnest -> intern.apply(new UnnestNode(compile(unnest.input()), unnest));
      case Plan.Join join -> join(join);
      case Plan.Aggregate aggregate -> aggregate(aggregate);
      case Plan.TopN top -> top(top);
      case Plan.Windows windows ->
          intern.apply(
              new WindowsNode(
                  compile(windows.input()),
                  Windowing.of(windows),
                  windows.timeColumn(),
                  windows.schema()));
      case Plan.Sessions sessions -> sessions(sessions);
      case Plan.Over over -> over(over);
      case Plan.AsOf join -> asOf(join);
      case Plan.Recursion recursion -> recursion(recursion);
      case Plan.Recurse _ -> relations.recurse();
    };
  }

  private Node scan(Plan.Scan scan) {
    Node scanned = relations.scan(scan);
    return scanned instanceof TailNode ? intern.apply(scanned) : scanned;
  }

  private Node expire(Plan.Expire expire) {
    Node input = compile(expire.input());
    Optional<ArrangeNode> sessions =
        input instanceof SessionsNode node ? Optional.of(node.arranged()) : Optional.empty();
    return intern.apply(
        new ExpireNode(input, watermark(), sessions, expire.closing(), expire.spread()));
  }

  /** Where groups are sums that can be dropped, rows need not be kept to be taken back. */
  private Node last(Plan.Final last) {
    if (last.input() instanceof Plan.Aggregate aggregate) {
      Optional<SessionSums> sums =
          SessionSums.of(aggregate).filter(s -> s.closesWith(last.closing()));
      Optional<Node> bySession =
          sums.flatMap(s -> bySession(s, Optional.of(watermark()), aggregate.schema()));
      if (bySession.isPresent()) {
        return bySession.get();
      }
    }
    if (last.input() instanceof Plan.Aggregate aggregate
        && aggregate.input() instanceof Plan.Expire expire
        && !(expire.input() instanceof Plan.Sessions)
        && FinalAggregateNode.canForget(
            expire.input().schema(), aggregate.groupColumns(), aggregate.calls())) {
      Optional<FinalPanes> panes = FinalPanes.of(aggregate, expire.input(), last.closing());
      return panes.isPresent()
          ? finalByPane(panes.get(), last.closing(), aggregate.schema())
          : finalAggregate(
              compile(expire.input()),
              aggregate.groupColumns(),
              aggregate.calls(),
              last.closing(),
              aggregate.schema());
    }
    return intern.apply(
        new FinalNode(compile(last.input()), watermark(), last.closing(), last.spread()));
  }

  private Node finalAggregate(
      Node input,
      List<Integer> group,
      List<AggregateCall> calls,
      Plan.Closing closing,
      Schema schema) {
    return intern.apply(
        new FinalAggregateNode(
            input,
            Optional.empty(),
            watermark(),
            group,
            calls,
            closing,
            FinalAggregateNode.Emit.ANSWERS,
            schema));
  }

  private Node finalByPane(FinalPanes panes, Plan.Closing closing, Schema schema) {
    Plan.Windows windows = panes.windows();
    Windowing windowing = Windowing.of(windows);
    Node rows = compile(windows.input());

    Node early = intern.apply(new OnTimeNode(rows, panes.beforeAll(), OnTimeNode.Side.ON_TIME));
    Node inPanes =
        intern.apply(new PaneNode(early, windowing, windows.timeColumn(), windows.schema()));
    Schema sums = FinalAggregateNode.sumsSchema(windows.schema(), panes.group(), panes.calls());
    Node partial =
        intern.apply(
            new FinalAggregateNode(
                inPanes,
                Optional.empty(),
                watermark(),
                panes.group(),
                panes.calls(),
                panes.paneClosing(),
                FinalAggregateNode.Emit.SUMS,
                sums));
    Schema windowed = Panes.windowed(sums);
    Node parts = intern.apply(new WindowsNode(partial, windowing, panes.windowGroup(), windowed));
    List<Integer> partsGroup = new ArrayList<>();
    for (int g = 0; g < panes.group().size(); g++) {
      partsGroup.add(g == panes.windowGroup() ? sums.columnCount() : g);
    }

    Node late = intern.apply(new OnTimeNode(rows, panes.beforeAll(), OnTimeNode.Side.LATE));
    Node inWindows =
        intern.apply(new WindowsNode(late, windowing, windows.timeColumn(), windows.schema()));
    Node inOpen =
        intern.apply(new OnTimeNode(inWindows, panes.beforeEach(), OnTimeNode.Side.ON_TIME));
    return intern.apply(
        new FinalAggregateNode(
            inOpen,
            Optional.of(new FinalAggregateNode.Parts(parts, partsGroup)),
            watermark(),
            panes.group(),
            panes.calls(),
            closing,
            FinalAggregateNode.Emit.ANSWERS,
            schema));
  }

  private WatermarkNode watermark() {
    return (WatermarkNode) intern.apply(relations.watermark());
  }

  /** The content of a node by key. */
  ArrangeNode arrange(Node input, RowOrder order) {
    return relations
        .arranged(input, order)
        .orElseGet(() -> (ArrangeNode) intern.apply(new ArrangeNode(input, order)));
  }

  private Node distinct(Node input) {
    int[] all = Schemas.range(input.schema().columnCount());
    return intern.apply(new DistinctNode(arrange(input, RowOrder.byKey(input.schema(), all))));
  }

  private Node multiset(Plan.Multiset multiset) {
    List<Integer> all = IntStream.range(0, multiset.schema().columnCount()).boxed().toList();
    ArrangeNode left = arrangeByKeys(multiset.left(), all);
    ArrangeNode right = arrangeByKeys(multiset.right(), all);
    return intern.apply(new MultisetNode(left, right, multiset.kind(), multiset.schema()));
  }

  private Node join(Plan.Join join) {
    ArrangeNode left = arrangeByKeys(join.left(), join.leftKeys());
    ArrangeNode right = arrangeByKeys(join.right(), join.rightKeys());
    Node pairs = intern.apply(new JoinNode(left, right, join.residual(), join.schema()));
    return switch (join.kind()) {
      case INNER -> pairs;
      case LEFT -> {
        Node padding = intern.apply(new LeftPadNode(left, right, join.residual(), join.schema()));
        yield intern.apply(new UnionNode(List.of(pairs, padding), join.schema()));
      }
    };
  }

  private Node asOf(Plan.AsOf join) {
    Node left = compile(join.left());
    Node right = compile(join.right());
    ArrangeNode leftRows =
        arrange(
            left, AsOfNode.order(left.schema(), join.leftKeys(), join.leftTime(), join.match()));
    ArrangeNode rightRows =
        arrange(
            right,
            AsOfNode.order(right.schema(), join.rightKeys(), join.rightTime(), join.match()));
    return intern.apply(
        new AsOfNode(
            leftRows,
            rightRows,
            new AsOfNode.Matching(join.kind(), join.leftTime(), join.rightTime(), join.match()),
            join.schema()));
  }

  private Node recursion(Plan.Recursion recursion) {
    LoopBody body = LoopBody.of(recursion);
    List<Node> inputs = new ArrayList<>(List.of(compile(recursion.base())));
    for (LoopBody.Outside outside : body.outside()) {
      inputs.add(
          outside.keys().isPresent()
              ? arrangeByKeys(outside.plan(), outside.keys().get())
              : compile(outside.plan()));
    }
    return intern.apply(new RecursionNode(inputs, recursion.kind(), body, recursion.schema()));
  }

  private ArrangeNode arrangeByKeys(Plan plan, List<Integer> keys) {
    Node input = compile(plan);
    return arrange(input, RowOrder.byKey(input.schema(), Schemas.toArray(keys)));
  }

  private Node top(Plan.TopN top) {
    Node input = compile(top.input());
    RowOrder order = TopNNode.order(input.schema(), top.partitionColumns(), top.order());
    long end = TopNNode.end(top.offset(), top.limit());
    if (end == 0 || end > FirstRowsNode.LIMIT_MAX) {
      return intern.apply(new TopNNode(arrange(input, order), top.offset(), top.limit()));
    }
    SortedNode first = firstRows(input, order, end);
    return top.offset() == 0 ? first : intern.apply(new TopNNode(first, top.offset(), top.limit()));
  }

  private SortedNode firstRows(Node input, RowOrder order, long limit) {
    Rest rest = input.onlyInserts() ? Rest.DROPPED : Rest.KEPT;
    return (SortedNode) intern.apply(new FirstRowsNode(input, order, limit, rest));
  }

  private Node sessions(Plan.Sessions sessions) {
    Node input = compile(sessions.input());
    ArrangeNode arranged = arrange(input, SessionsNode.order(input.schema(), sessions));
    return intern.apply(
        new SessionsNode(arranged, sessions.timeColumn(), sessions.gap(), sessions.schema()));
  }

  private Node over(Plan.Over over) {
    Node input = compile(over.input());
    RowOrder order = TopNNode.order(input.schema(), over.partitionColumns(), over.order());
    return intern.apply(
        new OverNode(sorted(input, order), over.order(), over.calls(), over.schema()));
  }

  /** The content of a node in an order, which it may have already. */
  private SortedNode sorted(Node input, RowOrder order) {
    return input instanceof FirstRowsNode first && first.order().text().equals(order.text())
        ? first
        : arrange(input, order);
  }

  /** Where no row ever goes, sessions are kept as what they add up to. */
  private Optional<Node> bySession(SessionSums sums, Optional<WatermarkNode> clock, Schema schema) {
    Node rows = compile(sums.sessions().input());
    return rows.onlyInserts()
        ? Optional.of(intern.apply(new SessionSumsNode(rows, sums, clock, schema)))
        : Optional.empty();
  }

  private Node aggregate(Plan.Aggregate aggregate) {
    Optional<Node> bySession =
        SessionSums.of(aggregate)
            .filter(sums -> sums.expired().isEmpty())
            .flatMap(sums -> bySession(sums, Optional.empty(), aggregate.schema()));
    if (bySession.isPresent()) {
      return bySession.get();
    }
    Optional<Panes> panes = Panes.of(aggregate);
    return panes.isPresent()
        ? byPane(panes.get(), aggregate.schema())
        : aggregate(
            compile(aggregate.input()),
            aggregate.groupColumns(),
            aggregate.calls(),
            aggregate.schema());
  }

  private Node byPane(Panes panes, Schema schema) {
    Plan.Windows windows = panes.windows();
    Windowing windowing = Windowing.of(windows);
    Node rows =
        intern.apply(
            new PaneNode(
                compile(windows.input()), windowing, windows.timeColumn(), windows.schema()));
    Node partial = aggregate(rows, panes.group(), panes.partial(), panes.partialSchema());
    Node windowed =
        intern.apply(
            new WindowsNode(
                partial, windowing, panes.windowGroup(), Panes.windowed(panes.partialSchema())));
    return aggregate(windowed, panes.combinedGroup(), panes.combined(), schema);
  }

  private Node aggregate(
      Node input, List<Integer> group, List<AggregateCall> calls, Schema schema) {
    List<Node> distinct = new ArrayList<>();
    List<ContentNode> ordered = new ArrayList<>();
    int[] distinctOfCall = new int[calls.size()];
    int[] orderedOfCall = new int[calls.size()];
    Arrays.fill(distinctOfCall, -1);
    Arrays.fill(orderedOfCall, -1);
    for (int i = 0; i < calls.size(); i++) {
      AggregateCall call = calls.get(i);
      if (call.function().isOrdered()) {
        orderedOfCall[i] = indexOf(ordered, orderedValues(input, group, call));
      } else if (call.quantifier() == Quantifier.DISTINCT && !call.arguments().isEmpty()) {
        distinctOfCall[i] = indexOf(distinct, distinctValues(input, group, calls, call));
      }
    }
    AggregateNode.Parts parts =
        new AggregateNode.Parts(distinct, distinctOfCall, ordered, orderedOfCall);
    return intern.apply(new AggregateNode(input, group, calls, parts, schema));
  }

  private Node distinctValues(
      Node input, List<Integer> group, List<AggregateCall> calls, AggregateCall call) {
    List<OptionalInt> filters =
        calls.stream()
            .filter(other -> other.quantifier() == Quantifier.DISTINCT)
            .filter(other -> !other.function().isOrdered())
            .filter(other -> other.arguments().equals(call.arguments()))
            .filter(other -> other.notNull().equals(call.notNull()))
            .map(AggregateCall::filter)
            .distinct()
            .toList();
    Node values = intern.apply(DistinctValuesNode.of(input, group, call, filters));
    int filter = filters.indexOf(call.filter());
    return intern.apply(new DistinctValuesNode.OfFilter(values, filter));
  }

  private ContentNode orderedValues(Node input, List<Integer> group, AggregateCall call) {
    OrderedCall ordered = new OrderedCall(call, group.size());
    if (call.isFolded()) {
      Node values = intern.apply(SelectNode.of(input, group, call));
      return (ContentNode) intern.apply(new FoldNode(values, call, group.size()));
    }
    Node values = intern.apply(SelectNode.of(input, group, ordered.used(), call));
    return values.onlyInserts() && ordered.rowsNeeded() == 1
        ? firstRows(values, ordered.bestFirst(values.schema()), 1)
        : arrange(values, ordered.order(values.schema()));
  }

  private static <T> int indexOf(List<T> list, T element) {
    int known = list.indexOf(element);
    if (known < 0) {
      list.add(element);
      return list.size() - 1;
    }
    return known;
  }
}
