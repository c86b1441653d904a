package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.serve.backend.SystemStatus.RelationStatus;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tables and models.
 *
 * <pre>
 * GET /v1/tables                            all, without rows
 * GET /v1/tables/{name}                     one, with its columns and status
 * GET /v1/tables/{name}/rows?limit=100      some rows
 * GET /v1/tables/{name}/row?id=1&amp;line=2     the row with this key
 * </pre>
 */
final class TablesApi {
  private static final int ROWS_DEFAULT = 100;
  private static final int ROWS_MAX = 10_000;

  private final Backend backend;

  TablesApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    Reads.register(routing, "/v1/tables", this::all);
    Reads.register(routing, "/v1/tables/{name}", this::one);
    Reads.register(routing, "/v1/tables/{name}/rows", this::rows);
    Reads.register(routing, "/v1/tables/{name}/row", this::row);
  }

  private void all(ServerRequest request, ServerResponse response) {
    List<String> tables = backend.relations().stream().map(TablesApi::json).map(Json::end).toList();
    json(request, response, new Json().raws("tables", tables).end());
  }

  private void one(ServerRequest request, ServerResponse response) {
    RelationInfo relation = find(request.path().pathParameters().get("name"));
    Json json = json(relation);
    for (RelationStatus status : backend.status().relations()) {
      if (status.name().equals(relation.name())) {
        json.raw("status", StatusJson.relation(status));
      }
    }
    json(request, response, json.end());
  }

  private void rows(ServerRequest request, ServerResponse response) {
    RelationInfo relation = find(request.path().pathParameters().get("name"));
    int limit = Parameters.integer(request, "limit", ROWS_DEFAULT, 1, ROWS_MAX);
    String quoted = "\"" + relation.name().replace("\"", "\"\"") + "\"";
    json(request, response, ResultJson.of(backend.query("SELECT * FROM " + quoted, limit)));
  }

  private void row(ServerRequest request, ServerResponse response) {
    RelationInfo relation = find(request.path().pathParameters().get("name"));
    Map<String, String> key = new LinkedHashMap<>();
    for (String name : request.query().names()) {
      key.put(name, request.query().get(name));
    }
    Backend.QueryResult result = backend.lookup(relation.name(), key);
    if (result.rows().isEmpty()) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find row: " + relation.name() + " has none with key " + key + ".");
    }
    json(request, response, ResultJson.of(result));
  }

  private RelationInfo find(String name) {
    return backend.relations().stream()
        .filter(relation -> relation.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new FreshetException(
                ErrorCode.NOT_FOUND,
                "Cannot find table: "
                    + name
                    + ". There are: "
                    + String.join(
                        ", ", backend.relations().stream().map(RelationInfo::name).toList())
                    + "."));
  }

  static Json json(RelationInfo relation) {
    return new Json()
        .text("name", relation.name())
        .text("layer", relation.layer())
        .text("description", relation.description())
        .texts("key", relation.key())
        .texts("inputs", relation.inputs())
        .raw("columns", Json.columns(relation.schema()))
        .text("sql", relation.sql())
        .text("lakeLocation", relation.lakeLocation());
  }

  private static void json(ServerRequest request, ServerResponse response, String json) {
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    Reads.send(request, response, json + "\n");
  }
}
