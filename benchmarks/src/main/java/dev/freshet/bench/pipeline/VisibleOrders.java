package dev.freshet.bench.pipeline;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Follows the change feed of {@link BenchProject#NEWEST_ORDERS} and notes when each order could be
 * seen by a reader. Safe for all threads.
 */
final class VisibleOrders implements AutoCloseable {
  private static final Pattern NEWEST =
      Pattern.compile("\"weight\":1,.*\"" + BenchProject.NEWEST_ORDER + "\":(\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Seen> seen = new ArrayList<>();
  private volatile String failure = "";

  /** All orders up to this one can be seen since {@code nanos}, by {@link System#nanoTime}. */
  record Seen(long order, long nanos) {}

  /** Follows the feed from now on. */
  static VisibleOrders follow(String address) throws IOException, InterruptedException {
    VisibleOrders orders = new VisibleOrders();
    URI feed =
        URI.create(address + "/v1/tables/" + BenchProject.NEWEST_ORDERS + "/changes?from=snapshot");
    HttpResponse<Stream<String>> response =
        orders.client.send(
            HttpRequest.newBuilder(feed).build(), HttpResponse.BodyHandlers.ofLines());
    if (response.statusCode() != 200) {
      throw new IOException("the change feed answered " + response.statusCode());
    }
    Thread.ofPlatform().daemon().name("visible-orders").start(() -> orders.read(response.body()));
    return orders;
  }

  private void read(Stream<String> lines) {
    try (lines) {
      lines.forEach(this::take);
      failure = "the change feed ended";
    } catch (RuntimeException e) {
      failure = "the change feed failed: " + e.getMessage();
    }
  }

  private void take(String line) {
    long now = System.nanoTime();
    if (line.startsWith("event:error")) {
      failure = "the reader of the change feed was too slow";
      return;
    }
    Matcher matcher = NEWEST.matcher(line);
    if (line.startsWith("data:") && matcher.find()) {
      add(new Seen(Long.parseLong(matcher.group(1)), now));
    }
  }

  private synchronized void add(Seen newest) {
    if (seen.isEmpty() || newest.order() > seen.getLast().order()) {
      seen.add(newest);
      notifyAll();
    }
  }

  /** What has been seen so far, in ascending order. */
  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /**
   * Waits until this order can be seen, and returns since when.
   *
   * @throws IOException when the feed ends or the time runs out
   */
  synchronized long await(long order, long seconds) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    while (seen.isEmpty() || seen.getLast().order() < order) {
      if (!failure.isEmpty()) {
        throw new IOException(failure);
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "order " + order + " cannot be seen after " + seconds + " s; the last seen is " + seen);
      }
      wait(100);
    }
    return seen.stream()
        .filter(newest -> newest.order() >= order)
        .findFirst()
        .orElseThrow()
        .nanos();
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
