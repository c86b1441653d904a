package dev.freshet.bench.sourceload;

import dev.freshet.capture.Source;
import java.sql.SQLException;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A source with an origin that a random load changes. Rows have an {@code id}, and with each insert
 * and update a new {@code n}, one higher than that of the change before. One thread owns it.
 */
interface Subject extends AutoCloseable {
  /** A new instance of the source, as a start of the process makes it. */
  Source source();

  /** Commits one transaction of random changes. */
  void write(SplittableRandom random) throws SQLException;

  /** Gives a table one more column. */
  void widen() throws SQLException;

  /** Changes one row of each table: all changes before have come when these have. */
  Map<String, String> writeLast() throws SQLException;

  /** The rows of each table as texts, by their ids. */
  Map<String, Map<Long, String>> rows() throws SQLException;

  /** The highest {@code n} that was given. */
  long newest();

  /** What the source does not see, and so is not asked of it. */
  Sees sees();

  /** Which changes a source sees. */
  enum Sees {
    /** Each one. */
    EVERY_CHANGE,
    /** How rows are when it looks; a table that has got a column may be looked at as a whole. */
    ROWS_THAT_ARE
  }

  @Override
  void close() throws SQLException;
}
