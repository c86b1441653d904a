package dev.freshet.broker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers the reading part of the Confluent Schema Registry API over HTTP, on a free port. Safe for
 * all threads.
 */
public final class SmallRegistry implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile String credentials = "";
  private volatile int status;

  private SmallRegistry(HttpServer server) {
    this.server = server;
  }

  public static SmallRegistry start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      SmallRegistry registry = new SmallRegistry(server);
      registry.answers.put("/schemas/types", "[\"AVRO\"]");
      server.createContext("/", registry::answer);
      server.start();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    String body = answers.get(exchange.getRequestURI().getRawPath());
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    int code = status;
    if (code == 0) {
      boolean isKnown = credentials.isEmpty() || credentials.equals(given);
      code = isKnown ? body == null ? 404 : 200 : 401;
    }
    String text = code == 200 && body != null ? body : "{\"error_code\":" + code + "}";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Registers an Avro schema. */
  public void avro(int id, String schema) {
    put("/schemas/ids/" + id, "{\"schema\":" + quoted(schema) + "}");
  }

  /** Registers a Protobuf schema. */
  public void protobuf(int id, String schema) {
    put("/schemas/ids/" + id, "{\"schemaType\":\"PROTOBUF\",\"schema\":" + quoted(schema) + "}");
  }

  /** What a path answers. */
  public void put(String path, String json) {
    answers.put(path, json);
  }

  /** From now on only this user is answered. */
  public void allowOnly(String user, String password) {
    byte[] secret = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    credentials = "Basic " + Base64.getEncoder().encodeToString(secret);
  }

  /**
   * @param httpStatus what every request gets from now on; 0 for the usual
   */
  public void answerAlways(int httpStatus) {
    status = httpStatus;
  }

  /** How often it was asked. */
  public int requests() {
    return requests.get();
  }

  public static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
