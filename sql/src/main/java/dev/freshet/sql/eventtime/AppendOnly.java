package dev.freshet.sql.eventtime;

import dev.freshet.core.type.Keep;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.plan.Plan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds whether a plan's rows only ever come, and never go again. Only then can another view begin
 * to read them in the midst: else it would see rows go that it never saw come.
 */
public final class AppendOnly {
  private final Map<String, Relation> relations = new HashMap<>();

  private AppendOnly(Catalog catalog) {
    catalog.relations().forEach(relation -> relations.put(relation.name(), relation));
  }

  /**
   * Why a view cannot have this plan; empty when of the views that keep no rows it reads only those
   * whose rows never go.
   */
  public static Optional<String> problem(Plan plan, Catalog catalog) {
    return new AppendOnly(catalog).problem(plan);
  }

  private Optional<String> problem(Plan plan) {
    if (plan instanceof Plan.Scan scan && isOfNoRows(scan.relation()) && !grows(scan.relation())) {
      return Optional.of(
          "Cannot read "
              + scan.relation()
              + " in another view: it keeps no rows (keep: none), and its query takes rows back"
              + " that it gave before. Let it keep its rows.");
    }
    return plan.inputs().stream().map(this::problem).flatMap(Optional::stream).findFirst();
  }

  private boolean isOfNoRows(String relation) {
    Relation found = relations.get(relation);
    return found != null && found.keep() == Keep.NONE;
  }

  /** Of what keeps its rows, a view may see rows go that came before it did. */
  private boolean grows(String relation) {
    Relation found = relations.get(relation);
    return found != null
        && found.keep() == Keep.NONE
        && (found.definition().isEmpty() || grows(found.definition().get()));
  }

  private boolean grows(Plan plan) {
    return switch (plan) {
      case Plan.Scan scan -> grows(scan.relation());
      case Plan.Arrivals arrivals -> grows(arrivals.relation());
      case Plan.Filter _,
          Plan.Project _,
          Plan.Union _,
          Plan.Distinct _,
          Plan.Unnest _,
          Plan.Windows _,
          Plan.NotAhead _,
          Plan.OnTime _ ->
          plan.inputs().stream().allMatch(this::grows);
      case Plan.Join join ->
          join.kind() == Plan.JoinKind.INNER && grows(join.left()) && grows(join.right());
      case Plan.Final _ -> true;
      case Plan.Constants _,
          Plan.Aggregate _,
          Plan.TopN _,
          Plan.Over _,
          Plan.AsOf _,
          Plan.Sessions _,
          Plan.Multiset _,
          Plan.Expire _,
          Plan.Recursion _,
          Plan.Recurse _ ->
          false;
    };
  }
}
