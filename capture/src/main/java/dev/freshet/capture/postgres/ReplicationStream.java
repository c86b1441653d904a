package dev.freshet.capture.postgres;

import dev.freshet.core.port.Clock;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyDual;

/**
 * A running START_REPLICATION (PostgreSQL manual, 54.4). Works on the driver's two-way copy and not
 * on its replication stream, which decides by itself how far it confirms; here only what is durable
 * may be confirmed. One thread uses it.
 *
 * <pre>
 * server: | 'w' | start | end | clock | pgoutput message ... |      | 'k' | end | clock | reply now? |
 * client: | 'r' | received | flushed | applied | clock | reply now? |
 * </pre>
 */
final class ReplicationStream {
  private static final int DATA_HEADER = 25;
  private static final int STATUS_BYTES = 34;
  private static final long ASK_NANOS = 20_000_000;

  private final PgConnection connection;
  private final CopyDual copy;
  private final Clock clock;
  private long received;
  private long serverEnd;
  private long serverMicros;
  private boolean replyWanted;
  private long bytes;
  private long askedNanos;

  private ReplicationStream(PgConnection connection, CopyDual copy, Clock clock, long start) {
    this.connection = connection;
    this.copy = copy;
    this.clock = clock;
    this.received = start;
    this.serverEnd = start;
    this.askedNanos = clock.nanos();
  }

  /** When the server sends large transactions. */
  enum Large {
    /** As they come; they may be rolled back later. */
    EARLY,
    /** When they are committed, as all others. The server keeps them until then. */
    COMMITTED
  }

  /**
   * @param slot one of this source's
   * @param protocol pgoutput's protocol version
   */
  static ReplicationStream start(
      PgConnection connection,
      Clock clock,
      PostgresConfig config,
      String slot,
      long position,
      int protocol,
      ChangeAssembler.Form form,
      Large large)
      throws SQLException {
    String sql =
        "START_REPLICATION SLOT "
            + Sql.quote(slot)
            + " LOGICAL "
            + Lsn.text(position)
            + " (proto_version '"
            + protocol
            + "', publication_names "
            + Sql.literal(Sql.quote(config.publication()))
            + (form == ChangeAssembler.Form.BINARY ? ", binary 'true'" : "")
            + ", messages 'true'"
            + (large == Large.EARLY ? ", streaming 'on')" : ")");
    return new ReplicationStream(connection, connection.copies().copyDual(sql), clock, position);
  }

  /** Offset of the pgoutput message in what {@link #poll()} returns. */
  static int messageStart() {
    return DATA_HEADER;
  }

  /** Waits until something has arrived; {@code false} when the time ran out first. */
  boolean await(int millis) throws SQLException {
    return connection.awaitInput(millis);
  }

  /**
   * The next data message that has arrived, with its header; {@code null} when none has.
   * Keep-alives are taken in on the way.
   */
  byte @Nullable [] poll() throws SQLException {
    while (true) {
      byte[] message = copy.readFromCopy(false);
      if (message == null) {
        if (!copy.isActive()) {
          throw new SQLException("the server ended the replication", "08006");
        }
        return null;
      }
      bytes += message.length;
      if (message[0] == 'w') {
        received = Lsn.max(received, Cells.int8(message, 1));
        return message;
      }
      if (message[0] == 'k') {
        serverEnd = Lsn.max(serverEnd, Cells.int8(message, 1));
        received = Lsn.max(received, serverEnd);
        serverMicros = Cells.int8(message, 9) + BinaryCells.EPOCH_MICROS;
        replyWanted |= message[17] != 0;
      }
    }
  }

  /** The position up to which the last keep-alive says that everything has been sent. */
  long serverEnd() {
    return serverEnd;
  }

  /** The server's clock at the last keep-alive. */
  long serverMicros() {
    return serverMicros;
  }

  /** How far the stream has been received. */
  long received() {
    return received;
  }

  /** Bytes received. */
  long bytes() {
    return bytes;
  }

  boolean replyWanted() {
    return replyWanted;
  }

  /**
   * Tells the server how far we are.
   *
   * @param durable all up to here may be forgotten by the server
   */
  void confirm(long durable) throws SQLException {
    confirm(durable, (byte) 0);
    replyWanted = false;
  }

  /** As {@link #confirm}, and has the server tell how far it has sent, a few times a second. */
  void askForEnd(long durable) throws SQLException {
    long now = clock.nanos();
    if (now - askedNanos >= ASK_NANOS) {
      askedNanos = now;
      confirm(durable, (byte) 1);
    }
  }

  private void confirm(long durable, byte reply) throws SQLException {
    byte[] status =
        ByteBuffer.allocate(STATUS_BYTES)
            .put((byte) 'r')
            .putLong(received)
            .putLong(durable)
            .putLong(durable)
            .putLong(clock.wallMicros() - BinaryCells.EPOCH_MICROS)
            .put(reply)
            .array();
    copy.writeToCopy(status, 0, status.length);
    copy.flushCopy();
  }

  /** Gives up the connection. */
  void close() {
    connection.abort();
  }
}
