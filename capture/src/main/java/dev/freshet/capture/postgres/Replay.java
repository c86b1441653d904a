package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Brings the rows of a snapshot that was broken off up to the snapshot with which it goes on: the
 * changes of all transactions between them, as further parts of the one transaction that the
 * snapshot is. The capture's task owns it.
 *
 * <pre>
 *   slot's point                     point of the new snapshot
 *      |  B..C  B....C  B.C   ...   C   | B ...
 *      '----------- replayed ----------'  '-- the first that is not
 * </pre>
 */
final class Replay {
  private static final int MESSAGES_A_RUN = 4096;
  private static final int WAIT_MILLIS = 20;
  private static final long CONFIRM_NANOS = 1_000_000_000L;

  private final SnapshotPlan plan;
  private final ReplicationStream stream;
  private final ChangeAssembler assembler;
  private final Rereads rereads;
  private final Delivery delivery;
  private final Clock clock;
  private long confirmedNanos;
  private boolean isComplete;
  private @Nullable ChangeSet pending;

  Replay(
      SnapshotPlan plan,
      ReplicationStream stream,
      ChangeAssembler assembler,
      Rereads rereads,
      Delivery delivery,
      Clock clock) {
    this.plan = plan;
    this.stream = stream;
    this.assembler = assembler;
    this.rereads = rereads;
    this.delivery = delivery;
    this.clock = clock;
    this.confirmedNanos = clock.nanos();
  }

  Next run() throws SQLException {
    confirm();
    if (!deliver()) {
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    if (isComplete) {
      return Next.DONE;
    }
    receive();
    return deliver() ? Next.NOW : Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
  }

  private void receive() throws SQLException {
    for (int i = 0; i < MESSAGES_A_RUN && !assembler.hasReady(); i++) {
      byte[] message = stream.poll();
      if (message == null) {
        rest();
        return;
      }
      int start = ReplicationStream.messageStart();
      if (message[start] == 'B' && !isBefore(Cells.int8(message, start + 1))) {
        complete();
        return;
      }
      assembler.accept(message, start);
    }
  }

  /** Nothing has arrived: either that was all, or the server has to be waited for. */
  private void rest() throws SQLException {
    if (!assembler.isInTransaction() && !isBefore(stream.serverEnd())) {
      complete();
      return;
    }
    stream.askForEnd(plan.underWay().lsn());
    stream.await(WAIT_MILLIS);
  }

  private void complete() {
    assembler.endGroup();
    isComplete = true;
  }

  private boolean isBefore(long lsn) {
    return Lsn.isAfter(plan.point().consistentPoint(), lsn);
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
        plan.underWay().encode(),
        changes.sourceMicros(),
        changes.ingestMicros(),
        changes.transaction(),
        Part.MORE,
        changes.tables());
  }

  /** Nothing may be forgotten by the server yet; it wants a sign of life all the same. */
  private void confirm() throws SQLException {
    if (clock.nanos() - confirmedNanos >= CONFIRM_NANOS || stream.replyWanted()) {
      stream.confirm(plan.underWay().lsn());
      confirmedNanos = clock.nanos();
    }
  }

  /** What is to be read now; only when it is done. */
  SnapshotPlan toRead() {
    return Startup.afterReplay(plan, assembler.shapes(), rereads);
  }

  void close() {
    stream.close();
  }
}
