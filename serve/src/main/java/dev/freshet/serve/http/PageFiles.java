package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The web page's files, from the class path: our own under {@code /page/}, those of packaged
 * third-party scripts under {@code /assets/PACKAGE/}.
 */
final class PageFiles {
  private static final String PAGE_ROOT = "/dev/freshet/serve/page/";
  private static final String PACKAGE = "lit-html";

  /** No dot at a name's start, so that no path leads upwards. */
  private static final Pattern PATH =
      Pattern.compile("(?:[a-z0-9][a-z0-9.-]*/)*[a-z0-9][a-z0-9-]*\\.([a-z]+)");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private static final HeaderName CONTENT_SECURITY_POLICY =
      HeaderNames.create("Content-Security-Policy");
  private static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " object-src 'none'";

  private final String packageRoot;

  PageFiles() {
    this.packageRoot = "/META-INF/resources/webjars/" + PACKAGE + "/" + packageVersion() + "/";
  }

  void register(HttpRouting.Builder routing) {
    Reads.register(
        routing, "/", (request, response) -> send(PAGE_ROOT, "index.html", request, response));
    Reads.register(
        routing,
        "/page/{file}",
        (request, response) -> send(PAGE_ROOT, file(request), request, response));
    Reads.register(
        routing,
        "/assets/" + PACKAGE + "/{+file}",
        (request, response) -> send(packageRoot, file(request), request, response));
  }

  private static String file(ServerRequest request) {
    return request.path().pathParameters().get("file");
  }

  private static void send(String root, String file, ServerRequest request, ServerResponse response)
      throws IOException {
    var path = PATH.matcher(file);
    String type = path.matches() ? TYPES.get(path.group(1)) : null;
    if (type == null) {
      notFound(file, request, response);
      return;
    }
    try (InputStream in = PageFiles.class.getResourceAsStream(root + file)) {
      if (in == null) {
        notFound(file, request, response);
        return;
      }
      response
          .header(HeaderNames.CONTENT_TYPE, type)
          .header(HeaderNames.CACHE_CONTROL, "no-cache")
          .header(CONTENT_SECURITY_POLICY, POLICY);
      Reads.send(request, response, in.readAllBytes());
    }
  }

  private static void notFound(String file, ServerRequest request, ServerResponse response) {
    Errors.send(
        request,
        response,
        Status.NOT_FOUND_404,
        ErrorCode.NOT_FOUND.name(),
        "Cannot find page file: " + file + ".");
  }

  /** The package's version stands in its path; the build pins it, and the jar says which it is. */
  private static String packageVersion() {
    String resource = "/META-INF/maven/org.webjars.npm/" + PACKAGE + "/pom.properties";
    try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FreshetException(
            ErrorCode.INVARIANT_BROKEN, "Cannot find the page's scripts: " + resource + ".");
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
