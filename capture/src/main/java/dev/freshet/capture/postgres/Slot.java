package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.core.error.ErrorCode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A replication slot as it stands at the server.
 *
 * @param activePid the process that reads it, 0 when none does
 * @param confirmed up to where its reader has confirmed, 0 when unknown
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 */
record Slot(
    String name,
    String plugin,
    String type,
    String database,
    int activePid,
    long confirmed,
    String walStatus) {
  static Optional<Slot> find(PgConnection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection
            .jdbc()
            .prepareStatement(
                """
                SELECT slot_name, coalesce(plugin, ''), slot_type, coalesce(database, ''),
                       CASE WHEN active THEN coalesce(active_pid, -1) ELSE 0 END,
                       coalesce(confirmed_flush_lsn::text, '0/0'), coalesce(wal_status, 'reserved')
                FROM pg_replication_slots WHERE slot_name = ?\
                """)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new Slot(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                Lsn.parse(row.getString(6)),
                row.getString(7)));
      }
    }
  }

  static void drop(PgConnection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.jdbc().prepareStatement("SELECT pg_drop_replication_slot(?)")) {
      statement.setString(1, name);
      statement.execute();
    }
  }

  /**
   * A slot just made, whose snapshot lives until the connection does something else.
   *
   * @param consistentPoint where the stream begins that completes the snapshot
   */
  record Created(String slot, long consistentPoint, String snapshot) {
    /** Begins a transaction that reads in the snapshot. */
    void enter(PgConnection connection) throws SQLException {
      connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      connection.execute("SET TRANSACTION SNAPSHOT " + Sql.literal(snapshot));
    }
  }

  /** Makes a slot and exports its snapshot; {@code connection} speaks the replication protocol. */
  static Created create(PgConnection connection, Server server, String name) throws SQLException {
    return create(connection, server, name, "");
  }

  /** As {@link #create}, of a slot that goes with its connection, whatever ends that. */
  static Created createTemporary(PgConnection connection, Server server, String name)
      throws SQLException {
    return create(connection, server, name, " TEMPORARY");
  }

  private static Created create(
      PgConnection connection, Server server, String name, String lifetime) throws SQLException {
    String export = server.version() >= 150_000 ? " (SNAPSHOT 'export')" : " EXPORT_SNAPSHOT";
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                "CREATE_REPLICATION_SLOT "
                    + Sql.quote(name)
                    + lifetime
                    + " LOGICAL pgoutput"
                    + export)) {
      row.next();
      return new Created(
          name, Lsn.parse(row.getString("consistent_point")), row.getString("snapshot_name"));
    }
  }

  boolean isLost() {
    return walStatus.equals("lost");
  }

  /** What is wrong with this slot for a source that resumes at {@code position}. */
  Optional<Problem> problemAt(Position position) {
    if (isLost()) {
      return Optional.of(
          lostProblem(
              "Cannot resume from slot "
                  + name
                  + ": the server has discarded WAL that it needs (wal_status = lost)."));
    }
    if (Lsn.isAfter(confirmed, position.lsn())) {
      return Optional.of(
          lostProblem(
              "Cannot resume from slot "
                  + name
                  + ": it is confirmed up to "
                  + Lsn.text(confirmed)
                  + " but the log ends at "
                  + position
                  + ". The slot was made anew, or something else has read from it; the changes"
                  + " between are gone."));
    }
    return Optional.empty();
  }

  static Problem missing(String name, Position position) {
    return lostProblem(
        "Cannot resume at "
            + position
            + ": the server has no replication slot "
            + name
            + ". It was dropped, or the server failed over without it.");
  }

  static Problem otherServer(Position position) {
    return lostProblem(
        "Cannot resume at "
            + position
            + ": the URL leads to another database cluster than the one the log was captured"
            + " from.");
  }

  static Problem serverBehind(Position position, Server server) {
    return lostProblem(
        "Cannot resume at "
            + position
            + ": the server's WAL ends at "
            + Lsn.text(server.walEnd())
            + ". It was restored from an older backup.");
  }

  /** What this slot must be for the source to use it at all. */
  Optional<Problem> misuse(String wantedDatabase) {
    if (type.equals("logical") && plugin.equals("pgoutput") && database.equals(wantedDatabase)) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            ErrorCode.SOURCE_MISCONFIGURED,
            "Cannot use replication slot "
                + name
                + ": it is a "
                + type
                + " slot"
                + (plugin.isEmpty() ? "" : " of plugin " + plugin)
                + (database.isEmpty() ? "" : " in database " + database)
                + ".",
            "name another slot for this source"));
  }

  /** A source without a position that finds the slot there did not make it, or lost its log. */
  Problem foreignProblem() {
    return new Problem(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot use replication slot "
            + name
            + ": it is there already, and not made for this data directory. Another project may"
            + " need it.",
        "name another slot for this source (slot: ..., publication: ...); or, when nobody needs this"
            + " one any more: SELECT pg_drop_replication_slot('"
            + name
            + "')");
  }

  Problem activeProblem() {
    return new Problem(
        ErrorCode.SOURCE_UNREACHABLE,
        "Cannot use replication slot " + name + ": process " + activePid + " reads from it.",
        "stop that process (SELECT pg_terminate_backend("
            + activePid
            + ")), or name another slot for this source");
  }

  private static Problem lostProblem(String message) {
    return new Problem(
        ErrorCode.SOURCE_POSITION_LOST,
        message,
        "capture the tables anew: remove the source's data from Freshet's directory, so that it begins"
            + " with a snapshot");
  }
}
