package dev.freshet.runtime.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** A server that is posted to, and heeds the keys: a request that it has had is answered only. */
final class Receiver implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> keys = ConcurrentHashMap.newKeySet();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<String> repeats = new CopyOnWriteArrayList<>();
  private final Semaphore open = new Semaphore(1);

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::receive);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  private void receive(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    open.acquireUninterruptibly();
    open.release();
    if (keys.add(key)) {
      bodies.add(body);
    } else {
      repeats.add(key);
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  /** Answers nobody from now on, until {@link #answer}. */
  void hang() {
    open.acquireUninterruptibly();
  }

  void answer() {
    open.release();
  }

  /** What came, each request once, in order. */
  List<String> bodies() {
    return bodies;
  }

  /** The keys of requests that came again. */
  List<String> repeats() {
    return repeats;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
