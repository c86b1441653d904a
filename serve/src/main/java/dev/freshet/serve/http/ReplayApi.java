package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.Replay;
import dev.freshet.serve.backend.Backend.Replayed;
import dev.freshet.serve.text.ReplayedText;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/**
 * {@code GET /v1/replay?model=NAME&from=TIME|OFFSET&format=json|text} tells what a replay would do;
 * {@code POST} does it, and answers when that is what readers see. Pages of other sites may not ask
 * for it.
 */
final class ReplayApi {
  private final Backend backend;

  ReplayApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    Reads.register(routing, "/v1/replay", this::plan);
    routing.post("/v1/replay", this::replay);
  }

  private void plan(ServerRequest request, ServerResponse response) {
    boolean text = isText(request);
    Replay plan = backend.planReplay(model(request), from(request));
    send(request, response, text, plan.lines(), json(plan));
  }

  private void replay(ServerRequest request, ServerResponse response) {
    if (OtherSites.refuse(request, response, "replay")) {
      return;
    }
    boolean text = isText(request);
    Replayed replayed = backend.replay(model(request), from(request));
    Json json =
        json(replayed.replay())
            .number("step", replayed.step())
            .number("rowsCame", replayed.rowsCame())
            .number("rowsLeft", replayed.rowsLeft())
            .number("millis", replayed.millis());
    send(request, response, text, List.of(ReplayedText.line(replayed)), json);
  }

  private static String model(ServerRequest request) {
    return request
        .query()
        .first("model")
        .orElseThrow(() ->
            new FreshetException(
                ErrorCode.REQUEST_INVALID, "Cannot replay: name a model, as in ?model=revenue."));
  }

  private static String from(ServerRequest request) {
    return request.query().first("from").orElse("");
  }

  private static boolean isText(ServerRequest request) {
    String format = request.query().first("format").orElse("json");
    return switch (format) {
      case "json" -> false;
      case "text" -> true;
      default ->
          throw new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Invalid format: " + format + ". Formats are json and text.");
    };
  }

  private static Json json(Replay replay) {
    Json json = new Json().texts("computed", replay.computed());
    replay.from().ifPresent(from -> json.number("from", from));
    return json.texts("lines", replay.lines());
  }

  private static void send(
      ServerRequest request, ServerResponse response, boolean text, List<String> lines, Json json) {
    String type = text ? "text/plain; charset=utf-8" : "application/json";
    response.header(HeaderNames.CONTENT_TYPE, type);
    Reads.send(request, response, (text ? String.join("\n", lines) : json.end()) + "\n");
  }
}
