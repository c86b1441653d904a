package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/**
 * Errors that the library finds before a request comes to its handler, such as a Content-Encoding
 * that it does not read: as JSON too, where it would answer with nothing.
 */
final class EarlyErrors implements DirectHandler {
  private EarlyErrors() {}

  static DirectHandlers handlers() {
    return DirectHandlers.builder().addHandler(EventType.BAD_REQUEST, new EarlyErrors()).build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType event,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    // The library's message may be missing, and repeats what was sent.
    String encoding = request.headers().first(HeaderNames.CONTENT_ENCODING).orElse("");
    String text =
        encoding.isEmpty() || GzipBodies.IDS.contains(encoding)
            ? "Cannot read the request: it is not valid HTTP/1.1."
            : "Cannot read a body of Content-Encoding "
                + encoding
                + ". Send it as gzip, or as it is.";
    return TransportResponse.builder()
        .status(status)
        .headers(headers)
        .keepAlive(event.keepAlive())
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .entity(Errors.json(ErrorCode.REQUEST_INVALID.name(), text))
        .build();
  }
}
