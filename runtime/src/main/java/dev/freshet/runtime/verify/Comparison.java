package dev.freshet.runtime.verify;

import dev.freshet.core.error.Check;
import dev.freshet.engine.hash.RowKind;
import dev.freshet.runtime.verify.FreshState.Basis;
import dev.freshet.runtime.verify.LiveState.Hashes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Compares table by table and view by view, and tells. One thread owns it. */
final class Comparison {
  private final Report report;
  private final Difference difference;

  /**
   * @param fresh the replayed state at a step, which is not before that of the last call
   */
  Comparison(Report report, LiveState live, LongFunction<SnapshotState> fresh) {
    this.report = report;
    this.difference = new Difference(live, fresh);
  }

  /**
   * @param live hashes of what there is
   * @param replayed what the log comes to, at the same step
   * @param bases of all that is declared
   * @param leftOut what is not compared, each with the reason
   * @return how many differ
   */
  int run(
      Map<String, Hashes> live,
      SnapshotState replayed,
      Map<String, Basis> bases,
      Map<String, String> leftOut) {
    List<Runnable> shown = new ArrayList<>();
    int differing = 0;
    Map<String, Hashes> fresh = replayed.relations().value();
    for (var each : bases.entrySet()) {
      String name = each.getKey();
      if (leftOut.containsKey(name)) {
        continue;
      }
      Hashes of = live.get(name);
      Hashes with = fresh.get(name);
      if (of == null || with == null) {
        Check.that(of == null, "what is live and declared is in the state that was replayed");
        if (with != null) { // what keeps no rows is in neither
          report.leftOut(name, "is not there yet");
        }
        continue;
      }
      report.relation(name, each.getValue(), of, with);
      differing += of.equals(with) ? 0 : 1;
      for (RowKind kind : RowKind.values()) {
        if (!of.of(kind).equals(with.of(kind))) {
          long rows = Math.max(of.of(kind).rows(), with.of(kind).rows());
          shown.add(() -> report.rows(name, kind, difference.lines(name, kind, rows)));
        }
      }
    }
    leftOut.forEach(report::leftOut);
    shown.forEach(Runnable::run);
    report.end(differing);
    return differing;
  }
}
