package dev.freshet.serve.http;

import dev.freshet.serve.backend.SystemStatus.SinkStatus;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What sinks have taken, and what waits for them, as metrics. */
final class SinkMetrics {
  private SinkMetrics() {}

  static void write(Metrics out, List<SinkStatus> sinks) {
    each(
        out,
        sinks,
        "sink_up",
        "gauge",
        "Whether it goes on: 0 while it fails.",
        sink -> sink.problem().isEmpty() ? 1 : 0);
    each(
        out,
        sinks,
        "sink_step",
        "gauge",
        "The last step that the receiver has whole.",
        SinkStatus::step);
    each(
        out,
        sinks,
        "sink_behind_rows",
        "gauge",
        "Rows of change that wait on disk for it.",
        SinkStatus::rowsBehind);
    each(
        out,
        sinks,
        "sink_behind_bytes",
        "gauge",
        "Bytes of change that wait on disk for it.",
        SinkStatus::bytesBehind);
    each(
        out,
        sinks,
        "sink_rows_total",
        "counter",
        "Rows and changes taken since the start.",
        SinkStatus::rows);
    each(
        out,
        sinks,
        "sink_failures_total",
        "counter",
        "How often something failed since the start.",
        SinkStatus::failures);
  }

  private static void each(
      Metrics out,
      List<SinkStatus> sinks,
      String name,
      String type,
      String help,
      ToDoubleFunction<SinkStatus> value) {
    out.head(name, type, help);
    sinks.forEach(sink -> out.sample(name, "sink", sink.name(), value.applyAsDouble(sink)));
  }
}
