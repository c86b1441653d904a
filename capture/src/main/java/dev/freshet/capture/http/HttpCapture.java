package dev.freshet.capture.http;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceHistory;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.http.PostPosition.Keyed;
import dev.freshet.capture.http.RepeatedPosts.Claim;
import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.EventText;
import dev.freshet.capture.rows.RowFormat;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A running source of posted rows. Requests are decoded side by side, each on the thread that
 * brought it; then each becomes one change set, in one order, and waits until that is durable. Safe
 * for all threads.
 */
public final class HttpCapture implements Capture {
  /** How long a request waits for those before it, and then for its rows to be durable. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For each of the two things that {@link #close} waits for. */
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private static final long SAVE_MILLIS = 30_000;
  private static final long WAKE_SECONDS = 5;
  private static final int KEY_LENGTH_MAX = 255;

  private final HttpSettings settings;
  private final Map<String, TableBodies> decoders;
  private final PausedTables paused;
  private final Clock clock;
  private final ChangeSink sink;
  private final Duration patience;
  private final RepeatedPosts repeated;
  private final WaitingBytes waitingBytes;
  private final HttpCounters counters;
  private final LongAdder bytes = new LongAdder();

  /** Keeps numbers and the log's order the same. */
  private final ReentrantLock offering = new ReentrantLock();

  private long number; // guarded by offering
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(); // guarded by itself
  private volatile long durableNumber;
  private volatile long lastMicros;
  private volatile boolean closed;
  private volatile boolean savesLast;
  private volatile String problem = "";

  /** What the log threw that it should not; then nothing is taken any more. */
  private volatile String defect = "";

  private Scheduler.@Nullable Handle saving;

  private record Waiting(
      PostPosition position, long micros, Posted answer, CompletableFuture<Posted> future) {}

  private HttpCapture(
      HttpSettings settings,
      Map<String, TableBodies> decoders,
      RepeatedPosts repeated,
      PausedTables paused,
      Clock clock,
      ChangeSink sink,
      Duration patience,
      long number) {
    this.settings = settings;
    this.decoders = decoders;
    this.repeated = repeated;
    this.paused = paused;
    this.clock = clock;
    this.sink = sink;
    this.patience = patience;
    this.number = number;
    this.durableNumber = number;
    this.waitingBytes = new WaitingBytes(settings.waitingBytesMax());
    this.counters = new HttpCounters(decoders.keySet());
  }

  static HttpCapture start(
      HttpSettings settings,
      Map<String, TableBodies> decoders,
      KeysFile file,
      PausedTables paused,
      Scheduler scheduler,
      Clock clock,
      Resume resume,
      ChangeSink sink,
      Duration patience) {
    RepeatedPosts repeated = new RepeatedPosts(settings, file);
    long number = 0;
    SourceHistory history = SourceHistory.NONE;
    if (resume instanceof Resume.After after) {
      number = PostPosition.read(after.position()).number();
      history = after.history();
    }
    repeated.recover(history, number, clock.wallMicros());
    HttpCapture capture =
        new HttpCapture(settings, decoders, repeated, paused, clock, sink, patience, number);
    capture.saving =
        scheduler.start(
            "keys of " + settings.name(),
            () -> {
              boolean isLast = capture.savesLast;
              capture.save();
              return isLast ? Next.DONE : Next.afterMillis(SAVE_MILLIS);
            });
    return capture;
  }

  /**
   * Keys that are not saved are read from the log at the next start, which only takes longer: so no
   * failure, not even a lack of memory, may end it.
   */
  private void save() {
    try {
      repeated.save();
      problem = "";
    } catch (RuntimeException | Error e) {
      problem =
          "Cannot save the idempotency keys: "
              + (e instanceof FreshetException ? e.getMessage() : e);
    }
  }

  /** Room for one body, which its caller closes when the request is answered. */
  public Intake intake() {
    return new Intake(settings.requestBytesMax(), waitingBytes);
  }

  /**
   * Takes posted rows; returns when they are durable.
   *
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID}, {@link ErrorCode#LIMIT_EXCEEDED},
   *     {@link ErrorCode#IDEMPOTENCY_KEY_REUSED}, {@link ErrorCode#OVERLOADED}: nothing was
   *     written. {@link ErrorCode#TIMED_OUT}, {@link ErrorCode#NOT_RUNNING}: they may be written
   */
  public Posted take(Post post) {
    counters.requests().increment();
    // Besides that of the body, which its reader has.
    int bytesMax = Math.max(settings.requestBytesMax(), settings.nestedBytesMax());
    try (Intake room = new Intake(bytesMax, waitingBytes)) {
      return take(post, room::reserve);
    }
  }

  private Posted take(Post post, BinaryBodies.Room room) {
    PostFormat format = PostFormat.of(post);
    Optional<EventText> event = event(post, format);
    String name = idempotencyKey(post, event);
    if (name.isEmpty()) {
      CompletableFuture<Posted> answer = new CompletableFuture<>();
      write(post, format, room, Optional.empty(), answer);
      return await(answer);
    }
    Digest key = Digest.of(post.table() + "\0" + name);
    Digest digest = event.map(of -> Digest.of(post, of)).orElseGet(() -> Digest.of(post));
    return switch (repeated.claim(key, digest, clock.wallMicros())) {
      case Claim.Repeat(CompletableFuture<Posted> answer) -> {
        Posted posted = await(answer).repeated();
        counters.repeated().increment();
        yield posted;
      }
      case Claim.Write(CompletableFuture<Posted> answer) -> {
        try {
          Keyed keyed = new Keyed(key, digest, 0, List.of());
          write(post, format, room, Optional.of(keyed), answer);
        } catch (RuntimeException | Error e) {
          repeated.release(key);
          answer.completeExceptionally(e);
          throw e;
        }
        yield await(answer);
      }
    };
  }

  /** The key of the header, else what makes a single CloudEvent that event and no other. */
  private static String idempotencyKey(Post post, Optional<EventText> event) {
    String header = post.idempotencyKey();
    String bare =
        header.length() > 1 && header.startsWith("\"") && header.endsWith("\"")
            ? header.substring(1, header.length() - 1)
            : header;
    if (bare.isEmpty() && !header.isEmpty()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot take an empty idempotency key. Use a new one for each request, such as a UUID, or"
              + " send no such header.");
    }
    if (bare.length() > KEY_LENGTH_MAX) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot take an idempotency key of "
              + bare.length()
              + " characters: "
              + KEY_LENGTH_MAX
              + " are the most. A UUID is long enough.");
    }
    if (!bare.isEmpty()) {
      return "key " + bare;
    }
    return event.map(of -> "event " + of.source() + "\0" + of.id()).orElse("");
  }

  /** The single event of a request, if it is one and says which. */
  private static Optional<EventText> event(Post post, PostFormat format) {
    return switch (format) {
      case PostFormat.Avro() -> Optional.empty();
      case PostFormat.Text(RowFormat text) ->
          switch (text) {
            case EVENT_DATA -> EventText.of(post.event(), 0, post.length());
            case EVENT -> EventText.read(post.body(), post.length());
            case JSON, JSON_LINES, CSV, EVENT_BATCH -> Optional.empty();
          };
    };
  }

  private void write(
      Post post,
      PostFormat format,
      BinaryBodies.Room room,
      Optional<Keyed> request,
      CompletableFuture<Posted> future) {
    TableBodies bodies = decoders.get(post.table());
    if (bodies == null) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND, "Cannot find table to post to: " + post.table() + ".");
    }
    refuseWhenPaused(post.table());
    DecodedRows rows = bodies.decode(post, format, room);
    bytes.add(post.length());
    Posted answer = new Posted(Posted.Outcome.WRITTEN, rows.accepted(), rows.refused());
    if (rows.accepted() == 0 && rows.refused().isEmpty()) {
      request.ifPresent(keyed -> repeated.release(keyed.key()));
      future.complete(answer);
      return;
    }
    Optional<Keyed> keyed =
        request.map(of -> new Keyed(of.key(), of.digest(), answer.accepted(), answer.refused()));
    offer(rows, keyed, answer, future);
    counters.of(post.table()).accepted().add(answer.accepted());
    counters.of(post.table()).refused().add(answer.refused().size());
  }

  private void refuseWhenPaused(String table) {
    if (paused.contains(table)) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING,
          "Cannot take rows of "
              + table
              + " now: the table is paused. Nothing was written; send the request again when it is"
              + " resumed (freshet source resume "
              + settings.name()
              + " "
              + table
              + ").");
    }
  }

  private void offer(
      DecodedRows rows, Optional<Keyed> keyed, Posted answer, CompletableFuture<Posted> future) {
    if (!lockWithin(patience.toNanos())) {
      refuseWhenEnded();
      waitingBytes.refused().increment();
      throw new FreshetException(
          ErrorCode.OVERLOADED,
          "Cannot take rows now: the disk has not taken those before them within "
              + patience.toSeconds()
              + " s; nothing was written, and the request may be sent again.");
    }
    try {
      refuseWhenEnded();
      refuseWhenPaused(rows.changes().table()); // it may have waited for long
      long micros = clock.wallMicros();
      PostPosition position = new PostPosition(number + 1, keyed);
      ChangeSet changes =
          new ChangeSet(
              settings.name(),
              position.toBytes(),
              micros,
              micros,
              position.number(),
              ChangeSet.Part.LAST,
              List.of(rows.changes()));
      Waiting last = new Waiting(position, micros, answer, future);
      synchronized (waiting) {
        waiting.add(last); // before the offer: its commit may be over before the offer is
      }
      if (offer(changes) == Answer.FULL) {
        waitingBytes.refused().increment();
        throw new FreshetException(
            ErrorCode.OVERLOADED,
            "Cannot take rows now: the disk of the project's state folder is nearly full, or does not"
                + " answer. Free some space, or look after it; nothing was written, and the request"
                + " may be sent again.");
      }
      number++;
      lastMicros = micros;
    } finally {
      offering.unlock();
    }
  }

  /** Offers what was added to {@link #waiting} last, and takes it out again if it was refused. */
  private Answer offer(ChangeSet changes) {
    boolean isRefused = false;
    try {
      Answer answer = sink.offer(changes);
      isRefused = answer == Answer.FULL;
      return answer;
    } catch (RuntimeException | Error e) {
      isRefused = e instanceof FreshetException known && known.code().family() != ErrorFamily.BUG;
      if (!isRefused) {
        defect = e.toString(); // it may stand in the log: no other request may get its number
      }
      throw e;
    } finally {
      if (isRefused) {
        synchronized (waiting) {
          waiting.removeLast();
        }
      }
    }
  }

  /**
   * Who offers holds the lock as long as the log keeps it, which may be until a disk syncs that
   * does not answer any more. So nobody waits for it without end. {@code false} for an interrupt
   * too.
   */
  private boolean lockWithin(long nanos) {
    try {
      return offering.tryLock(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void refuseWhenEnded() {
    if (closed) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot take rows: the project is being stopped.");
    }
    if (!defect.isEmpty()) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING,
          "Cannot take rows: the log has failed with a defect ("
              + defect
              + "). Please report it, and restart the project: it then knows what is written.");
    }
  }

  private Posted await(CompletableFuture<Posted> answer) {
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FreshetException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new FreshetException(
          ErrorCode.TIMED_OUT,
          "Cannot tell whether the rows are written: the disk has not said so within "
              + patience.toSeconds()
              + " s. Send the request again; with an idempotency key it is written once.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot wait for the rows: the project is being stopped.", e);
    }
  }

  @Override
  public void acknowledged(byte[] position) {
    long durable = PostPosition.read(position).number();
    List<Waiting> done = new ArrayList<>();
    synchronized (waiting) {
      while (!waiting.isEmpty() && waiting.peek().position().number() <= durable) {
        Waiting each = waiting.remove();
        // Under the lock, so that keys are learned in the order of the log: what is saved of them
        // says up to which number it has them all.
        repeated.durable(each.position(), each.micros(), each.answer().refused());
        durableNumber = each.position().number();
        done.add(each);
      }
    }
    if (!done.isEmpty()) {
      CrashPoint.INGEST_DURABLE.reached();
    }
    done.forEach(each -> each.future().complete(each.answer()));
  }

  /** What was counted since the start, and what waits. */
  public HttpStatistics statistics() {
    long now = clock.wallMicros();
    return counters.statistics(
        waitingBytes.waiting(),
        settings.waitingBytesMax(),
        waitingBytes.refused().sum(),
        repeated.count(),
        (now - repeated.oldestMicros(now)) / 1_000_000);
  }

  @Override
  public SourceStatus status() {
    HttpStatistics statistics = statistics();
    return new SourceStatus(
        closed ? State.STOPPED : defect.isEmpty() ? State.STREAMING : State.FAILED,
        Long.toString(durableNumber),
        Long.toString(durableNumber),
        statistics.waitingBytes(),
        statistics.rows(),
        bytes.sum(),
        lastMicros,
        SnapshotProgress.NONE,
        defect.isEmpty() ? problem : defect);
  }

  /**
   * Nothing waits to be offered again: who sent it does that. Each request looks at what is paused,
   * and those that looked before have been offered when no other holds the lock.
   */
  @Override
  public void wake() {
    if (lockWithin(TimeUnit.SECONDS.toNanos(WAKE_SECONDS))) {
      try {
        paused.noticed(paused.now());
      } finally {
        offering.unlock();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    Duration most = patience.compareTo(CLOSE_MAX) < 0 ? patience : CLOSE_MAX;
    if (lockWithin(most.toNanos())) {
      offering.unlock(); // nobody offers any more
    }
    List<Waiting> cut;
    synchronized (waiting) {
      cut = List.copyOf(waiting); // they stay: they may still become durable
    }
    FreshetException stopped =
        new FreshetException(
            ErrorCode.NOT_RUNNING,
            "Cannot tell whether the rows are written: the project was stopped meanwhile. Send the"
                + " request again; with an idempotency key it is written once.");
    cut.forEach(each -> each.future().completeExceptionally(stopped));
    Scheduler.Handle task = saving;
    if (task != null) {
      savesLast = true;
      task.wake();
      join(task, most);
    }
  }

  /** Waits for what the disk may not finish. */
  private static void join(Scheduler.Handle task, Duration most) {
    try {
      task.join(most.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
