package dev.freshet.serve.http;

import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.text.StatusText;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * {@code GET /v1/status}: how the system is doing, as JSON or as the text that {@code freshet
 * status} prints.
 */
final class StatusApi {
  private final Backend backend;
  private final ChangeFeeds feeds;

  StatusApi(Backend backend, ChangeFeeds feeds) {
    this.backend = backend;
    this.feeds = feeds;
  }

  void register(HttpRouting.Builder routing) {
    Reads.register(routing, "/v1/status", this::status);
    Reads.register(routing, "/v1/status/stream", feeds::streamStatus);
  }

  private void status(ServerRequest request, ServerResponse response) {
    if (request.query().first("format").orElse("json").equals("text")) {
      response.header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
      Reads.send(request, response, String.join("\n", StatusText.lines(backend.status())) + "\n");
      return;
    }
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    Reads.send(request, response, StatusJson.of(backend.status()) + "\n");
  }
}
