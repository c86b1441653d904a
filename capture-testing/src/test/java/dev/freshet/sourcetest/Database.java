package dev.freshet.sourcetest;

import dev.freshet.capture.jdbc.Connector;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A database for one test, that is empty. */
interface Database {
  /** Of the schema, or of what MariaDB calls a database. */
  String name();

  Connector connector();

  /** A row that no type holds, which is not deleted or changed later. */
  String badRow();

  /** A query for the numbers from 1000 to 11999, in column {@code i}. */
  String numbers();

  /** Whether rows that were written before a column was added come once more, with it. */
  boolean readsAnewForAColumn();

  void drop();

  /** Runs statements, each by itself unless they say otherwise. */
  default void sql(String... statements) {
    try (Connection connection = connector().open();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  default long count(String table) {
    try (Connection connection = connector().open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
