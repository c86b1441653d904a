package dev.freshet.serve.http;

import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus.SourceTable;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Metrics of single tables of the sources that count by tables. */
final class SourceTableMetrics {
  private SourceTableMetrics() {}

  static void write(Metrics out, List<SourceStatus> sources) {
    List<SourceTable> all = sources.stream().flatMap(source -> source.tables().stream()).toList();
    each(
        out,
        all,
        "source_table_rows_total",
        "counter",
        "Rows taken since the start.",
        SourceTable::rows);
    each(
        out,
        all,
        "source_table_refused_total",
        "counter",
        "Rows refused since the start.",
        SourceTable::refused);
    each(
        out,
        all,
        "source_table_bytes_total",
        "counter",
        "Bytes received since the start.",
        SourceTable::bytes);
    each(
        out,
        all,
        "source_table_lag_rows",
        "gauge",
        "Rows that wait at the source; -1 when not known.",
        SourceTable::lagRows);
  }

  private static void each(
      Metrics out,
      List<SourceTable> all,
      String name,
      String type,
      String help,
      ToDoubleFunction<SourceTable> value) {
    out.head(name, type, help);
    all.forEach(table -> out.sample(name, "table", table.table(), value.applyAsDouble(table)));
  }
}
