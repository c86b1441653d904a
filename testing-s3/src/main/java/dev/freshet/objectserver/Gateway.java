package dev.freshet.objectserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Stands before a server of objects, and answers as a test says: as other stores do, or worse.
 * Knows requests without a body. Safe for all threads.
 */
public final class Gateway implements AutoCloseable {
  private static final String HEAD = "HEAD";
  private static final int NO_BODY = -1;

  private final URI behind;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Manner manner = (_, behindIt) -> behindIt.get();

  /**
   * What is asked for.
   *
   * @param target path and query, as they came
   * @param headers by their names in small letters
   */
  public record Request(String method, String target, Map<String, String> headers) {
    /** Whether it lists objects, rather than asking for one. */
    public boolean isListing() {
      return target.contains("list-type=2");
    }
  }

  /**
   * What is answered.
   *
   * @param headers by their names in small letters
   */
  public record Answer(int status, Map<String, String> headers, byte[] body) {
    public Answer {
      headers = new TreeMap<>(headers);
    }

    /** A refusal, as S3 writes it. */
    public static Answer refusal(int status, String code) {
      String body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>";
      return new Answer(
          status, Map.of("content-type", "application/xml"), body.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with another header. */
    public Answer with(String name, String value) {
      Map<String, String> others = new TreeMap<>(headers);
      others.put(name, value);
      return new Answer(status, others, body);
    }
  }

  /** How requests are answered. */
  public interface Manner {
    /**
     * @param behindIt what the server answers, when it is asked
     */
    Answer answer(Request request, Supplier<Answer> behindIt);
  }

  private Gateway(URI behind, HttpServer server) {
    this.behind = behind;
    this.server = server;
  }

  /** Passes everything on, until it is told otherwise. */
  public static Gateway before(ObjectServer behind) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      Gateway gateway = new Gateway(behind.endpoint(), server);
      server.createContext("/", gateway::serve);
      server.setExecutor(gateway.threads);
      server.start();
      return gateway;
    } catch (IOException e) {
      throw new IllegalStateException("Failed to start a gateway", e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public void answers(Manner other) {
    manner = other;
  }

  /** All that was asked for so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
      Request request =
          new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers);
      requests.add(request);
      Answer answer = manner.answer(request, () -> pass(request));
      boolean isHead = request.method().equals(HEAD);
      answer
          .headers()
          .forEach((name, value) -> {
            if (isHead || !name.equals("content-length")) {
              exchange.getResponseHeaders().set(name, value);
            }
          });
      exchange.sendResponseHeaders(
          answer.status(), isHead || answer.body().length == 0 ? NO_BODY : answer.body().length);
      if (!isHead) {
        exchange.getResponseBody().write(answer.body());
      }
    }
  }

  /** By hand: a signature is of the host that was asked, which clients of HTTP write themselves. */
  private Answer pass(Request request) {
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.0\r\n");
    request
        .headers()
        .forEach((name, value) -> {
          if (!name.equals("connection")) {
            head.append(name).append(": ").append(value).append("\r\n");
          }
        });
    head.append("\r\n");
    try (Socket socket = new Socket(behind.getHost(), behind.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return answer(socket.getInputStream().readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("The server of objects is away", e);
    }
  }

  private static Answer answer(byte[] bytes) {
    int end = 0;
    while (!(bytes[end] == '\r' && bytes[end + 2] == '\r')) {
      end++;
    }
    List<String> lines = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).lines().toList();
    Map<String, String> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      if (!name.equals("connection")) {
        headers.put(name, line.substring(colon + 1).strip());
      }
    }
    int status = Integer.parseInt(lines.getFirst().split(" ")[1]);
    return new Answer(status, headers, Arrays.copyOfRange(bytes, end + 4, bytes.length));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
