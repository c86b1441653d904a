package dev.freshet.capture.http;

import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowFormat;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Locale;

/** What a body is, by what the request says of it. */
sealed interface PostFormat {
  /** Rows as a text. */
  record Text(RowFormat format) implements PostFormat {}

  /** Rows as an object container file of Avro. */
  record Avro() implements PostFormat {}

  String WAYS =
      " Send application/json (an object, or an array of objects), application/x-ndjson (an object"
          + " a line), text/csv, application/avro (a container file), application/cloudevents+json or"
          + " application/cloudevents-batch+json: curl -H 'Content-Type: application/json' ...";

  static PostFormat of(Post post) {
    String[] parts = post.contentType().toLowerCase(Locale.ROOT).split(";");
    return switch (parts[0].strip()) {
      case "application/avro", "avro/binary", "application/vnd.apache.avro" -> {
        if (!post.event().isEmpty()) {
          throw wrongData(post);
        }
        yield new Avro();
      }
      default -> new Text(text(post, parts));
    };
  }

  private static RowFormat text(Post post, String[] parts) {
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
      throw wrongData(post);
    }
    return RowFormat.EVENT_DATA;
  }

  private static FreshetException wrongData(Post post) {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot read a CloudEvent (headers ce-...) with data of "
            + post.contentType()
            + ". Its data is application/json.");
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
