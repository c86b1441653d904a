package dev.freshet.sql.optimize;

import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.sql2rel.RelDecorrelator;
import org.apache.calcite.sql2rel.RelFieldTrimmer;
import org.apache.calcite.tools.RelBuilder;

/** The passes over Calcite's algebra. */
public final class RelPasses {
  private static final List<RelOptRule> SUB_QUERIES =
      List.of(
          CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
          CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
          CoreRules.JOIN_SUB_QUERY_TO_CORRELATE);

  private static final List<RelOptRule> SET_OPERATIONS =
      List.of(CoreRules.INTERSECT_TO_DISTINCT, CoreRules.MINUS_TO_DISTINCT);

  private static final List<RelOptRule> FILTERS_DOWN =
      List.of(
          CoreRules.FILTER_MERGE,
          CoreRules.FILTER_PROJECT_TRANSPOSE,
          CoreRules.FILTER_INTO_JOIN,
          CoreRules.JOIN_CONDITION_PUSH,
          CoreRules.FILTER_AGGREGATE_TRANSPOSE,
          CoreRules.FILTER_SET_OP_TRANSPOSE,
          CoreRules.FILTER_REDUCE_EXPRESSIONS,
          CoreRules.UNION_MERGE);

  private static final List<RelOptRule> PROJECTS_TOGETHER =
      List.of(
          CoreRules.PROJECT_MERGE,
          CoreRules.PROJECT_REMOVE,
          CoreRules.AGGREGATE_PROJECT_MERGE,
          CoreRules.FILTER_MERGE);

  private RelPasses() {}

  /** All passes in order. */
  public static RelNode run(RelNode root) {
    RelNode rel = TumbleExpansion.expand(root);
    // Sub-queries become joins with correlation, which decorrelation then turns into plain joins.
    // First of all, since no other rule looks into sub-queries.
    rel = apply(rel, SUB_QUERIES);
    if (!RelOptUtil.getVariablesUsed(rel).isEmpty() || containsCorrelate(rel)) {
      rel = RelDecorrelator.decorrelateQuery(rel, builder(rel));
    }
    // INTERSECT and EXCEPT become aggregates over a union, so that filters can go through them.
    rel = apply(rel, SET_OPERATIONS);
    // Filters go down before columns are cut, since a filter at its final place needs the fewest.
    rel = apply(rel, FILTERS_DOWN);
    rel = new RelFieldTrimmer(null, builder(rel)).trim(rel);
    // Trimming leaves projections on projections.
    return apply(rel, PROJECTS_TOGETHER);
  }

  private static RelNode apply(RelNode root, List<RelOptRule> rules) {
    HepProgramBuilder program = HepProgram.builder().addMatchOrder(HepMatchOrder.TOP_DOWN);
    program.addRuleCollection(rules);
    HepPlanner planner = new HepPlanner(program.build());
    planner.setRoot(root);
    return planner.findBestExp();
  }

  private static RelBuilder builder(RelNode rel) {
    return RelFactories.LOGICAL_BUILDER.create(rel.getCluster(), null);
  }

  private static boolean containsCorrelate(RelNode rel) {
    return rel instanceof org.apache.calcite.rel.core.Correlate
        || rel.getInputs().stream().anyMatch(RelPasses::containsCorrelate);
  }
}
