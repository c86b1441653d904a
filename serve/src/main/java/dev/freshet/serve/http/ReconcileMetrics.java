package dev.freshet.serve.http;

import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Metrics of the sources that were compared with what is held of them. */
final class ReconcileMetrics {
  private ReconcileMetrics() {}

  static void write(Metrics out, List<ReconcileStatus> all) {
    if (all.isEmpty()) {
      return;
    }
    each(
        out,
        all,
        "reconcile_runs_total",
        "counter",
        "Comparisons that came to their end since the start.",
        ReconcileStatus::runs);
    each(
        out,
        all,
        "reconcile_failures_total",
        "counter",
        "Comparisons that did not.",
        ReconcileStatus::failures);
    each(
        out,
        all,
        "reconcile_last_seconds",
        "gauge",
        "When the last one ended, in seconds since 1970.",
        status -> status.atMicros() == 0 ? Double.NaN : status.atMicros() / 1e6);
    each(
        out,
        all,
        "reconcile_rows",
        "gauge",
        "Rows of the source that the last one compared.",
        ReconcileStatus::rows);
    each(
        out,
        all,
        "reconcile_differing_rows",
        "gauge",
        "Rows that differed in the end.",
        status -> status.differences() + status.notMatched());
    each(
        out,
        all,
        "reconcile_corrected_total",
        "counter",
        "Rows corrected since the start.",
        ReconcileStatus::corrected);
  }

  private static void each(
      Metrics out,
      List<ReconcileStatus> all,
      String name,
      String type,
      String help,
      ToDoubleFunction<ReconcileStatus> value) {
    out.head(name, type, help);
    all.forEach(status -> out.sample(name, "source", status.source(), value.applyAsDouble(status)));
  }
}
