package dev.freshet.serve.http;

import dev.freshet.serve.backend.SystemStatus.IngestStatus;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Metrics of the sources that are posted to. */
final class IngestMetrics {
  private IngestMetrics() {}

  static void write(Metrics out, List<IngestStatus> all) {
    out.head("ingest_rows_accepted_total", "counter", "Posted rows taken since the start.");
    for (IngestStatus source : all) {
      source
          .tables()
          .forEach(table ->
              out.sample(
                  "ingest_rows_accepted_total", "table", table.table(), (double) table.accepted()));
    }
    out.head("ingest_rows_refused_total", "counter", "Posted rows refused since the start.");
    for (IngestStatus source : all) {
      source
          .tables()
          .forEach(table ->
              out.sample(
                  "ingest_rows_refused_total", "table", table.table(), (double) table.refused()));
    }
    each(
        out,
        all,
        "ingest_requests_total",
        "counter",
        "Requests with a whole body since the start.",
        IngestStatus::requests);
    each(
        out,
        all,
        "ingest_repeated_total",
        "counter",
        "Requests that an earlier one had answered, since the start.",
        IngestStatus::repeated);
    each(
        out,
        all,
        "ingest_overloaded_total",
        "counter",
        "Requests refused with 429 since the start.",
        IngestStatus::overloaded);
    each(
        out,
        all,
        "ingest_waiting_bytes",
        "gauge",
        "Bytes of bodies that came and are not answered.",
        IngestStatus::waitingBytes);
    each(
        out,
        all,
        "ingest_idempotency_keys",
        "gauge",
        "Idempotency keys that are known.",
        IngestStatus::keys);
    each(
        out,
        all,
        "ingest_idempotency_seconds",
        "gauge",
        "Age of the oldest of them.",
        IngestStatus::keysSeconds);
  }

  private static void each(
      Metrics out,
      List<IngestStatus> all,
      String name,
      String type,
      String help,
      ToDoubleFunction<IngestStatus> value) {
    out.head(name, type, help);
    all.forEach(source -> out.sample(name, "source", source.source(), value.applyAsDouble(source)));
  }
}
