package dev.freshet.serve.http;

import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.SystemStatus;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code GET /health}: 200 when all is well, 503 with the problems when not. */
final class HealthHandler implements Handler {
  private final Backend backend;

  HealthHandler(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    SystemStatus status = backend.status();
    response
        .status(status.healthy() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.CONTENT_TYPE, "application/json");
    Reads.send(
        request,
        response,
        new Json().flag("healthy", status.healthy()).texts("problems", status.problems()).end()
            + "\n");
  }
}
