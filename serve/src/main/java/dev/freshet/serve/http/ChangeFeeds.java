package dev.freshet.serve.http;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.http.FeedQueue.StepChanges;
import io.helidon.http.HeaderNames;
import io.helidon.http.sse.SseEvent;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Streams of server-sent events (WHATWG HTML, section 9.2): {@code GET
 * /v1/tables/{name}/changes?from=snapshot|now} and the status once a second.
 *
 * <pre>
 * id: 812                     the step
 * event: change
 * data: {"weight":1,"row":{"id":1,...}}
 *
 * id: 812
 * event: progress             all changes of the step have been sent; at least once a second
 * data: {"step":812}
 * </pre>
 *
 * <p>A subscriber that does not keep up is told so by an {@code error} event and closed: it starts
 * again from a snapshot. So is one whose model was removed, or has other columns now.
 */
final class ChangeFeeds implements AutoCloseable {
  private static final int STREAMS_MAX = 1_000;

  /** How long one that fell behind has to hear so, before its connection is cut. */
  private static final long LAST_WORD_MILLIS = 5_000;

  private static final String CONTENT_TYPE = "text/event-stream";

  private final Backend backend;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Semaphore streams = new Semaphore(STREAMS_MAX);
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  ChangeFeeds(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    Reads.register(routing, "/v1/tables/{name}/changes", this::streamChanges);
  }

  private void streamChanges(ServerRequest request, ServerResponse response) {
    String relation = request.path().pathParameters().get("name");
    Backend.From from =
        switch (request.query().first("from").orElse("now")) {
          case "snapshot" -> Backend.From.SNAPSHOT;
          case "now" -> Backend.From.NOW;
          default ->
              throw new FreshetException(
                  ErrorCode.REQUEST_INVALID, "Invalid parameter from: it takes snapshot or now.");
        };
    if (Reads.isHead(request)) {
      backend.subscribe(relation, Backend.From.NOW, (_, _) -> {}).close();
      headers(response);
      return;
    }
    FeedQueue queue = new FeedQueue();
    Thread sender = Thread.currentThread();
    Backend.ChangeListener listener =
        new Backend.ChangeListener() {
          @Override
          public void onStep(long step, Batch rows) {
            queue.add(new StepChanges(step, rows));
            if (queue.isOverrunFor(LAST_WORD_MILLIS) && threads.contains(sender)) {
              sender.interrupt();
            }
          }

          @Override
          public void onEnd(FreshetException why) {
            queue.end(why);
          }
        };
    // Read before subscribing: progress must not name a step whose changes are still to come.
    long step = backend.snapshot().step();
    stream(() -> {
      try (Backend.Subscription _ = backend.subscribe(relation, from, listener);
          SseSink sink = response.sink(SseSink.TYPE)) {
        send(step, queue, sink);
      }
    });
  }

  /** A stream's work, which ends by returning, by {@link #close} or when its client goes away. */
  private interface Work {
    void run() throws InterruptedException;
  }

  private void stream(Work work) {
    acquire();
    Thread thread = Thread.currentThread();
    threads.add(thread);
    try {
      work.run();
    } catch (UncheckedIOException | CloseConnectionException e) {
      throw new CloseConnectionException("The client went away", e);
    } catch (InterruptedException e) {
      // closing: only close() interrupts
    } finally {
      threads.remove(thread);
      streams.release();
    }
  }

  private static void headers(ServerResponse response) {
    response.header(HeaderNames.CONTENT_TYPE, CONTENT_TYPE).send();
  }

  private void send(long startStep, FeedQueue queue, SseSink sink) throws InterruptedException {
    long step = startStep;
    while (!closed.get()) {
      if (queue.isOverrun()) {
        sink.emit(
            event(
                "error",
                step,
                "{\"code\":\"LIMIT_EXCEEDED\",\"message\":\"Too slow: start again from a snapshot.\"}"));
        return;
      }
      Optional<StepChanges> changes = queue.poll(1_000);
      if (changes.isPresent()) {
        step = changes.get().step();
        emitRows(sink, changes.get());
      }
      Optional<FreshetException> ended = queue.ended();
      if (ended.isPresent()) {
        sink.emit(event("error", step, error(ended.get())));
        return;
      }
      if (queue.isEmpty() && !queue.isOverrun()) {
        sink.emit(event("progress", step, "{\"step\":" + step + "}"));
      }
    }
  }

  private static String error(FreshetException why) {
    return new Json().text("code", why.code().name()).text("message", why.getMessage()).end();
  }

  private static void emitRows(SseSink sink, StepChanges changes) {
    for (int row = 0; row < changes.rows().rowCount(); row++) {
      StringBuilder data =
          new StringBuilder("{\"weight\":").append(changes.rows().weight(row)).append(",\"row\":");
      JsonText.appendRow(data, changes.rows(), row);
      sink.emit(event("change", changes.step(), data.append('}').toString()));
    }
  }

  void streamStatus(ServerRequest request, ServerResponse response) {
    if (Reads.isHead(request)) {
      headers(response);
      return;
    }
    stream(() -> {
      try (SseSink sink = response.sink(SseSink.TYPE)) {
        while (!closed.get()) {
          sink.emit(
              SseEvent.builder().name("status").data(StatusJson.of(backend.status())).build());
          TimeUnit.SECONDS.sleep(1);
        }
      }
    });
  }

  private void acquire() {
    if (closed.get()) {
      throw new FreshetException(ErrorCode.NOT_RUNNING, "Cannot open a stream: the server stops.");
    }
    if (!streams.tryAcquire()) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot open another stream: " + STREAMS_MAX + " are open. Close some.");
    }
  }

  private static SseEvent event(String name, long step, String data) {
    return SseEvent.builder().id(Long.toString(step)).name(name).data(data).build();
  }

  @Override
  public void close() {
    closed.set(true);
    threads.forEach(Thread::interrupt);
  }
}
