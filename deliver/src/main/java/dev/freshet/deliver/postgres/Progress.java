package dev.freshet.deliver.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The table {@code freshet_sinks} beside the written ones: which step each sink has taken. A
 * transaction that writes rows moves its sink's row first, and only from the step that it goes on
 * from; so of two that would write the same step, one waits for the other and then moves nothing.
 */
final class Progress {
  private static final String NAME = "freshet_sinks";

  private final TableName table;
  private final TableName written;
  private final SinkInput input;

  Progress(TableName written, SinkInput input) {
    this.table = new TableName(written.schema(), NAME);
    this.written = written;
    this.input = input;
  }

  boolean isThere(Connection connection) throws SQLException {
    return Catalog.exists(connection, table);
  }

  /** In the caller's transaction, which others that create it too wait for. */
  void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Of two that find no such table at once, IF NOT EXISTS lets one fail.
      statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('" + NAME + "', 0))");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS "
              + table.sql()
              + " (project text NOT NULL, sink text NOT NULL, written_table text NOT NULL,"
              + " generation text NOT NULL, step bigint NOT NULL,"
              + " written_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (project, sink))");
    }
  }

  /**
   * Refuses a table that another sink writes: two would undo each other's rows.
   *
   * @throws FreshetException {@link ErrorCode#SINK_MISCONFIGURED}
   */
  void requireOwn(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT project, sink FROM "
                + table.sql()
                + " WHERE written_table = ? AND (project <> ? OR sink <> ?)")) {
      statement.setString(1, written.toString());
      statement.setString(2, input.project());
      statement.setString(3, input.sink());
      try (ResultSet rows = statement.executeQuery()) {
        if (rows.next()) {
          throw Errors.misconfigured(
              "Cannot write to table "
                  + written
                  + ": sink "
                  + rows.getString(2)
                  + " of project "
                  + rows.getString(1)
                  + " writes it.",
              "name another table, or, if that sink is gone, DELETE FROM "
                  + table
                  + " WHERE written_table = '"
                  + written
                  + "'");
        }
      }
    }
  }

  /**
   * The sink's position; waits for a transaction that is moving it, such as one whose outcome is
   * unknown. Of another table than the one written now it is none.
   */
  Optional<SinkPosition> read(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT generation, step FROM "
                + table.sql()
                + " WHERE project = ? AND sink = ? AND written_table = ? FOR UPDATE")) {
      statement.setString(1, input.project());
      statement.setString(2, input.sink());
      statement.setString(3, written.toString());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next()
            ? Optional.of(new SinkPosition(rows.getString(1), rows.getLong(2)))
            : Optional.empty();
      }
    }
  }

  /** Sets the position, wherever it was. */
  void set(Connection connection, SinkPosition at) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO "
                + table.sql()
                + " (project, sink, written_table, generation, step) VALUES (?, ?, ?, ?, ?)"
                + " ON CONFLICT (project, sink) DO UPDATE SET written_table ="
                + " excluded.written_table, generation = excluded.generation, step ="
                + " excluded.step, written_at = now()")) {
      statement.setString(1, input.project());
      statement.setString(2, input.sink());
      statement.setString(3, written.toString());
      statement.setString(4, at.generation());
      statement.setLong(5, at.step());
      statement.executeUpdate();
    }
  }

  /**
   * Moves the position on from where it has to be.
   *
   * @throws FreshetException {@link ErrorCode#SINK_FAILED} when it is elsewhere
   */
  void move(Connection connection, SinkPosition from, SinkPosition to) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE "
                + table.sql()
                + " SET step = ?, written_at = now()"
                + " WHERE project = ? AND sink = ? AND generation = ? AND step = ?")) {
      statement.setLong(1, to.step());
      statement.setString(2, input.project());
      statement.setString(3, input.sink());
      statement.setString(4, from.generation());
      statement.setLong(5, from.step());
      if (statement.executeUpdate() != 1) {
        throw new FreshetException(
            ErrorCode.SINK_FAILED,
            "Failed to write the changes after step "
                + from.step()
                + " to "
                + written
                + ": its row in "
                + table
                + " is no longer at that step, so they may be there already. It is looked up.");
      }
    }
  }

  /** Forgets the position: the table that it was about is not there any more. */
  void forget(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM " + table.sql() + " WHERE project = ? AND sink = ?")) {
      statement.setString(1, input.project());
      statement.setString(2, input.sink());
      statement.executeUpdate();
    }
  }
}
