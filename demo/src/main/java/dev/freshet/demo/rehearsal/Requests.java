package dev.freshet.demo.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One request of each kind to a running project. */
final class Requests {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int STREAM_BYTES = 200;

  private static final List<String> PATHS =
      List.of(
          "/",
          "/page/app.js",
          "/health",
          "/metrics",
          "/v1/status",
          "/v1/status?format=text",
          "/v1/tables",
          "/v1/tables/customer_360",
          "/v1/tables/customer_360/rows?limit=20",
          "/v1/tables/customer_360/row?customer_id=1",
          "/v1/tables/no_such_table");
  private static final List<String> STREAMS =
      List.of("/v1/tables/customers/changes?from=snapshot", "/v1/status/stream");
  private static final List<String> QUERIES =
      List.of(
          "SELECT * FROM revenue_by_country",
          "SELECT country, count(*) AS customers FROM customers GROUP BY country"
              + " ORDER BY customers DESC LIMIT 3",
          "SELECT c.customer_id, sum(p.amount) AS paid FROM customers AS c"
              + " JOIN orders AS o ON o.customer_id = c.customer_id"
              + " JOIN payments AS p ON p.order_id = o.order_id"
              + " WHERE o.status <> 'cancelled' GROUP BY c.customer_id");
  private static final List<String> FORMATS = List.of("json", "csv", "table");

  private final String address;

  Requests(String address) {
    this.address = address;
  }

  /**
   * Asks everything, and takes any answer: what a row holds is not what is rehearsed.
   *
   * @throws IOException when there is no answer
   */
  void askAll() throws IOException {
    for (String path : PATHS) {
      ask(path, "");
    }
    for (String query : QUERIES) {
      for (String format : FORMATS) {
        ask("/v1/sql?format=" + format, query);
      }
    }
    for (String stream : STREAMS) {
      readStart(stream);
    }
  }

  private void ask(String path, String body) throws IOException {
    HttpURLConnection connection = open(path);
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
    }
    boolean isError = connection.getResponseCode() >= 400;
    try (InputStream in = isError ? connection.getErrorStream() : connection.getInputStream()) {
      if (in != null) {
        in.readAllBytes();
      }
    }
  }

  /** Streams never end: reads what comes first and goes away. */
  private void readStart(String path) throws IOException {
    HttpURLConnection connection = open(path);
    try (InputStream in = connection.getInputStream()) {
      in.readNBytes(STREAM_BYTES);
    } finally {
      connection.disconnect();
    }
  }

  private HttpURLConnection open(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(address + path).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    return connection;
  }
}
