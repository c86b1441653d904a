package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * Pages of other sites, which a browser lets send requests that change something: it says so in the
 * Origin header.
 */
final class OtherSites {
  private OtherSites() {}

  /** Answers a request of such a page with 403; returns whether it was one. */
  static boolean refuse(ServerRequest request, ServerResponse response, String what) {
    String origin = request.headers().first(HeaderNames.ORIGIN).orElse("");
    String host = request.headers().first(HeaderNames.HOST).orElse("");
    if (origin.isEmpty() || origin.equals("http://" + host)) {
      return false;
    }
    Errors.send(
        request,
        response,
        Status.FORBIDDEN_403,
        ErrorCode.REQUEST_INVALID.name(),
        "Cannot "
            + what
            + " for a page of "
            + origin
            + ". Send the request from a program, or from a page of "
            + host
            + ".");
    return true;
  }
}
