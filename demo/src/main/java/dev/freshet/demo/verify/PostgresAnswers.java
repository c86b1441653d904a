package dev.freshet.demo.verify;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's answers, all from one snapshot. Models become temporary views, so that models over
 * models work as they stand; they vanish with the transaction at {@link #close}. One thread owns
 * it.
 */
final class PostgresAnswers implements AutoCloseable {
  private static final String UNDEFINED_TABLE = "42P01";
  private static final int ROWS_PER_FETCH = 2_000;

  private final Connection connection;

  private PostgresAnswers(Connection connection) {
    this.connection = connection;
  }

  static PostgresAnswers open(Connection connection, List<Question> questions) throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = connection.createStatement()) {
      // Freshet takes points in time in UTC; this driver would bring the machine's own zone.
      statement.execute("SET LOCAL TIME ZONE 'UTC'");
    }
    PostgresAnswers answers = new PostgresAnswers(connection);
    answers.createViews(questions);
    return answers;
  }

  /** Creates what can be created, again and again, until nothing is left: no SQL is parsed here. */
  private void createViews(List<Question> questions) throws SQLException {
    List<Question> left = new ArrayList<>();
    for (Question question : questions) {
      if (question.kind() == Question.Kind.MODEL) {
        left.add(question);
      }
    }
    while (!left.isEmpty()) {
      List<Question> waiting = new ArrayList<>();
      @Nullable SQLException missing = null;
      for (Question question : left) {
        SQLException failure = createView(question);
        if (failure != null) {
          missing = failure;
          waiting.add(question);
        }
      }
      if (waiting.size() == left.size() && missing != null) {
        throw cannotAsk(waiting.getLast(), missing);
      }
      left = waiting;
    }
  }

  /** Returns the failure when the view needs a relation that does not exist yet. */
  private @Nullable SQLException createView(Question question) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TEMPORARY VIEW " + quoted(question.name()) + " AS\n" + query(question.sql()));
      return null;
    } catch (SQLException e) {
      connection.rollback(savepoint);
      if (UNDEFINED_TABLE.equals(e.getSQLState())) {
        return e;
      }
      throw cannotAsk(question, e);
    }
  }

  private static FreshetException cannotAsk(Question question, SQLException cause) {
    return new FreshetException(
        ErrorCode.SQL_INVALID,
        "Cannot ask PostgreSQL for model "
            + question.name()
            + " with "
            + question.file()
            + ": "
            + cause.getMessage()
            + ". Where its dialect differs, put an equivalent query into the folder verify.",
        cause);
  }

  private static String query(String sql) {
    String query = sql.strip();
    return query.endsWith(";") ? query.substring(0, query.length() - 1) : query;
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  List<String> columns(Question question) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(select(question) + " LIMIT 0")) {
      ResultSetMetaData metaData = rows.getMetaData();
      for (int i = 1; i <= metaData.getColumnCount(); i++) {
        columns.add(metaData.getColumnLabel(i));
      }
    }
    return columns;
  }

  void forEachRow(Question question, Consumer<@Nullable Object[]> consumer) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(ROWS_PER_FETCH);
      try (ResultSet rows = statement.executeQuery(select(question))) {
        ResultRows reader = new ResultRows(rows);
        while (rows.next()) {
          consumer.accept(reader.current());
        }
      }
    }
  }

  private static String select(Question question) {
    return switch (question.kind()) {
      case TABLE -> question.sql();
      case MODEL -> "SELECT * FROM " + quoted(question.name());
    };
  }

  @Override
  public void close() throws SQLException {
    connection.rollback();
  }
}
