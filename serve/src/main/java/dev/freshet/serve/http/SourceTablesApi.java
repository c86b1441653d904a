package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.TableOperation;
import dev.freshet.serve.backend.Backend.TablesAfter;
import dev.freshet.serve.text.TablesAfterText;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Locale;

/**
 * {@code POST /v1/sources/{source}/pause|resume|resnapshot?table=NAME&format=json|text} does
 * something with single tables of a source. Pages of other sites may not ask for it.
 */
final class SourceTablesApi {
  private final Backend backend;

  SourceTablesApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    for (TableOperation operation : TableOperation.values()) {
      routing.post(
          "/v1/sources/{source}/" + word(operation),
          (request, response) -> run(request, response, operation));
    }
  }

  private void run(ServerRequest request, ServerResponse response, TableOperation operation) {
    if (OtherSites.refuse(request, response, word(operation))) {
      return;
    }
    String format = request.query().first("format").orElse("json");
    if (!format.equals("json") && !format.equals("text")) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID, "Invalid format: " + format + ". Formats are json and text.");
    }
    TablesAfter after =
        backend.onTables(
            request.path().pathParameters().get("source"),
            request.query().contains("table") ? request.query().all("table") : List.of(),
            operation);
    boolean isText = format.equals("text");
    String body = isText ? String.join("\n", TablesAfterText.lines(after)) : json(after);
    response.header(
        HeaderNames.CONTENT_TYPE, isText ? "text/plain; charset=utf-8" : "application/json");
    response.send(body + "\n");
  }

  private static String word(TableOperation operation) {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  private static String json(TablesAfter after) {
    return new Json()
        .text("source", after.source())
        .texts("tables", after.tables())
        .texts("paused", after.paused())
        .flag("noticed", after.isNoticed())
        .end();
  }
}
