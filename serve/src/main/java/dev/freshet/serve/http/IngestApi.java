package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Ingest.Answer;
import dev.freshet.serve.backend.Ingest.Intake;
import dev.freshet.serve.backend.Ingest.Outcome;
import dev.freshet.serve.backend.Ingest.Post;
import dev.freshet.serve.backend.Ingest.Refused;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code POST /v1/ingest/{table}?op=upsert}: takes the rows in the body, and answers when they are
 * durable. 200 when a row was taken or there was none, 400 when all were refused. Pages of other
 * sites may not send any.
 */
final class IngestApi {
  private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
  private static final HeaderName IDEMPOTENT_REPLAYED = HeaderNames.create("Idempotent-Replayed");
  private static final String EVENT_PREFIX = "ce-";
  private static final String OPERATION = "op";

  private final Backend backend;

  IngestApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    routing.post("/v1/ingest/{table}", this::ingest);
  }

  private void ingest(ServerRequest request, ServerResponse response) {
    if (OtherSites.refuse(request, response, "take rows")) {
      return;
    }
    String table = request.path().pathParameters().get("table");
    requireKnown(request);
    Answer answer;
    try (Intake intake = backend.ingest().begin(table)) {
      RequestBody body = RequestBody.read(request, intake);
      if (body.length() == 0) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot take rows: the body is empty. Send rows as JSON, lines of JSON or CSV.");
      }
      answer =
          intake.take(
              new Post(
                  request.headers().first(HeaderNames.CONTENT_TYPE).orElse(""),
                  event(request),
                  request.query().first(OPERATION).orElse(""),
                  request.headers().first(IDEMPOTENCY_KEY).orElse(""),
                  body.bytes(),
                  body.length()));
    }
    send(response, table, answer);
  }

  /** A parameter with a typing error must not make a delete an upsert. */
  private static void requireKnown(ServerRequest request) {
    for (String name : request.query().names()) {
      if (!name.equals(OPERATION)) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Invalid parameter: " + name + ". There is only op=upsert or op=delete.");
      }
    }
  }

  /** The attributes of a CloudEvent in the binary mode of its HTTP binding. */
  private static Map<String, String> event(ServerRequest request) {
    Map<String, String> attributes = new HashMap<>();
    for (Header header : request.headers()) {
      String name = header.name().toLowerCase(Locale.ROOT);
      if (name.startsWith(EVENT_PREFIX)) {
        attributes.put(name.substring(EVENT_PREFIX.length()), percentDecoded(header.get()));
      }
    }
    return attributes;
  }

  private static String percentDecoded(String value) {
    try {
      return value.indexOf('%') < 0
          ? value
          : URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return value; // a percent sign that was not encoded stands for itself
    }
  }

  private static void send(ServerResponse response, String table, Answer answer) {
    Json json = new Json();
    if (answer.accepted() == 0 && !answer.refused().isEmpty()) {
      Refused first = answer.refused().getFirst();
      response.status(Status.BAD_REQUEST_400);
      json.raw(
          "error",
          new Json()
              .text("code", first.code().name())
              .text(
                  "message",
                  (answer.refused().size() == 1
                          ? "Cannot take the row; it is kept as refused: "
                          : "Cannot take any of the "
                              + answer.refused().size()
                              + " rows; they are kept as refused. Row "
                              + first.index()
                              + ": ")
                      + first.reason()
                      + ".")
              .end());
    }
    json.text("table", table)
        .number("accepted", answer.accepted())
        .raws("refused", answer.refused().stream().map(IngestApi::json).toList());
    if (answer.outcome() == Outcome.REPEATED) {
      response.header(IDEMPOTENT_REPLAYED, "true");
    }
    response.header(HeaderNames.CONTENT_TYPE, "application/json").send(json.end() + "\n");
  }

  private static String json(Refused row) {
    return new Json()
        .number("index", row.index())
        .text("code", row.code().name())
        .text("reason", row.reason())
        .end();
  }
}
