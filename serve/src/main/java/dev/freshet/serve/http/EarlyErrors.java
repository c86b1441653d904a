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
  private static final String TOO_LONG =
      "Cannot take a body of more than "
          + HttpServer.BODY_BYTES_MAX
          + " bytes. Send it in several requests.";

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
    boolean isTooLong = status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code();
    ErrorCode code = isTooLong ? ErrorCode.LIMIT_EXCEEDED : ErrorCode.REQUEST_INVALID;
    String text = isTooLong ? TOO_LONG : invalid(request, status);
    return TransportResponse.builder()
        .status(status)
        .headers(headers)
        .keepAlive(event.keepAlive())
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .entity(Errors.json(code.name(), text))
        .build();
  }

  /** The library's own message may be missing, or repeat what was sent. */
  private static String invalid(TransportRequest request, Status status) {
    String encoding = request.headers().first(HeaderNames.CONTENT_ENCODING).orElse("");
    if (!encoding.isEmpty() && !GzipBodies.IDS.contains(encoding)) {
      return "Cannot read a body of Content-Encoding "
          + encoding
          + ". Send it as gzip, or as it is.";
    }
    boolean isUnreadable = status.code() == Status.BAD_REQUEST_400.code();
    return "Cannot read the request: "
        + (isUnreadable ? "it is not valid HTTP/1.1." : status.reasonPhrase() + ".");
  }
}
