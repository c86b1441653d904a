package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.postgres.PostgresConfig.WalBudget.WhenOver;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection's streaming: receives, decodes, delivers, and confirms what is durable. The
 * capture's task owns it.
 */
final class StreamRun {
  /** The server keeps more WAL for the slot than it may, and the slot is to go. */
  static final class OverBudget extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OverBudget(String message) {
      super(message);
    }
  }

  /** Other tables are to be streamed; all that was received has been delivered. */
  static final class OtherTables extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Bounds how long a task blocks, and so how late it notices that it is to stop. */
  private static final int WAIT_MILLIS = 50;

  /**
   * The server sends row by row, and more slowly than rows are decoded here. In the middle of a
   * transaction nothing is late yet, so a moment's pause saves waking up for every single row: a
   * third of the CPU.
   */
  private static final Next GATHER = new Next.After(200_000);

  private static final int MESSAGES_A_RUN = 4096;
  private static final long CONFIRM_NANOS = 1_000_000_000L;
  private static final long CONFIRM_NEWS_NANOS = 100_000_000L;
  private static final long MICRO_NANOS = 1_000;

  /** How often a fence is looked after: it keeps changes waiting. */
  private static final int FENCE_MILLIS = 1;

  /** Nobody's question is worth that changes wait for longer. */
  private static final long STOPPED_NANOS_MAX = 5_000_000_000L;

  private final PostgresCapture capture;
  private final PostgresConfig config;
  private final Clock clock;
  private final ReplicationStream stream;
  private final CommittedOrder messages;
  private final ChangeAssembler assembler;
  private final SlotWatch watch;
  private final BooleanSupplier stops;
  private @Nullable ChangeSet pending;
  private long deliveredLsn;
  private long confirmedLsn;
  private long confirmedNanos;
  private long heartbeatNanos;
  private long countedBytes;
  private boolean isDry = true;

  /** The fence that the stream stands still for, in which stage, and since when. */
  private @Nullable StreamFence stoppedFor;

  private StreamFence.Stage stoppedStage = StreamFence.Stage.WANTED;
  private long stoppedNanos;

  /** Read ahead of a fence, and not decoded yet. */
  private final ArrayDeque<byte[]> keptBack = new ArrayDeque<>();

  /**
   * @param stops whether other tables are to be streamed
   */
  StreamRun(
      PostgresCapture capture,
      PostgresConfig config,
      Clock clock,
      ReplicationStream stream,
      CommittedOrder messages,
      ChangeAssembler assembler,
      SlotWatch watch,
      BooleanSupplier stops) {
    this.capture = capture;
    this.config = config;
    this.clock = clock;
    this.stream = stream;
    this.messages = messages;
    this.assembler = assembler;
    this.watch = watch;
    this.stops = stops;
    this.deliveredLsn = assembler.position();
    this.confirmedNanos = clock.nanos();
    this.heartbeatNanos = clock.nanos();
  }

  Next run() throws SQLException {
    look();
    if (!deliver()) {
      messages.requireRoom();
      confirm();
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    StreamFence fence = capture.fences().current();
    if (fence == null && stops.getAsBoolean() && isDelivered()) {
      throw new OtherTables();
    }
    if (fence != null && isHeld(fence)) {
      confirm();
      return Next.afterMillis(FENCE_MILLIS);
    }
    if (isDry && keptBack.isEmpty()) {
      stream.await(fence == null ? WAIT_MILLIS : FENCE_MILLIS);
    }
    isDry = receive(fence);
    if (isDry && !assembler.hasReady()) {
      assembler.endGroup();
    }
    boolean isEmpty = deliver();
    if (isDry && isEmpty && fence == null) {
      heartbeat();
    }
    count();
    confirm();
    if (!isEmpty) {
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    boolean isUnfinished = assembler.isInTransaction() || messages.isReceivingEarly();
    return isDry && isUnfinished ? GATHER : Next.NOW;
  }

  /** Whether all that was received is whole transactions, and the sink has taken them. */
  private boolean isDelivered() {
    return assembler.endGroup() && deliver() && assembler.isIdle();
  }

  /** Looks at the WAL that the server keeps for us. */
  private void look() {
    long retained = watch.retainedBytes();
    capture.missing(watch.missing());
    long budget = config.walBudget().bytes();
    if (retained <= budget) {
      capture.retains(retained, "");
      return;
    }
    String over =
        "The server keeps "
            + retained
            + " bytes of WAL for slot "
            + config.slot()
            + ", more than wal-budget ("
            + budget
            + ")";
    capture.retains(retained, over + ".");
    if (config.walBudget().whenOver() == WhenOver.DROP_SLOT) {
      throw new OverBudget(over + ": the slot is dropped.");
    }
  }

  /** Decodes what has arrived, up to a bound; returns whether nothing is left. */
  private boolean receive(@Nullable StreamFence fence) throws SQLException {
    for (int i = 0; i < MESSAGES_A_RUN && !assembler.hasReady(); i++) {
      if (fence != null && fence.stage() == StreamFence.Stage.CUTTING) {
        return cut(fence);
      }
      if (fence != null && fence.stage() == StreamFence.Stage.WANTED && isBetween()) {
        return true;
      }
      byte[] message = keptBack.isEmpty() ? messages.poll() : keptBack.poll();
      if (message == null) {
        return true;
      }
      accept(message);
    }
    return false;
  }

  private void accept(byte[] message) {
    int start = ReplicationStream.messageStart();
    if (message[start] == 'B') {
      capture.fences().taken(Cells.int4(message, start + 17));
    }
    assembler.accept(message, start);
  }

  /** Between two transactions, with nothing read ahead. */
  private boolean isBetween() {
    return !assembler.isInTransaction() && keptBack.isEmpty();
  }

  /**
   * Tells a fence that waits for it where the stream stands; returns whether the stream stays
   * there.
   */
  private boolean isHeld(StreamFence fence) {
    boolean isDelivered = pending == null && !assembler.hasReady();
    switch (fence.stage()) {
      case WANTED -> {
        if (isBetween() && assembler.endGroup() && !assembler.hasReady() && isDelivered) {
          fence.pause(capture.fences().recent());
        }
      }
      case CUT -> {
        if (assembler.endGroup() && !assembler.hasReady() && isDelivered) {
          fence.hold(assembler.held());
        }
      }
      case PAUSED, CUTTING, HELD, OVER -> {}
    }
    StreamFence.Stage stage = fence.stage();
    return switch (stage) {
      case PAUSED, HELD -> !hasStoodTooLong(fence, stage);
      case CUT -> true;
      case WANTED, CUTTING, OVER -> false;
    };
  }

  /** Whether changes have waited long enough; the fence is over then. */
  private boolean hasStoodTooLong(StreamFence fence, StreamFence.Stage stage) {
    long now = clock.nanos();
    if (stoppedFor != fence || stoppedStage != stage) {
      stoppedFor = fence;
      stoppedStage = stage;
      stoppedNanos = now;
    }
    if (now - stoppedNanos < STOPPED_NANOS_MAX) {
      return false;
    }
    fence.end("the source's changes had waited for " + STOPPED_NANOS_MAX / 1_000_000_000 + " s");
    return true;
  }

  /** Goes on up to a fence; returns whether nothing has arrived that it could go on with. */
  private boolean cut(StreamFence fence) throws SQLException {
    for (int i = 0; i < MESSAGES_A_RUN && !assembler.hasReady(); i++) {
      byte[] message = messages.poll();
      if (message == null) {
        if (fence.isComplete(stream.serverEnd())) {
          fence.cut();
        } else {
          stream.askForEnd(confirmable());
        }
        return true;
      }
      switch (fence.turn(message, ReplicationStream.messageStart())) {
        case ACCEPT -> accept(message);
        case KEEP_BACK -> keptBack.add(message);
        case CUT -> {
          keptBack.add(message);
          fence.cut();
          return false;
        }
        case MISSED -> {
          keptBack.add(message);
          fence.miss();
          return false;
        }
      }
    }
    return false;
  }

  /** Offers what is ready; returns whether all was taken. */
  private boolean deliver() {
    while (true) {
      ChangeSet next = pending == null ? assembler.poll() : pending;
      if (next == null) {
        return true;
      }
      if (capture.delivery().offer(next) == Answer.FULL) {
        pending = next;
        return false;
      }
      pending = null;
      if (next.part() == Part.LAST) {
        deliveredLsn = Position.decode(next.position()).lsn();
      }
    }
  }

  /**
   * While only tables that are not captured change, the log's position must move on too: otherwise
   * the server keeps its WAL for us. Written to the log first, so that the slot is never ahead of
   * the log.
   */
  private void heartbeat() {
    long now = clock.nanos();
    boolean due = now - heartbeatNanos >= config.limits().idleMillis() * MICRO_NANOS * 1_000;
    if (due && assembler.isIdle() && Lsn.isAfter(stream.serverEnd(), deliveredLsn)) {
      heartbeatNanos = now;
      pending = assembler.heartbeat(stream.serverEnd(), stream.serverMicros());
      deliver();
    }
  }

  private void confirm() throws SQLException {
    long durable = confirmable();
    long age = clock.nanos() - confirmedNanos;
    boolean news = durable != confirmedLsn && age >= CONFIRM_NEWS_NANOS;
    if (news || age >= CONFIRM_NANOS || stream.replyWanted()) {
      stream.confirm(durable);
      confirmedLsn = durable;
      confirmedNanos = clock.nanos();
    }
  }

  /**
   * What is durable of this stream. What was acknowledged of another one, of a server as it was
   * before it was restored, may lie higher.
   */
  private long confirmable() {
    long durable = capture.acknowledgedLsn();
    return Lsn.isAfter(durable, deliveredLsn) ? deliveredLsn : durable;
  }

  private void count() {
    capture.receivedUpTo(stream.received(), stream.bytes() - countedBytes);
    countedBytes = stream.bytes();
  }

  /** End of the last group that the sink took. */
  long position() {
    return deliveredLsn;
  }

  @Nullable Position delivered(@Nullable Position before) {
    return before == null ? null : before.at(deliveredLsn);
  }

  List<TableShape> shapes() {
    return assembler.shapes();
  }

  void close() {
    watch.close();
    messages.close();
    stream.close();
  }
}
