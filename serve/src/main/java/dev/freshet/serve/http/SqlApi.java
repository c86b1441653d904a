package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.QueryResult;
import dev.freshet.serve.text.CsvText;
import dev.freshet.serve.text.ResultText;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code POST /v1/sql?format=json|csv|table&maxRows=1000}: the body is one SELECT, answered at one
 * step. Only reads.
 */
final class SqlApi {
  private static final int ROWS_DEFAULT = 1_000;
  private static final int ROWS_MAX = 1_000_000;
  private static final int SQL_BYTES_MAX = 1 << 20;
  private static final long BODY_BYTES_SKIPPED_MAX = 16 << 20;

  private final Backend backend;

  SqlApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    routing.post("/v1/sql", this::query);
  }

  private void query(ServerRequest request, ServerResponse response) {
    int maxRows = Parameters.integer(request, "maxRows", ROWS_DEFAULT, 1, ROWS_MAX);
    String format = request.query().first("format").orElse("json");
    String sql = body(request);
    QueryResult result = backend.query(sql, maxRows);
    response.header(HeaderNames.create("Freshet-Step"), Long.toString(result.step()));
    switch (format) {
      case "json" -> send(response, "application/json", ResultJson.of(result) + "\n");
      case "csv" -> send(response, "text/csv; charset=utf-8", CsvText.of(result.rows()));
      case "table" -> send(response, "text/plain; charset=utf-8", ResultText.of(result));
      default ->
          throw new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Invalid format: " + format + ". Formats are json, csv and table.");
    }
  }

  /** Reads on past the limit, so that the client has sent all and listens to the answer. */
  private static String body(ServerRequest request) {
    try (InputStream in = request.content().inputStream()) {
      byte[] body = in.readNBytes(SQL_BYTES_MAX + 1);
      if (body.length <= SQL_BYTES_MAX) {
        return new String(body, StandardCharsets.UTF_8);
      }
      in.skip(BODY_BYTES_SKIPPED_MAX);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new FreshetException(
        ErrorCode.LIMIT_EXCEEDED,
        "Cannot take the query: it has more than " + SQL_BYTES_MAX + " bytes. Shorten it.");
  }

  private static void send(ServerResponse response, String type, String body) {
    response.header(HeaderNames.CONTENT_TYPE, type).send(body);
  }
}
