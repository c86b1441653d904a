package dev.freshet.capture.http;

import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowFormat;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Locale;

/** Which text a body is, by what the request says of it. */
final class PostFormat {
  private static final String WAYS =
      " Send application/json (an object, or an array of objects), application/x-ndjson (an object"
          + " a line), text/csv, application/cloudevents+json or application/cloudevents-batch+json:"
          + " curl -H 'Content-Type: application/json' ...";

  private PostFormat() {}

  static RowFormat of(Post post) {
    String[] parts = post.contentType().toLowerCase(Locale.ROOT).split(";");
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot read a body with " + parameter + ". Send it in UTF-8.");
      }
    }
    RowFormat format =
        switch (parts[0].strip()) {
          case "application/json", "text/json" -> RowFormat.JSON;
          case "application/x-ndjson",
              "application/ndjson",
              "application/jsonl",
              "application/json-lines" ->
              RowFormat.JSON_LINES;
          case "text/csv" -> RowFormat.CSV;
          case "application/cloudevents+json" -> RowFormat.EVENT;
          case "application/cloudevents-batch+json" -> RowFormat.EVENT_BATCH;
          default ->
              throw new FreshetException(
                  ErrorCode.REQUEST_INVALID,
                  (post.contentType().isEmpty()
                          ? "Cannot read a body without Content-Type."
                          : "Cannot read a body of Content-Type " + post.contentType() + ".")
                      + WAYS);
        };
    if (post.event().isEmpty() || format == RowFormat.EVENT || format == RowFormat.EVENT_BATCH) {
      return format;
    }
    if (format != RowFormat.JSON) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot read a CloudEvent (headers ce-...) with data of "
              + post.contentType()
              + ". Its data is application/json.");
    }
    return RowFormat.EVENT_DATA;
  }

  static RowChange change(Post post) {
    String operation = post.operation();
    return operation.isEmpty()
        ? RowChange.UPSERT
        : RowChange.parse(operation)
            .orElseThrow(() ->
                new FreshetException(
                    ErrorCode.REQUEST_INVALID,
                    "Invalid parameter op: " + operation + ". It is upsert or delete."));
  }
}
