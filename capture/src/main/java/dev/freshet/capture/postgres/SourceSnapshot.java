package dev.freshet.capture.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/**
 * Which transactions a snapshot of the server sees.
 *
 * @param next the first transaction id that was not given yet: it and all later ones are not seen
 * @param running earlier ones that had not ended, by their full ids
 * @param walEnd all that it sees was committed before this position
 */
record SourceSnapshot(long next, Set<Long> running, long walEnd) {
  private static final long EPOCH = 1L << 32;

  SourceSnapshot {
    running = Set.copyOf(running);
  }

  /** Begins a transaction that reads as of one moment. */
  static SourceSnapshot begin(PgConnection connection) throws SQLException {
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // The first row is computed after the snapshot was taken, and so is the end of the WAL.
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text")) {
      row.next();
      return parse(row.getString(1), Lsn.parse(row.getString(2)));
    }
  }

  /**
   * @param text as the server writes it: {@code xmin:xmax:running,running}
   */
  static SourceSnapshot parse(String text, long walEnd) {
    String[] parts = text.split(":", -1);
    Set<Long> running = new HashSet<>();
    for (String id : parts[2].split(",", -1)) {
      if (!id.isEmpty()) {
        running.add(Long.parseLong(id));
      }
    }
    return new SourceSnapshot(Long.parseLong(parts[1]), running, walEnd);
  }

  /**
   * Whether it sees a committed transaction.
   *
   * @param transaction the lower 32 bits of its id, as the stream has them
   */
  boolean sees(int transaction) {
    long full = (next & -EPOCH) | (transaction & 0xFFFF_FFFFL);
    if (full - next > EPOCH / 2) {
      full -= EPOCH;
    } else if (next - full > EPOCH / 2) {
      full += EPOCH;
    }
    return full < next && !running.contains(full);
  }
}
