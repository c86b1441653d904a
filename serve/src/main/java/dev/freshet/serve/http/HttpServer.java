package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;

/** Listens for HTTP until closed. Requests run on virtual threads. */
public final class HttpServer implements AutoCloseable {
  /** Past it the connection is cut; far below it lies what a request may have. */
  static final long BODY_BYTES_MAX = 16 << 20;

  private final WebServer server;
  private final ChangeFeeds feeds;
  private final String host;

  private HttpServer(WebServer server, ChangeFeeds feeds, String host) {
    this.server = server;
    this.feeds = feeds;
    this.host = host;
  }

  /**
   * Loads what {@link #start} needs, and listens nowhere; for a program that waits for something
   * else meanwhile.
   */
  public static void warmUp() {
    QuietLogs.apply();
    WebServer.builder()
        .port(0)
        .shutdownHook(false)
        .routing(HttpRouting.builder().any(new UnknownRoutes()))
        .build();
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any free one
   * @throws FreshetException {@link ErrorCode#PORT_IN_USE}
   */
  public static HttpServer start(Backend backend, String host, int port) {
    QuietLogs.apply();
    requireFree(host, port);
    ChangeFeeds feeds = new ChangeFeeds(backend);
    HostGuard guard = new HostGuard(host);
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .any(guard::check)
            .error(FreshetException.class, Errors::send)
            .error(Throwable.class, Errors::sendUnexpected);
    Reads.register(routing, "/health", new HealthHandler(backend));
    Reads.register(routing, "/metrics", new MetricsHandler(backend));
    new StatusApi(backend, feeds).register(routing);
    new TablesApi(backend).register(routing);
    new SqlApi(backend).register(routing);
    new ApplyApi(backend).register(routing);
    new ReplayApi(backend).register(routing);
    new ReconcileApi(backend).register(routing);
    new SourceTablesApi(backend).register(routing);
    new StateApi(backend).register(routing);
    new IngestApi(backend).register(routing);
    feeds.register(routing);
    new PageFiles().register(routing);
    routing.any(new UnknownRoutes());
    WebServer server =
        WebServer.builder()
            .host(host)
            .port(port)
            .maxPayloadSize(BODY_BYTES_MAX)
            .directHandlers(EarlyErrors.handlers())
            .contentEncoding(encodings -> encodings.addContentEncoding(new GzipBodies()))
            .shutdownHook(false)
            .shutdownGracePeriod(Duration.ofMillis(200))
            .routing(routing)
            .build()
            .start();
    return new HttpServer(server, feeds, host);
  }

  /**
   * Tries the address: for a program that does much else before it {@link #start starts}, and
   * because the library reports a taken port late and in its own words.
   *
   * @param port 0 for any free one
   * @throws FreshetException {@link ErrorCode#PORT_IN_USE}, or {@link ErrorCode#CONFIG_INVALID} for
   *     an unknown host
   */
  public static void requireFree(String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (UnknownHostException e) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Cannot listen on "
              + host
              + ": no such host. Set serve: {host: 127.0.0.1} in freshet.yaml.",
          e);
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.PORT_IN_USE,
          "Cannot listen on "
              + host
              + ":"
              + port
              + ": "
              + e.getMessage()
              + ". Stop what listens there, or choose another port: serve: {port: 8791} in"
              + " freshet.yaml, --port 8791 of freshet demo; 0 takes any free one.",
          e);
    }
  }

  /** Where it listens, such as {@code http://127.0.0.1:8790}. */
  public String address() {
    boolean bare6 = host.contains(":") && !host.startsWith("[");
    return "http://" + (bare6 ? "[" + host + "]" : host) + ":" + server.port();
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Ends all streams and stops to listen, within a second. */
  @Override
  public void close() {
    feeds.close();
    server.stop();
  }
}
