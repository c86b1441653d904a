package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.core.port.Clock;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then at how much WAL the server keeps for the slot. On a connection of its own, for
 * the stream's takes no questions; trouble with it is left to the stream to find. One thread owns
 * it.
 */
final class SlotWatch implements AutoCloseable {
  private static final long EVERY_NANOS = 10_000_000_000L;
  private static final String QUESTION =
      """
      SELECT pg_wal_lsn_diff(
               CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                    ELSE pg_current_wal_lsn() END, restart_lsn)::bigint
      FROM pg_replication_slots WHERE slot_name = ?\
      """;

  private final ServerAddress address;
  private final String slot;
  private final Clock clock;
  private final long everyNanos;
  private long lookedNanos;
  private @Nullable PgConnection connection;
  private long retainedBytes = -1;

  SlotWatch(PostgresConfig config, ServerAddress address, Clock clock) {
    this.address = address;
    this.slot = config.slot();
    this.clock = clock;
    // Who looks for idleness more often than usual wants to see this sooner, too.
    this.everyNanos = Math.min(EVERY_NANOS, 2 * config.limits().idleMillis() * 1_000_000);
    this.lookedNanos = clock.nanos() - everyNanos;
  }

  /** Bytes of WAL that the server keeps, as last looked at; -1 when that is not known. */
  long retainedBytes() {
    long now = clock.nanos();
    if (now - lookedNanos >= everyNanos) {
      lookedNanos = now;
      try {
        retainedBytes = look();
      } catch (SQLException e) {
        close();
        retainedBytes = -1;
      }
    }
    return retainedBytes;
  }

  private long look() throws SQLException {
    PgConnection open = connection;
    if (open == null) {
      open = PgConnection.open(address, Purpose.QUERIES);
      connection = open;
    }
    try (PreparedStatement statement = open.jdbc().prepareStatement(QUESTION)) {
      statement.setString(1, slot);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Math.max(0, row.getLong(1)) : -1;
      }
    }
  }

  @Override
  public void close() {
    PgConnection open = connection;
    connection = null;
    if (open != null) {
      open.abort();
    }
  }
}
