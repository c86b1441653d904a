package dev.freshet.bench.numbered;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.database.Row;
import dev.freshet.engine.workers.WorkerSettings;
import java.time.Duration;
import java.util.List;

/**
 * The transactions, numbered from 1. Number n inserts a few rows into {@code events}, some of them
 * large, sets the newest number of its key in {@code latest}, and slides the window of the newest
 * numbers in {@code recent}. All content follows from the number.
 */
final class NumberedRows {
  static final int KEYS = 7;
  static final int WINDOW = 40;
  static final int ROWS_MAX = 6;
  private static final long SEGMENT_BYTES = 16L << 10;
  private static final Duration RETENTION = Duration.ofDays(1);
  private static final int LARGE_EVERY = 50;
  private static final int LARGE_BYTES = 30_000;

  private static final List<String> DEFINITIONS =
      List.of(
          "CREATE TABLE events (number BIGINT, part BIGINT, amount BIGINT, content VARCHAR,"
              + " PRIMARY KEY (number, part))",
          "CREATE TABLE latest (k BIGINT PRIMARY KEY, number BIGINT)",
          "CREATE TABLE recent (number BIGINT PRIMARY KEY)",
          "CREATE VIEW totals AS SELECT part, COUNT(*) AS n, SUM(amount) AS amount"
              + " FROM events GROUP BY part");

  private NumberedRows() {}

  static FreshetOptions options() {
    return FreshetOptions.DEFAULT
        .withCheckpointInterval(Duration.ofMillis(150))
        .withLogSegmentBytes(SEGMENT_BYTES)
        .withLogRetention(RETENTION)
        .withWorkers(WorkerSettings.ONE);
  }

  /** Whoever is to die while the log forgets must let it forget; all others keep it to look at. */
  static Duration retention(Ending ending) {
    return ending.letsTheLogForget() ? Duration.ZERO : RETENTION;
  }

  static void define(Freshet database) {
    for (String sql : DEFINITIONS) {
      try {
        database.execute(sql);
      } catch (FreshetException e) {
        if (e.code() != ErrorCode.ALREADY_EXISTS) {
          throw e;
        }
      }
    }
  }

  /** The number of the last transaction; 0 before the first. */
  static long last(Freshet database) {
    long last = 0;
    for (Row row : database.query("SELECT number FROM latest")) {
      last = Math.max(last, row.longValue("number"));
    }
    return last;
  }

  static void write(Freshet database, long number) {
    database.transaction(change -> {
      for (int part = 0; part < rows(number); part++) {
        change.insert("events", number, (long) part, amount(number, part), content(number, part));
      }
      change.upsert("latest", number % KEYS, number);
      change.insert("recent", number);
      if (number > WINDOW) {
        change.delete("recent", number - WINDOW);
      }
    });
  }

  /** How many rows a transaction puts into {@code events}. */
  static int rows(long number) {
    return 1 + (int) (mixed(number) % ROWS_MAX);
  }

  static long amount(long number, long part) {
    return mixed(number * ROWS_MAX + part) % 1_000;
  }

  static String content(long number, long part) {
    String seed = Long.toHexString(mixed(number * 31 + part));
    return number % LARGE_EVERY == 0 ? seed.repeat(LARGE_BYTES / seed.length()) : seed;
  }

  /** The finalizer of SplitMix64, without its sign. */
  private static long mixed(long value) {
    long z = value * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 1;
  }
}
