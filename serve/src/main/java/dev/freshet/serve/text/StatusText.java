package dev.freshet.serve.text;

import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus;
import dev.freshet.serve.backend.SystemStatus.OutputStatus;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import dev.freshet.serve.backend.SystemStatus.RelationStatus;
import dev.freshet.serve.backend.SystemStatus.SinkStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A system's status as lines of text: a line per source, per table and model, per output and per
 * sink.
 */
public final class StatusText {
  private StatusText() {}

  public static List<String> lines(SystemStatus status) {
    List<String> lines = new ArrayList<>(prose(status));
    lines.addAll(tables(status));
    lines.add("");
    TextTable outputs = new TextTable("OUTPUT", "GUARANTEE", "STEP");
    for (OutputStatus output : status.outputs()) {
      outputs.row(output.name(), output.guarantee().label(), count(output.step()));
    }
    lines.addAll(outputs.lines());
    lines.addAll(sinks(status));
    return lines;
  }

  private static List<String> sinks(SystemStatus status) {
    if (status.sinks().isEmpty()) {
      return List.of();
    }
    TextTable sinks =
        new TextTable("SINK", "KIND", "WRITES", "GUARANTEE", "STATE", "STEP", "ROWS BEHIND");
    for (SinkStatus sink : status.sinks()) {
      sinks.row(
          sink.name(),
          sink.kind(),
          sink.relation(),
          sink.guarantee().label(),
          sink.state(),
          count(sink.step()),
          count(sink.rowsBehind()));
    }
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.addAll(sinks.lines());
    return lines;
  }

  /** The lines above the tables: how the whole is, and what is wrong. */
  public static List<String> prose(SystemStatus status) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s  step %,d  %s  lake at step %,d",
            status.project(),
            status.step(),
            status.healthy() ? "healthy" : "NOT HEALTHY",
            status.lake().publishedStep()));
    for (String problem : status.problems()) {
      lines.add("  ! " + problem.replace("\n", "\n    "));
    }
    lines.addAll(models(status.models()));
    for (SourceStatus source : status.sources()) {
      if (!source.paused().isEmpty()) {
        lines.add("  source " + source.name() + " paused: " + String.join(", ", source.paused()));
      }
      source
          .notes()
          .forEach(note ->
              lines.add("  source " + source.name() + ": " + note.table() + " " + note.text()));
    }
    status.reconciled().forEach(each -> lines.add("  " + reconciled(each)));
    return lines;
  }

  /** The tables of sources and relations, an empty line above each. */
  public static List<String> tables(SystemStatus status) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    TextTable sources = new TextTable("SOURCE", "STATE", "ROWS/S", "ROWS", "LAG", "POSITION");
    for (SourceStatus source : status.sources()) {
      sources.row(
          source.name(),
          state(source),
          rate(source.rowsPerSecond()),
          count(source.rows()),
          millis(source.lagMillis()),
          source.position());
    }
    lines.addAll(sources.lines());
    lines.add("");
    TextTable relations =
        new TextTable(
            "TABLE", "LAYER", "ROWS", "CHANGES/S", "LAT P50", "P99", "FRESHNESS", "ERRORS");
    Set<String> paused =
        status.sources().stream()
            .flatMap(source -> source.paused().stream())
            .collect(Collectors.toSet());
    for (RelationStatus relation : status.relations()) {
      relations.row(
          relation.name(),
          relation.layer(),
          count(relation.rows()),
          rate(relation.changesPerSecond()),
          latency(relation.latencyMillisP50()),
          latency(relation.latencyMillisP99()),
          paused.contains(relation.name()) ? "paused" : freshness(relation),
          count(relation.errors() + relation.quarantined()));
    }
    lines.addAll(relations.lines());
    return lines;
  }

  private static List<String> models(ModelsStatus models) {
    List<String> lines = new ArrayList<>();
    if (!models.building().isEmpty()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  building %.0f%%: %s",
              models.percent(),
              String.join(", ", models.building())));
    }
    switch (models.outcome()) {
      case NONE -> {}
      case APPLIED -> lines.add("  last change: " + models.message());
      case REFUSED ->
          lines.add("  last change refused: " + models.message().replace("\n", "\n    "));
    }
    return lines;
  }

  private static String reconciled(ReconcileStatus status) {
    String going = status.isRunning() ? ", being compared now" : "";
    if (status.runs() == 0) {
      return "source " + status.source() + " not compared yet" + going;
    }
    long differing = status.differences() + status.notMatched();
    return String.format(
        Locale.ROOT,
        "source %s compared at %s, as of %s: %,d rows, %s%s",
        status.source(),
        Instant.ofEpochSecond(status.atMicros() / 1_000_000),
        status.position(),
        status.rows(),
        differing == 0 ? "all equal" : String.format(Locale.ROOT, "%,d differ", differing),
        going);
  }

  private static String state(SourceStatus source) {
    if (!source.state().equals("snapshot")) {
      return source.state();
    }
    String percent = String.format(Locale.ROOT, "snapshot %.0f%%", source.snapshotPercent());
    long left = source.snapshotSecondsLeft();
    return left < 0 ? percent : percent + ", " + duration(left) + " left";
  }

  /** In the unit that tells most: nobody waits by the second for hours. */
  private static String duration(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = (seconds + 30) / 60;
    return minutes < 120
        ? minutes + " min"
        : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }

  private static String freshness(RelationStatus relation) {
    if (relation.staleMillis() == 0) {
      return "current";
    }
    return millis(relation.staleMillis())
        + (relation.staleMillis() > relation.freshnessMillis() ? " LATE" : " behind");
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%,.0f", perSecond);
  }

  private static String latency(double millis) {
    return millis < 0
        ? "-"
        : String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%,.0f ms", millis);
  }

  private static String millis(long millis) {
    return millis < 10_000
        ? String.format(Locale.ROOT, "%,d ms", millis)
        : String.format(Locale.ROOT, "%,d s", millis / 1000);
  }
}
