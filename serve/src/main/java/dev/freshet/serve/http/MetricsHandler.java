package dev.freshet.serve.http;

import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.RelationStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** {@code GET /metrics}: the Prometheus text format, version 0.0.4. */
final class MetricsHandler implements Handler {
  private final Backend backend;

  MetricsHandler(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
    Reads.send(request, response, text(backend.status()));
  }

  private static String text(SystemStatus status) {
    Metrics out = new Metrics();
    out.gauge("up", "Whether the system is healthy.", status.healthy() ? 1L : 0L);
    out.gauge("step", "The last step: the log offset that all answers reach.", status.step());
    out.counter("steps_total", "Steps made since the start.", status.steps().count());
    out.counter("rows_received_total", "Rows received, ever.", status.ledger().received());
    out.counter("rows_applied_total", "Rows applied, ever.", status.ledger().applied());
    out.counter("rows_quarantined_total", "Rows quarantined, ever.", status.ledger().quarantined());
    out.gauge("step_seconds_p99", "How long steps take.", seconds(status.steps().millisP99()));
    out.gauge(
        "log_end_offset", "The offset that the next log record gets.", status.log().endOffset());
    out.gauge("log_bytes", "Bytes of the log on disk.", status.log().bytes());
    out.gauge(
        "lake_published_step",
        "The step that the lake's tables show.",
        status.lake().publishedStep());
    out.gauge(
        "lake_waiting_rows", "Rows staged and not yet published.", status.lake().waitingRows());
    out.gauge(
        "models_building",
        "Models that are being computed beside the running ones.",
        status.models().building().size());
    out.gauge(
        "models_building_ratio",
        "How far they are; 1 when none is.",
        status.models().percent() / 100);
    out.counter(
        "applies_total", "Changes of models that came since the start.", status.models().applied());
    out.counter(
        "applies_refused_total",
        "Changes of models that were refused since the start.",
        status.models().refused());
    sources(out, status.sources());
    IngestMetrics.write(out, status.ingest());
    ReconcileMetrics.write(out, status.reconciled());
    relations(out, status.relations());
    paused(out, status);
    SinkMetrics.write(out, status.sinks());
    status
        .counters()
        .forEach((name, value) -> out.gauge(name, "See docs/reference/metrics.md.", value));
    return out.text();
  }

  private static void sources(Metrics out, List<SourceStatus> sources) {
    each(
        out,
        sources,
        "source_rows_total",
        "counter",
        "Rows received since the start.",
        SourceStatus::rows);
    each(
        out,
        sources,
        "source_lag_bytes",
        "gauge",
        "Bytes that the source has and Freshet has not.",
        SourceStatus::lagBytes);
    each(
        out,
        sources,
        "source_retained_bytes",
        "gauge",
        "Bytes of its log that the source's origin keeps for Freshet.",
        SourceStatus::retainedBytes);
    each(
        out,
        sources,
        "source_lag_seconds",
        "gauge",
        "Age of what is received and not visible.",
        s -> s.lagMillis() / 1000.0);
    each(
        out,
        sources,
        "source_snapshot_percent",
        "gauge",
        "Progress of the snapshot.",
        SourceStatus::snapshotPercent);
    each(
        out,
        sources,
        "source_snapshot_seconds_left",
        "gauge",
        "How long the rest of the snapshot will take.",
        SourceStatus::snapshotSecondsLeft);
    SourceTableMetrics.write(out, sources);
  }

  private static void relations(Metrics out, List<RelationStatus> all) {
    eachRelation(out, all, "relation_rows", "gauge", "Rows it has.", RelationStatus::rows);
    eachRelation(
        out,
        all,
        "relation_changes_total",
        "counter",
        "Rows of change since the start.",
        RelationStatus::changes);
    eachRelation(
        out,
        all,
        "relation_stale_seconds",
        "gauge",
        "How old its state is.",
        r -> r.staleMillis() / 1000.0);
    eachRelation(
        out,
        all,
        "relation_latency_seconds_p50",
        "gauge",
        "Commit to visible.",
        r -> seconds(r.latencyMillisP50()));
    eachRelation(
        out,
        all,
        "relation_latency_seconds_p99",
        "gauge",
        "Commit to visible.",
        r -> seconds(r.latencyMillisP99()));
    eachRelation(
        out,
        all,
        "relation_errors",
        "gauge",
        "Rows that fail in its expressions.",
        RelationStatus::errors);
    eachRelation(
        out,
        all,
        "relation_quarantined_total",
        "counter",
        "Rows kept out.",
        RelationStatus::quarantined);
    eachRelation(
        out,
        all,
        "relation_state_bytes",
        "gauge",
        "Bytes of state behind it.",
        RelationStatus::stateBytes);
    eachRelation(
        out,
        all,
        "relation_watermark_seconds",
        "gauge",
        "How far it has come in the time of its rows.",
        r ->
            r.watermarkMicros() == RelationStatus.NO_WATERMARK
                ? Double.NaN
                : r.watermarkMicros() / 1e6);
    eachRelation(
        out,
        all,
        "relation_late_rows_total",
        "counter",
        "Changes that came too late for it.",
        RelationStatus::late);
    eachRelation(
        out,
        all,
        "relation_ahead_rows_total",
        "counter",
        "Changes of rows whose time was too far ahead for it.",
        RelationStatus::ahead);
  }

  private static void paused(Metrics out, SystemStatus status) {
    Set<String> paused =
        status.sources().stream()
            .flatMap(source -> source.paused().stream())
            .collect(Collectors.toSet());
    eachRelation(
        out,
        status.relations(),
        "relation_paused",
        "gauge",
        "Whether it is left alone until it is resumed.",
        relation -> paused.contains(relation.name()) ? 1 : 0);
  }

  private static void each(
      Metrics out,
      List<SourceStatus> sources,
      String name,
      String type,
      String help,
      ToDoubleFunction<SourceStatus> value) {
    out.head(name, type, help);
    sources.forEach(
        source -> out.sample(name, "source", source.name(), value.applyAsDouble(source)));
  }

  private static void eachRelation(
      Metrics out,
      List<RelationStatus> all,
      String name,
      String type,
      String help,
      ToDoubleFunction<RelationStatus> value) {
    out.head(name, type, help);
    all.forEach(
        relation -> out.sample(name, "relation", relation.name(), value.applyAsDouble(relation)));
  }

  private static double seconds(double millis) {
    return millis < 0 ? Double.NaN : millis / 1000;
  }
}
