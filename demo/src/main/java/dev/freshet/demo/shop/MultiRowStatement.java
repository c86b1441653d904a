package dev.freshet.demo.shop;

import dev.freshet.core.error.Check;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement over many rows: each parameter is an array that holds one column, and the SQL joins
 * them by {@code unnest}. The server plans it once and reads it in one round trip, however many
 * rows it has. Not thread-safe.
 */
final class MultiRowStatement implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement statement;
  private final String[] types;
  private final List<List<@Nullable Object>> columns = new ArrayList<>();

  /**
   * @param types the elements' types as PostgreSQL calls them, one for each parameter
   */
  MultiRowStatement(Connection connection, String sql, String... types) throws SQLException {
    this.connection = connection;
    this.statement = connection.prepareStatement(sql);
    this.types = types.clone();
    for (int i = 0; i < types.length; i++) {
      columns.add(new ArrayList<>());
    }
  }

  void add(@Nullable Object... row) {
    Check.that(
        row.length == types.length, "a row has a value per column", row.length, types.length);
    for (int i = 0; i < row.length; i++) {
      columns.get(i).add(row[i]);
    }
  }

  int size() {
    return columns.getFirst().size();
  }

  /** Runs it for the rows added since the last time; returns how many rows it changed. */
  int execute() throws SQLException {
    if (size() == 0) {
      return 0;
    }
    for (int i = 0; i < types.length; i++) {
      Array array = connection.createArrayOf(types[i], columns.get(i).toArray());
      statement.setArray(i + 1, array);
      columns.get(i).clear();
    }
    return statement.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
