package dev.freshet.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses requests whose Host header names another host than the one listened on: a page of another
 * site could otherwise reach a server on loopback through a name of its own that resolves to it
 * (DNS rebinding).
 */
final class HostGuard {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]", "::1");

  private final String host;

  HostGuard(String host) {
    this.host = host;
  }

  void check(ServerRequest request, ServerResponse response) {
    String header = request.headers().first(HeaderNames.HOST).orElse("");
    String name = header.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    if (!LOOPBACK.contains(host) || LOOPBACK.contains(name) || name.equals(host)) {
      response.next();
      return;
    }
    Errors.send(
        request,
        response,
        Status.FORBIDDEN_403,
        "REQUEST_INVALID",
        "Cannot answer for host: " + header + ". Ask for " + host + ".");
  }
}
