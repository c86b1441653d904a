package dev.freshet.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The web page's files, from the class path. */
final class PageFiles {
  private static final String ROOT = "/dev/freshet/serve/page/";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  void register(HttpRouting.Builder routing) {
    routing.get("/", (request, response) -> send("index.html", response));
    routing.get("/page/{file}", this::file);
  }

  private void file(ServerRequest request, ServerResponse response) {
    send(request.path().pathParameters().get("file"), response);
  }

  private static void send(String file, ServerResponse response) {
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    if (type == null || !file.matches("[a-z0-9.-]+")) {
      notFound(file, response);
      return;
    }
    try (InputStream in = PageFiles.class.getResourceAsStream(ROOT + file)) {
      if (in == null) {
        notFound(file, response);
        return;
      }
      response
          .header(HeaderNames.CONTENT_TYPE, type)
          .header(HeaderNames.CACHE_CONTROL, "no-cache")
          .header(
              HeaderNames.create("Content-Security-Policy"), "default-src 'self'; style-src 'self'")
          .send(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void notFound(String file, ServerResponse response) {
    Errors.send(
        response, Status.NOT_FOUND_404, "NOT_FOUND", "Cannot find page file: " + file + ".");
  }
}
