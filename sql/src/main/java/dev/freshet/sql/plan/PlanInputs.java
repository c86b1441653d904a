package dev.freshet.sql.plan;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Plans over other inputs. */
public final class PlanInputs {
  private PlanInputs() {}

  /** The plan with another one in place of each scan. */
  public static Plan replaceScans(Plan plan, Function<Plan.Scan, Plan> replacement) {
    return plan instanceof Plan.Scan scan
        ? replacement.apply(scan)
        : with(
            plan, plan.inputs().stream().map(input -> replaceScans(input, replacement)).toList());
  }

  /** The node over what becomes of its inputs. */
  public static Plan map(Plan plan, UnaryOperator<Plan> change) {
    return with(plan, plan.inputs().stream().map(change).toList());
  }

  /**
   * The node over other inputs.
   *
   * @param inputs as many as the node's own, of the same types
   */
  public static Plan with(Plan plan, List<Plan> inputs) {
    return switch (plan) {
      case Plan.Scan _, Plan.Constants _, Plan.Recurse _, Plan.Arrivals _ -> plan;
      case Plan.Filter filter -> new Plan.Filter(inputs.getFirst(), filter.predicate());
      case Plan.Project project ->
          new Plan.Project(inputs.getFirst(), project.expressions(), project.schema());
      case Plan.Union union -> new Plan.Union(inputs, union.schema());
      case Plan.Distinct _ -> new Plan.Distinct(inputs.getFirst());
      case Plan.Join join ->
          new Plan.Join(
              inputs.getFirst(),
              inputs.getLast(),
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              join.residual(),
              join.schema());
      case Plan.AsOf join ->
          new Plan.AsOf(
              inputs.getFirst(),
              inputs.getLast(),
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              join.leftTime(),
              join.rightTime(),
              join.match(),
              join.schema());
      case Plan.Multiset multiset ->
          new Plan.Multiset(
              inputs.getFirst(), inputs.getLast(), multiset.kind(), multiset.schema());
      case Plan.Recursion recursion ->
          new Plan.Recursion(
              inputs.getFirst(), inputs.getLast(), recursion.kind(), recursion.schema());
      case Plan.OnTime onTime ->
          new Plan.OnTime(
              inputs.getFirst(), onTime.closing(), onTime.watermarkColumn(), onTime.late());
      case Plan.NotAhead ahead ->
          new Plan.NotAhead(inputs.getFirst(), ahead.timeColumn(), ahead.limitColumn());
      case Plan.Expire expire ->
          new Plan.Expire(inputs.getFirst(), expire.closing(), expire.spread());
      case Plan.Final last -> new Plan.Final(inputs.getFirst(), last.closing(), last.spread());
      case Plan.Aggregate aggregate ->
          new Plan.Aggregate(
              inputs.getFirst(), aggregate.groupColumns(), aggregate.calls(), aggregate.schema());
      case Plan.TopN top ->
          new Plan.TopN(
              inputs.getFirst(), top.partitionColumns(), top.order(), top.offset(), top.limit());
      case Plan.Unnest unnest ->
          new Plan.Unnest(inputs.getFirst(), unnest.arrayColumn(), unnest.kind(), unnest.schema());
      case Plan.Windows windows ->
          new Plan.Windows(
              inputs.getFirst(),
              windows.kind(),
              windows.timeColumn(),
              windows.step(),
              windows.size(),
              windows.offset(),
              windows.schema());
      case Plan.Sessions sessions ->
          new Plan.Sessions(
              inputs.getFirst(),
              sessions.partitionColumns(),
              sessions.timeColumn(),
              sessions.gap(),
              sessions.schema());
      case Plan.Over over ->
          new Plan.Over(
              inputs.getFirst(),
              over.partitionColumns(),
              over.order(),
              over.calls(),
              over.schema());
    };
  }
}
