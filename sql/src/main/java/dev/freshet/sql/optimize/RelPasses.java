package dev.freshet.sql.optimize;

import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.rules.AggregateProjectMergeRule;
import org.apache.calcite.rel.rules.FilterAggregateTransposeRule;
import org.apache.calcite.rel.rules.FilterJoinRule;
import org.apache.calcite.rel.rules.FilterMergeRule;
import org.apache.calcite.rel.rules.FilterProjectTransposeRule;
import org.apache.calcite.rel.rules.FilterSetOpTransposeRule;
import org.apache.calcite.rel.rules.IntersectToDistinctRule;
import org.apache.calcite.rel.rules.MinusToDistinctRule;
import org.apache.calcite.rel.rules.ProjectMergeRule;
import org.apache.calcite.rel.rules.ProjectRemoveRule;
import org.apache.calcite.rel.rules.ReduceExpressionsRule;
import org.apache.calcite.rel.rules.SubQueryRemoveRule;
import org.apache.calcite.rel.rules.UnionMergeRule;
import org.apache.calcite.sql2rel.RelDecorrelator;
import org.apache.calcite.sql2rel.RelFieldTrimmer;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * The passes over Calcite's algebra. Rules are made one by one: the list of all core rules takes
 * long to load.
 */
public final class RelPasses {
  private static final List<RelOptRule> SUB_QUERIES =
      List.of(
          SubQueryRemoveRule.Config.FILTER.toRule(),
          SubQueryRemoveRule.Config.PROJECT.toRule(),
          SubQueryRemoveRule.Config.JOIN.toRule());

  private static final List<RelOptRule> SET_OPERATIONS =
      List.of(
          IntersectToDistinctRule.Config.DEFAULT.toRule(),
          MinusToDistinctRule.Config.DEFAULT.toRule());

  private static final List<RelOptRule> FILTERS_DOWN =
      List.of(
          FilterMergeRule.Config.DEFAULT.toRule(),
          FilterProjectTransposeRule.Config.DEFAULT.toRule(),
          FilterJoinRule.FilterIntoJoinRule.FilterIntoJoinRuleConfig.DEFAULT.toRule(),
          FilterJoinRule.JoinConditionPushRule.JoinConditionPushRuleConfig.DEFAULT.toRule(),
          FilterAggregateTransposeRule.Config.DEFAULT
              .withOperandSupplier(filter ->
                  filter
                      .operand(Filter.class)
                      .oneInput(aggregate ->
                          aggregate
                              .operand(Aggregate.class)
                              .predicate(RelPasses::needsRows)
                              .anyInputs()))
              .toRule(),
          FilterSetOpTransposeRule.Config.DEFAULT.toRule(),
          ReduceExpressionsRule.FilterReduceExpressionsRule.FilterReduceExpressionsRuleConfig
              .DEFAULT
              .toRule(),
          UnionMergeRule.Config.DEFAULT.toRule());

  private static final List<RelOptRule> PROJECTS_TOGETHER =
      List.of(
          ProjectMergeRule.Config.DEFAULT.toRule(),
          ProjectRemoveRule.Config.DEFAULT.toRule(),
          AggregateProjectMergeRule.Config.DEFAULT.toRule(),
          FilterMergeRule.Config.DEFAULT.toRule());

  private RelPasses() {}

  /** All passes in order. */
  public static RelNode run(RelNode root) {
    RelNode rel = WindowExpansion.expand(AsOfRows.hide(root));
    rel = UnnestExpansion.expand(rel);
    CorrelatedValues.check(rel);
    // Sub-queries become joins with correlation, which decorrelation then turns into plain joins.
    // First of all, since no other rule looks into sub-queries.
    rel = apply(rel, SUB_QUERIES);
    if (!RelOptUtil.getVariablesUsed(rel).isEmpty() || containsCorrelate(rel)) {
      rel =
          GroupedConstants.show(
              RelDecorrelator.decorrelateQuery(GroupedConstants.hide(rel), builder(rel)));
      rel = UnusedCorrelation.remove(rel);
    }
    // INTERSECT and EXCEPT become aggregates over a union, so that filters can go through them.
    rel = apply(rel, SET_OPERATIONS);
    // Filters go down before columns are cut, since a filter at its final place needs the fewest.
    rel = apply(rel, FILTERS_DOWN);
    // Only then each join has its own conditions, by which they are ordered.
    rel = JoinOrder.run(rel);
    rel = new RelFieldTrimmer(null, builder(rel)).trim(rel);
    // Trimming leaves projections on projections.
    return apply(rel, PROJECTS_TOGETHER);
  }

  /**
   * Whether the aggregate gives nothing over no rows. Below the set () of a ROLLUP not even FALSE
   * is the same as above it: there is a row for all of no rows.
   */
  private static boolean needsRows(Aggregate aggregate) {
    return aggregate.getGroupSets().stream().noneMatch(ImmutableBitSet::isEmpty);
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
