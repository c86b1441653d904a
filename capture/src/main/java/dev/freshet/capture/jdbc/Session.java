package dev.freshet.capture.jdbc;

import dev.freshet.core.port.Scheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The connection, opened when it is needed. One thread uses it; any may close it. */
public final class Session {
  private static final int VALID_SECONDS = 5;
  private static final long STOP_MILLIS = 5_000;

  /** A server that says nothing for so long is gone. */
  private static final int SILENCE_MILLIS = (int) Duration.ofMinutes(10).toMillis();

  private final Connector connector;
  private final Preparation preparation;
  private volatile @Nullable Connection connection;
  private volatile boolean isClosed;

  /** What is done with a new connection before it is used; what it throws gives it up. */
  @FunctionalInterface
  public interface Preparation {
    /**
     * @param connection without auto-commit
     */
    void prepare(Connection connection) throws SQLException;
  }

  /** Of connections that only read. */
  public Session(Connector connector) {
    this(connector, Session::readOnly);
  }

  public Session(Connector connector, Preparation preparation) {
    this.connector = connector;
    this.preparation = preparation;
  }

  public boolean isOpen() {
    return connection != null;
  }

  public Connection connection() throws SQLException {
    Connection open = connection;
    if (open != null && open.isValid(VALID_SECONDS)) {
      return open;
    }
    release();
    open = connector.open();
    connection = open;
    if (isClosed) {
      release();
      throw new SQLException("the source is stopped", "08003");
    }
    hint(open);
    open.setAutoCommit(false); // without it some drivers read the whole answer at once
    try {
      preparation.prepare(open);
    } catch (SQLException | RuntimeException e) {
      release();
      throw e;
    }
    return open;
  }

  /** What not every driver can, and none must. */
  private static void hint(Connection open) {
    try {
      open.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      // then a server that is gone is noticed later
    }
  }

  private static void readOnly(Connection open) {
    try {
      open.setReadOnly(true);
    } catch (SQLException | RuntimeException e) {
      // nothing is written anyway
    }
  }

  /** Nothing was written: the question is over. What fails now concerns the next one. */
  public void endQuestion(Statement question) {
    Connection open = connection;
    try {
      question.close();
      if (open != null) {
        open.rollback();
      }
    } catch (SQLException e) {
      release();
    }
  }

  /** Gives up the connection. */
  public void release() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException | RuntimeException e) {
        // it is gone already
      }
    }
  }

  /** Gives it up for good. */
  public void close() {
    isClosed = true;
    release();
  }

  /**
   * Ends a task that asks a database.
   *
   * @param close gives up its connections for good, and with them a question that hangs
   */
  public static void end(Scheduler.Handle task, Runnable close) {
    task.cancel();
    try {
      if (!task.join(STOP_MILLIS)) {
        close.run();
        task.join(STOP_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close.run();
  }
}
