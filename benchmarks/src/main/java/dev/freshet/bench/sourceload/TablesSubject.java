package dev.freshet.bench.sourceload;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A source over {@link Tables}, which it closes. */
abstract class TablesSubject implements Subject {
  final Tables tables;

  TablesSubject(Tables tables) {
    this.tables = tables;
  }

  @Override
  public void widen() throws SQLException {
    tables.widen();
  }

  @Override
  public Map<String, List<String>> writeLast() throws SQLException {
    return tables.writeLast();
  }

  @Override
  public Map<String, Map<Long, String>> rows() throws SQLException {
    return tables.rows();
  }

  @Override
  public long newest() {
    return tables.newest();
  }

  @Override
  public void close() throws SQLException {
    tables.close();
  }
}
