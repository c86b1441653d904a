package dev.freshet.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Ingest;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus.Outcome;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpServerTest {
  private final ShopBackend backend = new ShopBackend();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() {
    server = HttpServer.start(backend, "127.0.0.1", 0);
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /health                                  | application/json | "healthy":true
          /metrics                                 | text/plain       | freshet_up 1
          /v1/status                               | application/json | "project":"shop"
          /v1/status?format=text                   | text/plain       | shop  step 100  healthy
          /v1/tables                               | application/json | "name":"revenue_per_minute"
          /v1/tables/orders                        | application/json | "type":"DECIMAL(14, 2)"
          /v1/tables/orders/rows?limit=2           | application/json | "truncated":true
          /v1/tables/orders/row?order_id=7         | application/json | "rows":[[7,
          /                                        | text/html        | <div id="app">
          """)
  void answers(String path, String type, String part) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(contentType(response)).startsWith(type);
    assertThat(response.body()).contains(part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /v2/nothing                         | 404 | NOT_FOUND
          GET    | /v1/tables/nope                     | 404 | NOT_FOUND
          GET    | /v1/tables/nope/rows                | 404 | NOT_FOUND
          GET    | /v1/tables/nope/changes             | 404 | NOT_FOUND
          GET    | /v1/tables/orders/row?order_id=9999 | 404 | NOT_FOUND
          GET    | /v1/tables/orders/row?id=1          | 400 | REQUEST_INVALID
          GET    | /v1/tables/orders/rows?limit=0      | 400 | REQUEST_INVALID
          GET    | /v1/tables/orders/rows?limit=many   | 400 | REQUEST_INVALID
          GET    | /v1/tables/orders/changes?from=then | 400 | REQUEST_INVALID
          GET    | /page/nope.js                       | 404 | NOT_FOUND
          GET    | /assets/lit-html/nope.js            | 404 | NOT_FOUND
          GET    | /v1/sql                             | 405 | REQUEST_INVALID
          DELETE | /v1/tables/orders                   | 405 | REQUEST_INVALID
          GET    | /v1/apply                           | 405 | REQUEST_INVALID
          POST   | /v1/apply?format=csv                | 400 | REQUEST_INVALID
          POST   | /v1/state                           | 405 | REQUEST_INVALID
          GET    | /v1/replay                          | 400 | REQUEST_INVALID
          GET    | /v1/reconcile                       | 405 | REQUEST_INVALID
          POST   | /v1/reconcile?repair=perhaps        | 400 | REQUEST_INVALID
          GET    | /v1/sources/shop/pause              | 405 | REQUEST_INVALID
          POST   | /v1/sources/shop/forget             | 404 | NOT_FOUND
          POST   | /v1/sources/nope/pause              | 404 | NOT_FOUND
          POST   | /v1/sources/shop/pause?format=csv   | 400 | REQUEST_INVALID
          DELETE | /v1/replay                          | 405 | REQUEST_INVALID
          GET    | /v1/replay?model=nope               | 404 | NOT_FOUND
          POST   | /v1/replay?model=orders&format=csv  | 400 | REQUEST_INVALID
          GET    | /v1/state/nope                      | 404 | NOT_FOUND
          GET    | /v1/state/orders?kind=all           | 400 | REQUEST_INVALID
          GET    | /v1/state/orders?parts=0            | 400 | REQUEST_INVALID
          GET    | /v1/state/orders/rows?part=1        | 400 | REQUEST_INVALID
          GET    | /v1/ingest/clicks                   | 405 | REQUEST_INVALID
          POST   | /v1/ingest/clicks                   | 400 | REQUEST_INVALID
          POST   | /v1/ingest/nope                     | 404 | NOT_FOUND
          """)
  void refuses(String method, String path, int status, String code) throws Exception {
    HttpResponse<String> response =
        send(request(path).method(method, BodyPublishers.noBody()).build());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(contentType(response)).startsWith("application/json");
    assertThat(response.body()).startsWith("{\"error\":{\"code\":\"" + code + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/health",
        "/metrics",
        "/v1/status",
        "/v1/status?format=text",
        "/v1/tables",
        "/v1/tables/orders",
        "/v1/tables/orders/rows?limit=2",
        "/v1/tables/orders/row?order_id=7",
        "/",
        "/page/app.js",
        "/assets/lit-html/lit-html.js",
        "/v1/tables/nope",
        "/v1/tables/nope/changes",
        "/v1/tables/orders/row?order_id=9999",
        "/page/nope.js",
        "/v2/nothing"
      })
  void answersHeadAsGetWithoutTheBody(String path) throws Exception {
    HttpResponse<String> get = get(path);
    HttpResponse<String> head = head(path);
    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.body()).isEmpty();
    assertThat(headers(head)).isEqualTo(headers(get)).containsKey("content-length");
    // The connection is still in step.
    assertThat(get(path).body()).isEqualTo(get.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/tables/orders/changes", "/v1/status/stream"})
  void answersHeadOfAStreamAtOnce(String path) throws Exception {
    HttpResponse<String> head = head(path);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(contentType(head)).isEqualTo("text/event-stream");
    assertThat(backend.openFeeds()).isZero();
  }

  @Test
  void hasNoHeadWhereThereIsNoGet() throws Exception {
    HttpResponse<String> head = head("/v1/sql");
    assertThat(head.statusCode()).isEqualTo(405);
    assertThat(head.headers().firstValue("Allow")).hasValue("POST");
  }

  private HttpResponse<String> head(String path) throws Exception {
    return send(request(path).method("HEAD", BodyPublishers.noBody()).build());
  }

  private static Map<String, List<String>> headers(HttpResponse<?> response) {
    Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
    headers.remove("date");
    return headers;
  }

  @Test
  void aReaderThatStopsHoldsUpNoStepAndIsTold() throws Exception {
    try (Socket socket = unread("/v1/tables/orders/changes")) {
      await(() -> backend.openFeeds() == 1);
      long slowest = 0;
      for (int i = 0; i < 1_500; i++) {
        long start = System.nanoTime();
        backend.step("orders", 1, 100);
        slowest = Math.max(slowest, System.nanoTime() - start);
      }
      assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      List<String> events = new ArrayList<>();
      // A chunk of length 0 ends the body.
      for (String line = lines.readLine(); !line.equals("0"); line = lines.readLine()) {
        if (line.startsWith("event:") || line.contains("LIMIT_EXCEEDED")) {
          events.add(line);
        }
      }
      assertThat(events).contains("event:change");
      assertThat(events.getLast()).contains("LIMIT_EXCEEDED");
      assertThat(events.get(events.size() - 2)).isEqualTo("event:error");
      await(() -> backend.openFeeds() == 0);
    }
  }

  @Test
  void aReaderThatNeverReadsAgainIsCutOff() throws Exception {
    try (Socket socket = unread("/v1/tables/orders/changes")) {
      await(() -> backend.openFeeds() == 1);
      for (int i = 0; i < 1_500; i++) {
        backend.step("orders", 1, 100);
      }
      await(() -> {
        backend.step("orders", 1, 1);
        return backend.openFeeds() == 0;
      });
      assertThat(socket.isClosed()).as("this side did not close it").isFalse();
    }
  }

  /** A connection that asks, takes little into its buffer and does not read. */
  private Socket unread(String path) throws IOException {
    URI address = URI.create(server.address());
    Socket socket = new Socket();
    socket.setReceiveBufferSize(8 << 10);
    socket.setSoTimeout(30_000);
    socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void answersOnTheLoopbackAddressOfIpv6() throws Exception {
    assumeThat(hasIpv6Loopback()).as("this machine has the address ::1").isTrue();
    try (HttpServer six = HttpServer.start(backend, "::1", 0)) {
      assertThat(six.address()).startsWith("http://[::1]:");
      HttpRequest.Builder health = HttpRequest.newBuilder(URI.create(six.address() + "/health"));
      assertThat(send(health.build()).body()).contains("\"healthy\":true");
      HttpRequest.Builder sql =
          HttpRequest.newBuilder(URI.create(six.address() + "/v1/sql?format=csv"));
      assertThat(
              send(sql.POST(BodyPublishers.ofString("SELECT * FROM top_products")).build()).body())
          .startsWith("product_id,name");
    }
    try (HttpServer bracketed = HttpServer.start(backend, "[::1]", 0)) {
      URI address = URI.create(bracketed.address() + "/health");
      assertThat(send(HttpRequest.newBuilder(address).build()).statusCode()).isEqualTo(200);
    }
  }

  private static boolean hasIpv6Loopback() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("::1", 0));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void answersSqlInThreeFormats() throws Exception {
    String sql = "SELECT * FROM top_products";
    assertThat(sql("format=json&maxRows=1", sql).body()).contains("\"rows\":[[1,");
    HttpResponse<String> csv = sql("format=csv", sql);
    assertThat(csv.body()).startsWith("product_id,name,note,amount");
    assertThat(csv.headers().firstValue("Freshet-Step")).hasValue("100");
    assertThat(sql("format=table", sql).body()).contains("(20 rows, step 100, 1.3 ms)");
    assertThat(sql("format=xml", sql).statusCode()).isEqualTo(400);
  }

  @Test
  void showsThePlaceOfAnSqlError() throws Exception {
    HttpResponse<String> response = sql("format=json", "SELECT revenu FROM revenue_by_country");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("SQL_INVALID", "^^^^^^");
  }

  @Test
  void keepsWhatIsInsideInside() throws Exception {
    HttpResponse<String> response = sql("format=json", "boom");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains("INVARIANT_BROKEN").doesNotContain("secret", "java.");
  }

  @Test
  void refusesALargeBody() throws Exception {
    HttpResponse<String> response = sql("format=json", "x".repeat(2_000_000));
    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void refusesAnotherHostName() throws Exception {
    URI address = URI.create(server.address());
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /v1/tables HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(10_000);
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 403".length());
      assertThat(new String(status, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 403");
    }
  }

  @Test
  void saysThatThePortIsTaken() {
    int port = URI.create(server.address()).getPort();
    assertThatExceptionOfType(FreshetException.class)
        .isThrownBy(() -> HttpServer.start(backend, "127.0.0.1", port))
        .withMessageContaining("choose another port")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE));
  }

  @Test
  void reportsProblemsAsNotHealthy() throws Exception {
    backend.problem("Source shop: refused");
    HttpResponse<String> response = get("/health");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("Source shop: refused");
  }

  @Test
  void streamsTheSnapshotAndThenEveryStep() throws Exception {
    try (BufferedReader lines = stream("/v1/tables/orders/changes?from=snapshot")) {
      await(() -> backend.openFeeds() == 1);
      for (int i = 0; i < 50; i++) {
        backend.step("orders", 1, 1);
      }
      int inserts = 0;
      Set<String> steps = new TreeSet<>();
      for (String line = lines.readLine();
          !"id:150".equals(line.replace(" ", ""));
          line = lines.readLine()) {
        if (line.contains("\"weight\":1")) {
          inserts++;
        }
        if (line.startsWith("id:")) {
          steps.add(line.substring(3).strip());
        }
      }
      assertThat(inserts).isEqualTo(20 + 49);
      assertThat(steps).hasSize(50);
    }
  }

  @Test
  void saysWhatAReplayDoesAndDoesIt() throws Exception {
    String path = "/v1/replay?model=orders&from=7";
    String plan = "{\"computed\":[\"orders\"],\"from\":7,\"lines\":[\"first line\",\"from 7\"]";
    assertThat(send(request(path).build()).body()).isEqualTo(plan + "}\n");
    assertThat(send(request(path + "&format=text").build()).body())
        .isEqualTo("first line\nfrom 7\n");
    HttpRequest.Builder post = request(path).POST(BodyPublishers.noBody());
    assertThat(send(post.build()).body())
        .isEqualTo(plan + ",\"step\":100,\"rowsCame\":3,\"rowsLeft\":1,\"millis\":12}\n");
    assertThat(send(request(path + "&format=text").POST(BodyPublishers.noBody()).build()).body())
        .isEqualTo("Shown from step 100 on, after 12 ms: 3 rows came, 1 left.\n");
    assertThat(send(post.header("Origin", "https://elsewhere.example").build()).statusCode())
        .isEqualTo(403);
  }

  @Test
  void tellsWhatIsThereByHashesAndPartByPart() throws Exception {
    List<String> all = send(request("/v1/state").build()).body().lines().toList();
    assertThat(all.getFirst()).isEqualTo("{\"step\":100,\"relations\":[");
    assertThat(all.get(1))
        .matches(
            "\\{\"name\":\"orders\",\"content\":\\{\"rows\":3,\"hash\":\"[0-9a-f]{32}\"},"
                + "\"errors\":\\{\"rows\":0,\"hash\":\"0{32}\"},"
                + "\"definition\":\"0011\",\"since\":7}");
    assertThat(send(request("/v1/state/orders?kind=errors").build()).body().lines())
        .contains("{\"rows\":0,\"hash\":\"" + "0".repeat(32) + "\"}");
    List<String> rows = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      String path = "/v1/state/orders/rows?parts=3&part=" + part;
      send(request(path).build())
          .body()
          .lines()
          .filter(line -> line.contains("row\""))
          .forEach(rows::add);
    }
    assertThat(rows.stream().map(row -> row.replaceAll(",$", "")))
        .containsExactlyInAnyOrder(
            "{\"weight\":1,\"row\":{\"id\":1,\"note\":\"a\"}}",
            "{\"weight\":2,\"row\":{\"id\":2,\"note\":\"b\"}}");
  }

  @Test
  void tellsTheReaderOfAFeedWhyItEndsAfterAllThatCameBefore() throws Exception {
    try (BufferedReader lines = stream("/v1/tables/orders/changes")) {
      await(() -> backend.openFeeds() == 1);
      backend.step("orders", 1, 1);
      backend.endFeeds(new FreshetException(ErrorCode.FEED_ENDED, "The feed ends: \"why\"."));
      List<String> events =
          lines
              .lines()
              .filter(line -> line.startsWith("event") || line.contains("code"))
              .map(line -> line.replace(" ", ""))
              .distinct()
              .toList();
      assertThat(events)
          .contains("event:change")
          .endsWith(
              "event:error",
              "data:{\"code\":\"FEED_ENDED\",\"message\":\"Thefeedends:\\\"why\\\".\"}");
    }
  }

  private HttpResponse<String> ingest(String body, String... headers) throws Exception {
    HttpRequest.Builder post =
        request("/v1/ingest/clicks?op=delete").POST(BodyPublishers.ofString(body));
    return send(headers.length == 0 ? post.build() : post.headers(headers).build());
  }

  @Test
  void handsRowsOverAsTheyCame() throws Exception {
    assertThat(
            ingest(
                    "{}",
                    "Content-Type",
                    "application/json",
                    "Idempotency-Key",
                    "k",
                    "ce-id",
                    "a%20b+c")
                .body())
        .isEqualTo("{\"table\":\"clicks\",\"accepted\":1,\"refused\":[]}\n");
    Ingest.Post post = backend.ingest.posts.getFirst();
    assertThat(post.contentType()).isEqualTo("application/json");
    assertThat(post.operation()).isEqualTo("delete");
    assertThat(post.idempotencyKey()).isEqualTo("k");
    assertThat(post.event()).containsExactly(Map.entry("id", "a b+c"));
    assertThat(backend.ingest.bodies).containsExactly("{}");
    assertThat(backend.ingest.open).hasValue(0);
  }

  @Test
  void saysWhatBecameOfPostedRows() throws Exception {
    Ingest.Refused row = new Ingest.Refused(2, ErrorCode.VALUE_INVALID, "it is \"wrong\"");
    backend.ingest.answer = new Ingest.Answer(Ingest.Outcome.REPEATED, 1, List.of(row));
    HttpResponse<String> some = ingest("{}");
    assertThat(some.statusCode()).isEqualTo(200);
    assertThat(some.headers().firstValue("Idempotent-Replayed")).hasValue("true");
    assertThat(some.body())
        .endsWith(
            "\"refused\":[{\"index\":2,\"code\":\"VALUE_INVALID\",\"reason\":\"it is"
                + " \\\"wrong\\\"\"}]}\n");
    backend.ingest.answer = new Ingest.Answer(Ingest.Outcome.WRITTEN, 0, List.of(row));
    HttpResponse<String> none = ingest("{}");
    assertThat(none.statusCode()).isEqualTo(400);
    assertThat(none.headers().firstValue("Idempotent-Replayed")).isEmpty();
    assertThat(none.body())
        .startsWith(
            "{\"error\":{\"code\":\"VALUE_INVALID\",\"message\":\"Cannot take the row; it is kept as"
                + " refused: it is \\\"wrong\\\".\"}");
    backend.ingest.answer = new Ingest.Answer(Ingest.Outcome.WRITTEN, 0, List.of(row, row));
    assertThat(ingest("{}").body())
        .contains("Cannot take any of the 2 rows; they are kept as refused. Row 2: it is");
  }

  @Test
  void takesNoRowsWhenItWouldTakeThemOtherwiseThanTheyWereMeant() throws Exception {
    for (String query : List.of("Op=delete", "op=delete&dry-run=1")) {
      HttpResponse<String> response =
          send(request("/v1/ingest/clicks?" + query).POST(BodyPublishers.ofString("{}")).build());
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(response.body()).contains("Invalid parameter: ", "op=upsert or op=delete");
    }
    assertThat(backend.ingest.posts).isEmpty();
    assertThat(ingest("{}", "Content-Encoding", "identity").statusCode()).isEqualTo(200);
  }

  @Test
  void saysWhatIsWrongWithARequestThatComesToNoHandler() throws Exception {
    HttpResponse<String> zstd = ingest("{}", "Content-Encoding", "zstd");
    assertThat(zstd.statusCode()).isEqualTo(400);
    assertThat(zstd.body())
        .contains("Cannot read a body of Content-Encoding zstd. Send it as gzip");
    assertThat(raw("GET /a b c HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("application/json", "Cannot read the request: it is not valid HTTP/1.1.");
    assertThat(
            raw(
                "POST /v1/ingest/clicks HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: 99999999\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("application/json", "LIMIT_EXCEEDED")
        .contains("Cannot take a body of more than 16777216 bytes");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void boundsPostedBodiesAlsoWithoutTheirLength() throws Exception {
    String most = "x".repeat(FakeIngest.BYTES_MAX);
    assertThat(ingest(most).statusCode()).isEqualTo(200);
    assertThat(ingest(most + "x").statusCode()).isEqualTo(413);
    HttpRequest.Builder chunked =
        request("/v1/ingest/clicks")
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream((most + "x").getBytes(StandardCharsets.UTF_8))));
    assertThat(send(chunked.build()).statusCode()).isEqualTo(413);
    backend.ingest.roomBytes = 10;
    HttpResponse<String> overloaded = ingest(most);
    assertThat(overloaded.statusCode()).isEqualTo(429);
    assertThat(overloaded.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(backend.ingest.bodies).containsExactly(most);
    assertThat(backend.ingest.open).hasValue(0);
  }

  @Test
  void takesNoRowsForPagesOfOtherSites() throws Exception {
    assertThat(ingest("{}", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
    assertThat(ingest("{}", "Origin", server.address()).statusCode()).isEqualTo(200);
    assertThat(backend.ingest.posts).hasSize(1);
  }

  @Test
  void appliesTheFolder() throws Exception {
    HttpRequest.Builder apply = request("/v1/apply").POST(BodyPublishers.noBody());
    assertThat(send(apply.build()).body())
        .isEqualTo(
            "{\"step\":100,\"added\":[\"fresh\"],\"changed\":[\"daily\"],\"rebuilt\":[],"
                + "\"removed\":[\"gone\"],\"dropped\":[\"old\"],\"unchanged\":2,\"millis\":41}\n");
    assertThat(send(request("/v1/apply?format=text").POST(BodyPublishers.noBody()).build()).body())
        .isEqualTo(
            """
            added     fresh
            changed   daily
            removed   gone; its table in the lake stays until the next start
            dropped   old; its history in the lake stays
            unchanged 2
            Shown from step 100 on, after 41 ms.
            """);
    HttpResponse<String> foreign =
        send(apply.header("Origin", "https://elsewhere.example").build());
    assertThat(foreign.statusCode()).isEqualTo(403);
  }

  @Test
  void comparesSourcesWithWhatIsHeld() throws Exception {
    HttpRequest.Builder post =
        request("/v1/reconcile?source=shop&repair=true&format=text").POST(BodyPublishers.noBody());
    assertThat(send(post.build()).body())
        .isEqualTo(
            """
            shop as of 0/1A2B3C8, step 100; its changes waited 12 ms
            DIFFERENT            20 rows  payments (1 kept out by its contract): 1 missing, 1 extra, 0 different
              missing    {"payment_id":7}
              extra      {"payment_id":27}
            corrected 2 rows
            shop once more, as of 0/1A2B4F0, step 101; its changes waited 9 ms
            equal                20 rows  payments (1 kept out by its contract)
            1 tables, 20 rows: all equal
            """);
    String json =
        send(request("/v1/reconcile?source=shop").POST(BodyPublishers.noBody()).build()).body();
    assertThat(json)
        .startsWith("{\"equal\":false,\"sources\":[{\"source\":\"shop\",\"equal\":false,")
        .contains("\"rows\":[{\"kind\":\"missing\",\"key\":{\"payment_id\":7}},");
    assertThat(send(post.header("Origin", "https://elsewhere.example").build()).statusCode())
        .isEqualTo(403);
    assertThat(get("/metrics").body())
        .contains("freshet_reconcile_runs_total{source=\"shop\"} 4\n")
        .contains("freshet_reconcile_corrected_total{source=\"shop\"} 2\n");
    assertThat(get("/v1/status?format=text").body())
        .contains("  source shop compared at 2026-")
        .contains(", as of 0/1A2B3C8: 48,211 rows, all equal\n");
  }

  @Test
  void pausesAndResumesSingleTables() throws Exception {
    HttpRequest.Builder pause =
        request("/v1/sources/shop/pause?table=orders&table=payments").POST(BodyPublishers.noBody());
    assertThat(send(pause.build()).body())
        .isEqualTo(
            "{\"source\":\"shop\",\"tables\":[\"orders\",\"payments\"],"
                + "\"paused\":[\"orders\",\"payments\"],\"noticed\":true}\n");
    assertThat(send(pause.header("Origin", "https://elsewhere.example").build()).statusCode())
        .isEqualTo(403);
    assertThat(
            send(request("/v1/sources/shop/resume?table=payments&format=text")
                    .POST(BodyPublishers.noBody())
                    .build())
                .body())
        .isEqualTo(
            """
            resumed: payments
            source shop leaves alone until they are resumed: orders
            """);
    assertThat(get("/metrics").body())
        .contains("freshet_relation_paused{relation=\"orders\"} 1\n")
        .contains("freshet_relation_paused{relation=\"payments\"} 0\n");
    assertThat(get("/v1/status").body()).contains("\"paused\":[\"orders\"],\"notes\":[]}");
    assertThat(get("/v1/status?format=text").body())
        .contains("  source shop paused: orders\n")
        .containsPattern("orders +bronze .* paused ");
  }

  @Test
  void showsModelsThatAreBeingBuiltAndWhatBecameOfTheLastChange() throws Exception {
    backend.models =
        new ModelsStatus(List.of("daily"), 40, Outcome.REFUSED, "Cannot\n  at x.sql:1:2", 5, 2, 1);
    assertThat(get("/v1/status?format=text").body())
        .contains("  building 40%: daily\n")
        .contains("  last change refused: Cannot\n      at x.sql:1:2\n");
    assertThat(get("/v1/status").body())
        .contains("\"models\":{\"building\":[\"daily\"],\"percent\":40")
        .contains("\"outcome\":\"refused\"");
    assertThat(get("/metrics").body())
        .contains("freshet_models_building 1\n")
        .contains("freshet_models_building_ratio 0.4\n")
        .contains("freshet_applies_total 2\n")
        .contains("freshet_applies_refused_total 1\n");
  }

  @Test
  void endsASubscriptionWhenItsClientLeaves() throws Exception {
    BufferedReader lines = stream("/v1/tables/orders/changes");
    await(() -> backend.openFeeds() == 1);
    lines.close();
    await(() -> backend.openFeeds() == 0);
  }

  @Test
  void closesWithinASecondThoughStreamsAreOpen() throws Exception {
    BufferedReader changes = stream("/v1/tables/orders/changes?from=snapshot");
    BufferedReader status = stream("/v1/status/stream");
    assertThat(changes.readLine()).isNotNull();
    assertThat(status.readLine()).isNotNull();
    long start = System.nanoTime();
    server.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    assertThat(backend.openFeeds()).isZero();
  }

  @Test
  void servesEverythingThatThePageImports() throws Exception {
    Set<String> seen = new TreeSet<>();
    follow("/", seen);
    assertThat(seen).contains("/page/app.js", "/page/base.css", "/assets/lit-html/lit-html.js");
    assertThat(seen).hasSizeGreaterThan(15);
  }

  /** The page's policy refuses inline styles and scripts: they would be lost without a word. */
  @Test
  void thePageHasNothingInline() throws Exception {
    Set<String> seen = new TreeSet<>();
    follow("/", seen);
    for (String path : seen) {
      if (path.startsWith("/page/") && !path.endsWith(".svg")) {
        assertThat(get(path).body()).as(path).doesNotContain(" style=", "<style", "javascript:");
      }
    }
  }

  private static final Pattern REFERENCE =
      Pattern.compile("(?:from\\s*|import\\s*|href=|src=)[\"']([^\"'#$]+\\.(?:js|css|svg))[\"']");

  private void follow(String path, Set<String> seen) throws Exception {
    if (!seen.add(path)) {
      return;
    }
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    String type =
        path.endsWith(".js")
            ? "text/javascript"
            : path.endsWith(".css")
                ? "text/css"
                : path.endsWith(".svg") ? "image/svg+xml" : "text/html";
    assertThat(contentType(response)).as(path).startsWith(type);
    Matcher matcher = REFERENCE.matcher(response.body());
    while (matcher.find()) {
      follow(URI.create(path).resolve(matcher.group(1)).toString(), seen);
    }
  }

  @Test
  void metricsPageNamesExactlyTheMetrics() throws Exception {
    String page = Files.readString(Path.of("../docs/reference/metrics.md"));
    assertThat(names("`(freshet_\\w+)`", page))
        .isEqualTo(names("# TYPE (freshet_\\w+)", get("/metrics").body()));
  }

  private static Set<String> names(String pattern, String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    assertThat(names).isNotEmpty();
    return names;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.address() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).build());
  }

  private HttpResponse<String> sql(String parameters, String sql) throws Exception {
    return send(request("/v1/sql?" + parameters).POST(BodyPublishers.ofString(sql)).build());
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  private BufferedReader stream(String path) throws IOException, InterruptedException {
    InputStream in = client.send(request(path).build(), BodyHandlers.ofInputStream()).body();
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private static String contentType(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElse("");
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      Thread.onSpinWait();
      Thread.yield();
    }
  }
}
