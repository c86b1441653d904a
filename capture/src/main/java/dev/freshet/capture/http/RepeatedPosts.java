package dev.freshet.capture.http;

import dev.freshet.capture.SourceHistory;
import dev.freshet.capture.http.KeysFile.Covered;
import dev.freshet.capture.http.PostPosition.Keyed;
import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Lets each request with an idempotency key be written once. A key is known once its rows are
 * durable; until then a repeated request waits for the first. Safe for all threads.
 */
final class RepeatedPosts {
  private final KnownKeys known;
  private final long windowMicros;
  private final KeysFile file;
  private final Map<Digest, InFlight> inFlight = new HashMap<>();
  private Covered covered = Covered.NOTHING;
  private Covered saved = Covered.NOTHING;

  private record InFlight(Digest digest, CompletableFuture<Posted> answer) {}

  /** What to do with a request. */
  sealed interface Claim {
    /** Write it, and complete the answer. */
    record Write(CompletableFuture<Posted> answer) implements Claim {}

    /** Give the answer that another request with this key gets. */
    record Repeat(CompletableFuture<Posted> answer) implements Claim {}
  }

  RepeatedPosts(HttpSettings settings, KeysFile file) {
    this.windowMicros = settings.idempotencyWindow().toNanos() / 1_000;
    this.known = new KnownKeys(settings.idempotencyKeysMax(), windowMicros);
    this.file = file;
  }

  /**
   * Learns what was written before: from the file, and behind it from the log.
   *
   * @param lastNumber of the last request in the log; 0 when it has none
   */
  synchronized void recover(SourceHistory history, long lastNumber, long nowMicros) {
    covered = file.read(known, lastNumber);
    saved = covered;
    long from = Math.max(covered.micros(), nowMicros - windowMicros);
    history.since(
        from,
        (position, micros, changes) -> {
          PostPosition post = PostPosition.read(position);
          if (post.number() > covered.number()) {
            List<RefusedRow> refused =
                post.keyed()
                    .map(keyed -> withReasons(keyed.refused(), changes.get()))
                    .orElse(List.of());
            learn(post, micros, refused);
          }
        });
  }

  private static List<RefusedRow> withReasons(List<RefusedRow> rows, ChangeSet changes) {
    List<RefusedRow> named = new ArrayList<>(rows.size());
    for (TableChanges table : changes.tables()) {
      for (RejectedRow rejected : table.rejected()) {
        RefusedRow row = rows.get(named.size());
        named.add(new RefusedRow(row.index(), row.code(), rejected.reason()));
      }
    }
    return named;
  }

  private void learn(PostPosition post, long micros, List<RefusedRow> refused) {
    post.keyed()
        .ifPresent(keyed -> {
          if (known.find(keyed.key(), micros).isEmpty()) {
            known.add(keyed.key(), keyed.digest(), micros, keyed.accepted(), refused);
          }
        });
    covered = new Covered(post.number(), micros);
  }

  /**
   * @throws FreshetException {@link ErrorCode#IDEMPOTENCY_KEY_REUSED} when the key came with
   *     another request
   */
  synchronized Claim claim(Digest key, Digest digest, long nowMicros) {
    Optional<KnownKeys.Known> written = known.find(key, nowMicros);
    if (written.isPresent()) {
      requireSame(written.get().digest(), digest);
      return new Claim.Repeat(CompletableFuture.completedFuture(written.get().answer()));
    }
    InFlight first = inFlight.get(key);
    if (first != null) {
      requireSame(first.digest(), digest);
      return new Claim.Repeat(first.answer());
    }
    CompletableFuture<Posted> answer = new CompletableFuture<>();
    inFlight.put(key, new InFlight(digest, answer));
    return new Claim.Write(answer);
  }

  private static void requireSame(Digest before, Digest now) {
    if (!before.equals(now)) {
      throw new FreshetException(
          ErrorCode.IDEMPOTENCY_KEY_REUSED,
          "Cannot take the request: its idempotency key came with another request before. Use a new"
              + " key for new rows, and repeat a request with the same body, Content-Type and URL; an"
              + " event with the same type and data.");
    }
  }

  /** The request that claimed this key was not written. */
  synchronized void release(Digest key) {
    inFlight.remove(key);
  }

  /** A request is durable. */
  synchronized void durable(PostPosition post, long micros, List<RefusedRow> refused) {
    learn(post, micros, refused);
    post.keyed().map(Keyed::key).ifPresent(inFlight::remove);
  }

  /**
   * Saves what is known, if it is more than was saved. Under the lock, which commits of the log
   * wait for, it is only copied.
   */
  void save() {
    int count;
    synchronized (this) {
      if (covered.equals(saved)) {
        return;
      }
      count = known.count();
    }
    ByteWriter copied = KeysFile.room(count);
    Covered reached;
    synchronized (this) {
      reached = covered;
      KeysFile.copy(known, covered, copied);
    }
    file.write(copied);
    synchronized (this) {
      saved = reached;
    }
  }

  synchronized int count() {
    return known.count();
  }

  /** When the oldest known key came in; {@code now} when there is none. */
  synchronized long oldestMicros(long now) {
    return known.oldestMicros(now);
  }
}
