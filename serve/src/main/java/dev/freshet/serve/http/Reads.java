package dev.freshet.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;

/**
 * GET, and HEAD for all that has GET: the same status and headers, and no body (RFC 9110, section
 * 9.3.2). Every answer with a body is sent here.
 */
final class Reads {
  private Reads() {}

  static void register(HttpRouting.Builder routing, String path, Handler handler) {
    routing.get(path, handler).head(path, handler);
  }

  static boolean isHead(ServerRequest request) {
    return request.prologue().method().equals(Method.HEAD);
  }

  static void send(ServerRequest request, ServerResponse response, String body) {
    send(request, response, body.getBytes(StandardCharsets.UTF_8));
  }

  static void send(ServerRequest request, ServerResponse response, byte[] body) {
    if (isHead(request)) {
      response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length)).send();
    } else {
      response.send(body);
    }
  }
}
