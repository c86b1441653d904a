package dev.freshet.deliver.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.deliver.Rows;
import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Posts changes as JSON. What was not answered is posted again, the same under the same {@code
 * Idempotency-Key} (sink, generation, step, part): a receiver that heeds it takes each change once,
 * any other at least once.
 */
public final class HttpSink implements Sink {
  private static final int RECEIVER_BYTES = 8;
  private static final int SHOWN_BYTES_MAX = 300;
  private static final long REPLACES_ALL = -1;

  private final HttpSettings settings;
  private final SinkInput input;
  private final Bodies bodies;
  private volatile @Nullable HttpClient client;

  /** Connects to nothing yet. */
  public HttpSink(HttpSettings settings, SinkInput input) {
    this.settings = settings;
    this.input = input;
    this.bodies = new Bodies(input, settings.rowsMax());
  }

  /** Whatever the receiver does with the keys. */
  @Override
  public DeliveryGuarantee guarantee() {
    return DeliveryGuarantee.AT_LEAST_ONCE;
  }

  @Override
  public boolean remembersPosition() {
    return false;
  }

  @Override
  public String receiver() {
    try {
      byte[] url = settings.url().toString().getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(url);
      return HexFormat.of().formatHex(digest, 0, RECEIVER_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends nothing: a receiver would take it for changes. */
  @Override
  public String check() {
    int port = settings.url().getPort();
    int standard = settings.url().getScheme().equals("https") ? 443 : 80;
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(settings.url().getHost(), port < 0 ? standard : port),
          Math.toIntExact(settings.timeout().toMillis()));
      return "somebody listens at " + settings;
    } catch (IOException e) {
      throw unreachable("connect to", e);
    }
  }

  @Override
  public Optional<SinkPosition> open() {
    close();
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout())
            .build();
    return Optional.empty();
  }

  @Override
  public void replace(SinkPosition at, Rows rows) {
    post(REPLACES_ALL, at, rows);
  }

  @Override
  public void write(SinkPosition before, SinkPosition after, Rows changes) {
    post(before.step(), after, changes);
  }

  private void post(long after, SinkPosition at, Rows rows) {
    Parts parts = new Parts(after, at);
    rows.forEach(batch -> bodies.changes(batch).forEach(parts::add));
    parts.end();
  }

  /** Sends each part when it is known whether another follows. */
  private final class Parts {
    private final long after;
    private final SinkPosition at;
    private int part;
    private String waiting = "";

    Parts(long after, SinkPosition at) {
      this.after = after;
      this.at = at;
    }

    void add(String changes) {
      if (!waiting.isEmpty()) {
        send(false);
      }
      waiting = changes;
    }

    void end() {
      send(true);
    }

    private void send(boolean isLast) {
      HttpSink.this.send(
          input.sink() + "/" + at.generation() + "/" + at.step() + "/" + part,
          bodies.body(after, at, part, isLast, waiting));
      part++;
      waiting = "";
    }
  }

  private void send(String key, String body) {
    HttpClient open = client;
    if (open == null) {
      throw new FreshetException(
          ErrorCode.SINK_FAILED, "Failed to post to " + settings + ": the sink is closed.");
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.url())
            .timeout(settings.timeout())
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body));
    settings.headers().forEach(request::setHeader);
    try {
      HttpResponse<InputStream> response = open.send(request.build(), BodyHandlers.ofInputStream());
      try (InputStream answer = response.body()) {
        if (response.statusCode() / 100 != 2) {
          throw refused(response.statusCode(), shown(answer));
        }
      }
    } catch (IOException e) {
      throw unreachable("post to", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(
          ErrorCode.SINK_FAILED, "Failed to post to " + settings + ": it was interrupted.", e);
    }
  }

  /** The request's time ends with the headers of its answer; the body gets as long again. */
  private String shown(InputStream answer) throws IOException {
    Executor atTheEnd =
        CompletableFuture.delayedExecutor(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<Void> end = CompletableFuture.runAsync(() -> closeQuietly(answer), atTheEnd);
    try {
      String text = new String(answer.readNBytes(SHOWN_BYTES_MAX), StandardCharsets.UTF_8);
      return text.replaceAll("\\p{Cntrl}+", " ").strip();
    } finally {
      end.cancel(false);
    }
  }

  private static void closeQuietly(InputStream answer) {
    try {
      answer.close();
    } catch (IOException e) {
      // whoever reads it is told
    }
  }

  private FreshetException refused(int status, String answer) {
    boolean needsUser = status == 401 || status == 403 || status == 404 || status == 405;
    return new FreshetException(
        needsUser ? ErrorCode.SINK_MISCONFIGURED : ErrorCode.SINK_FAILED,
        "Failed to post to "
            + settings
            + ": it answered "
            + status
            + (answer.isEmpty() ? "" : " (" + answer + ")")
            + ". "
            + (needsUser
                ? "Correct url: or headers: of the sink."
                : "It is sent again, under the same Idempotency-Key, until it is answered with"
                    + " 2xx."));
  }

  private FreshetException unreachable(String what, IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new FreshetException(
        ErrorCode.SINK_UNREACHABLE,
        "Failed to "
            + what
            + " "
            + settings
            + ": "
            + why
            + ". Start the receiver, or correct url: of the sink. What may have arrived is sent"
            + " again under the same Idempotency-Key.",
        e);
  }

  @Override
  public void close() {
    HttpClient open = client;
    client = null;
    if (open != null) {
      open.shutdownNow();
    }
  }
}
