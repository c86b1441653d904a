package dev.freshet.engine;

import dev.freshet.sql.plan.Plan;
import java.util.LinkedHashSet;
import java.util.Set;

/** The relations that a plan names. */
public final class Reads {
  private Reads() {}

  public static Set<String> of(Plan plan) {
    Set<String> reads = new LinkedHashSet<>();
    collect(plan, reads);
    return reads;
  }

  private static void collect(Plan plan, Set<String> relations) {
    if (plan instanceof Plan.Scan scan) {
      relations.add(scan.relation());
    }
    plan.inputs().forEach(input -> collect(input, relations));
    relations.addAll(Times.arriving(plan));
  }
}
