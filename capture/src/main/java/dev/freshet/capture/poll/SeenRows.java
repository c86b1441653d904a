package dev.freshet.capture.poll;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The rows of one table that the next question finds again, since it reaches back: by the hash of
 * their key, the hash of all their columns as last delivered. What is not remembered is delivered
 * again, which changes nothing but the history. One thread owns it.
 */
final class SeenRows {
  /** Of about 100 bytes each. */
  private static final int ROWS_MAX = 1_000_000;

  private final Map<Long, Row> rows = new HashMap<>();
  private final ArrayDeque<Reading> readings = new ArrayDeque<>();

  /** Keys that were added since the last {@link #wasRead}. */
  private final List<Long> unread = new ArrayList<>();

  private record Row(long hash, long mark) {}

  /** When rows came in, and the highest mark of them. */
  private record Reading(long micros, long highest) {}

  /** The hashes of rows. */
  record Hashes(long[] keys, long[] rows) {
    static Hashes of(Batch batch, int[] key) {
      int[] all = IntStream.range(0, batch.schema().columnCount()).toArray();
      return new Hashes(Hashing.hashRows(batch, key), Hashing.hashRows(batch, all));
    }
  }

  /** Whether the row was delivered just like this the last time. */
  boolean has(long key, long hash) {
    Row seen = rows.get(key);
    return seen != null && seen.hash() == hash;
  }

  /**
   * Remembers a row.
   *
   * @param mark {@link Long#MIN_VALUE} for a row without one
   */
  void add(long key, long hash, long mark) {
    if (rows.size() < ROWS_MAX) {
      rows.put(key, new Row(hash, mark));
      unread.add(key);
    } else {
      rows.remove(key);
    }
  }

  /** What tells a refused row from others: all of it. */
  static long ofRefused(RejectedRow row) {
    byte[] bytes = row.original().getBytes(StandardCharsets.UTF_8);
    return Hashing.hashBytes(bytes, 0, bytes.length);
  }

  /** Remembers the rows of a delivery, read again from the log. */
  void addAll(TableChanges changes, int[] key, int markColumn, long ingestMicros) {
    Batch batch = changes.rows();
    Hashes hashes = Hashes.of(batch, key);
    long highest = Long.MIN_VALUE;
    for (int row = 0; row < batch.rowCount(); row++) {
      long mark = mark(batch, markColumn, row);
      add(hashes.keys()[row], hashes.rows()[row], mark);
      highest = Math.max(highest, mark);
    }
    for (RejectedRow refused : changes.rejected()) {
      long hash = ofRefused(refused);
      add(hash, hash, Long.MIN_VALUE);
    }
    wasRead(ingestMicros, highest);
  }

  /** Rows up to this mark came in at this time. */
  void wasRead(long micros, long highest) {
    readings.add(new Reading(micros, highest));
    unread.clear();
  }

  /** The rows since the last {@link #wasRead} did not come in after all. */
  void wasNotRead() {
    unread.forEach(rows::remove);
    unread.clear();
  }

  /** Forgets what lies below the lower bound of the next question. */
  void forgetBelow(long lowerBound) {
    rows.values().removeIf(row -> row.mark() < lowerBound && row.mark() != Long.MIN_VALUE);
    while (!readings.isEmpty() && readings.getFirst().highest() < lowerBound) {
      readings.removeFirst();
    }
  }

  boolean isLarge() {
    return rows.size() >= ROWS_MAX;
  }

  /**
   * When the first of them came in.
   *
   * @param now where there is none
   */
  long sinceMicros(long now) {
    return readings.isEmpty() ? now : readings.getFirst().micros();
  }

  static long mark(Batch batch, int markColumn, int row) {
    LongVector marks = (LongVector) batch.column(markColumn);
    return marks.isNull(row) ? Long.MIN_VALUE : marks.values()[row];
  }
}
