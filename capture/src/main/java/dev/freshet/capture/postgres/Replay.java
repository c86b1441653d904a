package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the rows of a snapshot up to where they are wanted: the changes of all transactions
 * between its point and a limit, as further parts of the one transaction that the snapshot is. What
 * lies behind the limit is kept back until the limit has moved on. The capture's task owns it.
 *
 * <pre>
 *    point                                limit
 *      |  B..C  B....C  B.C   ...   C   |  B ...
 *      '----------- replayed ----------'   '-- kept back
 * </pre>
 */
final class Replay {
  private static final int MESSAGES_A_RUN = 4096;
  private static final long CONFIRM_NANOS = 1_000_000_000L;
  private static final byte[] NOTHING = {};

  private final Position underWay;
  private final ReplicationStream stream;
  private final ChangeAssembler assembler;
  private final Delivery delivery;
  private final Clock clock;
  private final int waitMillis;
  private long confirmedNanos;
  private @Nullable ChangeSet pending;

  /** The begin of a transaction behind the limit; empty for none. */
  private byte[] keptBack = NOTHING;

  /** All that was committed before it was received. */
  private long reached;

  /**
   * @param underWay the position of the parts; all before it may be forgotten by the server
   * @param waitMillis how long to wait for the server at most when nothing has arrived
   */
  Replay(
      Position underWay,
      ReplicationStream stream,
      ChangeAssembler assembler,
      Delivery delivery,
      Clock clock,
      int waitMillis) {
    this.underWay = underWay;
    this.stream = stream;
    this.assembler = assembler;
    this.delivery = delivery;
    this.clock = clock;
    this.waitMillis = waitMillis;
    this.confirmedNanos = clock.nanos();
    this.reached = underWay.lsn();
  }

  /** What has come of a run. */
  enum Outcome {
    /** The sink has taken everything that was committed before the limit. */
    COMPLETE,
    /** There may be more. */
    MORE,
    /** The sink has no room. */
    FULL
  }

  /**
   * @param limit not before that of an earlier call
   */
  Outcome run(long limit) throws SQLException {
    confirm();
    if (!deliver()) {
      return Outcome.FULL;
    }
    boolean isComplete = receive(limit);
    if (!deliver()) {
      return Outcome.FULL;
    }
    return isComplete ? Outcome.COMPLETE : Outcome.MORE;
  }

  /** Whether there is nothing more before the limit. */
  private boolean receive(long limit) throws SQLException {
    for (int i = 0; i < MESSAGES_A_RUN && !assembler.hasReady(); i++) {
      byte[] message = keptBack.length > 0 ? keptBack : stream.poll();
      if (message == null) {
        return rest(limit);
      }
      int start = ReplicationStream.messageStart();
      if (message[start] == 'B') {
        reached = Cells.int8(message, start + 1);
        if (!Lsn.isAfter(limit, reached)) {
          keptBack = message;
          return assembler.endGroup();
        }
      }
      keptBack = NOTHING;
      assembler.accept(message, start);
    }
    return false;
  }

  /** Nothing has arrived: either that was all, or the server has to be waited for. */
  private boolean rest(long limit) throws SQLException {
    if (!assembler.isInTransaction()) {
      reached = Lsn.max(reached, stream.serverEnd());
      assembler.endGroup();
      if (!Lsn.isAfter(limit, stream.serverEnd())) {
        return true;
      }
    }
    stream.askForEnd(underWay.lsn());
    if (waitMillis > 0) {
      stream.await(waitMillis);
    }
    return false;
  }

  /** Up to where the server has sent what was committed. */
  long reached() {
    return reached;
  }

  /** How far the stream has been received, in the middle of a transaction too. */
  long received() {
    return stream.received();
  }

  /** The tables as the changes have shown them. */
  List<TableShape> shapes() {
    return assembler.shapes();
  }

  /** Hands on what is ready; returns whether all was taken. */
  private boolean deliver() {
    while (true) {
      ChangeSet next = pending == null ? assembler.poll() : pending;
      if (next == null) {
        return true;
      }
      if (!next.tables().isEmpty() && delivery.offer(asPart(next)) == Answer.FULL) {
        pending = next;
        return false;
      }
      pending = null;
    }
  }

  private ChangeSet asPart(ChangeSet changes) {
    return new ChangeSet(
        changes.source(),
        underWay.encode(),
        changes.sourceMicros(),
        changes.ingestMicros(),
        changes.transaction(),
        Part.MORE,
        changes.tables());
  }

  /** Nothing may be forgotten by the server yet; it wants a sign of life all the same. */
  private void confirm() throws SQLException {
    if (clock.nanos() - confirmedNanos >= CONFIRM_NANOS || stream.replyWanted()) {
      stream.confirm(underWay.lsn());
      confirmedNanos = clock.nanos();
    }
  }

  void close() {
    stream.close();
  }
}
