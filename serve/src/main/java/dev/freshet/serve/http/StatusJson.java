package dev.freshet.serve.http;

import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.IngestStatus;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus;
import dev.freshet.serve.backend.SystemStatus.OutputStatus;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import dev.freshet.serve.backend.SystemStatus.RelationStatus;
import dev.freshet.serve.backend.SystemStatus.SinkStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import java.util.Locale;

/** A system's status as JSON; times in milliseconds, sizes in bytes. */
final class StatusJson {
  private StatusJson() {}

  static String of(SystemStatus status) {
    return new Json()
        .text("project", status.project())
        .number("step", status.step())
        .number("startedMicros", status.startedMicros())
        .flag("healthy", status.healthy())
        .texts("problems", status.problems())
        .raws("sources", status.sources().stream().map(StatusJson::source).toList())
        .raws("ingest", status.ingest().stream().map(StatusJson::ingest).toList())
        .raws("reconciled", status.reconciled().stream().map(StatusJson::reconciled).toList())
        .raws("relations", status.relations().stream().map(StatusJson::relation).toList())
        .raw(
            "log",
            new Json()
                .number("startOffset", status.log().startOffset())
                .number("endOffset", status.log().endOffset())
                .number("durableOffset", status.log().durableOffset())
                .number("bytes", status.log().bytes())
                .end())
        .raw(
            "lake",
            new Json()
                .text("location", status.lake().location())
                .number("publishedStep", status.lake().publishedStep())
                .number("waitingRows", status.lake().waitingRows())
                .number("publishMillisP50", status.lake().publishMillisP50())
                .end())
        .raws("outputs", status.outputs().stream().map(StatusJson::output).toList())
        .raws("sinks", status.sinks().stream().map(StatusJson::sink).toList())
        .raw(
            "steps",
            new Json()
                .number("count", status.steps().count())
                .number("rows", status.steps().rows())
                .number("millisP50", status.steps().millisP50())
                .number("millisP99", status.steps().millisP99())
                .end())
        .raw(
            "ledger",
            new Json()
                .number("received", status.ledger().received())
                .number("applied", status.ledger().applied())
                .number("quarantined", status.ledger().quarantined())
                .end())
        .raw("models", models(status.models()))
        .end();
  }

  private static String output(OutputStatus output) {
    return new Json()
        .text("name", output.name())
        .text("guarantee", output.guarantee().label())
        .number("step", output.step())
        .end();
  }

  private static String sink(SinkStatus sink) {
    return new Json()
        .text("name", sink.name())
        .text("kind", sink.kind())
        .text("relation", sink.relation())
        .text("guarantee", sink.guarantee().label())
        .text("state", sink.state())
        .number("step", sink.step())
        .number("rowsBehind", sink.rowsBehind())
        .number("bytesBehind", sink.bytesBehind())
        .number("rows", sink.rows())
        .number("failures", sink.failures())
        .text("problem", sink.problem())
        .text("copied", sink.copied())
        .end();
  }

  private static String models(ModelsStatus models) {
    return new Json()
        .texts("building", models.building())
        .number("percent", models.percent())
        .text("outcome", models.outcome().name().toLowerCase(Locale.ROOT))
        .text("message", models.message())
        .number("atMicros", models.atMicros())
        .number("applied", models.applied())
        .number("refused", models.refused())
        .end();
  }

  private static String source(SourceStatus source) {
    return new Json()
        .text("name", source.name())
        .text("kind", source.kind())
        .text("state", source.state())
        .text("position", source.position())
        .number("lagBytes", source.lagBytes())
        .number("retainedBytes", source.retainedBytes())
        .number("lagMillis", source.lagMillis())
        .number("rows", source.rows())
        .number("rowsPerSecond", source.rowsPerSecond())
        .number("snapshotPercent", source.snapshotPercent())
        .number("snapshotSecondsLeft", source.snapshotSecondsLeft())
        .text("error", source.error())
        .raws("tables", source.tables().stream().map(StatusJson::table).toList())
        .raws(
            "schemaChanges", source.schemaChanges().stream().map(StatusJson::schemaChange).toList())
        .texts("paused", source.paused())
        .raws("notes", source.notes().stream().map(StatusJson::note).toList())
        .end();
  }

  private static String note(SourceStatus.TableNote note) {
    return new Json().text("table", note.table()).text("text", note.text()).end();
  }

  private static String schemaChange(SourceStatus.SchemaChange change) {
    return new Json()
        .text("table", change.table())
        .text("kind", change.kind())
        .text("column", change.column())
        .text("before", change.before())
        .text("after", change.after())
        .text("text", change.text())
        .text("position", change.position())
        .number("atMicros", change.atMicros())
        .end();
  }

  private static String reconciled(ReconcileStatus reconciled) {
    return new Json()
        .text("source", reconciled.source())
        .flag("running", reconciled.isRunning())
        .number("runs", reconciled.runs())
        .number("failures", reconciled.failures())
        .number("atMicros", reconciled.atMicros())
        .text("position", reconciled.position())
        .number("step", reconciled.step())
        .number("rows", reconciled.rows())
        .number("differences", reconciled.differences())
        .number("notMatched", reconciled.notMatched())
        .number("corrected", reconciled.corrected())
        .text("error", reconciled.problem())
        .end();
  }

  private static String table(SourceStatus.SourceTable table) {
    return new Json()
        .text("table", table.table())
        .number("rows", table.rows())
        .number("refused", table.refused())
        .number("bytes", table.bytes())
        .number("lagRows", table.lagRows())
        .end();
  }

  private static String ingest(IngestStatus ingest) {
    return new Json()
        .text("source", ingest.source())
        .raws(
            "tables",
            ingest.tables().stream()
                .map(table ->
                    new Json()
                        .text("name", table.table())
                        .number("accepted", table.accepted())
                        .number("refused", table.refused())
                        .end())
                .toList())
        .number("requests", ingest.requests())
        .number("repeated", ingest.repeated())
        .number("overloaded", ingest.overloaded())
        .number("waitingBytes", ingest.waitingBytes())
        .number("waitingBytesMax", ingest.waitingBytesMax())
        .number("keys", ingest.keys())
        .number("keysSeconds", ingest.keysSeconds())
        .end();
  }

  static String relation(RelationStatus relation) {
    return new Json()
        .text("name", relation.name())
        .text("layer", relation.layer())
        .number("rows", relation.rows())
        .number("changes", relation.changes())
        .number("changesPerSecond", relation.changesPerSecond())
        .number("staleMillis", relation.staleMillis())
        .number("freshnessMillis", relation.freshnessMillis())
        .number("latencyMillisP50", relation.latencyMillisP50())
        .number("latencyMillisP99", relation.latencyMillisP99())
        .number("errors", relation.errors())
        .number("quarantined", relation.quarantined())
        .number("late", relation.late())
        .number("ahead", relation.ahead())
        .number("stateBytes", relation.stateBytes())
        .end();
  }
}
