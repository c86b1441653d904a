package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.regex.Pattern;

/** Answers what no route takes: 405 for a path that has another method, else 404. */
final class UnknownRoutes implements Handler {
  private static final Pattern READ =
      Pattern.compile(
          "/|/health|/metrics|/page/.+|/assets/.+|/v1/status(/stream)?"
              + "|/v1/tables(/[^/]+(/(rows|row|changes))?)?|/v1/state(/[^/]+(/rows)?)?");

  private static final Pattern POST =
      Pattern.compile(
          "/v1/(sql|apply|reconcile|ingest/[^/]+|sources/[^/]+/(pause|resume|resnapshot))");

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    String path = request.path().path();
    String method = request.prologue().method().text();
    boolean post = POST.matcher(path).matches();
    boolean both = path.equals("/v1/replay");
    String allowed = post ? "POST" : both ? "GET, HEAD, POST" : "GET, HEAD";
    if (post || both || READ.matcher(path).matches()) {
      response.header(HeaderNames.ALLOW, allowed);
      Errors.send(
          request,
          response,
          Status.METHOD_NOT_ALLOWED_405,
          ErrorCode.REQUEST_INVALID.name(),
          "Cannot " + method + " " + path + ": it takes " + allowed + ".");
      return;
    }
    Errors.send(
        request,
        response,
        Status.NOT_FOUND_404,
        ErrorCode.NOT_FOUND.name(),
        "Cannot find " + path + ". docs/reference/http.md lists what there is.");
  }
}
