package dev.freshet.bench.query;

import dev.freshet.measure.RowTexts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** DuckDB in memory, on one thread. One thread owns it. */
final class DuckRows implements QueryWork.Database {
  private final Connection connection;

  DuckRows() throws SQLException {
    this.connection = DriverManager.getConnection("jdbc:duckdb:");
    execute("SET threads = 1");
  }

  @Override
  public void load(long orders) throws SQLException {
    for (String sql : QueryData.duckTables(orders)) {
      execute(sql);
    }
  }

  @Override
  public RowTexts answer(String sql) throws SQLException {
    RowTexts rows = new RowTexts();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      @Nullable Object[] values = new @Nullable Object[result.getMetaData().getColumnCount()];
      while (result.next()) {
        for (int i = 0; i < values.length; i++) {
          values[i] = result.getObject(i + 1);
        }
        rows.add(values, 1);
      }
    }
    return rows;
  }

  @Override
  public long run(String sql) throws SQLException {
    long rows = 0;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows++;
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
