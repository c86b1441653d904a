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
 * again, which changes nothing but the history; so what was read and not delivered must be
 * forgotten. One thread owns it.
 */
final class SeenRows {
  /** A row without a mark. */
  static final long NO_MARK = Long.MIN_VALUE;

  /** Of about 100 bytes each. */
  private static final int ROWS_MAX = 1_000_000;

  /** With more rows since the last delivery, all are forgotten when it comes to nothing. */
  private static final int UNDELIVERED_MAX = 100_000;

  private final Map<Long, Row> rows = new HashMap<>();
  private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();

  /** Keys that were added since the last delivery. */
  private final List<Long> undelivered = new ArrayList<>();

  private record Row(long hash, long mark) {}

  /** When rows came in, and the highest mark of them. */
  private record Delivery(long micros, long highest) {}

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
   * @param mark {@link #NO_MARK} for a row without one
   */
  void add(long key, long hash, long mark) {
    if (undelivered.size() < UNDELIVERED_MAX) {
      undelivered.add(key);
    }
    if (rows.size() < ROWS_MAX) {
      rows.put(key, new Row(hash, mark));
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
    long highest = NO_MARK;
    for (int row = 0; row < batch.rowCount(); row++) {
      long mark = mark(batch, markColumn, row);
      add(hashes.keys()[row], hashes.rows()[row], mark);
      highest = Math.max(highest, mark);
    }
    for (RejectedRow refused : changes.rejected()) {
      long hash = ofRefused(refused);
      add(hash, hash, highest);
    }
    delivered(ingestMicros, highest);
  }

  /**
   * All rows that were added are delivered.
   *
   * @param micros when they came in
   * @param highest the highest mark of them
   */
  void delivered(long micros, long highest) {
    if (!undelivered.isEmpty()) {
      deliveries.add(new Delivery(micros, highest));
      undelivered.clear();
    }
  }

  /** The rows since the last delivery did not come in after all. */
  void withdraw() {
    if (undelivered.size() < UNDELIVERED_MAX) {
      undelivered.forEach(rows::remove);
    } else {
      rows.clear();
    }
    undelivered.clear();
  }

  /** Forgets what the next question does not find: what lies below its bound, or has no mark. */
  void forgetBelow(long lowerBound) {
    rows.values().removeIf(row -> row.mark() < lowerBound);
    while (!deliveries.isEmpty() && deliveries.getFirst().highest() < lowerBound) {
      deliveries.removeFirst();
    }
  }

  boolean isFull() {
    return rows.size() >= ROWS_MAX;
  }

  /**
   * When the first of them came in that lie above a bound.
   *
   * @param now where there is none
   */
  long sinceMicros(long lowerBound, long now) {
    return deliveries.stream()
        .filter(delivery -> delivery.highest() >= lowerBound)
        .mapToLong(Delivery::micros)
        .findFirst()
        .orElse(now);
  }

  static long mark(Batch batch, int markColumn, int row) {
    LongVector marks = (LongVector) batch.column(markColumn);
    return marks.isNull(row) ? NO_MARK : marks.values()[row];
  }
}
