package dev.freshet.sql.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * QUALIFY, which the planner computes as a column of its own, as a filter of the functions in it:
 * so the first rows of a partition are seen as such.
 *
 * <pre>
 * Filter c                                           becomes    Project a, TRUE
 *   Project a, c = ROW_NUMBER() OVER ... &lt;= 3                     Filter n &lt;= 3
 *     input                                                         Project a, n = ROW_NUMBER() OVER ...
 *                                                                     input
 * </pre>
 */
final class Qualify {
  private final Project inner;
  private final RexBuilder rexBuilder;
  private final List<RexNode> columns = new ArrayList<>();

  private Qualify(Project inner) {
    this.inner = inner;
    this.rexBuilder = inner.getCluster().getRexBuilder();
  }

  /**
   * The filter with its condition opened; empty when there is nothing to open.
   *
   * @param used the filter's columns that are used above it; the others become NULL
   */
  static Optional<RelNode> open(Filter filter, ImmutableBitSet used) {
    if (!(filter.getInput() instanceof Project inner) || !inner.containsOver()) {
      return Optional.empty();
    }
    List<RexNode> conjuncts = RelOptUtil.conjunctions(filter.getCondition());
    return conjuncts.stream().anyMatch(conjunct -> isFlag(conjunct, inner))
        ? Optional.of(new Qualify(inner).open(conjuncts, used))
        : Optional.empty();
  }

  private static boolean isFlag(RexNode conjunct, Project inner) {
    return conjunct instanceof RexInputRef ref
        && isComputed(inner.getProjects().get(ref.getIndex()));
  }

  private static boolean isComputed(RexNode project) {
    return RexOver.containsOver(project) && !(project instanceof RexOver);
  }

  private RelNode open(List<RexNode> conjuncts, ImmutableBitSet used) {
    List<RexNode> projects = inner.getProjects();
    int[] positions = new int[projects.size()];
    for (int i = 0; i < positions.length; i++) {
      RexNode project = projects.get(i);
      boolean flag = conjuncts.contains(rexBuilder.makeInputRef(inner, i)) && isComputed(project);
      positions[i] = flag ? -1 : columns.size();
      if (!flag) {
        columns.add(project);
      }
    }
    List<RexNode> opened = new ArrayList<>();
    for (RexNode conjunct : conjuncts) {
      boolean flag = conjunct instanceof RexInputRef ref && positions[ref.getIndex()] < 0;
      opened.add(
          flag
              ? projects.get(((RexInputRef) conjunct).getIndex()).accept(new Below())
              : conjunct.accept(new Moved(positions)));
    }
    RelNode wider = LogicalProject.create(inner.getInput(), List.of(), columns, names(), Set.of());
    RelNode filtered = LogicalFilter.create(wider, RexUtil.composeConjunction(rexBuilder, opened));
    List<RexNode> outer = new ArrayList<>();
    for (int i = 0; i < positions.length; i++) {
      outer.add(
          positions[i] < 0
              ? rexBuilder.makeLiteral(true)
              : used.get(i)
                  ? rexBuilder.makeInputRef(filtered, positions[i])
                  : rexBuilder.makeNullLiteral(projects.get(i).getType()));
    }
    return LogicalProject.create(
        filtered, List.of(), outer, inner.getRowType().getFieldNames(), Set.of());
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      names.add("q" + i);
    }
    return names;
  }

  /** Finds the projection's columns at their new positions; what must be TRUE is. */
  private final class Moved extends RexShuttle {
    private final int[] positions;

    Moved(int[] positions) {
      this.positions = positions;
    }

    @Override
    public RexNode visitInputRef(RexInputRef ref) {
      int position = positions[ref.getIndex()];
      return position < 0 ? rexBuilder.makeLiteral(true) : new RexInputRef(position, ref.getType());
    }
  }

  /** Takes functions and columns of the input from the projection. */
  private final class Below extends RexShuttle {
    @Override
    public RexNode visitOver(RexOver over) {
      return column(over);
    }

    @Override
    public RexNode visitInputRef(RexInputRef ref) {
      return column(ref);
    }

    private RexNode column(RexNode rex) {
      int at = columns.indexOf(rex);
      if (at < 0) {
        columns.add(rex);
        at = columns.size() - 1;
      }
      return new RexInputRef(at, rex.getType());
    }
  }
}
