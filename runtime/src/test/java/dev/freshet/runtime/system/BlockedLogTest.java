package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Resume;
import dev.freshet.capture.http.HttpSettings;
import dev.freshet.capture.http.HttpSource;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.http.HttpServer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real server and log on a disk that does not sync until it is told to. */
@Timeout(60)
class BlockedLogTest {
  private static final Contract CLICKS =
      new Contract("clicks", Schema.of(Column.nullable("page", Simple.VARCHAR)), List.of(), "", "");
  private static final String BODY = "{\"page\": \"" + "a".repeat(950) + "\"}";

  /** Permits to sync; more than anybody needs while the disk works. */
  private final Semaphore syncs = new Semaphore(1_000_000);

  private final HttpClient client = HttpClient.newHttpClient();

  /** Passes all calls on; files wait for a permit before they sync. */
  private <T> T blocking(Class<T> type, T real) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          if (method.getName().equals("sync")) {
            syncs.acquire();
          }
          try {
            Object result = method.invoke(real, arguments);
            return result instanceof Storage.File file
                ? blocking(Storage.File.class, file)
                : result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** A log on that disk, a source of posted rows into it, and a server that takes them. */
  private final class Running implements AutoCloseable {
    private final EmbeddedLog log;
    private final SourceFeed feed;
    private final PostedTables posted;
    private final HttpServer server;

    Running(Path directory, int waitingBytesMax, LogSettings logSettings) {
      Storage storage = blocking(Storage.class, new LocalStorage(directory));
      HttpSettings settings =
          new HttpSettings(
              "web", 4_000, waitingBytesMax, Duration.ofHours(1), 1_000, UnknownFields.REFUSE);
      HttpSource source =
          new HttpSource(settings, List.of("clicks"), Map.of("clicks", CLICKS), () -> storage);
      posted = new PostedTables(List.of(source));
      Backend backend =
          (Backend)
              Proxy.newProxyInstance(
                  Backend.class.getClassLoader(),
                  new Class<?>[] {Backend.class},
                  (_, method, _) -> {
                    assertThat(method.getName()).isEqualTo("ingest");
                    return posted;
                  });
      Scheduler scheduler = Scheduler.threads();
      log = EmbeddedLog.open(storage, "log", Clock.system(), logSettings);
      log.startCommits(scheduler);
      FreeSpace space = new FreeSpace(() -> Long.MAX_VALUE, 1, Clock.system());
      feed = new SourceFeed(source, log, Clock.system(), space);
      feed.start(scheduler, Resume.FROM_NOTHING);
      server = HttpServer.start(backend, "127.0.0.1", 0);
    }

    @Override
    public void close() {
      server.close();
      feed.close();
      log.close();
      client.shutdownNow();
    }
  }

  @Test
  void refusesWith429UntilTheDiskSyncsAgainAndLosesNothing(@TempDir Path directory)
      throws Exception {
    try (Running running = new Running(directory, 10_000, LogSettings.DEFAULT)) {
      HttpServer server = running.server;
      PostedTables posted = running.posted;
      assertThat(post(server).get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      int had = syncs.drainPermits();
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      HttpResponse<String> refused = null;
      while (refused == null) {
        CompletableFuture<HttpResponse<String>> next = post(server);
        waiting.add(next);
        refused = firstDone(waiting);
      }
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(refused.body()).contains("\"code\":\"OVERLOADED\"", "and 10000 may");
      assertThat(posted.status().getFirst().waitingBytes()).isBetween(1L, 10_000L);
      syncs.release(had);
      long taken = 0;
      long overloaded = 0;
      for (CompletableFuture<HttpResponse<String>> each : waiting) {
        int status = each.get(20, TimeUnit.SECONDS).statusCode();
        taken += status == 200 ? 1 : 0;
        overloaded += status == 429 ? 1 : 0;
      }
      assertThat(taken).isPositive();
      assertThat(taken + overloaded).isEqualTo(waiting.size());
      assertThat(posted.status().getFirst().overloaded()).isEqualTo(overloaded);
      assertThat(posted.status().getFirst().tables().getFirst().accepted()).isEqualTo(taken + 1);
      assertThat(posted.status().getFirst().waitingBytes()).isZero();
      assertThat(post(server).get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  /** The log waits for another's commit with its next record in hand, and gives it back. */
  @Test
  void refusesWith429WhatTheLogCouldNotTakeWhileTheDiskHung(@TempDir Path directory)
      throws Exception {
    LogSettings impatient =
        LogSettings.DEFAULT.withWaitingBytesMax(1_500).withPatienceNanos(1_000_000_000);
    try (Running running = new Running(directory, 1 << 20, impatient)) {
      assertThat(post(running.server).get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      int had = syncs.drainPermits();
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      waiting.add(post(running.server));
      while (running.log.waitingBytes() > 0 || running.log.endOffset() < 2) {
        Thread.sleep(1); // until the task that commits has it
      }
      HttpResponse<String> refused = null;
      while (refused == null) {
        waiting.add(post(running.server));
        refused = firstDone(waiting);
      }
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(refused.body()).contains("\"code\":\"OVERLOADED\"", "nothing was written");
      assertThat(running.feed.obstacle()).isEqualTo(SourceFeed.Obstacle.DISK_HANGS);

      syncs.release(had);
      long taken = 0;
      for (CompletableFuture<HttpResponse<String>> each : waiting) {
        int status = each.get(20, TimeUnit.SECONDS).statusCode();
        assertThat(status).isIn(200, 429);
        taken += status == 200 ? 1 : 0;
      }
      assertThat(taken).isPositive().isLessThan(waiting.size());
      assertThat(post(running.server).get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(running.log.endOffset()).as("first, taken, last").isEqualTo(taken + 2);
      assertThat(running.feed.obstacle()).isEqualTo(SourceFeed.Obstacle.NONE);
    }
  }

  private CompletableFuture<HttpResponse<String>> post(HttpServer server) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create(server.address() + "/v1/ingest/clicks"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(BODY))
            .build(),
        BodyHandlers.ofString());
  }

  /** An answer that came, after at most a moment; {@code null} for none. */
  private static HttpResponse<String> firstDone(List<CompletableFuture<HttpResponse<String>>> all)
      throws Exception {
    try {
      CompletableFuture.anyOf(all.toArray(CompletableFuture[]::new))
          .get(100, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    }
    for (CompletableFuture<HttpResponse<String>> each : all) {
      if (each.isDone()) {
        return each.get();
      }
    }
    return null;
  }
}
