package dev.freshet.capture.postgres;

import dev.freshet.capture.Fence;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes fences for those who ask, one at a time. Safe for all threads. */
final class FencedReads {
  /** Of a place that no snapshot has; each try takes some milliseconds. */
  private static final int TRIES = 200;

  private static final int SNAPSHOTS = 50;
  private static final long RETRY_MILLIS = 2;
  private static final long RECONNECT_SECONDS = 10;
  private static final long RECONNECT_LOOK_MILLIS = 20;

  /** A large transaction may be under way. */
  private static final long PAUSE_MILLIS = 60_000;

  /** The stream may be behind what the server has; its changes do not wait meanwhile. */
  private static final long CUT_MILLIS = 600_000;

  private final PostgresCapture capture;
  private final PostgresConfig config;
  private final ServerAddress address;
  private final Clock clock;
  private final Startup startup;
  private volatile @Nullable PostgresFence open;
  private volatile boolean closed;

  FencedReads(
      PostgresCapture capture,
      PostgresConfig config,
      ServerAddress address,
      Clock clock,
      SlotMemory memory) {
    this.capture = capture;
    this.config = config;
    this.address = address;
    this.clock = clock;
    this.startup = new Startup(config, address, memory);
  }

  Fence fence() {
    if (!awaitStreaming()) {
      throw new FreshetException(
          ErrorCode.SOURCE_FAILED,
          "Cannot read the tables of source "
              + config.name()
              + " at one position: it is not streaming now. freshet status shows what it does; try"
              + " again later.");
    }
    PgConnection reading = PgConnection.open(address, PgConnection.Purpose.QUERIES);
    try (PgConnection marking = PgConnection.open(address, PgConnection.Purpose.QUERIES)) {
      for (int attempt = 0; attempt < TRIES; attempt++) {
        Optional<PostgresFence> made = attempt(reading, marking);
        if (made.isPresent()) {
          open = made.get();
          return made.get();
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
      throw new FreshetException(
          ErrorCode.SOURCE_FAILED,
          "Cannot read the tables of source "
              + config.name()
              + " at one position: none of "
              + TRIES
              + " snapshots of the server fell between two transactions of the stream. Try again"
              + " when less is written.");
    } catch (SQLException e) {
      reading.abort();
      throw PgErrors.of("read the tables at one position", address, e);
    } catch (InterruptedException e) {
      reading.abort();
      Thread.currentThread().interrupt();
      throw new FreshetException(ErrorCode.TIMED_OUT, "Cannot read the tables: interrupted.", e);
    } catch (RuntimeException e) {
      reading.abort();
      throw e;
    }
  }

  /** A connection that was lost is soon back; a snapshot takes longer. */
  private boolean awaitStreaming() {
    long deadline = clock.nanos() + TimeUnit.SECONDS.toNanos(RECONNECT_SECONDS);
    while (!closed && clock.nanos() < deadline) {
      switch (capture.state()) {
        case STREAMING -> {
          return true;
        }
        case SNAPSHOT, FAILED, STOPPED -> {
          return false;
        }
        case CONNECTING, WAITING_TO_RETRY -> {}
      }
      try {
        TimeUnit.MILLISECONDS.sleep(RECONNECT_LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  /** Empty when the snapshot is no place in the stream. */
  private Optional<PostgresFence> attempt(PgConnection reading, PgConnection marking)
      throws SQLException, InterruptedException {
    StreamFence fence = capture.fences().tryOpen();
    if (fence == null) {
      throw new FreshetException(
          ErrorCode.SOURCE_FAILED,
          "Cannot read the tables of source "
              + config.name()
              + " at one position: that is being done already. Try again when it is over.");
    }
    boolean made = false;
    try {
      if (closed) { // nobody would end the fence
        throw new FreshetException(
            ErrorCode.NOT_RUNNING, "Cannot read the tables: the source is being stopped.");
      }
      capture.wake();
      int[] sent = fence.awaitPaused(PAUSE_MILLIS);
      long pausedNanos = clock.nanos();
      Optional<SourceSnapshot> seen = snapshotOf(reading, sent);
      if (seen.isEmpty()) {
        return Optional.empty();
      }
      SourceSnapshot snapshot = seen.get();
      fence.cutAt(snapshot);
      capture.wake();
      mark(marking);
      Optional<StreamFence.Held> held = fence.awaitHeld(CUT_MILLIS);
      if (held.isEmpty()) {
        reading.execute("ROLLBACK");
        return Optional.empty();
      }
      made = true;
      return Optional.of(
          new PostgresFence(
              capture,
              config,
              address,
              clock,
              startup,
              reading,
              fence,
              held.get(),
              snapshot,
              pausedNanos));
    } finally {
      if (!made) {
        capture.fences().close(fence);
        fence.end("it was given up");
        capture.wake();
      }
    }
  }

  /**
   * A snapshot that sees all that was sent: a transaction is sent a moment before others see it, or
   * as long as it waits for a standby. While the stream is paused no further ones are sent.
   */
  private static Optional<SourceSnapshot> snapshotOf(PgConnection reading, int[] sent)
      throws SQLException, InterruptedException {
    for (int attempt = 0; attempt < SNAPSHOTS; attempt++) {
      SourceSnapshot snapshot = SourceSnapshot.begin(reading);
      if (Arrays.stream(sent).allMatch(snapshot::sees)) {
        PostgresFence.boundWaits(reading);
        return Optional.of(snapshot);
      }
      reading.execute("ROLLBACK");
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return Optional.empty();
  }

  /**
   * Writes something behind the snapshot, so that the server flushes and sends all up to it even
   * when nobody else writes. A message of the WAL, which no table has and nobody reads.
   */
  private static void mark(PgConnection marking) {
    try {
      marking.execute("SELECT pg_logical_emit_message(true, 'freshet', '')");
    } catch (SQLException e) {
      // Not allowed, perhaps. The server flushes by itself, only later.
      marking.abort();
    }
  }

  void close() {
    closed = true;
    PostgresFence last = open;
    if (last != null) {
      last.abort();
    }
  }
}
