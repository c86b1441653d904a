package dev.freshet.capture.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The stream's messages as if each transaction had been sent when it was committed. The server
 * sends large ones in blocks while they are open; these wait in files, and what was rolled back
 * goes:
 *
 * <pre>
 * arrives   S1 i i E   B i C   S2 i E   S1 i E   A1/sub   c2   c1
 * comes out            B i C                              B i C   B i i C
 *
 * S, E  begin and end of a block     A  a (sub-)transaction was rolled back     c  was committed
 * </pre>
 *
 * One thread owns it.
 */
final class CommittedOrder {
  /** There is no room for what arrives early: let the server keep it. */
  static final class NoRoom extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoRoom(@Nullable Throwable cause) {
      super("no room for transactions that are not committed", cause);
    }
  }

  /** Of blocks' messages that are taken at a time: others wait for their turn. */
  private static final int TAKEN_MAX = 16_384;

  /** More than the log leaves free: it must not wait for room that is taken here. */
  private static final long MARGIN_BYTES = 64L << 20;

  private static final long LOOK_BYTES = 16L << 20;
  private static final int START = ReplicationStream.messageStart();

  private final ReplicationStream stream;
  private final @Nullable SpillFolder folder;
  private final Map<Integer, SpilledTransaction> open = new HashMap<>();
  private @Nullable Storage storage;
  private long unlookedBytes = LOOK_BYTES;

  /** Whose block is being received. */
  private @Nullable SpilledTransaction receiving;

  /** What is coming out, and the message that ends it. */
  private @Nullable SpilledTransaction leaving;

  private byte[] end = new byte[0];

  /**
   * @param folder for what arrives early; {@code null} when the server was not asked for it
   */
  CommittedOrder(ReplicationStream stream, @Nullable SpillFolder folder) {
    this.stream = stream;
    this.folder = folder;
  }

  /** The next message, with a header before it; {@code null} when none has arrived. */
  byte @Nullable [] poll() throws SQLException {
    for (int taken = 0; taken < TAKEN_MAX; taken++) {
      if (leaving != null) {
        return leave(leaving);
      }
      byte[] message = stream.poll();
      if (message == null) {
        return null;
      }
      switch (message[START]) {
        case 'S' -> receiving = begun(Cells.int4(message, START + 1));
        case 'E' -> receiving = null;
        case 'A' -> abort(Cells.int4(message, START + 1), Cells.int4(message, START + 5));
        case 'c' -> {
          return commit(message);
        }
        default -> {
          SpilledTransaction into = receiving;
          if (into == null) {
            return message;
          }
          keep(into, message);
        }
      }
    }
    return null;
  }

  /** Whether a transaction that is not committed is arriving: the next rows are not urgent. */
  boolean isReceivingEarly() {
    return receiving != null;
  }

  private SpilledTransaction begun(int transaction) {
    SpilledTransaction known = open.get(transaction);
    if (known != null) {
      return known;
    }
    SpillFolder in = Objects.requireNonNull(folder);
    try {
      Storage files = storage;
      if (files == null) {
        files = in.storage().get();
        files.createDirectories(in.path());
        storage = files;
      }
      SpilledTransaction begun =
          new SpilledTransaction(files, in.path() + "/" + Integer.toUnsignedString(transaction));
      open.put(transaction, begun);
      return begun;
    } catch (FreshetException e) {
      throw noRoom(e);
    }
  }

  private void keep(SpilledTransaction into, byte[] message) {
    if (message[START] == 'M') {
      TableMessage.nameOwner(message, START);
    }
    try {
      unlookedBytes += into.append(message, START);
      if (unlookedBytes >= LOOK_BYTES) {
        unlookedBytes = 0;
        requireRoom();
      }
    } catch (FreshetException e) {
      throw noRoom(e);
    }
  }

  /**
   * Goes on only while the disk has room for the log beside what is held here; the server sends
   * that again.
   *
   * @throws NoRoom when the log may be waiting for it
   */
  void requireRoom() {
    Storage files = storage;
    boolean isHolding = !open.isEmpty() || leaving != null;
    if (files != null
        && isHolding
        && files.freeBytes() < Objects.requireNonNull(folder).keptFreeBytes() + MARGIN_BYTES) {
      throw new NoRoom(null);
    }
  }

  private static RuntimeException noRoom(FreshetException e) {
    return e.code() == ErrorCode.DISK_FULL ? new NoRoom(e) : e;
  }

  private void abort(int transaction, int subTransaction) {
    SpilledTransaction of = open.get(transaction);
    if (of == null) {
      return;
    }
    if (transaction == subTransaction) {
      open.remove(transaction);
      of.close();
    } else {
      of.abort(subTransaction);
    }
  }

  /** Begins with a message as the server sends it before a transaction that it sends whole. */
  private byte[] commit(byte[] message) {
    int transaction = Cells.int4(message, START + 1);
    long commitLsn = Cells.int8(message, START + 6);
    long endLsn = Cells.int8(message, START + 14);
    long time = Cells.int8(message, START + 22);
    SpilledTransaction committed = open.remove(transaction);
    if (committed == null) {
      committed = begun(transaction);
      open.remove(transaction);
    }
    committed.rewind();
    leaving = committed;
    end =
        ByteBuffer.allocate(START + 26)
            .position(START)
            .put((byte) 'C')
            .put((byte) 0)
            .putLong(commitLsn)
            .putLong(endLsn)
            .putLong(time)
            .array();
    return ByteBuffer.allocate(START + 21)
        .position(START)
        .put((byte) 'B')
        .putLong(commitLsn)
        .putLong(time)
        .putInt(transaction)
        .array();
  }

  private byte[] leave(SpilledTransaction from) {
    byte[] message = from.next();
    if (message.length > 0) {
      return message;
    }
    leaving = null;
    from.close();
    return end;
  }

  /** Lets go of all files. */
  void close() {
    open.values().forEach(SpilledTransaction::close);
    open.clear();
    SpilledTransaction last = leaving;
    if (last != null) {
      last.close();
      leaving = null;
    }
  }
}
