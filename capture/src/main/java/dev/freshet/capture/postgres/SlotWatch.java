package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.port.Clock;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then at how much WAL the server keeps for the slot, and whether tables that are
 * left alone are still there. On a connection of its own, for the stream's takes no questions;
 * trouble with it is left to the stream to find. One thread owns it.
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

  private static final String IS_THERE =
      """
      SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname = ? AND c.relname = ?)\
      """;

  private final ServerAddress address;
  private final String slot;
  private final List<TableChoice> leftOut;
  private final Clock clock;
  private final long everyNanos;
  private long lookedNanos;
  private @Nullable PgConnection connection;
  private long retainedBytes = -1;
  private Set<String> missing = Set.of();

  /**
   * @param leftOut tables that are left alone, by their names in Freshet
   */
  SlotWatch(PostgresConfig config, ServerAddress address, Clock clock, Set<String> leftOut) {
    this.leftOut = config.tables().stream().filter(each -> leftOut.contains(each.name())).toList();
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
        missing = lookForTables();
      } catch (SQLException e) {
        close();
        retainedBytes = -1;
      }
    }
    return retainedBytes;
  }

  /** Tables that are left alone and are not at the server, as last looked at. */
  Set<String> missing() {
    return missing;
  }

  private Set<String> lookForTables() throws SQLException {
    Set<String> gone = new TreeSet<>();
    PgConnection open = connection;
    if (open == null || leftOut.isEmpty()) {
      return gone;
    }
    try (PreparedStatement statement = open.jdbc().prepareStatement(IS_THERE)) {
      for (TableChoice choice : leftOut) {
        statement.setString(1, choice.schemaName());
        statement.setString(2, choice.tableName());
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          if (!row.getBoolean(1)) {
            gone.add(choice.name());
          }
        }
      }
    }
    return gone;
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
