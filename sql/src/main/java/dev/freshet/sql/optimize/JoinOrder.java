package dev.freshet.sql.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * Orders inner joins so that each next input is bound to those before it by an equality. Without
 * that, {@code FROM a, b, c WHERE a.x = c.x AND b.y = c.y} pairs every row of a with every row of
 * b.
 *
 * <pre>
 * Join(a.x = c.x AND b.y = c.y)         Project(columns of a, b, c)
 *   Join(true)                            Join(b.y = c.y)
 *     a                            ->       Join(a.x = c.x)
 *     b                                       a
 *   c                                         c
 *                                           b
 * </pre>
 *
 * <p>Joins that are bound as they were written keep their order.
 */
final class JoinOrder {
  private final List<RelNode> inputs = new ArrayList<>();

  /** The first column of each input among the columns of all, and behind the last their number. */
  private final List<Integer> starts = new ArrayList<>(List.of(0));

  private final List<Conjunct> conjuncts = new ArrayList<>();
  private int unboundJoins;

  private JoinOrder(LogicalJoin root) {
    collect(root, 0);
  }

  static RelNode run(RelNode rel) {
    return rel.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode other) {
            if (isInner(other)) {
              JoinOrder order = new JoinOrder((LogicalJoin) other);
              List<List<Integer>> groups = order.groups();
              if (groups.size() - 1 < order.unboundJoins) {
                order.inputs.replaceAll(input -> input.accept(this));
                return order.joined(groups);
              }
            }
            return super.visit(other);
          }
        });
  }

  /**
   * A part of the conditions, over the columns of all inputs.
   *
   * @param first the columns of an equality's first side, none when it is no equality
   * @param second those of its second side
   */
  private record Conjunct(
      RexNode condition, ImmutableBitSet all, ImmutableBitSet first, ImmutableBitSet second) {
    static Conjunct of(RexNode condition) {
      ImmutableBitSet all = RelOptUtil.InputFinder.bits(condition);
      if (condition instanceof RexCall call
          && (call.getKind() == SqlKind.EQUALS || call.getKind() == SqlKind.IS_NOT_DISTINCT_FROM)) {
        return new Conjunct(
            condition,
            all,
            RelOptUtil.InputFinder.bits(call.getOperands().get(0)),
            RelOptUtil.InputFinder.bits(call.getOperands().get(1)));
      }
      return new Conjunct(condition, all, ImmutableBitSet.of(), ImmutableBitSet.of());
    }

    /** Whether it is an equality of something of one side and something of the other. */
    boolean binds(ImmutableBitSet a, ImmutableBitSet b) {
      return !first.isEmpty()
          && !second.isEmpty()
          && ((a.contains(first) && b.contains(second))
              || (b.contains(first) && a.contains(second)));
    }
  }

  /** Some inputs joined, and which of all columns each of its columns is. */
  private record Joined(RelNode rel, List<Integer> columns) {}

  private static boolean isInner(RelNode rel) {
    return rel instanceof LogicalJoin join
        && join.getJoinType() == JoinRelType.INNER
        && join.getVariablesSet().isEmpty();
  }

  private void collect(RelNode rel, int start) {
    if (!isInner(rel)) {
      inputs.add(rel);
      starts.add(start + rel.getRowType().getFieldCount());
      return;
    }
    LogicalJoin join = (LogicalJoin) rel;
    collect(join.getLeft(), start);
    int middle = starts.getLast();
    collect(join.getRight(), middle);
    List<Conjunct> own =
        RelOptUtil.conjunctions(join.getCondition()).stream()
            .map(condition -> Conjunct.of(RexUtil.shift(condition, start)))
            .toList();
    conjuncts.addAll(own);
    ImmutableBitSet left = ImmutableBitSet.range(start, middle);
    ImmutableBitSet right = ImmutableBitSet.range(middle, starts.getLast());
    if (own.stream().noneMatch(conjunct -> conjunct.binds(left, right))) {
      unboundJoins++;
    }
  }

  /** All inputs, in groups: each but the first of a group is bound to those before it. */
  private List<List<Integer>> groups() {
    List<Integer> left = new ArrayList<>(IntStream.range(0, inputs.size()).boxed().toList());
    List<List<Integer>> groups = new ArrayList<>();
    while (!left.isEmpty()) {
      List<Integer> group = new ArrayList<>();
      ImmutableBitSet joined = ImmutableBitSet.of();
      Optional<Integer> next = fewestRows(left);
      while (next.isPresent()) {
        left.remove(next.get());
        group.add(next.get());
        joined = joined.union(columns(next.get()));
        ImmutableBitSet before = joined;
        next =
            fewestRows(
                left.stream()
                    .filter(i -> conjuncts.stream().anyMatch(c -> c.binds(before, columns(i))))
                    .toList());
      }
      groups.add(group);
    }
    return groups;
  }

  /** The first that is filtered, or the first; empty when there is none. */
  private Optional<Integer> fewestRows(List<Integer> candidates) {
    return candidates.stream()
        .filter(i -> inputs.get(i) instanceof Filter)
        .findFirst()
        .or(() -> candidates.stream().findFirst());
  }

  private ImmutableBitSet columns(int input) {
    return ImmutableBitSet.range(starts.get(input), starts.get(input + 1));
  }

  private RelNode joined(List<List<Integer>> groups) {
    List<Conjunct> open = new ArrayList<>(conjuncts);
    Joined all =
        groups.stream()
            .map(group ->
                group.stream().map(this::single).reduce((a, b) -> join(a, b, open)).orElseThrow())
            .reduce((a, b) -> join(a, b, open))
            .orElseThrow();
    List<Integer> order =
        IntStream.range(0, starts.getLast()).map(all.columns()::indexOf).boxed().toList();
    return RelOptUtil.createProject(all.rel(), order);
  }

  private Joined single(int input) {
    return new Joined(inputs.get(input), columns(input).asList());
  }

  /** With all conditions that are not applied yet and need no other input. */
  private static Joined join(Joined a, Joined b, List<Conjunct> open) {
    List<Integer> columns = new ArrayList<>(a.columns());
    columns.addAll(b.columns());
    ImmutableBitSet known = ImmutableBitSet.of(columns);
    List<Conjunct> applied = open.stream().filter(each -> known.contains(each.all())).toList();
    open.removeAll(applied);
    RexShuttle toPositions =
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef ref) {
            return new RexInputRef(columns.indexOf(ref.getIndex()), ref.getType());
          }
        };
    RexBuilder rex = a.rel().getCluster().getRexBuilder();
    RexNode condition =
        RexUtil.composeConjunction(
            rex, applied.stream().map(each -> each.condition().accept(toPositions)).toList());
    return new Joined(
        LogicalJoin.create(a.rel(), b.rel(), List.of(), condition, Set.of(), JoinRelType.INNER),
        columns);
  }
}
