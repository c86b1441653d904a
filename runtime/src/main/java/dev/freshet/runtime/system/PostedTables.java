package dev.freshet.runtime.system;

import dev.freshet.capture.Source;
import dev.freshet.capture.http.HttpCapture;
import dev.freshet.capture.http.HttpSource;
import dev.freshet.capture.http.HttpStatistics;
import dev.freshet.capture.http.Posted;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.serve.backend.Ingest;
import dev.freshet.serve.backend.SystemStatus.IngestStatus;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables that are posted to, and the sources that take their rows. Safe for all threads. */
final class PostedTables implements Ingest {
  private final Map<String, HttpSource> sources = new TreeMap<>();

  PostedTables(Collection<Source> all) {
    for (Source source : all) {
      if (source instanceof HttpSource http) {
        http.tables().forEach(table -> sources.put(table, http));
      }
    }
  }

  List<IngestStatus> status() {
    return sources.values().stream()
        .distinct()
        .map(source -> status(source.name(), source.capture().statistics()))
        .toList();
  }

  private static IngestStatus status(String source, HttpStatistics statistics) {
    return new IngestStatus(
        source,
        statistics.tables().stream()
            .map(table ->
                new IngestStatus.TableIngest(table.name(), table.accepted(), table.refused()))
            .toList(),
        statistics.requests(),
        statistics.repeated(),
        statistics.overloaded(),
        statistics.waitingBytes(),
        statistics.waitingBytesMax(),
        statistics.keys(),
        statistics.keysSeconds());
  }

  @Override
  public Intake begin(String table) {
    HttpSource source = sources.get(table);
    if (source == null) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot post to table: "
              + table
              + "."
              + Suggestion.of(table, List.copyOf(sources.keySet()))
              + (sources.isEmpty()
                  ? " This project has no source of kind http: see docs/guides/http-ingest.md."
                  : " Tables that are posted to: " + String.join(", ", sources.keySet()) + "."));
    }
    HttpCapture capture = source.capture();
    return new OpenIntake(table, capture, capture.intake());
  }

  private record OpenIntake(String table, HttpCapture capture, dev.freshet.capture.http.Intake room)
      implements Intake {
    @Override
    public int bytesMax() {
      return room.bytesMax();
    }

    @Override
    public void reserve(long bytes) {
      room.reserve(bytes);
    }

    @Override
    public Answer take(Post post) {
      Posted posted =
          capture.take(
              new dev.freshet.capture.http.Post(
                  table,
                  post.contentType(),
                  post.event(),
                  post.operation(),
                  post.idempotencyKey(),
                  post.body(),
                  post.length()));
      return new Answer(
          switch (posted.outcome()) {
            case WRITTEN -> Outcome.WRITTEN;
            case REPEATED -> Outcome.REPEATED;
          },
          posted.accepted(),
          posted.refused().stream()
              .map(row -> new Refused(row.index(), row.code(), row.reason()))
              .toList());
    }

    @Override
    public void close() {
      room.close();
    }
  }
}
