package dev.freshet.capture.poll;

import dev.freshet.core.error.Check;
import java.time.Duration;
import java.util.List;

/**
 * How to ask a database for what has changed.
 *
 * @param name the source's name in the project
 * @param address of the database, without secrets; for messages
 * @param tables which tables to take; never empty
 * @param every how long to wait between two questions for the same table
 */
public record PollSettings(String name, String address, List<Table> tables, Duration every) {
  /** How long to wait unless the project says otherwise. */
  public static final Duration EVERY = Duration.ofSeconds(5);

  /** How far back to look for rows that were committed late. */
  public static final Duration OVERLAP = Duration.ofMinutes(1);

  /** The same where the column that grows is a number. */
  public static final long OVERLAP_NUMBERS = 1_000;

  /**
   * A table to take.
   *
   * @param origin as the database names it: {@code table} or {@code schema.table}
   * @param name its name in Freshet
   * @param changedBy the column that grows with every change of a row: a time, a date or an integer
   * @param key the columns that tell its rows apart; empty for its primary key
   * @param overlap how far back of the highest value seen to ask again, where that is a time
   * @param overlapNumbers the same where it is a number
   */
  public record Table(
      String origin,
      String name,
      String changedBy,
      List<String> key,
      Duration overlap,
      long overlapNumbers) {
    public Table {
      key = List.copyOf(key);
      Check.that(!overlap.isNegative() && overlapNumbers >= 0, "an overlap reaches back");
    }
  }

  public PollSettings {
    tables = List.copyOf(tables);
    Check.that(!tables.isEmpty() && every.isPositive(), "something is asked for, now and then");
  }
}
