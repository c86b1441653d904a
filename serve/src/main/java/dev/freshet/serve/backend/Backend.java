package dev.freshet.serve.backend;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.Snapshot;
import java.util.List;
import java.util.Map;

/** A running system, as its edges see it. Safe for all threads. */
public interface Backend {
  SystemStatus status();

  /** All tables and models, tables first, with their columns. */
  List<RelationInfo> relations();

  /** The state after the last step. */
  Snapshot snapshot();

  /**
   * Answers a SELECT from the state at one step.
   *
   * @param maxRows more rows than this are cut off, and {@link QueryResult#truncated} says so
   * @throws FreshetException a user error with the place in the SQL; {@link
   *     ErrorCode#LIMIT_EXCEEDED}
   */
  QueryResult query(String sql, int maxRows);

  /**
   * Reads the rows of one relation with this key.
   *
   * @param key column names to their values as text
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} for an unknown relation, {@link
   *     ErrorCode#VALUE_INVALID} for a value that is not of its column's type
   */
  QueryResult lookup(String relation, Map<String, String> key);

  /**
   * Calls {@code listener} with the changes of each step from now on, beginning with the whole
   * content at the current step when {@code from} asks for it.
   */
  Subscription subscribe(String relation, From from, ChangeListener listener);

  /** Where a change feed begins. */
  enum From {
    /** With all rows that are there, as inserts. */
    SNAPSHOT,
    /** With the next change. */
    NOW
  }

  /**
   * Takes the changes of one step. Called in order on a thread of the system's own; must return
   * fast and never throw: a subscriber that cannot keep up closes itself.
   */
  interface ChangeListener {
    /**
     * @param step the step's number
     * @param changes consolidated rows, -1 for deleted and +1 for inserted; may be empty to show
     *     progress
     */
    void onStep(long step, Batch changes);
  }

  /** A running change feed. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * An answer.
   *
   * @param step the step it is true for
   * @param rows in the order that the query asks for; a weight above 1 means equal rows
   * @param nanos how long it took
   */
  record QueryResult(long step, Batch rows, boolean truncated, long nanos) {}
}
