package dev.freshet.serve.http;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.hash.Part;
import dev.freshet.engine.hash.RowKind;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.serve.backend.Backend;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What tables and models hold at one step, as hashes: for {@code freshet verify}. Each answer is
 * true for one step, which it names.
 *
 * <pre>
 * GET /v1/state                                                  all tables and models
 * GET /v1/state/{name}?kind=content|errors&parts=N               the hashes of N parts of the rows of one
 * GET /v1/state/{name}/rows?kind=content|errors&parts=N&part=I   the rows of one of them
 * </pre>
 */
final class StateApi {
  private static final int PARTS_MAX = 1 << 16;

  private final Backend backend;

  StateApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    Reads.register(routing, "/v1/state", this::all);
    Reads.register(routing, "/v1/state/{name}", this::parts);
    Reads.register(routing, "/v1/state/{name}/rows", this::rows);
  }

  private void all(ServerRequest request, ServerResponse response) {
    Snapshot snapshot = backend.snapshot();
    List<String> relations = new ArrayList<>();
    Map<String, Backend.Origin> origins = backend.origins();
    for (String name : snapshot.relations()) {
      Json json =
          new Json()
              .text("name", name)
              .raw("content", json(StateHash.of(snapshot, name, RowKind.CONTENT)))
              .raw("errors", json(StateHash.of(snapshot, name, RowKind.ERRORS)));
      Backend.Origin origin = origins.get(name);
      if (origin != null) {
        json.text("definition", origin.definition());
        origin.since().ifPresent(since -> json.number("since", since));
      }
      relations.add(json.end());
    }
    send(request, response, snapshot, "relations", relations);
  }

  private void parts(ServerRequest request, ServerResponse response) {
    Snapshot snapshot = backend.snapshot();
    int count = Parameters.integer(request, "parts", 1, 1, PARTS_MAX);
    List<String> parts =
        StateHash.ofParts(snapshot, name(request), kind(request), count).stream()
            .map(StateApi::json)
            .toList();
    send(request, response, snapshot, "parts", parts);
  }

  private void rows(ServerRequest request, ServerResponse response) {
    Snapshot snapshot = backend.snapshot();
    int count = Parameters.integer(request, "parts", 1, 1, PARTS_MAX);
    Part part = new Part(Parameters.integer(request, "part", 0, 0, count - 1), count);
    List<String> rows = new ArrayList<>();
    StateHash.rows(
        snapshot,
        name(request),
        kind(request),
        part,
        row -> rows.add(new Json().number("weight", row.weight()).raw("row", row.json()).end()));
    send(request, response, snapshot, "rows", rows);
  }

  private static String name(ServerRequest request) {
    return request.path().pathParameters().get("name");
  }

  private static RowKind kind(ServerRequest request) {
    String kind = request.query().first("kind").orElse("content");
    return switch (kind) {
      case "content" -> RowKind.CONTENT;
      case "errors" -> RowKind.ERRORS;
      default ->
          throw new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Invalid kind: " + kind + ". Kinds are content and errors.");
    };
  }

  private static String json(StateHash hash) {
    return new Json().number("rows", hash.rows()).text("hash", hash.hash()).end();
  }

  /** An element a line, so that a reader needs no parser of JSON. */
  private static void send(
      ServerRequest request,
      ServerResponse response,
      Snapshot snapshot,
      String name,
      List<String> elements) {
    StringBuilder out = new StringBuilder("{\"step\":").append(snapshot.step()).append(',');
    JsonText.appendText(out, name);
    out.append(":[\n").append(String.join(",\n", elements)).append("\n]}\n");
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    Reads.send(request, response, out.toString());
  }
}
