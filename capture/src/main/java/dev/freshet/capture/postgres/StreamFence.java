package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A place in the stream that is agreed on with whoever reads the tables there. The stream stops
 * between two transactions, a snapshot of the server is taken, and the stream goes on through those
 * transactions that the snapshot sees, up to the first that it does not see:
 *
 * <pre>
 *   stream's task                              asking thread
 *   goes on to the end of a transaction
 *   PAUSED, tells what it sent lately  -->     takes a snapshot; one that does not see all of these is
 *                                              given up
 *   CUTTING                            &lt;--     which transactions it sees, and the end of the WAL then
 *   delivers what is seen, keeps back
 *   what is not; up to that end
 *   HELD, or missed                    -->     reads and corrects
 *   goes on                            &lt;--     closes
 * </pre>
 *
 * <p>Transactions become visible in almost the order of their commit records, which is that of the
 * stream, but not quite: a commit record is written a moment before others see the transaction.
 * When one that is not seen comes before one that is seen, no place in the stream is the snapshot:
 * the fence is missed, and another one tried.
 */
final class StreamFence {
  /** More than is written between a commit record and the moment when others see it. */
  private static final int KEPT_BACK_MAX = 64 << 20;

  /**
   * Where the stream is held.
   *
   * @param position behind the last transaction that was delivered
   * @param shapes the tables as the stream has shown them
   */
  record Held(Position position, List<TableShape> shapes) {
    Held {
      shapes = List.copyOf(shapes);
    }
  }

  /** What the stream's task does next. */
  enum Stage {
    WANTED,
    PAUSED,
    CUTTING,
    CUT,
    HELD,
    OVER
  }

  private final CompletableFuture<int[]> paused = new CompletableFuture<>();
  private final CompletableFuture<Optional<Held>> held = new CompletableFuture<>();
  private @Nullable SourceSnapshot snapshot; // guarded by this
  private Stage stage = Stage.WANTED; // guarded by this
  private String ended = ""; // why, when the stream went on by itself; guarded by this

  /** Of the stream's task: whether a transaction that is not seen has come. */
  private boolean isBeyond;

  private int keptBack;

  synchronized Stage stage() {
    return stage;
  }

  /** The stream has stopped between two transactions. */
  synchronized void pause(int[] recentTransactions) {
    if (stage == Stage.WANTED) {
      stage = Stage.PAUSED;
      paused.complete(recentTransactions);
    }
  }

  /** Waits for {@link #pause}; the transactions that were sent lately. */
  int[] awaitPaused(long millis) {
    return await(paused, millis, "between two transactions");
  }

  /** The stream goes on as far as this snapshot sees. */
  synchronized void cutAt(SourceSnapshot at) {
    if (stage == Stage.PAUSED) {
      snapshot = at;
      stage = Stage.CUTTING;
    }
  }

  /** What becomes of a message. */
  enum Turn {
    ACCEPT,
    KEEP_BACK,
    /** It is kept back, and the cut lies before the first that was. */
    CUT,
    MISSED
  }

  /**
   * The stream's task, of each message while it is cutting.
   *
   * @param start where the message begins
   */
  Turn turn(byte[] message, int start) {
    SourceSnapshot at = snapshot();
    if (message[start] == 'B') {
      boolean isSeen = at.sees(Cells.int4(message, start + 17));
      if (isSeen && isBeyond) {
        return Turn.MISSED;
      }
      isBeyond |= !isSeen;
      if (isBeyond && !Lsn.isAfter(at.walEnd(), Cells.int8(message, start + 1))) {
        return Turn.CUT;
      }
    }
    if (!isBeyond) {
      return Turn.ACCEPT;
    }
    keptBack += message.length;
    return keptBack > KEPT_BACK_MAX ? Turn.MISSED : Turn.KEEP_BACK;
  }

  /** Whether all that the snapshot may see has come, when the server has sent all up to here. */
  boolean isComplete(long sentUpTo) {
    return !Lsn.isAfter(snapshot().walEnd(), sentUpTo);
  }

  private synchronized SourceSnapshot snapshot() {
    return java.util.Objects.requireNonNull(snapshot);
  }

  synchronized void cut() {
    if (stage == Stage.CUTTING) {
      stage = Stage.CUT;
    }
  }

  synchronized void hold(Held at) {
    if (stage == Stage.CUT) {
      stage = Stage.HELD;
      held.complete(Optional.of(at));
    }
  }

  synchronized void miss() {
    stage = Stage.OVER;
    held.complete(Optional.empty());
  }

  /** Waits until the stream is held; empty when the fence was missed. */
  Optional<Held> awaitHeld(long millis) {
    return await(held, millis, "as far as the snapshot that was taken");
  }

  private static <T> T await(CompletableFuture<T> what, long millis, String place) {
    try {
      return what.get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FreshetException known) {
        throw known;
      }
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new FreshetException(
          ErrorCode.TIMED_OUT,
          "Cannot stop the source's changes: the stream did not come "
              + place
              + " within "
              + millis / 1000
              + " s. It is far behind, or the log has no room. Try again later.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(
          ErrorCode.TIMED_OUT, "Cannot stop the source's changes: interrupted.", e);
    }
  }

  /** Offers corrections if the stream is still held. */
  synchronized Answer offer(Delivery delivery, ChangeSet corrections) {
    requireHeld();
    return delivery.offerCorrections(corrections);
  }

  /** The stream may go on. */
  synchronized void release() {
    requireHeld();
    stage = Stage.OVER;
  }

  private void requireHeld() {
    if (stage != Stage.HELD) {
      throw lost(ended.isEmpty() ? "it was released" : ended + ", and its changes went on");
    }
  }

  /** The stream goes on, whatever was agreed on. */
  synchronized void end(String why) {
    if (stage != Stage.OVER) {
      ended = why;
    }
    stage = Stage.OVER;
    paused.completeExceptionally(lost(why));
    held.completeExceptionally(lost(why));
  }

  private static FreshetException lost(String why) {
    return new FreshetException(
        ErrorCode.SOURCE_FAILED,
        "Cannot read the source's tables at one position: " + why + ". Try again.");
  }
}
