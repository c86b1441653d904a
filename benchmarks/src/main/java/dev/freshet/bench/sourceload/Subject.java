package dev.freshet.bench.sourceload;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Changes rows of each table, which are returned: all before have come when these have. */
  Map<String, List<String>> writeLast() throws SQLException;

  /** The rows of each table as texts, by their ids. */
  Map<String, Map<Long, String>> rows() throws SQLException;

  /** The names of its tables. */
  default List<String> tables() {
    return Tables.NAMES;
  }

  /** How its rows are read. */
  default Replay.Reading reading() {
    return Replay.COLUMNS;
  }

  /** Whether these rows, by their tables, are those that have to be there by now. */
  default boolean haveCome(Map<String, Map<Long, String>> rows) throws SQLException {
    return rows.equals(rows());
  }

  /** What tells each of the bad rows that were written. */
  default Set<String> badRows() {
    return Set.of();
  }

  /** What went wrong at the origin's side; empty when nothing did. */
  default List<String> problems() {
    return List.of();
  }

  /** The source runs now, until it is closed. */
  default void started(Capture running) {}

  /** Whether the origin goes on only when the log has acknowledged what it gave. */
  default boolean waitsForAcknowledgement() {
    return false;
  }

  /** The highest {@code n} that was given. */
  long newest();

  /** What the source does not see, and so is not asked of it. */
  Sees sees();

  /** Which changes a source sees. */
  enum Sees {
    /** Each one, behind the rows that it reads first. */
    EVERY_CHANGE,
    /** Each one, since the first: it reads no rows as they are. */
    EVERY_CHANGE_SINCE_THE_FIRST,
    /** How rows are when it looks; a table that has got a column may be looked at as a whole. */
    ROWS_THAT_ARE
  }

  @Override
  void close() throws SQLException;
}
