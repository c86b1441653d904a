package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.Applied;
import dev.freshet.serve.text.AppliedText;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * {@code POST /v1/apply?format=json|text}: takes the project's folder as it is now, and answers
 * when that is what readers see. Pages of other sites may not ask for it.
 */
final class ApplyApi {
  private final Backend backend;

  ApplyApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    routing.post("/v1/apply", this::apply);
  }

  private void apply(ServerRequest request, ServerResponse response) {
    if (OtherSites.refuse(request, response, "apply")) {
      return;
    }
    String format = request.query().first("format").orElse("json");
    if (!format.equals("json") && !format.equals("text")) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID, "Invalid format: " + format + ". Formats are json and text.");
    }
    Applied applied = backend.apply();
    if (format.equals("text")) {
      response.header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
      response.send(String.join("\n", AppliedText.lines(applied)) + "\n");
    } else {
      response.header(HeaderNames.CONTENT_TYPE, "application/json").send(json(applied) + "\n");
    }
  }

  private static String json(Applied applied) {
    return new Json()
        .number("step", applied.step())
        .texts("added", applied.added())
        .texts("changed", applied.changed())
        .texts("rebuilt", applied.rebuilt())
        .texts("removed", applied.removed())
        .texts("dropped", applied.takenOut())
        .number("unchanged", applied.unchanged())
        .number("millis", applied.millis())
        .end();
  }
}
