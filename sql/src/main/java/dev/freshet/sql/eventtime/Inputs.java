package dev.freshet.sql.eventtime;

import dev.freshet.sql.plan.Plan;
import java.util.function.UnaryOperator;

/** A plan node over other inputs of the same columns. */
final class Inputs {
  private Inputs() {}

  static Plan map(Plan plan, UnaryOperator<Plan> change) {
    return switch (plan) {
      case Plan.Scan _, Plan.Constants _, Plan.Arrivals _ -> plan;
      case Plan.Filter filter -> new Plan.Filter(change.apply(filter.input()), filter.predicate());
      case Plan.Project project ->
          new Plan.Project(change.apply(project.input()), project.expressions(), project.schema());
      case Plan.Union union ->
          new Plan.Union(union.inputs().stream().map(change).toList(), union.schema());
      case Plan.Distinct distinct -> new Plan.Distinct(change.apply(distinct.input()));
      case Plan.Multiset multiset ->
          new Plan.Multiset(
              change.apply(multiset.left()),
              change.apply(multiset.right()),
              multiset.kind(),
              multiset.schema());
      case Plan.Unnest unnest ->
          new Plan.Unnest(
              change.apply(unnest.input()), unnest.arrayColumn(), unnest.kind(), unnest.schema());
      case Plan.Join join ->
          new Plan.Join(
              change.apply(join.left()),
              change.apply(join.right()),
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              join.residual(),
              join.schema());
      case Plan.Aggregate aggregate ->
          new Plan.Aggregate(
              change.apply(aggregate.input()),
              aggregate.groupColumns(),
              aggregate.calls(),
              aggregate.schema());
      case Plan.TopN top ->
          new Plan.TopN(
              change.apply(top.input()),
              top.partitionColumns(),
              top.order(),
              top.offset(),
              top.limit());
      case Plan.Windows windows ->
          new Plan.Windows(
              change.apply(windows.input()),
              windows.kind(),
              windows.timeColumn(),
              windows.step(),
              windows.size(),
              windows.offset(),
              windows.schema());
      case Plan.Sessions sessions ->
          new Plan.Sessions(
              change.apply(sessions.input()),
              sessions.partitionColumns(),
              sessions.timeColumn(),
              sessions.gap(),
              sessions.schema());
      case Plan.Over over ->
          new Plan.Over(
              change.apply(over.input()),
              over.partitionColumns(),
              over.order(),
              over.calls(),
              over.schema());
      case Plan.OnTime onTime ->
          new Plan.OnTime(
              change.apply(onTime.input()),
              onTime.closing(),
              onTime.watermarkColumn(),
              onTime.late());
      case Plan.Expire expire ->
          new Plan.Expire(change.apply(expire.input()), expire.closing(), expire.spread());
      case Plan.Final last ->
          new Plan.Final(change.apply(last.input()), last.closing(), last.spread());
    };
  }
}
